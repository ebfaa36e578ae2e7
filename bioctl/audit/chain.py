"""The chain being written: gives each stamped event its number, its links and its hashes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson

from bioctl.audit.canonical import ZERO, chain_hash, encode, leaf_hash
from bioctl.audit.entry import Entry
from bioctl.audit.kinds import Kind
from bioctl.audit.stamp import Stamped

Columns = tuple[int, str | None, int | None, str, bytes, bytes, bytes]
"""A row as the database gives it, in the order of `Row`."""


class Row(NamedTuple):
    """An entry as it is stored; `body` is its canonical bytes."""

    seq: int
    batch: str | None
    batch_seq: int | None
    kind: str
    body: bytes
    hash: bytes
    leaf: bytes

    def entry(self, prev: bytes) -> Entry:
        """Return it decoded; `prev` is the chain hash of the row before."""
        body = orjson.loads(self.body)
        return Entry(
            self.seq,
            self.batch,
            self.batch_seq,
            body,
            prev.hex(),
            self.hash.hex(),
            self.leaf.hex(),
        )


def entries_of(rows: Iterable[Row], prev: bytes) -> Iterator[Entry]:
    """Yield the entries of rows that follow each other; `prev` is the hash before the first."""
    for row in rows:
        yield row.entry(prev)
        prev = row.hash


class Head(NamedTuple):
    """The end of a journal: how many entries, and the chain hash of the last (hex)."""

    seq: int
    hash: str


class Link(NamedTuple):
    """The last entry of a chain: its number and hash; (0, zeros) before the first."""

    seq: int = 0
    hash: bytes = ZERO


class Chain:
    """The end of the cell's chain and of the batch chains it met.

    Args:
        cell: id of the cell, part of every entry.
        tip: last entry of the cell.
        last_of: asks the store for the last entry of a batch, once per batch.
    """

    def __init__(self, cell: str, tip: Link, last_of: Callable[[str], Link]) -> None:
        self.cell = cell
        self.tip = tip
        self._last_of = last_of
        self._batches: dict[str, Link] = {}

    def extend(self, stamped: Sequence[Stamped]) -> tuple[list[Row], "Chain"]:
        """Return the rows of events in order, and the chain after them; this one is not changed.

        The caller takes the new chain only when the rows are durable.
        """
        after = Chain(self.cell, self.tip, self._last_of)
        after._batches = dict(self._batches)
        return [after._add(item) for item in stamped], after

    def _add(self, item: Stamped) -> Row:
        seq, prev = self.tip.seq + 1, self.tip.hash
        fields = item.fields | {"cell": self.cell, "seq": seq}
        if item.late:
            fields["late"] = True
        batch_seq = self._link_batch(item, fields)
        body = encode(fields)  # checked when stamped: what was accepted is never refused here
        row = Row(
            seq,
            item.batch,
            batch_seq,
            item.kind,
            body,
            chain_hash(prev, body),
            leaf_hash(body),
        )
        self.tip = Link(seq, row.hash)
        if item.batch is not None and batch_seq is not None:
            self._batches[item.batch] = Link(batch_seq, row.hash)
        return row

    def _link_batch(self, item: Stamped, fields: dict[str, Any]) -> int | None:
        if item.batch is None:
            return None
        last = self._batches.get(item.batch) or self._last_of(item.batch)
        fields["batch_seq"] = last.seq + 1
        fields["batch_prev"] = last.hash.hex()
        if item.kind == Kind.BATCH_SEALED:  # only here is the count known
            fields["data"] = {"count": last.seq, "head": last.hash.hex()}
        return last.seq + 1
