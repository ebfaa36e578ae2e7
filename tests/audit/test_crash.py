"""kill -9 in the middle of writing: every acknowledged entry is there, and the chain holds."""

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bioctl.audit.journal import Journal
from bioctl.audit.sqlite import ROLLBACK, WAL, Durability
from bioctl.audit.verify import verify
from bioctl.clock import Clock

WRITER = """
import sys
from pathlib import Path
from bioctl.audit.entry import Event, actor
from bioctl.audit.journal import Journal
from bioctl.audit.sqlite import Durability
from bioctl.clock import SystemClock
modes = Durability(sys.argv[2], sys.argv[3])
journal = Journal.open(Path(sys.argv[1]), SystemClock(), cell="CELL-1", durability=modes)
event = Event("result", actor("system", "writer"), {"text": "x" * 300}, "B-1")
while True:
    futures = [journal.append([event] * 3) for _ in range(5)]
    for future in futures:
        sys.stdout.write(f"{future.result()[-1].seq}\\n")
    sys.stdout.flush()
"""


def killed_writer(path: Path, modes: Durability, acknowledgements: int) -> int:
    """Run a writer, kill it after so many acknowledged lines; return the last number it told."""
    command = [sys.executable, "-c", WRITER, str(path), *modes]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(acknowledgements)]
        os.kill(process.pid, signal.SIGKILL)
        told += process.stdout.readlines()
    return int([line for line in told if line.endswith("\n")][-1])


@pytest.mark.promise(2)
@pytest.mark.parametrize("modes", [ROLLBACK, WAL], ids=["rollback", "wal"])
def test_acknowledged_entries_survive_kill_9(path: Path, clock: Clock, modes: Durability) -> None:
    rng, before = random.Random(1), 0  # noqa: S311
    for _ in range(6):
        told = killed_writer(path, modes, rng.randint(1, 60))
        with Journal.open(path, clock, cell="CELL-1", durability=modes) as journal:
            head = journal.head().seq
            assert head >= told > before
            assert head % 3 == 0  # a hand-in is all there, or not at all
        assert verify(path).entries == head
        before = head


@pytest.mark.promise(2)
def test_journal_cut_in_mid_transaction_is_verified_as_it_was_before(
    path: Path, tmp_path: Path, clock: Clock
) -> None:
    """Copies the files of a transaction that never ended, as a crash would leave them."""
    with Journal.open(path, clock, cell="CELL-1", durability=ROLLBACK) as journal:
        store = journal._store
        connection = store._connection  # type: ignore[attr-defined]
        head = journal.head()
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("PRAGMA cache_spill = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO snapshot (t, seq, blob, sha256) VALUES (0, 0, ?, ?)",
            [(b"x" * 5000, b"")] * 50,
        )
        copy = tmp_path / "crashed.db"
        shutil.copyfile(path, copy)
        shutil.copyfile(f"{path}-journal", f"{copy}-journal")
        connection.execute("ROLLBACK")
    evidence = copy.read_bytes(), Path(f"{copy}-journal").read_bytes()
    assert evidence[1][:8] != bytes(8)  # hot: SQLite would roll it back on opening
    verdict = verify(copy)
    assert verdict.ok
    assert verdict.head == head
    assert (copy.read_bytes(), Path(f"{copy}-journal").read_bytes()) == evidence
