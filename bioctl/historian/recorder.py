"""Recording readings: a row per call into memory, chunks to disk in a thread.

A chunk is closed after half an hour of process time, or as the caller says; its hash is reported so
that the journal has it. Between, its new rows are stored as drafts every 20 s of host time, so that
a crash loses seconds, and a real batch doesn't put an entry into the journal every 20 s for each
unit. Drafts that a crash left become chunks, and chunks that were not reported are reported, when
the file is opened again.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Final, Self

from bioctl.clock import Clock, SystemClock
from bioctl.errors import BioctlError, StorageError
from bioctl.historian.chunk import Chunk, Rows, pack
from bioctl.historian.store import HistoryFile
from bioctl.values import Reading

CHUNK_S: Final = 1800.0
"""Process time in one chunk, s."""

DRAFT_S: Final = 20.0
"""Host time after which new rows are stored as a draft, s: what a crash can lose."""

MAX_KEPT: Final = 50
"""Closed chunks kept in memory while the history can't be written; then the oldest are lost."""

OnChunk = Callable[[Chunk], Future[Any] | None]
"""Reports a closed chunk, in the recorder's thread; hand in `journal.append_late` there. When the
future it returns is done without error (or at once without one) the chunk counts as journaled."""


@dataclass(slots=True)
class _Open:
    rows: Rows
    drafted: int
    draft_at: float


@dataclass(slots=True)
class _Work:
    closed: list[Rows] = field(default_factory=list)
    drafts: list[Rows] = field(default_factory=list)
    journaled: int | None = None
    done: Future[None] = field(default_factory=Future)
    last: bool = False

    def __post_init__(self) -> None:
        self.done.set_running_or_notify_cancel()  # whoever waits may stop waiting, no more


class Recorder:
    """Writes the history of a cell. Call `record`, `flush` and `close` from one thread.

    Args:
        path: the history file, made if absent.
        on_chunk: reports each closed chunk.
        clock: host time for drafts.
        chunk_s: process time in one chunk, s; each costs the journal an entry.

    Raises:
        StorageError: the file can't be opened.
        IntegrityError: it is no history.
    """

    def __init__(
        self,
        path: Path,
        on_chunk: OnChunk,
        clock: Clock | None = None,
        *,
        chunk_s: float = CHUNK_S,
    ) -> None:
        self.path = Path(path)
        try:
            self._file = HistoryFile(self.path)
        except sqlite3.Error as error:
            raise StorageError(f"The history {path} can't be opened: {error}.") from None
        self._on_chunk = on_chunk
        self._chunk_s = chunk_s
        self._clock = clock or SystemClock()
        self._open: dict[str, _Open] = {}
        self._queue: SimpleQueue[_Work] = SimpleQueue()
        self._failed: str | None = None
        self._lost = 0
        self._kept: deque[Rows] = deque()
        self._reports: set[Future[Any]] = set()
        self._closed = False
        self._thread = Thread(target=self._run, name="bioctl-history", daemon=True)
        self._thread.start()

    def record(self, unit: str, t: float, utc: float, readings: Mapping[str, Reading]) -> None:
        """Take one row of a unit; never waits.

        Args:
            unit: unit id.
            t: process time, s.
            utc: host time, s since 1970 UTC.
            readings: by tag; text is kept as a Bad NaN.
        """
        now = self._clock.monotonic()
        current = self._open.get(unit)
        if current is None or not self._continues(current.rows, t, tuple(readings)):
            self._close_unit(unit)
            current = _Open(Rows(unit, tuple(readings)), 0, now + DRAFT_S)
            self._open[unit] = current
        current.rows.add(t, utc, readings.values())
        if now >= current.draft_at:
            self._draft([current])

    def flush(self) -> Future[None]:
        """Store what was recorded so far; the future is done when queries can see it.

        If the file can't be written it is done as well, and `failed` says why.
        """
        return self._draft(self._open.values())

    def rotate(self) -> None:
        """Close every open chunk now, so that its hash reaches the journal: a batch has ended."""
        for unit in list(self._open):
            self._close_unit(unit)

    def close(self) -> None:
        """Close every chunk, wait until all is stored and reported, and close the file."""
        if not self._closed:
            self._closed = True
            self.rotate()
            self._queue.put(_Work(last=True))
            self._thread.join()

    @property
    def failed(self) -> str | None:
        """Why the history can't be written now, or None while it works."""
        return self._failed

    @property
    def lost(self) -> int:
        """How many readings were given up because the history could not be written."""
        return self._lost

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _close_unit(self, unit: str) -> None:
        current = self._open.pop(unit, None)
        if current is not None:
            self._queue.put(_Work(closed=[current.rows]))

    def _draft(self, chunks: Iterable[_Open]) -> Future[None]:
        drafts, later = [], self._clock.monotonic() + DRAFT_S
        for current in chunks:
            drafts.append(current.rows.since(current.drafted))
            current.drafted, current.draft_at = len(current.rows), later
        work = _Work(drafts=[rows for rows in drafts if len(rows)])
        self._queue.put(work)
        return work.done

    def _run(self) -> None:
        try:
            self._try(self._take_over)
            work = _Work()
            while not work.last:
                work = self._queue.get()
                self._do(work)
            wait(self._reports, timeout=10)
            while not self._queue.empty():  # what the last reports' answers put there
                self._do(self._queue.get())
        finally:
            self._file.close()
            while not self._queue.empty():  # only after an error nobody foresaw
                self._queue.get().done.set_result(None)

    def _take_over(self) -> None:
        """Close what an earlier run left open, and report what it had not."""
        if left := [pack(rows) for rows in self._file.left_over()]:
            self._file.write_chunks(left)
        for chunk in self._file.not_journaled():
            self._report(chunk)

    def _do(self, work: _Work) -> None:
        self._kept.extend(work.closed)
        while len(self._kept) > MAX_KEPT:
            self._lost += len(self._kept.popleft().values)
        self._try(lambda: self._store(work))
        work.done.set_result(None)

    def _try(self, act: Callable[[], None]) -> None:
        """Do it, or remember why it failed; batches go on without history."""
        try:
            act()
        except sqlite3.Error as error:
            self._failed = str(error)
        else:
            self._failed = None

    def _store(self, work: _Work) -> None:
        if work.journaled is not None:
            self._file.mark_journaled(work.journaled)
        while self._kept:
            chunks = self._file.write_chunks([pack(self._kept[0])])
            self._kept.popleft()
            self._report(chunks[0])
        if work.drafts:
            self._file.write_drafts(work.drafts)

    def _report(self, chunk: Chunk) -> None:
        try:
            report = self._on_chunk(chunk)
        except BioctlError:  # it stays unreported, and is reported when the file is next opened
            return
        if report is None:
            self._queue.put(_Work(journaled=chunk.rowid))
            return
        self._reports.add(report)
        report.add_done_callback(lambda done: self._reported(done, chunk.rowid))

    def _reported(self, report: Future[Any], rowid: int) -> None:
        if not report.cancelled() and report.exception() is None:
            self._queue.put(_Work(journaled=rowid))
        self._reports.discard(report)

    def _continues(self, rows: Rows, t: float, tags: tuple[str, ...]) -> bool:
        return rows.tags == tags and rows.t[-1] < t < rows.t[0] + self._chunk_s
