"""A power cut at every write to the disk: unsynced sectors are lost at random, promises are kept.

A SQLite file system layer remembers what was written since the last sync. At the chosen operation
the power goes; each 512-byte sector not yet synced survives with even odds. Then the journal is
opened with Python's own SQLite. Deleting files is not undone, so folder entries count as durable.
"""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bioctl.audit.entry import Event, actor
from bioctl.audit.file_store import SqliteStore
from bioctl.audit.journal import Journal
from bioctl.audit.pending import Pending
from bioctl.audit.sqlite import ROLLBACK, WAL, Durability
from bioctl.audit.verify import verify
from bioctl.clock import Clock
from bioctl.errors import BioctlError

apsw = pytest.importorskip("apsw", reason="the power cut needs apsw's file system layer")

SECTOR = 512
NEVER = 10**9


class Power:
    """The mains: counts operations, and cuts at one of them."""

    def __init__(self, cut_at: int) -> None:
        self.cut_at = cut_at
        self.count = 0
        self.unsynced: dict[str, list[tuple[int, bytes, int]]] = {}

    @property
    def gone(self) -> bool:
        return self.count >= self.cut_at

    def use(self) -> None:
        """Do one operation on the disk; from the cut on there is none."""
        self.count += 1
        if self.gone:
            raise apsw.IOError("the power is gone")

    def lose_sectors(self, rng: random.Random) -> None:
        """Undo, sector by sector at random, what was not synced."""
        for path, writes in self.unsynced.items():
            with Path(path).open("r+b") as file:
                for offset, old, length in reversed(writes):
                    _undo(file, offset, old, length, rng)


def _undo(file: Any, offset: int, old: bytes, length: int, rng: random.Random) -> None:
    if length < 0:  # a truncation is one change of the file's size: all or nothing
        if rng.random() < 0.5:
            file.seek(offset)
            file.write(old)
        return
    for start in range(0, length, SECTOR):
        if rng.random() < 0.5:
            size = min(SECTOR, length - start)
            file.seek(offset + start)
            file.write(old[start : start + size].ljust(size, b"\0"))


class Disk(apsw.VFS):  # type: ignore[misc, name-defined]
    """SQLite's own file system, with our mains."""

    def __init__(self, power: Power) -> None:
        self.power = power
        super().__init__("power-cut", "")

    def xOpen(self, name: Any, flags: list[int]) -> "DiskFile":  # noqa: N802
        return DiskFile(self.power, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:  # noqa: N802, FBT001
        self.power.use()
        super().xDelete(name, sync)


class DiskFile(apsw.VFSFile):  # type: ignore[misc, name-defined]
    """A file whose unsynced writes can be lost."""

    def __init__(self, power: Power, name: Any, flags: list[int]) -> None:
        self._power = power
        self._path = name.filename() if hasattr(name, "filename") else name
        super().__init__("", name, flags)

    def _old(self, offset: int, length: int = -1) -> bytes:
        with Path(self._path).open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._power.use()
        old = self._old(offset, len(data))
        self._power.unsynced.setdefault(self._path, []).append((offset, old, len(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._power.use()
        self._power.unsynced.setdefault(self._path, []).append((size, self._old(size), -1))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._power.use()
        super().xSync(flags)
        self._power.unsynced.pop(self._path, None)


class Connection:
    """An apsw connection that looks like one of Python's own, as far as the store needs."""

    def __init__(self, uri: str) -> None:
        path = uri.removeprefix("file://").partition("?")[0]
        self._db = apsw.Connection(path, vfs="power-cut")
        self._db.set_busy_timeout(1000)

    def execute(self, sql: str, given: Sequence[Any] = ()) -> "Cursor":
        return Cursor(self._run(lambda: self._db.execute(sql, given).fetchall()))

    def executemany(self, sql: str, given: Sequence[Any]) -> None:
        self._run(lambda: self._db.executemany(sql, [tuple(row) for row in given]))

    def executescript(self, sql: str) -> None:
        self._run(lambda: self._db.execute(sql).fetchall())

    def close(self) -> None:
        self._run(lambda: self._db.close(force=True))

    @staticmethod
    def _run(act: Any) -> Any:
        try:
            return act()
        except apsw.Error as error:
            raise sqlite3.OperationalError(str(error)) from None


class Cursor:
    """The rows of a statement."""

    def __init__(self, rows: list[Any]) -> None:
        self._rows = rows

    def fetchall(self) -> list[Any]:
        return self._rows

    def fetchone(self) -> Any:
        return self._rows[0] if self._rows else None


def entries(rng: random.Random) -> Iterator[list[Event]]:
    who = actor("system", "writer")
    for _ in range(12):
        size = rng.choice((10, 700, 6000))
        yield [Event("result", who, {"text": "x" * size}, "B-1")] * rng.choice((1, 3))


def run(path: Path, clock: Clock, modes: Durability, cut_at: int, seed: int) -> tuple[int, int]:
    """Write until the power goes; return operations and the last acknowledged entry."""
    rng, power, acknowledged = random.Random(seed), Power(cut_at), 0  # noqa: S311
    disk = Disk(power)
    store = SqliteStore(path, "CELL-1", modes, Connection)  # type: ignore[arg-type]
    try:
        with Journal(store, clock, "CELL-1", None) as journal:
            for events in entries(rng):
                pending: Pending[Any] = journal.append(events)
                acknowledged = pending.result()[-1].seq
    except (sqlite3.Error, BioctlError):
        assert power.gone
    power.lose_sectors(rng)
    disk.unregister()
    path.with_name(path.name + "-shm").unlink(missing_ok=True)  # memory, no disk
    return power.count, acknowledged


def kept(path: Path, clock: Clock, modes: Durability) -> int:
    """Open what the cut left as the next start would; return its last entry."""
    with Journal.open(path, clock, cell="CELL-1", durability=modes) as journal:
        head = journal.head().seq
    verdict = verify(path)
    assert verdict.ok, verdict.message
    assert verdict.entries == head
    return head


def outcome(folder: Path, clock: Clock, modes: Durability, cut_at: int) -> tuple[int, int]:
    path = folder / f"{cut_at}.db"
    _, acknowledged = run(path, clock, modes, cut_at, cut_at)
    return acknowledged, kept(path, clock, modes) if path.exists() else 0


@pytest.mark.promise(2)
@pytest.mark.parametrize("modes", [ROLLBACK, WAL], ids=["rollback", "wal"])
def test_acknowledged_entries_survive_a_power_cut(
    tmp_path: Path, clock: Clock, modes: Durability
) -> None:
    operations, written = run(tmp_path / "whole.db", clock, modes, NEVER, 0)
    assert kept(tmp_path / "whole.db", clock, modes) == written
    for cut_at in range(1, operations, max(1, operations // 60)):
        acknowledged, found = outcome(tmp_path, clock, modes, cut_at)
        assert found >= acknowledged, f"cut at operation {cut_at}"


@pytest.mark.promise(2)
def test_weaker_setting_is_caught_by_this_test(tmp_path: Path, clock: Clock) -> None:
    modes = Durability("wal", "NORMAL")
    operations, _ = run(tmp_path / "whole.db", clock, modes, NEVER, 0)
    lost = 0
    for cut_at in range(operations // 2, operations, max(1, operations // 40)):
        acknowledged, found = outcome(tmp_path, clock, modes, cut_at)
        lost += found < acknowledged
    assert lost > 0
