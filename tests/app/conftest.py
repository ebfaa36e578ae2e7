"""A controller over a simulated plant, and no waiting for host time."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

import bioctl.app.shell

from .setting import Running, controller


@pytest.fixture(autouse=True)
def no_idling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bioctl.app.shell, "LOCKSTEP_IDLE_S", 0.0)


@pytest_asyncio.fixture
async def run(tmp_path: Path) -> AsyncIterator[Running]:
    async with controller(tmp_path) as running:
        yield running


@pytest_asyncio.fixture
async def wall(tmp_path: Path) -> AsyncIterator[Running]:
    async with controller(tmp_path, lockstep=False) as running:
        yield running
