"""Every test: no blocking call on the event loop, no task left behind."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from blockbuster import BlockBuster, blockbuster_ctx
from hypothesis import settings

# No timing asserts on a shared machine. CI tries the same examples each time; people find new ones.
settings.register_profile("bioctl", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("bioctl")


@pytest.fixture(autouse=True)
def no_blocking_call() -> Iterator[BlockBuster]:
    with blockbuster_ctx("bioctl") as blockbuster:
        yield blockbuster


@pytest_asyncio.fixture(autouse=True)
async def no_task_left() -> AsyncIterator[None]:
    yield
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert not left, f"tasks left behind: {left}"
