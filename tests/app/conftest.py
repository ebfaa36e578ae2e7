"""A controller over a simulated plant, and no waiting for host time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from argon2 import PasswordHasher

import bioctl.app.shell
from bioctl.app.pipeline import Pipeline
from bioctl.audit.people import People

from .desk import PASSWORD, ROLES, Desk
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


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    people = await asyncio.to_thread(People, tmp_path / "people.db", hasher=quick)
    for user, role in ROLES.items():
        await asyncio.to_thread(people.add, user, user.title(), role, PASSWORD)
    async with controller(tmp_path) as run:
        await run.turn()

        def health() -> dict[str, Any]:
            snaps = run.shell.snapshots.items()
            return {"links": {n: {"link": s.link, "reason": s.reason} for n, s in snaps}}

        yield Desk(run, Pipeline(run.store, people, run.clock, health))
