"""The shell of a running cell: it times scans, talks to drivers and disk, and decides nothing.

lockstep   one turn with a simulated plant = write outputs, advance, read; then scan, commit, act
wall       a scan every tick on the freshest image; commits and calls run beside it
"""

import asyncio
from collections.abc import Mapping, Sequence

from bioctl.app.calls import Calls, keep_resolving
from bioctl.app.core import Core
from bioctl.app.links import Links, hold_all
from bioctl.app.pace import LOCKSTEP_IDLE_S, TICK_S, ProcessClock, next_tick
from bioctl.app.store import Store
from bioctl.audit.entry import Event
from bioctl.batch.engine import over
from bioctl.batch.log import SYSTEM
from bioctl.clock import Clock
from bioctl.equipment.driver import Driver, Link, Snapshot
from bioctl.equipment.scan import Decisions
from bioctl.errors import StorageError, UnreachableError
from bioctl.historian.recorder import Recorder
from bioctl.values import Scalar

SNAPSHOT_S = 20.0
"""Host seconds between two snapshots of what may be lost."""


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
        self.recorder = recorder
        self.clock = clock
        self.links = Links()
        self.calls = Calls(store, drivers, clock, quiet_s=0.0 if lockstep else 0.5)
        self.snapshots: Mapping[str, Snapshot] = {}
        self.late_ticks = 0
        self.stopping = asyncio.Event()
        self._broken: dict[str, str] = {}
        self._saved = clock.monotonic()
        self._beat = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def run_lockstep(self) -> None:
        """Take turns with the simulated plant until told to stop."""
        driver = next(iter(self.drivers.values()))
        async with asyncio.TaskGroup() as group:
            resolver = group.create_task(keep_resolving(self.calls))
            while not self.stopping.is_set():
                await self._turn(driver)
            resolver.cancel()

    async def run_wall(self) -> None:
        """Scan at a fixed rate until told to stop; late ticks are skipped and counted."""
        process = ProcessClock(self.core.state.t)
        due = self.clock.monotonic()
        async with asyncio.TaskGroup() as group:
            resolver = group.create_task(keep_resolving(self.calls))
            while not self.stopping.is_set():
                self._tick(process)
                due, skipped = next_tick(due, self.clock.monotonic(), TICK_S)
                self.late_ticks += skipped
                await asyncio.sleep(max(due - self.clock.monotonic(), 0.0))
            resolver.cancel()
            await asyncio.gather(*self._tasks)

    async def _turn(self, driver: Driver) -> None:
        """One lockstep turn; virtual time waits for the disk and for people."""
        started, dt = self.clock.monotonic(), self._dt()
        try:
            snapshot = await driver.exchange(self._outputs(), dt)
        except UnreachableError:
            snapshot = driver.latest()
        if snapshot.link is not Link.UP or snapshot.process_time is None:
            self._note_links({driver.name: snapshot}, self.core.world.now)
            await asyncio.sleep(LOCKSTEP_IDLE_S)
            return
        decided = self._scan({driver.name: snapshot}, snapshot.process_time)
        for batch, events in decided.procedure.items():
            if events:
                await self.calls.carry_out(await self.store.decide(batch, events))
                await self._seal(batch)
        if self.core.waiting():
            pace = dt / self.core.site.waiting_pace
            await asyncio.sleep(max(started + pace - self.clock.monotonic(), 0.0))

    def _tick(self, process: ProcessClock) -> None:
        """One scan on what is there; nothing here waits."""
        snapshots = {name: driver.latest() for name, driver in self.drivers.items()}
        times = [snap.process_time for snap in snapshots.values() if snap.link is Link.UP]
        now = process.at(next((t for t in times if t is not None), None), self.clock.monotonic())
        decided = self._scan(snapshots, now)
        outputs = self._outputs()
        self._beat += 1
        for name, driver in self.drivers.items():
            units = {u.name for u in self.core.site.units.values() if u.connection == name}
            if units <= decided.beat:
                mine = {
                    t.name: outputs[t.name]
                    for t in self.core.site.tags
                    if t.connection == name and t.name in outputs
                }
                driver.post(mine, self._beat)
        for batch, events in decided.procedure.items():
            if events:
                self._spawn(batch, events)

    def _spawn(self, batch: str, events: Sequence[Event]) -> None:
        self.core.pending.add(batch)
        task = asyncio.create_task(self._act(batch, events))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _act(self, batch: str, events: Sequence[Event]) -> None:
        await self.calls.carry_out(await self.store.decide(batch, events))
        await self._seal(batch)

    def _scan(self, snapshots: Mapping[str, Snapshot], now: float) -> Decisions[Event]:
        mono, utc = self.clock.monotonic(), self.clock.utc()
        self._note_links(snapshots, now)
        reason = self.links.must_hold(snapshots, mono)
        if reason:
            for batch, request in hold_all(self.core.state, reason).items():
                self.core.request(batch, request)
        readings = {tag: r for snap in snapshots.values() for tag, r in snap.readings.items()}
        decided = self.core.scan(readings, now, utc, mono)
        self._decided = decided
        self.store.protective(decided.protective, now)
        self._contain(decided, now)
        self._keep(now, utc, mono)
        return decided

    def _outputs(self) -> dict[str, Scalar]:
        """Return level outputs of the last scan; hold outputs when the journal fails too long."""
        outputs: dict[str, Scalar] = dict(self._decided.outputs) if self._decided else {}
        if self.store.watch(self.clock.monotonic(), self.core.world.now):
            for unit in self.core.site.units.values():
                outputs |= {unit.outputs[name].name: value for name, value in unit.hold.items()}
        return outputs

    _decided: Decisions[Event] | None = None

    def _dt(self) -> float:
        active = self.core.active_units() or set(self.core.site.units)
        periods = [self.core.site.units[name].period_s for name in active]
        return min(periods, default=1.0)

    def _note_links(self, snapshots: Mapping[str, Snapshot], now: float) -> None:
        self.snapshots = snapshots
        self.store.tell(self.links.changes(snapshots, now, self.clock.monotonic()))

    def _contain(self, decided: Decisions[Event], now: float) -> None:
        """Alarm what failed behind the fence; a failing step holds its batch."""
        for name, message in decided.broken.items():
            if self._broken.get(name) != message:
                text = f"{name}: {message}. Its procedures are held; tell the maintainer."
                data = {"alarm": f"{name}.fault", "text": text, "priority": 1}
                self.store.tell([Event(kind="alarm.raised", actor=SYSTEM, data=data, t=now)])
            if name in self.core.state.batches:
                hold = hold_all(self.core.state, f"fault: {message}").get(name)
                self.core.requests[name] = [hold] if hold else []
        self._broken = dict(decided.broken)

    def _keep(self, now: float, utc: float, mono: float) -> None:
        for unit, memory in self.core.memory.items():
            if memory.scanned == now:
                config = self.core.site.units[unit]
                tags = [*config.measurements.values(), *config.outputs.values()]
                readings = {tag.name: self.core.world.image[tag.name] for tag in tags}
                self.recorder.record(unit, now, utc, readings)
        if mono - self._saved > SNAPSHOT_S:
            self._saved = mono
            self.store.journal.snapshot(now, b"{}")

    async def seal_all(self) -> None:
        """Seal batches that were over when the last controller ended before sealing them."""
        for batch in self.core.state.batches:
            await self._seal(batch)

    async def _seal(self, batch: str) -> None:
        state = self.core.state.batches[batch]
        if over(state) and state.released and not state.sealed:
            try:
                entries = await self.store.journal.seal(batch, t=self.core.world.now)
            except StorageError:
                return
            done = [
                Event(kind=e.kind, actor=e.actor, data=e.data, batch=e.batch, t=e.t)
                for e in entries
            ]
            self.core.adopt(done)
