"""The drivers' tests talk to a real plant process; here it is made, and what connects to it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bioctl.clock import SystemClock
from bioctl.equipment.driver import Link, Snapshot

sys.path.insert(0, str(Path(__file__).parent))

from plant_process import Connect, ManualClock, Plant, plant_tags  # beside this file

from bioctl_drivers.opcua.driver import OpcUaDriver


@pytest.fixture
def manual_clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def shared_plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    yield from _run(tmp_path_factory.mktemp("shared"))


def _run(folder: Path) -> Iterator[Plant]:
    plant = Plant(folder)
    plant.prepare()
    plant.start()
    yield plant
    plant.kill()


@pytest_asyncio.fixture
async def connect() -> AsyncIterator[Connect]:
    """Start drivers and close them after the test."""
    drivers: list[OpcUaDriver] = []

    async def start(
        plant: Plant, tags: Any = None, *, wait: bool = True, **changes: Any
    ) -> OpcUaDriver:
        tags = plant_tags() if tags is None else tags
        options = plant.options(**changes)
        driver = OpcUaDriver("plant", options, tags, SystemClock(), plant.folder)
        drivers.append(driver)
        await driver.start()
        if wait:
            async with asyncio.timeout(10):
                await driver.when(is_up)
        return driver

    yield start
    for driver in drivers:
        await driver.close()


def is_up(snapshot: Snapshot) -> bool:
    return snapshot.link is Link.UP
