"""A future that both threads and coroutines can wait for."""

import asyncio
from collections.abc import Generator
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Pending(Future[T]):
    """What becomes durable: `result()` waits in a thread, `await` waits in a coroutine.

    It can't be cancelled: what was handed to the journal is written whether or not anyone waits.
    """

    def __init__(self) -> None:
        super().__init__()
        self.set_running_or_notify_cancel()

    def __await__(self) -> Generator[Any, None, T]:
        """Wait in a coroutine; cancelling the waiter leaves the write alone."""
        return asyncio.wrap_future(self).__await__()
