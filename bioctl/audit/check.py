"""Checking rows against what a journal must be. Pure: rows in, the first finding out."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple

import orjson

from bioctl.audit.canonical import chain_hash, leaf_hash
from bioctl.audit.chain import Columns, Link, Row
from bioctl.audit.kinds import Kind
from bioctl.audit.stamp import VERSION

_COLUMNS: Final = ("v", "cell", "seq", "batch", "batch_seq", "kind")


class Finding(NamedTuple):
    """The first entry that does not fit, and why: `entry {seq} {reason}`."""

    seq: int
    reason: str


class ChainCheck:
    """Walks a cell's rows in order.

    Args:
        cell: id that every entry must carry.
        tip: the entry before the first row.
        whole: rows start at 1, so every batch must start at 1 too.
    """

    def __init__(self, cell: str, tip: Link = Link(), *, whole: bool = True) -> None:  # noqa: B008
        self.tip = tip
        self.batches: dict[str, Link] = {}
        self._cell = cell
        self._whole = whole

    def feed(self, rows: Sequence[Columns]) -> Finding | None:
        """Check the next rows; returns the first that does not fit, or None."""
        if not rows:
            return None
        bodies = self._all_fit(rows)
        if bodies is None:
            return self._slowly(map(Row._make, rows))
        for row, body in zip(rows, bodies, strict=True):
            if row[1] is not None and (reason := self._batch_wrong(row, body)):
                return Finding(row[0], reason)
        self.tip = Link(rows[-1][0], rows[-1][5])
        return None

    def _all_fit(self, rows: Sequence[Columns]) -> list[dict[str, Any]] | None:
        """Return the decoded bodies if numbers, form, hashes and columns all fit: the fast way."""
        seqs, batches, numbers, kinds, encoded, hashes, leaves = zip(*rows, strict=True)
        first = self.tip.seq + 1
        if seqs != tuple(range(first, first + len(rows))):
            return None
        prevs = (self.tip.hash, *hashes)
        # Written out: a function call per hash costs as much as half a hash.
        if [sha256(a + b).digest() for a, b in zip(prevs, encoded)] != list(hashes):  # noqa: B905
            return None
        if [sha256(b"\0" + body).digest() for body in encoded] != list(leaves):
            return None
        bodies = _decode(encoded)
        if bodies is None or not self._columns_fit(bodies, seqs, batches, numbers, kinds):
            return None
        return bodies

    def _columns_fit(
        self, bodies: Sequence[dict[str, Any]], *columns: Sequence[str | int | None]
    ) -> bool:
        """Return whether bodies say what the columns seq, batch, batch_seq and kind say."""
        count = len(bodies)
        expected = ([VERSION] * count, [self._cell] * count, *map(list, columns))
        return all(
            [body.get(name) for body in bodies] == column
            for name, column in zip(_COLUMNS, expected, strict=True)
        )

    def _slowly(self, rows: Iterable[Row]) -> Finding:
        """Name the first row that made the fast way fail."""
        for row in rows:
            if row.seq != self.tip.seq + 1:
                missing = self.tip.seq + 1
                return Finding(missing, f"is missing: entry {row.seq} comes in its place")
            if reason := self._row_wrong(row):
                return Finding(row.seq, reason)
            self.tip = Link(row.seq, row.hash)
        return Finding(self.tip.seq, "could not be checked")

    def _row_wrong(self, row: Row) -> str | None:
        if chain_hash(self.tip.hash, row.body) != row.hash:
            return "was altered, or the one before it was: they do not give its chain hash"
        if leaf_hash(row.body) != row.leaf:
            return "was altered: its content does not give its leaf hash"
        decoded = _decode([row.body])
        if decoded is None:
            return "is not in canonical form"
        if not self._columns_fit(decoded, *([column] for column in row[:4])):
            return "has columns that differ from its content"
        return None if row.batch is None else self._batch_wrong(row, decoded[0])

    def _batch_wrong(self, row: Columns, body: dict[str, Any]) -> str | None:
        _, batch, batch_seq, kind, _, own, _ = row
        if batch is None or batch_seq is None:
            return "has a batch without a number in it"
        last = self.batches.get(batch)
        self.batches[batch] = Link(batch_seq, own)
        if last is None:
            if not self._whole:
                return None
            last = Link()
        if batch_seq != last.seq + 1 or body.get("batch_prev") != last.hash.hex():
            return f"does not follow entry {last.seq} of batch {batch}"
        if kind == Kind.BATCH_SEALED:
            return sealed_wrong(body, last)
        return None


def sealed_wrong(body: dict[str, Any], last: Link) -> str | None:
    """Return what is wrong with a seal after `last`, the batch's entry before it."""
    data = body.get("data", {})
    if data.get("count") == last.seq and data.get("head") == last.hash.hex():
        return None
    return f"seals {data.get('count')} entries of its batch, but {last.seq} stand before it"


def _decode(bodies: Sequence[bytes]) -> list[dict[str, Any]] | None:
    """Return the bodies decoded if each is one canonical JSON object, else None.

    All are encoded again in one go. No JSON object is a proper prefix of another, so equal joined
    bytes mean that each one is equal.
    """
    try:
        decoded = [orjson.loads(body) for body in bodies]
    except orjson.JSONDecodeError:
        return None
    if not _all_objects(decoded):
        return None
    again = orjson.dumps(decoded, option=orjson.OPT_SORT_KEYS)
    return decoded if again == b"[" + b",".join(bodies) + b"]" else None


def _all_objects(decoded: Sequence[object]) -> bool:
    return set(map(type, decoded)) == {dict}
