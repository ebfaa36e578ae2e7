"""Lockstep turns a second over OPC UA against the real plant process, encrypted.

    .venv/bin/python benchmarks/opcua_turns.py [--turns 1000] [--dt 1] [--plant autologous]

Each turn writes some changed outputs, advances by DT and reads all tags. The plant runs in a
process of its own on the same machine; the client's CPU is this process's. Beside it, turn about,
runs a bare reference: an echo of as many bytes between two processes, encrypted likewise, which is
the least a turn can cost here. Numbers are for ratios, because machines differ.
"""

import argparse
import asyncio
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
_CHANGED = ("TC", "SC", "FC", "PC")


def _outputs(tags: list[Tag], turn: int) -> dict[str, float]:
    """Return five outputs a turn with values that change, within their ranges."""
    able = [t for t in tags if t.kind is Kind.OUTPUT and t.name.split(".")[1][:2] in _CHANGED]
    chosen = [able[(turn + 7 * n) % len(able)] for n in range(5)]
    part = 0.3 + 0.05 * (turn % 7)
    return {t.name: t.range.low + part * (t.range.high - t.range.low) for t in chosen if t.range}


async def _turns(driver: OpcUaDriver, tags: list[Tag], turns: int, dt_s: float) -> float:
    wall = time.perf_counter()
    for turn in range(turns):
        await driver.exchange(_outputs(tags, turn), dt_s)
    return turns / (time.perf_counter() - wall)


async def measure(plant: Plant, turns: int, dt_s: float) -> None:
    """Print turns a second, the ratio to the bare reference, and the client's CPU a turn."""
    tags = plant_tags(plant.plant)
    driver = OpcUaDriver("plant", plant.options(), tags, SystemClock(), plant.folder)
    await driver.start()
    async with asyncio.timeout(10):
        await driver.when(lambda now: now.link is Link.UP)
    await driver.exchange({}, dt_s)
    asked = 1500
    told = 13 * len(tags) + 200
    rates, bare = [], []
    cpu = 0.0
    with Echo(asked, told) as echo:
        for _ in range(_ROUNDS):
            start = time.process_time()
            rates.append(await _turns(driver, tags, turns // _ROUNDS, dt_s))
            cpu += time.process_time() - start
            bare.append(echo.rate(turns // _ROUNDS))
    snapshot = driver.latest()
    await driver.close()
    rate, echoes = statistics.median(rates), statistics.median(bare)
    print(
        f"{plant.plant}: {len(snapshot.readings)} tags, turns of {dt_s:g} s: {rate:.0f} turns/s, "
        f"{rate / echoes:.3f} of the bare echo's {echoes:.0f}/s, "
        f"client {cpu / turns * 1e3:.3f} ms CPU a turn, {rate * dt_s:.0f} x real time, "
        f"faults {dict(snapshot.faults)}"
    )


def main() -> None:
    """Make a plant, measure, remove it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=1000)
    parser.add_argument("--dt", type=float, default=1.0, help="simulated s a turn")
    parser.add_argument("--plant", default="demo", help="a shipped plant")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        plant = Plant(Path(folder), plant=options.plant)
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
