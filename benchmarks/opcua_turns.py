"""Lockstep turns a second over OPC UA against the real plant process, encrypted.

    .venv/bin/python benchmarks/opcua_turns.py [--turns N] [--dt S] [--plant autologous]

Each turn writes five changed outputs, advances by S and reads all tags. The plant runs in a
process of its own on the same machine; the client's CPU is this process's. Beside it, turn about,
runs a bare reference: an echo of as many bytes between two processes, encrypted likewise, which is
the least a turn can cost here. Numbers are for ratios, because machines differ.
"""

import argparse
import asyncio
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/drivers"))

from bare_echo import Echo
from plant_process import Plant, plant_tags

from bioctl.clock import SystemClock
from bioctl.equipment.driver import Link
from bioctl.tags import Kind, Tag
from bioctl_drivers.opcua.driver import OpcUaDriver

_ROUNDS = 5
_CHANGED = re.compile(r"\w+\.(?:TC|SC|FC|PC)\d+0[1-3]")
"""What loops of a culture move."""


def _outputs(tags: list[Tag], turn: int) -> dict[str, float]:
    """Return five outputs a turn with values that change, within their ranges."""
    able = [t for t in tags if t.kind is Kind.OUTPUT and _CHANGED.fullmatch(t.name)]
    chosen = [able[(turn + 7 * n) % len(able)] for n in range(5)]
    part = 0.3 + 0.05 * (turn % 7)
    return {t.name: t.range.low + part * (t.range.high - t.range.low) for t in chosen if t.range}


async def _turns(driver: OpcUaDriver, tags: list[Tag], turns: int, dt_s: float) -> float:
    wall = time.perf_counter()
    for turn in range(turns):
        await driver.exchange(_outputs(tags, turn), dt_s)
    return turns / (time.perf_counter() - wall)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(plant: Plant, turns: int, dt_s: float) -> None:
    """Print turns a second, the ratio to the bare reference, and the client's CPU a turn."""
    tags = plant_tags(plant.plant)
    driver = OpcUaDriver("plant", plant.options(), tags, SystemClock(), plant.folder)
    await driver.start()
    async with asyncio.timeout(10):
        await driver.when(lambda now: now.link is Link.UP)
    await driver.exchange({}, dt_s)
    pid = plant.process.pid if plant.process else 0
    asked = 1500
    told = 13 * len(tags) + 200
    rates, bare = [], []
    cpu, before = 0.0, _cpu_s(pid)
    with Echo(asked, told) as echo:
        for _ in range(_ROUNDS):
            start = time.process_time()
            rates.append(await _turns(driver, tags, turns // _ROUNDS, dt_s))
            cpu += time.process_time() - start
            bare.append(echo.rate(turns // _ROUNDS))
    snapshot = driver.latest()
    await driver.close()
    plant_ms = (_cpu_s(pid) - before) / turns * 1e3
    rate, echoes = statistics.median(rates), statistics.median(bare)
    print(
        f"{plant.plant}: {len(snapshot.readings)} tags, turns of {dt_s:g} s: {rate:.0f} turns/s, "
        f"{rate / echoes:.3f} of the bare echo's {echoes:.0f}/s; CPU a turn: client "
        f"{cpu / turns * 1e3:.2f} ms, plant {plant_ms:.2f} ms; {rate * dt_s:.0f} x real time, "
        f"faults {dict(snapshot.faults)}"
    )


def main() -> None:
    """Make a plant, measure, remove it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=1000)
    parser.add_argument("--dt", type=float, default=1.0, help="simulated s a turn")
    parser.add_argument("--plant", default="demo", help="a shipped plant")
    parser.add_argument("--accelerate", action="store_true", help="the plant's machine code")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        more = ("--accelerate",) if options.accelerate else ()
        plant = Plant(Path(folder), plant=options.plant, more=more)
        plant.prepare()
        start = time.perf_counter()
        plant.start()
        print(f"plant ready in {time.perf_counter() - start:.2f} s")
        try:
            asyncio.run(measure(plant, options.turns, options.dt))
        finally:
            plant.kill()


if __name__ == "__main__":
    main()
