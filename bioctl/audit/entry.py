"""What a room hands in, the event, and what it gets back, the entry.

A batch's entries carry their own gap-free number and the hash of the batch's entry before, so one
patient's export is provably complete without showing another's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was decided, as a room hands it to the journal.

    Attributes:
        kind: a word of `bioctl.audit.kinds`.
        actor: {type: person | recipe | rule | system, id, name?, role?}.
        data: plain JSON values; no NaN, no infinity.
        batch: batch id, or None for the cell's own entries.
        unit: unit the entry is about.
        path: procedure path, such as `expand/prepare/fill_medium`.
        t: process time, s.
    """

    kind: str
    actor: Mapping[str, str]
    data: Mapping[str, Any]
    batch: str | None = None
    unit: str | None = None
    path: str | None = None
    t: float = 0.0


class Entry(NamedTuple):
    """One durable entry.

    Attributes:
        seq: number in the cell, 1, 2, 3 without gap.
        batch: batch id or None.
        batch_seq: number in the batch, 1, 2, 3 without gap; None without a batch.
        body: what was hashed: v, cell, seq, kind, actor, data, t, utc, mono, and where they apply
            batch, batch_seq, batch_prev, unit, path, late.
        prev_hash: chain hash of the entry before, hex.
        hash: chain hash, hex.
        leaf: RFC 6962 leaf hash, hex.
    """

    seq: int
    batch: str | None
    batch_seq: int | None
    body: Mapping[str, Any]
    prev_hash: str
    hash: str
    leaf: str

    @property
    def kind(self) -> str:
        """The kind, a word of `bioctl.audit.kinds`."""
        return str(self.body["kind"])

    @property
    def actor(self) -> Mapping[str, str]:
        """Who or what acted: {type, id, name?, role?}."""
        actor: Mapping[str, str] = self.body["actor"]
        return actor

    @property
    def data(self) -> Mapping[str, Any]:
        """The data of its kind."""
        data: Mapping[str, Any] = self.body["data"]
        return data

    @property
    def unit(self) -> str | None:
        """The unit it is about, if any."""
        return self.body.get("unit")

    @property
    def path(self) -> str | None:
        """The procedure path it is about, if any."""
        return self.body.get("path")

    @property
    def t(self) -> float:
        """Process time, s."""
        return float(self.body["t"])

    @property
    def utc(self) -> float:
        """Host time, s since 1970 UTC."""
        return float(self.body["utc"])

    @property
    def mono(self) -> float:
        """Host monotonic time, s."""
        return float(self.body["mono"])

    @property
    def late(self) -> bool:
        """Whether it acted before it was durable, because the journal could not be written."""
        return bool(self.body.get("late", False))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON, as the command port and exports carry it."""
        return {
            "seq": self.seq, "batch": self.batch, "batch_seq": self.batch_seq,
            "body": dict(self.body),
            "prev_hash": self.prev_hash, "hash": self.hash, "leaf": self.leaf,
        }  # fmt: skip


def entry_from_dict(value: Mapping[str, Any]) -> Entry:
    """Return the entry that `Entry.to_dict` made; nothing is verified."""
    return Entry(**{name: value[name] for name in Entry._fields})


def actor(kind: str, name_id: str, name: str = "", role: str = "") -> dict[str, str]:
    """Return an actor; `kind` is person, recipe, rule or system."""
    found = {"type": kind, "id": name_id, "name": name, "role": role}
    return {key: value for key, value in found.items() if value}
