"""Lockstep turns a second over OPC UA against the real plant process, encrypted.

    .venv/bin/python benchmarks/opcua_turns.py [TURNS] [DT_S]

Each turn writes five changed outputs, advances by DT_S and reads all tags. The plant runs in a
process of its own on the same machine; the client's CPU is this process's.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/drivers"))

from plant_process import Plant, plant_tags

from bioctl.clock import SystemClock
from bioctl.equipment.driver import Link
from bioctl_drivers.opcua.driver import OpcUaDriver


async def measure(plant: Plant, turns: int, dt_s: float) -> None:
    """Print turns a second, and the client's CPU a turn."""
    driver = OpcUaDriver("plant", plant.options(), plant_tags(), SystemClock(), plant.folder)
    await driver.start()
    async with asyncio.timeout(10):
        await driver.when(lambda now: now.link is Link.UP)
    await driver.exchange({}, dt_s)
    cpu, wall = time.process_time(), time.perf_counter()
    for turn in range(turns):
        outputs = {
            "BR101.TC101": 30.0 + turn % 7,
            "BR101.SC101": 100.0 + turn % 5,
            "BR101.FC101": 0.1 * (turn % 3),
            "BR101.XV101": turn % 2,
            "CW201.PC201": float(turn % 11),
        }
        snapshot = await driver.exchange(outputs, dt_s)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    await driver.close()
    print(
        f"{turns} turns of {dt_s:g} s: {turns / wall:.0f} turns/s, "
        f"client {cpu / turns * 1e3:.3f} ms CPU a turn, {turns * dt_s / wall:.0f} x real time, "
        f"{len(snapshot.readings)} tags, faults {dict(snapshot.faults)}"
    )


def main() -> None:
    """Make a plant, measure, remove it."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    dt_s = float(sys.argv[2]) if len(sys.argv) > 2 else 10.0
    with tempfile.TemporaryDirectory() as folder:
        plant = Plant(Path(folder))
        plant.prepare()
        plant.start()
        try:
            asyncio.run(measure(plant, turns, dt_s))
        finally:
            plant.kill()


if __name__ == "__main__":
    main()
