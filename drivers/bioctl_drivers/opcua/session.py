"""One session with the plant, from the first byte to its end, whatever ends it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from asyncua.client.client import Client
from asyncua.client.ua_client import UaClientState, UASocketProtocol

from bioctl.clock import Clock
from bioctl.equipment.driver import Snapshot
from bioctl.tags import Tag
from bioctl.values import Outputs
from bioctl_drivers.opcua import private
from bioctl_drivers.opcua.connection import Connection
from bioctl_drivers.opcua.faults import (
    CLOSED,
    LIBRARY_ERRORS,
    LinkLostError,
    PermanentError,
    connect_fault,
    describe,
)
from bioctl_drivers.opcua.lockstep import Lockstep, prepare_lockstep
from bioctl_drivers.opcua.options import ClockNodes, Options
from bioctl_drivers.opcua.owner import claim
from bioctl_drivers.opcua.pulse import Pulse
from bioctl_drivers.opcua.resolve import resolve
from bioctl_drivers.opcua.security import load_identity, secure
from bioctl_drivers.opcua.store import Store
from bioctl_drivers.opcua.watch import Watch
from bioctl_drivers.opcua.writer import Mailbox, Writer

CONNECT_S: Final = 10.0
REQUEST_S: Final = 5.0
GOODBYE_S: Final = 0.5
SESSION_MS: Final = 30_000
CHANNEL_MS: Final = 600_000
"""ms of life of the encrypted channel's keys; they are renewed at 75 %."""
QUIET_S: Final = 0.4
"""s without a lockstep turn until the pulse is felt again."""


class Session:
    """A fresh client of the library, used for one connection and then scrapped.

    Args:
        options: of the site file.
        tags: what is asked for.
        store: told of readings and of the link.
        mailbox: outputs to be sent.
        clock: host time.
    """

    def __init__(
        self, options: Options, tags: Sequence[Tag], store: Store, mailbox: Mailbox, clock: Clock
    ) -> None:
        self._options, self._tags, self._clock = options, tags, clock
        self._store, self._mailbox = store, mailbox
        self._client = Client(options.url, timeout=REQUEST_S, watchdog_intervall=3600.0)
        self._protocol: UASocketProtocol | None = None
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lockstep: Lockstep | None = None
        self._turning = False
        self._turned = 0.0
        self._watch: Watch | None = None
        self.connection: Connection | None = None

    async def come_up(self, last_start: datetime | None, *, lockstep: bool) -> datetime | None:
        """Connect, find everything, take the plant, read it all, and say that the link is up.

        Args:
            last_start: when the server of the last session was started; None at first.
            lockstep: whether turns follow, so that nothing needs to be published.

        Returns:
            When this server was started.
        """
        await self._connect()
        connection = await resolve(self._client, self._options, self._tags, self._clock)
        await claim(connection)
        self._watch = Watch(connection, self._store, self.fail)
        self._mailbox.clear()
        self.connection = connection
        if lockstep and self._options.clock is not None:
            self._lockstep = await prepare_lockstep(connection, self._store, self._options.clock)
        start = connection.start_time
        again = "resumed" if start == last_start else "server restarted"
        if self._lockstep is None:
            await self._watch.start()
        readings, time = self._watch.open()
        self._store.up(
            again if self._store.epoch else "first",
            {**connection.readings, **readings},
            connection.process_time if time is None else time,
        )
        return start

    async def live(self) -> None:
        """Stay until the session ends; raises the reason, never returns otherwise."""
        own = [
            asyncio.create_task(self._feel_pulse()),
            asyncio.create_task(self._send()),
            asyncio.create_task(self._await_transport()),
        ]
        renewal = private.renewal(self._client)
        watched: list[asyncio.Future[None]] = [self._end, *own, *([renewal] if renewal else [])]
        try:
            done, _ = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
            for future in done:
                future.result()
            raise LinkLostError("the encrypted channel is no longer renewed")
        finally:
            for task in own:
                task.cancel()
            await asyncio.gather(*own, return_exceptions=True)

    def fail(self, reason: Exception) -> None:
        """End this session for a reason; announced at once."""
        if not self._end.done():
            self._store.down(str(reason))
            self._end.set_exception(reason)

    async def turn(self, clock: ClockNodes, outputs: Outputs, dt_s: float) -> Snapshot:
        """Do one lockstep turn; the subscription ends with the first one.

        Raises:
            LinkLostError: the session is over; or PermanentError, where a person must act.
            RefusedError: the plant does not let us advance its clock.
        """
        self._turning = True
        try:
            lockstep = self._lockstep or await self._enter_lockstep(clock)
            return await lockstep.turn(outputs, dt_s)
        except (LinkLostError, PermanentError) as problem:
            self.fail(problem)
            raise
        except LIBRARY_ERRORS as problem:
            lost = LinkLostError(f"a turn failed: {describe(problem)}")
            self.fail(lost)
            raise lost from problem
        finally:
            self._turning = False
            self._turned = self._clock.monotonic()

    async def scrap(self) -> None:
        """Say goodbye if anyone listens, then cut; leaves no task and no socket behind."""
        if not self._end.cancel() and not self._end.cancelled():
            self._end.exception()  # announced when it was set
        protocol = self._client.uaclient.protocol or self._protocol
        # A task of its own: the library's disconnect swallows a cancellation meant for us.
        goodbye = asyncio.create_task(self._client.disconnect())
        try:
            await asyncio.wait([goodbye], timeout=GOODBYE_S)
        finally:
            await private.abort(self._client, protocol)
            goodbye.cancel()
            await asyncio.gather(goodbye, return_exceptions=True)

    async def _connect(self) -> None:
        identity = await asyncio.to_thread(load_identity, self._options)
        client = self._client
        client.application_uri = self._options.application_uri
        client.name = client.description = "bioctl"
        client.session_timeout, client.secure_channel_timeout = SESSION_MS, CHANNEL_MS
        try:
            async with asyncio.timeout(CONNECT_S):
                await secure(client, identity, self._options, self._clock)
                if self._options.user is not None and identity.password is not None:
                    client.set_user(self._options.user)
                    client.set_password(identity.password)
                await client.connect()
        except LIBRARY_ERRORS as problem:
            raise connect_fault(problem, self._options) from problem
        self._protocol = client.uaclient.protocol

    async def _enter_lockstep(self, clock: ClockNodes) -> Lockstep:
        if self.connection is None or self._watch is None:
            raise LinkLostError("the session is not up")
        await self._watch.stop()
        self._lockstep = await prepare_lockstep(self.connection, self._store, clock)
        return self._lockstep

    async def _feel_pulse(self) -> None:
        if self.connection is None or self._watch is None:
            raise LinkLostError("the session is not up")
        pulse = Pulse(self.connection)
        while True:
            await pulse.pause()
            if self._turning or self._clock.monotonic() - self._turned < QUIET_S:
                pulse.skip()
                continue
            await pulse.feel()
            self._watch.check()

    async def _send(self) -> None:
        if self.connection is None or self._watch is None:
            raise LinkLostError("the session is not up")
        writer = Writer(self.connection, self._store)
        while True:
            outputs, heartbeat = await self._mailbox.take()
            await writer.send(outputs, heartbeat)
            if not self._watch.active:
                self._lockstep = None
                await self._watch.start()
                self._store.put(*self._watch.open())

    async def _await_transport(self) -> None:
        async with self._client.subscribe_state() as states:
            await states.wait_for_state(UaClientState.DISCONNECTED)
        raise LinkLostError(CLOSED)
