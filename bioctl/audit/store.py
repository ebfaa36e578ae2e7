"""Where rows are kept: the port the writer needs, and rows in memory for dry runs."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final, NamedTuple, Protocol

from bioctl.audit.canonical import ZERO
from bioctl.audit.chain import Link, Row
from bioctl.audit.entry import Entry

KEEP_SNAPSHOTS: Final = 5
"""How many snapshots stay; older ones have no use."""


class Snapshot(NamedTuple):
    """Volatile values saved at process time t (s), after entry `seq`."""

    t: float
    blob: bytes
    sha256: str
    seq: int


class Store(Protocol):
    """What the writer needs of a place for rows."""

    def open(self) -> None:
        """Open or reopen; raises StorageError, IntegrityError, RefusedError or sqlite3.Error."""

    def close(self) -> None:
        """Close; nothing that was committed is lost."""

    def tip(self) -> Link:
        """Return the last entry."""

    def last_of(self, batch: str) -> Link:
        """Return the last entry of a batch."""

    def commit(self, rows: Sequence[Row], snapshots: Sequence[Snapshot]) -> None:
        """Make rows and snapshots durable together, or neither."""

    def read(self, after: int, batch: str | None) -> Iterator[Entry]:
        """Yield durable entries with seq > after, from any thread."""

    def snapshots(self) -> list[Snapshot]:
        """Return the snapshots, newest first."""


class MemoryStore:
    """Rows in memory: the same chain, lost when the process ends."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._snapshots: list[Snapshot] = []
        self._batches: dict[str, Link] = {}

    def open(self) -> None:
        """There is nothing to open."""

    def close(self) -> None:
        """There is nothing to close."""

    def tip(self) -> Link:
        """Return the last entry."""
        return Link(self._rows[-1].seq, self._rows[-1].hash) if self._rows else Link()

    def last_of(self, batch: str) -> Link:
        """Return the last entry of a batch."""
        return self._batches.get(batch, Link())

    def commit(self, rows: Sequence[Row], snapshots: Sequence[Snapshot]) -> None:
        """Keep rows and snapshots."""
        for row in rows:
            if row.batch is not None and row.batch_seq is not None:
                self._batches[row.batch] = Link(row.batch_seq, row.hash)
        self._rows.extend(rows)
        self._snapshots = [*self._snapshots, *snapshots][-KEEP_SNAPSHOTS:]

    def read(self, after: int, batch: str | None) -> Iterator[Entry]:
        """Yield entries; seq is the index plus one."""
        before = self._rows[after - 1].hash if 0 < after <= len(self._rows) else ZERO
        for row in self._rows[after:]:
            if batch is None or row.batch == batch:
                yield row.entry(before)
            before = row.hash

    def snapshots(self) -> list[Snapshot]:
        """Return the snapshots, newest first."""
        return self._snapshots[::-1]


def digest(blob: bytes) -> str:
    """Return the sha256 of a snapshot, hex."""
    return sha256(blob).hexdigest()
