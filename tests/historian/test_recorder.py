"""What is recorded is there again: chunks, drafts, crashes, full disks."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bioctl.errors import IntegrityError, StorageError
from bioctl.historian.chunk import Chunk
from bioctl.historian.query import series, tags
from bioctl.historian.recorder import CHUNK_S, Recorder
from bioctl.historian.verify import verify_history
from bioctl.values import Reading

Row = Callable[..., Mapping[str, Reading]]
FOREVER = 1e12


class Told:
    """A journal entry, as far as the history needs one."""

    kind = "history.chunk"

    def __init__(self, chunk: Chunk) -> None:
        self.data = chunk.data()


def record(recorder: Recorder, row: Row, t0: int, t1: int) -> None:
    for t in range(t0, t1):
        recorder.record("BR101", float(t), 1.7e9 + t, row(37 + t / 1000))


def test_every_reading_comes_back(path: Path, recorder: Recorder, row: Row) -> None:
    record(recorder, row, 0, 4000)
    recorder.close()
    found = series(path, "BR101.TT101", 0, FOREVER, 10_000)
    assert found.t.tolist() == list(range(4000))
    assert found.value.tolist() == [37 + t / 1000 for t in range(4000)]
    assert not found.quality.any()
    assert tags(path) == ["BR101.ST101", "BR101.TT101", "BR101.XV101"]


def test_chunk_is_closed_and_reported_after_half_an_hour_of_process_time(
    path: Path, recorder: Recorder, row: Row, reported: list[Chunk]
) -> None:
    record(recorder, row, 0, 4000)
    recorder.close()
    spans = [(chunk.unit, chunk.t_from, chunk.t_to) for chunk in reported]
    assert spans == [
        ("BR101", 0.0, CHUNK_S - 1),
        ("BR101", CHUNK_S, 2 * CHUNK_S - 1),
        ("BR101", 2 * CHUNK_S, 3999.0),
    ]
    verdict = verify_history(path, map(Told, reported))
    assert verdict.ok
    assert verdict.chunks == 3


def test_rotation_reports_the_open_chunk_and_the_next_row_begins_another(
    path: Path, recorder: Recorder, row: Row, reported: list[Chunk]
) -> None:
    record(recorder, row, 0, 10)
    recorder.rotate()
    record(recorder, row, 10, 15)
    recorder.close()
    assert [(chunk.t_from, chunk.t_to) for chunk in reported] == [(0.0, 9.0), (10.0, 14.0)]
    assert verify_history(path, map(Told, reported)).ok


def test_flush_shows_open_rows_to_queries(path: Path, recorder: Recorder, row: Row) -> None:
    record(recorder, row, 0, 10)
    recorder.flush().result()
    record(recorder, row, 10, 15)
    assert len(series(path, "BR101.TT101", 0, FOREVER).t) == 10
    recorder.flush().result()
    assert series(path, "BR101.TT101", 3, 11).t.tolist() == list(range(3, 12))


def test_units_are_kept_apart(path: Path, recorder: Recorder) -> None:
    for t in range(20):
        for unit in ("BR101", "WS101"):
            recorder.record(unit, float(t), 0.0, {f"{unit}.TT1": Reading(float(t))})
    recorder.close()
    assert series(path, "BR101.TT1", 0, FOREVER).t.tolist() == list(range(20))
    assert series(path, "WS101.TT1", 5, 5).value.tolist() == [5.0]


def test_other_tags_or_time_going_back_begin_another_chunk(
    recorder: Recorder, row: Row, reported: list[Chunk]
) -> None:
    recorder.record("BR101", 1.0, 0.0, row())
    recorder.record("BR101", 2.0, 0.0, {"BR101.TT101": Reading(1.0)})
    recorder.record("BR101", 1.5, 0.0, {"BR101.TT101": Reading(1.0)})
    recorder.close()
    assert [(chunk.t_from, chunk.t_to) for chunk in reported] == [(1, 1), (2, 2), (1.5, 1.5)]


def test_text_and_missing_values_are_bad(path: Path, recorder: Recorder) -> None:
    mixed: dict[str, Any] = {"A.1": Reading("open"), "A.2": Reading(None), "A.3": Reading(2.5)}  # type: ignore[arg-type]
    recorder.record("A", 1.0, 0.0, mixed)
    recorder.close()
    for tag, value, quality in (("A.1", np.nan, 2), ("A.2", np.nan, 2), ("A.3", 2.5, 0)):
        found = series(path, tag, 0, 10)
        np.testing.assert_array_equal(found.value, [value])
        assert found.quality.tolist() == [quality]


WRITER = """
import sys
from pathlib import Path
from bioctl.historian.recorder import Recorder
from bioctl.values import Reading
def report(chunk):
    print("chunk", chunk.t_to, flush=True)
recorder = Recorder(Path(sys.argv[1]), report)
t = float(sys.argv[2])
while True:
    for _ in range(100):
        recorder.record("BR101", t, t, {"BR101.TT101": Reading(t)})
        t += 1.0
    recorder.flush().result()
    print("flushed", t - 1, flush=True)
"""


def test_kill_9_loses_only_what_was_not_yet_drafted(path: Path, reported: list[Chunk]) -> None:
    start = 0.0
    for lines in (7, 30, 3):
        command = [sys.executable, "-c", WRITER, str(path), str(start)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            told = [process.stdout.readline() for _ in range(lines)]
            os.kill(process.pid, signal.SIGKILL)
            told += [line for line in process.stdout if line.endswith("\n")]
        safe = max(float(line.split()[1]) for line in told)
        found = series(path, "BR101.TT101", 0, FOREVER, 10**6)
        assert found.t[-1] >= safe
        np.testing.assert_array_equal(found.t, np.arange(len(found.t)))
        np.testing.assert_array_equal(found.t, found.value)
        start = float(found.t[-1]) + 1
    with Recorder(path, reported.append):
        pass
    assert series(path, "BR101.TT101", 0, FOREVER, 10**6).t[-1] == start - 1
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM draft").fetchone()[0] == 0


def test_chunks_not_reported_before_a_crash_are_reported_again(
    path: Path, row: Row, reported: list[Chunk]
) -> None:
    def never(chunk: Chunk) -> Future[None]:
        failed: Future[None] = Future()
        failed.set_exception(StorageError(f"no journal for {chunk.rowid}"))
        return failed

    with Recorder(path, never) as recorder:
        record(recorder, row, 0, 2000)
    with Recorder(path, reported.append):
        pass
    assert [chunk.rowid for chunk in reported] == [1, 2]
    with Recorder(path, reported.append):
        pass
    assert len(reported) == 2


def test_chunk_counts_as_journaled_when_its_entry_is_durable(path: Path, row: Row) -> None:
    pending: list[Future[None]] = []

    def report(chunk: Chunk) -> Future[None]:
        del chunk
        pending.append(Future())
        pending[-1].set_result(None)
        return pending[-1]

    with Recorder(path, report) as recorder:
        record(recorder, row, 0, 2000)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT journaled FROM chunk").fetchall() == [(1,), (1,)]
    assert len(pending) == 2


@pytest.fixture
def noise() -> Row:
    """Return rows that don't compress, so that a full disk is full."""
    rng = random.Random(1)  # noqa: S311

    def make(_: float) -> Mapping[str, Reading]:
        return {f"BR101.T{n}": Reading(rng.random()) for n in range(3)}

    return make


@pytest.mark.fault("ST-02")
def test_full_disk_keeps_chunks_in_memory_and_writes_them_later(
    path: Path, recorder: Recorder, noise: Row, reported: list[Chunk]
) -> None:
    record(recorder, noise, 0, 10)
    recorder.flush().result()
    recorder._file._db.execute("PRAGMA max_page_count = 1")
    record(recorder, noise, 10, 4000)
    recorder.flush().result()
    assert recorder.failed is not None
    assert not reported
    recorder._file._db.execute("PRAGMA max_page_count = 1000000")
    recorder.flush().result()
    assert recorder.failed is None
    assert len(reported) == 2
    recorder.close()
    assert recorder.lost == 0
    assert series(path, "BR101.T1", 0, FOREVER, 10_000).t.tolist() == list(range(4000))


@pytest.mark.fault("ST-02")
def test_readings_given_up_are_counted(
    recorder: Recorder, noise: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bioctl.historian.recorder.MAX_KEPT", 1)
    recorder.flush().result()
    recorder._file._db.execute("PRAGMA max_page_count = 1")
    record(recorder, noise, 0, 3 * int(CHUNK_S) + 1)
    recorder.flush().result()
    assert recorder.lost == 2 * int(CHUNK_S) * 3


async def test_recording_never_blocks_the_loop(path: Path, row: Row, clock: Any) -> None:
    recorder = await asyncio.to_thread(Recorder, path, lambda _: None, clock)
    for t in range(2000):
        clock.now += 1.0
        recorder.record("BR101", float(t), 0.0, row())
    await asyncio.wrap_future(recorder.flush())
    await asyncio.to_thread(recorder.close)
    found = await asyncio.to_thread(series, path, "BR101.TT101", 0.0, FOREVER, 10_000)
    assert len(found.t) == 2000


def test_other_database_is_refused(path: Path, reported: list[Chunk]) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE other (x)")
    with pytest.raises(IntegrityError, match="no history"):
        Recorder(path, reported.append)
    with pytest.raises(IntegrityError, match="no history"):
        series(path, "BR101.TT101", 0, 1)


def test_missing_history_is_told_in_a_sentence(path: Path) -> None:
    with pytest.raises(StorageError, match="no history at"):
        series(path, "BR101.TT101", 0, 1)
