"""The journal of a cell: append, read, seal. What is not in it did not happen.

`append` may be called from the event loop: it never waits. `open`, `read`, `page`, `last_snapshot`
and `close` touch the disk: call them before the loop runs or by `asyncio.to_thread`.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from bioctl.audit.chain import Head
from bioctl.audit.entry import Entry, Event, actor
from bioctl.audit.file_store import SqliteStore
from bioctl.audit.kinds import Kind
from bioctl.audit.lock import LockFile
from bioctl.audit.pending import Pending
from bioctl.audit.sqlite import Durability, durability_for
from bioctl.audit.stamp import stamp
from bioctl.audit.store import MemoryStore, Snapshot, Store, digest
from bioctl.audit.work import Work
from bioctl.audit.writer import Watcher, Writer
from bioctl.clock import Clock
from bioctl.errors import IntegrityError, StorageError


class Journal:
    """One cell's journal, held by one process.

    Make one with `Journal.open` or `Journal.in_memory`; it is a context manager that closes.
    """

    def __init__(self, store: Store, clock: Clock, cell: str, lock: LockFile | None) -> None:
        self.cell = cell
        self._store = store
        self._clock = clock
        self._lock = lock
        self._writer = Writer(store, clock, cell)

    @classmethod
    def open(
        cls, path: Path, clock: Clock, *, cell: str, durability: Durability | None = None
    ) -> "Journal":
        """Open or make the journal in a file.

        Args:
            path: the database file; its folder exists.
            clock: stamps every entry's host times.
            cell: id of the cell; a journal stays with its cell.
            durability: SQLite modes; chosen by the SQLite version if None.

        Raises:
            RefusedError: another process holds it, or it belongs to another cell.
            IntegrityError: a table, trigger or one of the last entries was altered.
            StorageError: it can't be opened.
        """
        path = Path(path)
        modes = durability or durability_for(sqlite3.sqlite_version_info[:3])
        lock = LockFile(path)
        try:
            return cls(SqliteStore(path, cell, modes), clock, cell, lock)
        except sqlite3.OperationalError as error:
            lock.release()
            raise StorageError(f"The journal {path} can't be opened: {error}.") from None
        except sqlite3.DatabaseError as error:
            lock.release()
            raise IntegrityError(
                f"{path} is damaged: {error}.",
                help="Keep the file as it is and restore the newest backup that verifies.",
            ) from None
        except BaseException:
            lock.release()
            raise

    @classmethod
    def in_memory(cls, clock: Clock, *, cell: str) -> "Journal":
        """Return a journal that is lost with the process, for dry runs."""
        return cls(MemoryStore(), clock, cell, None)

    def append(self, events: Sequence[Event]) -> Pending[list[Entry]]:
        """Hand in events to become durable together, in order.

        Returns:
            A future of their entries; StorageError in it if they are not known to be durable.

        Raises:
            InputError: an event is wrong; none was handed in.
        """
        return self._hand_in(events, may_be_late=False)

    def append_late(self, events: Sequence[Event]) -> Pending[list[Entry]]:
        """Hand in events of what already acted: loops, interlocks, Hold, Stop, Abort.

        While the journal can't be written they wait in memory, up to a bound, and become late
        entries (`late` true) with the times of this call when writing returns.
        """
        return self._hand_in(events, may_be_late=True)

    async def commit(self, events: Sequence[Event]) -> list[Entry]:
        """Append and wait until durable."""
        return await self.append(events)

    def seal(
        self, batch: str, *, by: dict[str, str] | None = None, t: float = 0.0
    ) -> Pending[list[Entry]]:
        """Append `batch.sealed` with the count and last hash of the batch's entries before it."""
        who = by or actor("system", self.cell)
        return self.append([Event(Kind.BATCH_SEALED, who, {}, batch, t=t)])

    def snapshot(self, t: float, blob: bytes) -> Pending[list[Entry]]:
        """Save volatile values at process time t (s), with their hash as an entry."""
        found = digest(blob)
        data = {"t": t, "sha256": found, "bytes": len(blob)}
        event = Event(Kind.SNAPSHOT_TAKEN, actor("system", self.cell), data, t=t)
        work = self._work([event], may_be_late=False)
        work.snapshot = Snapshot(t, blob, found, 0)
        self._writer.hand_in(work)
        return work.pending

    def last_snapshot(self) -> Snapshot | None:
        """Return the newest snapshot whose hash stands in the journal, or None."""
        for found in self._store.snapshots():
            if digest(found.blob) == found.sha256 and self._journaled(found):
                return found
        return None

    def read(self, after: int = 0, batch: str | None = None) -> Iterator[Entry]:
        """Yield durable entries with seq > after, over a connection of its own, page by page."""
        try:
            yield from self._store.read(after, batch)
        except sqlite3.Error as error:
            raise StorageError(f"The journal can't be read: {error}.") from None

    def page(self, after: int = 0, batch: str | None = None, limit: int = 500) -> list[Entry]:
        """Return at most `limit` entries with seq > after."""
        return list(islice(self.read(after, batch), limit))

    def head(self) -> Head:
        """Return number and hash of the last durable entry."""
        return self._writer.head

    @property
    def failed(self) -> str | None:
        """Why writing fails now, or None while it works."""
        return self._writer.failed

    @property
    def late(self) -> int:
        """How many late entries wait in memory for writing to return."""
        return self._writer.late

    @property
    def waiting(self) -> int:
        """How many hand-ins the writer has not yet taken."""
        return self._writer.waiting

    def watch(self, watcher: Watcher, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        """Call `watcher` in `loop` with each durable group's entries; returns how to stop it."""
        self._writer.watch(watcher, loop)
        return lambda: self._writer.unwatch(watcher)

    def close(self) -> None:
        """Write what was handed in, close the file and let the lock go; may be called again."""
        self._writer.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _work(self, events: Sequence[Event], *, may_be_late: bool) -> Work:
        utc, mono = self._clock.utc(), self._clock.monotonic()
        return Work([stamp(event, utc, mono) for event in events], Pending(), may_be_late)

    def _hand_in(self, events: Sequence[Event], *, may_be_late: bool) -> Pending[list[Entry]]:
        work = self._work(events, may_be_late=may_be_late)
        self._writer.hand_in(work)
        return work.pending

    def _journaled(self, snapshot: Snapshot) -> bool:
        entry = next(self.read(after=snapshot.seq - 1), None)
        return entry is not None and entry.data.get("sha256") == snapshot.sha256
