"""Rows in a SQLite file. No threads here: the writer owns the writing connection."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from bioctl.audit.canonical import ZERO
from bioctl.audit.chain import Link, Row
from bioctl.audit.check import ChainCheck
from bioctl.audit.entry import Entry
from bioctl.audit.schema import check_schema, create_schema
from bioctl.audit.sqlite import Connect, Durability, connect, harden, uri
from bioctl.audit.store import KEEP_SNAPSHOTS, Snapshot
from bioctl.errors import BioctlError, IntegrityError, RefusedError, StorageError

COLUMNS: Final = "seq, batch, batch_seq, kind, body, hash, leaf"

PAGE: Final = 500
"""Entries a reader takes in one go, so that it holds the writer for milliseconds only."""

TAIL: Final = 1000
"""Entries at the end whose chain is checked on opening; `verify` checks all."""


class SqliteStore:
    """Rows in a SQLite file with one writing connection."""

    def __init__(
        self, path: Path, cell: str, durability: Durability, open_file: Connect = connect
    ) -> None:
        self.path = path
        self.durability = durability
        self._cell = cell
        self._open_file = open_file
        self._connection: sqlite3.Connection | None = None
        self._inode = 0

    def open(self) -> None:
        """Open the file, made anew only if this store never had one, and check its end."""
        self.close()
        known = self._inode != 0
        fresh = not self.path.exists() and not known
        if known and not self.path.exists():
            raise StorageError(f"The journal {self.path} was moved or deleted.")
        try:
            self._connection = self._open_file(uri(self.path, "rwc" if fresh else "rw"))
            harden(self._connection, self.durability)
            if self._empty():
                create_schema(self._connection, self._cell)
                _sync_folder(self.path.parent)
            check_schema(self._connection, self.path)
            self._check_cell()
            self._check_tail()
        except (sqlite3.Error, BioctlError):
            self.close()
            raise
        self._inode = self.path.stat().st_ino

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            with suppress(sqlite3.Error):  # closing after an I/O error may fail; nothing is lost
                self._connection.close()
            self._connection = None

    def tip(self) -> Link:
        """Return the last entry."""
        row = self._db.execute("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1").fetchone()
        return Link(*row) if row else Link()

    def last_of(self, batch: str) -> Link:
        """Return the last entry of a batch."""
        row = self._db.execute(
            "SELECT batch_seq, hash FROM entry WHERE batch = ? ORDER BY batch_seq DESC LIMIT 1",
            (batch,),
        ).fetchone()
        return Link(*row) if row else Link()

    def commit(self, rows: Sequence[Row], snapshots: Sequence[Snapshot]) -> None:
        """Write in one transaction; on any error none of it is in the file, or it is unknown."""
        if not self.path.exists() or self.path.stat().st_ino != self._inode:
            raise StorageError(f"The journal {self.path} was moved or deleted.")
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        db.executemany(f"INSERT INTO entry ({COLUMNS}) VALUES (?,?,?,?,?,?,?)", rows)  # noqa: S608
        for item in snapshots:
            db.execute(
                "INSERT INTO snapshot (t, seq, blob, sha256) VALUES (?,?,?,?)",
                (item.t, item.seq, item.blob, bytes.fromhex(item.sha256)),
            )
            db.execute(
                "DELETE FROM snapshot WHERE id <= (SELECT max(id) FROM snapshot) - ?",
                (KEEP_SNAPSHOTS,),
            )
        db.execute("COMMIT")

    def read(self, after: int, batch: str | None) -> Iterator[Entry]:
        """Yield durable entries over a connection of their own, a page at a time."""
        where = "batch = ? AND seq > ?" if batch is not None else "seq > ?"
        given = (batch,) if batch is not None else ()
        query = (
            f"SELECT {COLUMNS}, (SELECT hash FROM entry AS before WHERE before.seq = entry.seq - 1)"  # noqa: S608
            f" FROM entry WHERE {where} ORDER BY seq LIMIT {PAGE}"
        )
        with closing(self._reader()) as connection:
            while page := connection.execute(query, (*given, after)).fetchall():
                for *columns, prev in page:
                    yield Row._make(columns).entry(prev or ZERO)
                after = page[-1][0]

    def snapshots(self) -> list[Snapshot]:
        """Return the snapshots, newest first."""
        with closing(self._reader()) as connection:
            rows = connection.execute(
                "SELECT t, blob, sha256, seq FROM snapshot ORDER BY id DESC"
            ).fetchall()
        return [Snapshot(t, blob, digest.hex(), seq) for t, blob, digest, seq in rows]

    def _reader(self) -> sqlite3.Connection:
        # "rw" only so that SQLite may undo what a crash left half written.
        connection = self._open_file(uri(self.path, "rw"))
        connection.execute("PRAGMA query_only=ON")
        return connection

    @property
    def _db(self) -> sqlite3.Connection:
        if self._connection is None:
            raise StorageError(f"The journal {self.path} is not open.")
        return self._connection

    def _empty(self) -> bool:
        return not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]

    def _check_cell(self) -> None:
        row = self._db.execute("SELECT id FROM cell").fetchone()
        if row is None or row[0] != self._cell:
            found = row[0] if row else "none"
            raise RefusedError(
                f"{self.path}: this journal belongs to cell {found!r}, not to {self._cell!r}.",
                help="Give the path of this cell's own journal.",
            )

    def _check_tail(self) -> None:
        rows = self._db.execute(
            f"SELECT {COLUMNS} FROM entry ORDER BY seq DESC LIMIT {TAIL + 1}"  # noqa: S608
        ).fetchall()
        tail = [Row._make(row) for row in reversed(rows)]
        check = ChainCheck(self._cell)
        if len(tail) > TAIL:  # the first one only vouches for the second
            first = tail.pop(0)
            check = ChainCheck(self._cell, Link(first.seq, first.hash), whole=False)
        if found := check.feed(tail):
            raise IntegrityError(
                f"{self.path}: entry {found.seq} {found.reason}.",
                help="Keep the file as it is; run `bioctl audit verify` on it and on its backups.",
            )


def _sync_folder(folder: Path) -> None:
    """Make a new file's name durable; folders can't be opened on every platform."""
    with suppress(PermissionError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
