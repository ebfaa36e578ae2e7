"""The history file: one writing connection, rollback journal, everything in transactions.

It uses no WAL mode, so SQLite's WAL-reset bug can't reach it, whatever version the machine has.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Final

from bioctl.errors import IntegrityError, StorageError
from bioctl.historian.chunk import Chunk, Column, Packed, Rows
from bioctl.historian.draft import join, pack_draft, unpack_draft

APPLICATION_ID: Final = 0x62696F68  # "bioh"
VERSION: Final = 1
BUSY_S: Final = 10.0


class HistoryFile:
    """The writing side; used by one thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = sqlite3.connect(
            path, isolation_level=None, timeout=BUSY_S, check_same_thread=False
        )
        try:
            self._prepare()
        except (sqlite3.Error, StorageError, IntegrityError):
            self._db.close()
            raise

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode=TRUNCATE")
        self._db.execute("PRAGMA synchronous=FULL")
        found = self._db.execute("PRAGMA application_id").fetchone()[0]
        empty = not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not empty and found != APPLICATION_ID:
            raise IntegrityError(f"{self.path} is no history of bioctl.")
        text = resources.files("bioctl.historian").joinpath(f"schema_v{VERSION}.sql").read_text()
        self._db.executescript(
            f"BEGIN; {text} PRAGMA application_id={APPLICATION_ID};"
            f"PRAGMA user_version={VERSION}; COMMIT;"
        )

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def write_chunks(self, chunks: list[Packed]) -> list[Chunk]:
        """Store chunks in place of their units' drafts, all or none."""
        with self._transaction() as db:
            stored = [_insert(db, packed) for packed in chunks]
            for unit in {packed.unit for packed in chunks}:
                db.execute("DELETE FROM draft WHERE unit = ?", (unit,))
        return stored

    def write_drafts(self, drafts: list[Rows]) -> None:
        """Store rows that belong to chunks still open."""
        with self._transaction() as db:
            db.executemany(
                "INSERT INTO draft (unit, blob) VALUES (?,?)",
                [(rows.unit, pack_draft(rows)) for rows in drafts],
            )

    def left_over(self) -> list[Rows]:
        """Return the drafts that a crash left, joined; damaged ones are given up."""
        found: dict[str, list[Rows]] = {}
        for unit, blob in self._db.execute("SELECT unit, blob FROM draft ORDER BY id").fetchall():
            try:
                found.setdefault(unit, []).append(unpack_draft(blob))
            except ValueError:
                continue
        return [rows for drafts in found.values() for rows in join(drafts)]

    def mark_journaled(self, rowid: int) -> None:
        """Note that a chunk's hash stands in the journal."""
        self._db.execute("UPDATE chunk SET journaled = 1 WHERE id = ?", (rowid,))

    def not_journaled(self) -> list[Chunk]:
        """Return the chunks whose hash may not stand in the journal."""
        rows = self._db.execute(
            "SELECT unit, t_from, t_to, sha256, id FROM chunk WHERE journaled = 0 ORDER BY id"
        ).fetchall()
        return [
            Chunk(unit, low, high, digest.hex(), rowid) for unit, low, high, digest, rowid in rows
        ]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
            self._db.execute("COMMIT")
        except sqlite3.Error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise


def _insert(db: sqlite3.Connection, packed: Packed) -> Chunk:
    digest = packed.digest()
    span = (packed.unit, packed.t_from, packed.t_to)
    rowid = db.execute(
        "INSERT INTO chunk (unit, t_from, t_to, rows, t, utc, sha256) "
        "VALUES (?,?,?,?,?,?,?) RETURNING id",
        (*span, packed.rows, packed.t, packed.utc, digest),
    ).fetchall()[0][0]
    db.executemany(
        "INSERT INTO series (tag, chunk, value, quality) VALUES (?,?,?,?)",
        [(column.tag, rowid, column.value, column.quality) for column in packed.columns],
    )
    return Chunk(*span, digest.hex(), rowid)


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Return a connection that changes nothing, except undoing what a crash left half written.

    Raises:
        StorageError: there is no such file.
        IntegrityError: it is no history.
    """
    path = Path(path)
    if not path.is_file():
        raise StorageError(f"There is no history at {path}.")
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=BUSY_S)
    try:
        db.execute("PRAGMA query_only=ON")
        found = db.execute("PRAGMA application_id").fetchone()[0]
    except sqlite3.DatabaseError as error:
        db.close()
        raise IntegrityError(f"{path} is damaged: {error}.") from None
    if found != APPLICATION_ID:
        db.close()
        raise IntegrityError(f"{path} is no history of bioctl.")
    return db


def packed_chunk(db: sqlite3.Connection, rowid: int) -> tuple[Packed, bytes]:
    """Return a chunk as it is stored, and the hash stored beside it."""
    unit, low, high, rows, t, utc, digest = db.execute(
        "SELECT unit, t_from, t_to, rows, t, utc, sha256 FROM chunk WHERE id = ?", (rowid,)
    ).fetchone()
    columns = db.execute(
        "SELECT tag, value, quality FROM series WHERE chunk = ? ORDER BY tag", (rowid,)
    ).fetchall()
    return Packed(unit, low, high, rows, t, utc, [Column(*column) for column in columns]), digest
