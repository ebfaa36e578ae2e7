"""The OPC UA driver, as the core sees it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from bioctl.clock import Clock
from bioctl.equipment.driver import Call, CallState, Link, Outcome, Snapshot
from bioctl.errors import RefusedError, UnreachableError
from bioctl.tags import Tag
from bioctl.values import Outputs
from bioctl_drivers.opcua import calls, private
from bioctl_drivers.opcua.connection import Connection
from bioctl_drivers.opcua.faults import LinkLostError, PermanentError
from bioctl_drivers.opcua.options import read_options
from bioctl_drivers.opcua.session import Session
from bioctl_drivers.opcua.store import Store
from bioctl_drivers.opcua.supervisor import Supervisor
from bioctl_drivers.opcua.writer import Mailbox

CLOSE_S: Final = 1.8
CLOSE_TRIES: Final = 3


class OpcUaDriver:
    """One connection to equipment that speaks OPC UA, always signed and encrypted.

    Args:
        name: of the connection in the site file.
        options: its mapping there; see `bioctl_drivers.opcua.options.Options`.
        tags: what to read and write; `node` is a string id in the options' namespace.
        clock: host time.
        folder: the site file's, to which relative paths refer.

    Raises:
        InputErrors: options that can't work.
    """

    def __init__(
        self,
        name: str,
        options: Mapping[str, object],
        tags: Sequence[Tag],
        clock: Clock,
        folder: Path,
    ) -> None:
        self.name = name
        self._options = read_options(name, options, folder)
        self._store = Store(tags)
        self._mailbox = Mailbox(clock, 2 * self._options.period_s)
        self._supervisor = Supervisor(self._options, tags, self._store, self._mailbox, clock)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to connect and return at once; the link comes up by itself and is kept up."""
        private.quiet()
        if self._task is None:
            self._task = asyncio.create_task(self._supervisor.run(), name=f"driver {self.name}")

    async def close(self) -> None:
        """End the connection within 2 s and leave no task behind."""
        task, self._task = self._task, None
        if task is None:
            return
        # Asked again: wait_for of Python 3.11 can swallow a cancellation that meets a result.
        for _ in range(CLOSE_TRIES):
            task.cancel()
            done, _ = await asyncio.wait([task], timeout=CLOSE_S / CLOSE_TRIES)
            if done:
                return

    def latest(self) -> Snapshot:
        """Return the freshest readings without waiting; in lockstep those of the last turn."""
        return self._store.snapshot()

    async def when(self, holds: Callable[[Snapshot], bool]) -> Snapshot:
        """Wait until a snapshot satisfies `holds`; bound it with `asyncio.timeout`."""
        return await self._store.when(holds)

    def post(self, outputs: Outputs, heartbeat: int) -> None:
        """Hand over level outputs, then the heartbeat as the last write; latest wins.

        Dropped while the link is not up, and when not sent within two periods.
        """
        self._supervisor.lockstep = False
        if self._store.link is Link.UP:
            self._mailbox.put(outputs, heartbeat)

    async def exchange(self, outputs: Outputs, dt_s: float) -> Snapshot:
        """Write changed outputs, advance a simulated plant by `dt_s`, read all: one turn.

        Raises:
            RefusedError: this connection has no 'clock', or the plant refuses to advance.
            UnreachableError: the link is or went down; outputs may or may not have arrived.
        """
        clock = self._options.clock
        if clock is None:
            raise RefusedError(
                f"Connection '{self.name}' has no lockstep clock.",
                help="give its 'clock' option, or run it in real time.",
            )
        self._supervisor.lockstep = True
        try:
            return await self._session().turn(clock, outputs, dt_s)
        except (LinkLostError, PermanentError) as problem:
            raise self._unreachable(str(problem)) from problem

    async def call(self, call: Call) -> Outcome:
        """Send a one-shot action once; while the link is down nothing is sent: NEVER_ARRIVED."""
        connection = self._open()
        if connection is None:
            reason = self._store.snapshot().reason
            return Outcome(CallState.NEVER_ARRIVED, f"not sent, the connection is down: {reason}")
        return await calls.execute(connection, call)

    async def outcome(self, call_id: str) -> Outcome:
        """Read back what the plant knows of a call id.

        Raises:
            RefusedError: this connection has no 'commands'.
            UnreachableError: it can't be asked now; ask again later.
        """
        connection = self._open()
        if connection is None:
            raise self._unreachable(self._store.snapshot().reason)
        return await calls.read_back(connection, call_id)

    def _open(self) -> Connection | None:
        session = self._supervisor.session
        return session.connection if session and self._store.link is Link.UP else None

    def _session(self) -> Session:
        session = self._supervisor.session
        if session is None or self._store.link is not Link.UP:
            raise LinkLostError(self._store.snapshot().reason)
        return session

    def _unreachable(self, reason: str) -> UnreachableError:
        return UnreachableError(
            f"Connection '{self.name}' to {self._options.url} is down: {reason}"
        )
