"""The one thread that writes: takes what was handed in, groups it, and makes it durable.

After a failed write the store is closed and opened anew before the next attempt: what an I/O error
left behind is read back from the file, never assumed. A StorageError therefore means *not known to
be durable*: whoever gets it forgets its memory and folds the journal again when it can be read.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final

from bioctl.audit.chain import Chain, Head, Row, entries_of
from bioctl.audit.entry import Entry
from bioctl.audit.pending import Pending
from bioctl.audit.store import Store
from bioctl.audit.work import Attempt, Outage, Work, refusal, snapshots_of, with_late
from bioctl.clock import Clock
from bioctl.errors import BioctlError, StorageError

MAX_GROUP: Final = 1000
"""Entries in one transaction at most."""

MAX_WAITING: Final = 10_000
"""Hand-ins not yet taken by the thread; more are refused, so that memory stays bounded."""

RETRY_S: Final = 1.0
"""How often a journal that can't be written is tried again, s of host time."""

Watcher = Callable[[list[Entry]], None]


class Writer:
    """Owns the store's writing side.

    Args:
        store: opened here, in the caller's thread, so that opening errors are the caller's.
        clock: for the journal's own entries.
        cell: id of the cell.
    """

    def __init__(self, store: Store, clock: Clock, cell: str) -> None:
        self._store = store
        self._clock = clock
        self._cell = cell
        self._queue: SimpleQueue[Work] = SimpleQueue()
        self._chain = self._load()
        self._outage: Outage | None = None
        self._closed = False
        self._stopped = False
        self._watchers: dict[Watcher, asyncio.AbstractEventLoop] = {}
        self._thread = Thread(target=self._run, name="bioctl-journal", daemon=True)
        self._thread.start()

    def hand_in(self, work: Work) -> None:
        """Queue work; its future says when it is durable. Never waits."""
        if self._closed:
            work.pending.set_exception(StorageError("The journal is closed."))
        elif self.waiting >= MAX_WAITING and not work.may_be_late:
            work.pending.set_exception(
                StorageError(
                    f"The journal is behind: {self.waiting} hand-ins wait to be written.",
                    help="The disk is too slow or stuck; nothing new is started meanwhile.",
                )
            )
        else:
            self._queue.put(work)
            if self._stopped:  # it stopped between the question and the put
                self._give_up([])

    @property
    def waiting(self) -> int:
        """How many hand-ins the thread has not yet taken."""
        return self._queue.qsize()

    @property
    def failed(self) -> str | None:
        """Why writing fails now, or None while it works."""
        outage = self._outage
        return outage.reason if outage else None

    @property
    def late(self) -> int:
        """How many late entries wait in memory for writing to return."""
        outage = self._outage
        return outage.kept if outage else 0

    @property
    def head(self) -> Head:
        """The last durable entry."""
        tip = self._chain.tip
        return Head(tip.seq, tip.hash.hex())

    def watch(self, watcher: Watcher, loop: asyncio.AbstractEventLoop) -> None:
        """Call `watcher` in `loop` with the entries of each durable group."""
        self._watchers = {**self._watchers, watcher: loop}

    def unwatch(self, watcher: Watcher) -> None:
        """Stop calling `watcher`."""
        self._watchers = {who: loop for who, loop in self._watchers.items() if who != watcher}

    def close(self) -> None:
        """Write what was handed in, then stop; waits for it."""
        if not self._closed:
            self._closed = True
            self._queue.put(Work([], Pending(), last=True))
            self._thread.join()

    def _load(self) -> Chain:
        self._store.open()
        return Chain(self._cell, self._store.tip(), self._store.last_of)

    def _run(self) -> None:
        group: list[Work] = []
        try:
            while not (group and group[-1].last):
                group = self._take()
                self._write(group)
        finally:  # also after an error nobody foresaw: nobody may wait for ever
            self._closed = self._stopped = True
            self._give_up(group)
            self._store.close()

    def _take(self) -> list[Work]:
        """Wait for work, then take all there is up to a group; empty when it is time to retry."""
        group: list[Work] = []
        try:
            group.append(self._queue.get(timeout=RETRY_S if self._outage else None))
            count = len(group[0].events)
            while count < MAX_GROUP and not group[-1].last:
                group.append(self._queue.get_nowait())
                count += len(group[-1].events)
        except Empty:
            pass
        return group

    def _write(self, group: list[Work]) -> None:
        outage, rows = self._outage, list[Row]()
        try:
            if outage:
                self._reload(outage)
                group = with_late(outage, group, self._clock)
            rows, after = self._chain.extend([item for work in group for item in work.events])
            if rows:
                self._store.commit(rows, snapshots_of(group, rows))
        except (sqlite3.Error, OSError, BioctlError) as error:
            self._fail(Attempt(group, rows, self._chain.tip.hash), error)
            return
        before = self._chain.tip.hash
        self._chain, self._outage = after, None
        self._tell(group, rows, before)

    def _reload(self, outage: Outage) -> None:
        """Open the file again and believe what it holds, also the attempt that seemed to fail."""
        self._chain = self._load()
        attempt, outage.attempt = outage.attempt, None
        if attempt and attempt.rows[-1].hash == self._chain.tip.hash:
            for work in outage.release(attempt.works):
                outage.keep(work)
            self._tell(*attempt)

    def _tell(self, group: Sequence[Work], rows: Sequence[Row], before: bytes) -> None:
        entries = list(entries_of(rows, before))
        # Watchers first: whoever waits for an entry finds that its watchers have seen it.
        for watcher, loop in self._watchers.items() if entries else ():
            try:
                loop.call_soon_threadsafe(watcher, entries)
            except RuntimeError:  # its loop was closed
                self.unwatch(watcher)
        at = 0
        for work in group:
            if not work.pending.done():  # else its failure was already told
                work.pending.set_result(entries[at : at + len(work.events)])
            at += len(work.events)

    def _fail(self, attempt: Attempt, error: Exception) -> None:
        self._store.close()
        outage = self._outage or Outage(self._clock.monotonic())
        outage.reason = str(error) or type(error).__name__
        if attempt.rows:
            outage.attempt = attempt
        for work in attempt.works:
            if work.may_be_late:
                outage.keep(work)
            elif not work.pending.done():
                work.pending.set_exception(refusal(outage.reason))
        self._outage = outage

    def _give_up(self, group: Sequence[Work]) -> None:
        left = [*group, *(self._outage.late if self._outage else ())]
        while not self._queue.empty():
            left.append(self._queue.get_nowait())
        for work in left:
            if not work.pending.done():
                work.pending.set_exception(StorageError("The journal writer has stopped."))
