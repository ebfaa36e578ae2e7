"""The shell of a running cell: it times scans, talks to drivers and disk, and decides nothing.

lockstep   one turn with a simulated plant = write outputs, advance, read; then scan, commit, act
wall       a scan every tick on the freshest image; commits and calls run beside it
"""

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from bioctl.app.calls import Calls
from bioctl.app.core import Core
from bioctl.app.faults import Faults
from bioctl.app.keeper import Keeper
from bioctl.app.links import Links, holds
from bioctl.app.pace import LOCKSTEP_IDLE_S, TICK_S, ProcessClock, next_tick
from bioctl.app.store import Store
from bioctl.audit.entry import Event
from bioctl.batch.engine import over
from bioctl.clock import Clock
from bioctl.equipment.driver import Driver, Link, Snapshot
from bioctl.equipment.scan import Decisions
from bioctl.errors import StorageError, UnreachableError
from bioctl.historian.recorder import Recorder
from bioctl.phases.dosing import under_way
from bioctl.values import Scalar

log = structlog.get_logger()

TIDY_S = 1.0
"""Host seconds between two looks at what is open: calls, a failed journal, seals."""


class Shell:
    """One running cell."""

    def __init__(
        self,
        store: Store,
        drivers: Mapping[str, Driver],
        recorder: Recorder,
        clock: Clock,
        *,
        lockstep: bool,
    ) -> None:
        self.store = store
        self.core: Core = store.core
        self.drivers = drivers
        self.clock = clock
        self.links = Links()
        self.calls = Calls(store, drivers, clock, quiet_s=0.0 if lockstep else 0.5)
        self.keeper = Keeper(self.core, store.journal, recorder, clock.monotonic())
        self.snapshots: Mapping[str, Snapshot] = {}
        self.late_ticks = 0
        self.stopping = asyncio.Event()
        self._faults = Faults(store)
        self._process = ProcessClock(self.core.world.now)
        self._decided: Decisions[Event] | None = None
        self._starved = False
        self._unheld: dict[str, str] = {}
        """Units a rule wants held, by reason, until that is durable."""
        self._epoch = -1
        self._beat = 0
        self._sealing: set[str] = set()

    async def run_lockstep(self) -> None:
        """Take turns with the simulated plant until told to stop."""
        driver = next(iter(self.drivers.values()))
        async with asyncio.TaskGroup() as group:
            tidy = group.create_task(self._keep_tidy())
            while not self.stopping.is_set():
                await self.turn(driver)
            tidy.cancel()

    async def run_wall(self) -> None:
        """Scan at a fixed rate until told to stop; late ticks are skipped and counted."""
        due = self.clock.monotonic()
        async with asyncio.TaskGroup() as group:
            tidy = group.create_task(self._keep_tidy())
            while not self.stopping.is_set():
                for batch, events in self.tick().items():
                    group.create_task(self._act(batch, events))
                due, skipped = next_tick(due, self.clock.monotonic(), TICK_S)
                self.late_ticks += skipped
                await asyncio.sleep(max(due - self.clock.monotonic(), 0.0))
            tidy.cancel()

    async def turn(self, driver: Driver) -> None:
        """One lockstep turn; virtual time waits for the disk and for people.

        Without the plant, scans go on where time stands: people are answered and see BAD readings.
        """
        started, dt = self.clock.monotonic(), self._dt()
        look = self._is_new(driver.latest())
        snapshot = driver.latest() if look else await self._exchange(driver, dt)
        up = snapshot.link is Link.UP and snapshot.process_time is not None
        now = self._process.at(snapshot.process_time, started) if up else self.core.world.now
        decided = self._scan({driver.name: snapshot}, now)
        for batch, events in decided.procedure.items():
            if events:
                await self._act(batch, events)
        if not up or self._silent(driver.name):
            await asyncio.sleep(LOCKSTEP_IDLE_S)
        elif self.core.waiting() and not look:
            pace = dt / self.core.site.waiting_pace
            await asyncio.sleep(max(started + pace - self.clock.monotonic(), 0.0))

    def tick(self) -> dict[str, Sequence[Event]]:
        """One scan on what is there; nothing here waits. Return what batches decided."""
        snapshots = {name: driver.latest() for name, driver in self.drivers.items()}
        times = [snap.process_time for snap in snapshots.values() if snap.link is Link.UP]
        heard = next((t for t in times if t is not None), None)
        decided = self._scan(snapshots, self._process.at(heard, self.clock.monotonic()))
        outputs = self._outputs()
        self._beat += 1
        for name, driver in self.drivers.items():
            if not self._silent(name):
                tags = [tag.name for tag in self.core.site.tags if tag.connection == name]
                driver.post({tag: outputs[tag] for tag in tags if tag in outputs}, self._beat)
        found = {batch: events for batch, events in decided.procedure.items() if events}
        self.core.pending |= found.keys()
        return found

    async def tidy(self) -> None:
        """Find out about open calls, fold anew after an outage, seal what is over."""
        await self.calls.resolve()
        if await self.store.refold():
            self.calls.note_open()
        for batch in tuple(self.core.state.batches):
            await self._seal(batch)

    async def _keep_tidy(self) -> None:
        while True:
            await self.tidy()
            await asyncio.sleep(TIDY_S)

    def _is_new(self, snapshot: Snapshot) -> bool:
        """Whether this connection has just come up: what it shows is decided on before a turn."""
        if snapshot.link is not Link.UP or snapshot.epoch == self._epoch:
            return False
        self._epoch = snapshot.epoch
        return True

    async def _exchange(self, driver: Driver, dt: float) -> Snapshot:
        if self._silent(driver.name):  # no heartbeat: its watchdog shall act
            return driver.latest()
        try:
            return await driver.exchange(self._outputs(), dt)
        except UnreachableError:
            return driver.latest()

    async def _act(self, batch: str, events: Sequence[Event]) -> None:
        await self.calls.carry_out(await self.store.decide(batch, events))
        await self._seal(batch)

    def _scan(self, snapshots: Mapping[str, Snapshot], now: float) -> Decisions[Event]:
        mono, utc = self.clock.monotonic(), self.clock.utc()
        self.snapshots = snapshots
        self.store.tell(self.links.changes(snapshots, now, mono))
        for sentence in self.links.sentences(snapshots, mono):
            log.info(sentence)
        self._starved = self.store.starved(mono)
        self._ask_holds(self.links.must_hold(snapshots, mono))
        readings = {tag: r for snap in snapshots.values() for tag, r in snap.readings.items()}
        decided = self._decided = self.core.scan(readings, now, utc, mono)
        for batch, events in decided.procedure.items():
            if not events:
                self.core.taken(batch, self.core.deciding[batch])
        self.store.protective(decided.protective, now)
        self._faults.contain(decided.broken, now)
        news, self.core.asked = bool(decided.protective) or self.core.asked, False
        self.keeper.keep(now, utc, mono, news=news)
        return decided

    def _ask_holds(self, lost: Mapping[str, str]) -> None:
        """Queue holds for batches on lost connections, and for doses nobody can write down."""
        state, units = self.core.state, self.core.site.units.values()
        self._unheld |= {u.name: lost[u.connection] for u in units if u.connection in lost}
        found = holds(state, self._unheld, "plant was on its own")
        if not found:
            self._unheld.clear()
        if self._starved:
            doses = dict.fromkeys(self._dosing_units(), "the journal can't be written")
            found |= holds(state, doses, "no dose without a journal")
        for batch, request in found.items():
            if batch not in self.core.pending:
                self.core.request(batch, request)

    def _dosing_units(self) -> list[str]:
        return [
            batch.control.step(path).unit
            for batch in self.core.state.batches.values()
            for path, phase in batch.phases.items()
            if under_way(phase.memory)
        ]

    def _outputs(self) -> dict[str, Scalar]:
        """Return level outputs as they stand; feeds rest without a journal or before a Hold."""
        return self.core.outputs(self.core.site.units if self._starved else self._unheld)

    def _silent(self, connection: str) -> bool:
        """Whether the protection of one of its units failed, so that it gets no heartbeat."""
        units = {u.name for u in self.core.site.units.values() if u.connection == connection}
        return self._decided is not None and not units <= self._decided.beat

    def _dt(self) -> float:
        active = self.core.active_units() or set(self.core.site.units)
        periods = [self.core.site.units[name].period_s for name in active]
        dt = min(periods, default=1.0)
        # While it waits for people a turn takes no longer than 1 s of host time.
        return min(dt, self.core.site.waiting_pace) if self.core.waiting() else dt

    async def _seal(self, batch: str) -> None:
        state = self.core.state.batches[batch]
        done = over(state) and state.released and not state.sealed
        if not done or batch in self._sealing:
            return
        self._sealing.add(batch)
        await self.keeper.finish()
        try:
            entries = await self.store.journal.seal(batch, t=self.core.world.now)
        except StorageError:
            return
        finally:
            self._sealing.discard(batch)
        self.core.adopt(
            Event(kind=e.kind, actor=e.actor, data=e.data, batch=e.batch, t=e.t) for e in entries
        )
        self.store.changed()
