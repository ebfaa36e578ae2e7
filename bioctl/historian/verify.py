"""Checking the history against the journal: every chunk's hash must stand there."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bioctl.historian.store import open_for_reading, packed_chunk


class JournalEntry(Protocol):
    """What is needed of a journal entry."""

    @property
    def kind(self) -> str:
        """The entry's kind."""
        ...

    @property
    def data(self) -> Mapping[str, Any]:
        """The entry's data."""
        ...


@dataclass(frozen=True, slots=True)
class HistoryVerdict:
    """What was found.

    Attributes:
        ok: whether every chunk is as the journal says.
        chunks: how many chunks fit.
        first_bad: rowid of the first that does not; None if all fit.
        message: one plain sentence.
    """

    ok: bool
    chunks: int
    first_bad: int | None
    message: str


def verify_history(path: Path, entries: Iterable[JournalEntry]) -> HistoryVerdict:
    """Check every chunk of a history file against the journal's entries.

    The last chunks may not be in the journal yet: it was being written, or a crash came between.
    They are named in the message and are no finding.

    Raises:
        StorageError: there is no history.
        IntegrityError: the file is no history, or damaged as a whole.
    """
    hashes = {
        int(entry.data["rowid"]): str(entry.data["sha256"])
        for entry in entries
        if entry.kind == "history.chunk"
    }
    with closing(open_for_reading(path)) as db:
        try:
            return _compare(db, hashes)
        except sqlite3.DatabaseError as error:
            return HistoryVerdict(
                ok=False, chunks=0, first_bad=None, message=f"{path} is damaged: {error}."
            )


def _compare(db: sqlite3.Connection, hashes: dict[int, str]) -> HistoryVerdict:
    stored = {row[0] for row in db.execute("SELECT id FROM chunk").fetchall()}
    known = max(hashes, default=0)
    for rowid in sorted(stored | hashes.keys()):
        reason = "is missing: the journal has its hash"
        if rowid in stored:
            reason = _wrong(db, rowid, hashes.get(rowid), known)
        if reason:
            fit = sum(other < rowid for other in stored)
            text = f"History chunk {rowid} {reason}."
            return HistoryVerdict(ok=False, chunks=fit, first_bad=rowid, message=text)
    waiting = sum(rowid > known for rowid in stored)
    text = f"All {len(stored) - waiting} history chunks are as the journal says"
    text += f"; {waiting} newer ones are not in it yet." if waiting else "."
    return HistoryVerdict(ok=True, chunks=len(stored) - waiting, first_bad=None, message=text)


def _wrong(db: sqlite3.Connection, rowid: int, journaled: str | None, known: int) -> str:
    """Return what is wrong with a stored chunk, or nothing."""
    packed, digest = packed_chunk(db, rowid)
    if packed.digest() != digest:
        return "was altered: its content does not give its hash"
    if journaled is None:
        return "does not stand in the journal" if rowid < known else ""
    return "" if journaled == digest.hex() else "was replaced: the journal has another hash"
