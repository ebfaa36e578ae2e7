"""What the journal costs, as ratios against the limits of the same disk and processor.

Run: python benchmarks/journal.py [FOLDER]. Reference and journal take turns, so that a busy machine
slows both. Goals: one entry per acknowledgement >= 0.5 of raw append + fdatasync (0.2 where SQLite
needs the rollback journal), 64 writers >= 5 times raw, CPU <= 15 us per entry, verify >= 300 000
entries per second and core, all on a quiet machine.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import wait
from hashlib import sha256
from pathlib import Path

import orjson

from bioctl.audit.entry import Event, actor
from bioctl.audit.journal import Journal
from bioctl.audit.verify import verify
from bioctl.clock import SystemClock

ROUNDS = 9
EVENT = Event(
    "loop.set",
    actor("recipe", "car-t@3"),
    {"loop": "temperature", "mode": "AUTO", "sp": 37.0, "rate": 0.1, "eu": "degC"},
    unit="BR101",
    path="expand/prepare/fill_medium",
    t=12.5,
)


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Return wall and CPU time of `act`, s."""
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - wall, time.process_time() - cpu


def raw_appends(file: int, count: int) -> None:
    """Append an entry's bytes and sync them, one by one: the limit of the disk."""
    line = b"x" * 320
    for _ in range(count):
        os.write(file, line)
        os.fdatasync(file)


def single(journal: Journal, count: int) -> None:
    """Append and wait, one by one."""
    for _ in range(count):
        journal.append([EVENT]).result()


def together(journal: Journal, rounds: int, writers: int = 64) -> None:
    """Append as 64 writers do who each wait for their own entry."""
    for _ in range(rounds):
        wait([journal.append([EVENT]) for _ in range(writers)])


def groups(journal: Journal, count: int) -> None:
    """Append in groups of 100: here the processor is the limit."""
    wait([journal.append([EVENT] * 100) for _ in range(count)])


def raw_hashing(bodies: list[bytes]) -> None:
    """Decode, encode and hash twice: the limit of a full check in Python."""
    for body in bodies:
        orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
        sha256(body).digest()
        sha256(body).digest()


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory(dir=folder) as name:
        path = Path(name) / "journal.db"
        raw_file = os.open(Path(name) / "raw", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        with Journal.open(path, SystemClock(), cell="BENCH") as journal:
            _write(journal, raw_file)
        os.close(raw_file)
        _verify(path)


def _write(journal: Journal, raw_file: int) -> None:
    rates: dict[str, list[float]] = {"raw": [], "single": [], "together": []}
    cpu: list[float] = []
    for _ in range(ROUNDS):
        rates["raw"].append(200 / timed(lambda: raw_appends(raw_file, 200))[0])
        rates["single"].append(200 / timed(lambda: single(journal, 200))[0])
        rates["together"].append(640 / timed(lambda: together(journal, 10))[0])
        cpu.append(timed(lambda: groups(journal, 50))[1] / 5000 * 1e6)
    raw = statistics.median(rates["raw"])
    print(f"raw append + fdatasync   {raw:10.0f} /s")
    for kind in ("single", "together"):
        rate = statistics.median(rates[kind])
        print(f"journal, {kind:15} {rate:10.0f} entries/s   {rate / raw:5.2f} of raw")
    print(f"CPU per entry            {min(cpu):10.1f} us best, {statistics.median(cpu):.1f} median")


def _verify(path: Path) -> None:
    with Journal.open(path, SystemClock(), cell="BENCH") as journal:
        groups(journal, 1000)
        bodies = [
            orjson.dumps(entry.body, option=orjson.OPT_SORT_KEYS)
            for entry in journal.page(limit=20_000)
        ]
    count, checks, limits = verify(path).entries, list[float](), list[float]()
    for _ in range(5):
        limits.append(len(bodies) / timed(lambda: raw_hashing(bodies))[1])
        checks.append(count / timed(lambda: verify(path))[1])
    rate, limit = max(checks), max(limits)
    print(f"decode, encode, 2 hashes {limit:10.0f} /s")
    print(f"verify, full check       {rate:10.0f} entries/s   {rate / limit:5.2f} of that")


if __name__ == "__main__":
    main()
