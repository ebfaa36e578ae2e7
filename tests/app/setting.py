"""A controller in process: real shell, store and journal on disk over a plant one can cut off.

Host time stands still until a test moves it; every turn moves it by `HOST_S`.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from bioctl.app.cell import _recovered
from bioctl.app.shell import Shell
from bioctl.app.store import fact
from bioctl.audit.entry import Entry, Event
from bioctl.audit.file_store import SqliteStore
from bioctl.audit.journal import Journal
from bioctl.audit.sqlite import ROLLBACK, connect
from bioctl.batch.apply import fold
from bioctl.batch.binding import bind
from bioctl.batch.requests import Request
from bioctl.batch.state import BatchState, CellState
from bioctl.equipment.driver import Call, CallState, Link, Outcome, Snapshot
from bioctl.equipment.site import Site
from bioctl.errors import StorageError, UnreachableError
from bioctl.historian.recorder import Recorder
from bioctl.phases.library import capabilities
from bioctl.phases.states import State
from bioctl.recipe.load import load_recipe
from bioctl.values import Outputs, Quality, Reading, Scalar, bad

from ..batch.cell import BATCH, UTC0, Bench  # noqa: TID252  tests are no package
from ..batch.dry_setting import ADA, demo_site, who  # noqa: TID252

HOST_S = 0.1
SITE = replace(demo_site(), waiting_pace=1e9)


class ManualClock:
    """Host time that tests move."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def utc(self) -> float:
        return UTC0 + self.now


class Disk:
    """A disk that can turn read-only (as after an error) or full: SQLite's own refusals."""

    def __init__(self) -> None:
        self.broken = False

    def open(self, uri: str) -> sqlite3.Connection:
        connection = connect(uri)
        if self.broken:
            connection.execute("PRAGMA query_only = 1")
        return connection


class Line:
    """A connection to a bench (the driver port), which can be cut, muted and restarted."""

    name = "plant"

    def __init__(self, bench: Bench, clock: ManualClock) -> None:
        self.bench, self.clock = bench, clock
        self.up = True
        self.reason = "first"
        self.epoch = 1
        self.lost: list[str] = []
        """Commands that never arrive, once each: their answer is UNKNOWN."""
        self.muted: list[str] = []
        """Commands that are carried out although their answer is lost."""
        self.sent: list[str] = []
        self.posted: list[tuple[dict[str, Scalar], int]] = []
        self.turns = 0

    async def start(self) -> None:
        """It is up."""

    async def close(self) -> None:
        """Nothing to close."""

    def cut(self) -> None:
        self.up, self.reason = False, "timed out"

    def mend(self, reason: str = "resumed") -> None:
        self.up, self.reason, self.epoch = True, reason, self.epoch + 1

    def latest(self) -> Snapshot:
        plant = self.bench.plant
        if not self.up:
            readings = {tag.name: bad(self.reason) for tag in plant.tags}
            return Snapshot(readings, Link.DOWN, self.reason, self.epoch)
        rows = zip(plant.tags, plant.values(), plant.statuses(), strict=True)
        readings = {
            tag.name: Reading(value, Quality.BAD if status else Quality.GOOD)
            for tag, value, status in rows
        }
        return Snapshot(readings, Link.UP, self.reason, self.epoch, plant.time)

    def post(self, outputs: Outputs, heartbeat: int) -> None:
        self.posted.append((dict(outputs), heartbeat))
        if self.up:
            self._write(outputs)

    async def exchange(self, outputs: Outputs, dt_s: float) -> Snapshot:
        if not self.up:
            raise UnreachableError(self.reason)
        self.turns += 1
        self._write(outputs)
        self.bench.step(dt_s)
        return self.latest()

    async def call(self, call: Call) -> Outcome:
        self.sent.append(call.id)
        if not self.up:
            return Outcome(CallState.NEVER_ARRIVED, "not sent")
        if call.command in self.lost:
            self.lost.remove(call.command)
            return Outcome(CallState.UNKNOWN, "no answer")
        state, message = self.bench.desk.execute(
            call.id, call.unit, call.command, dict(call.arguments), call.deadline, self.clock.utc()
        )
        if call.command in self.muted:
            self.muted.remove(call.command)
            return Outcome(CallState.UNKNOWN, "no answer")
        return Outcome(CallState(state), message)

    async def outcome(self, call_id: str) -> Outcome:
        if not self.up:
            raise UnreachableError(self.reason)
        state, message = self.bench.desk.state(call_id)
        return Outcome(CallState(state), message)

    def _write(self, outputs: Outputs) -> None:
        for tag, value in outputs.items():
            self.bench.plant.write(tag, float(value))


class Running:
    """One controller's life; `turn` is a lockstep turn, `tick` one of the wall clock."""

    def __init__(self, shell: Shell, line: Line, clock: ManualClock, disk: Disk) -> None:
        self.shell, self.line, self.clock, self.disk = shell, line, clock, disk
        self.store, self.core = shell.store, shell.core

    @property
    def batch(self) -> BatchState:
        return self.core.state.batches[BATCH]

    def step_of(self, path: str) -> str:
        phase = self.batch.phases.get(path)
        return phase.step if phase else ""

    async def create(self, text: str) -> None:
        """Create a batch and ask for its start, as the pipeline does."""
        control = bind(load_recipe(text, "recipe.yaml", capabilities()), SITE.units, {})
        data = {"control_recipe": control.to_dict(), "hash": control.hash()}
        await self.store.commit([Event("batch.created", who(ADA), data, BATCH)])
        self.ask("start")

    def ask(self, verb: str, **args: Any) -> str:
        """Ask for a command whose intent is known; return its id."""
        name = f"{verb}-{self.clock.now:g}"
        self.core.request(BATCH, Request(name, verb, who(ADA), "test", args=args))
        return name

    async def turn(self, count: int = 1) -> None:
        for _ in range(count):
            self.clock.now += HOST_S
            await self.shell.turn(self.line)

    async def tick(self, count: int = 1) -> None:
        """Wall clock ticks; what they decide is committed before the next."""
        for _ in range(count):
            self.clock.now += 0.25
            decided = self.shell.tick()
            for batch, events in decided.items():
                await self.shell._act(batch, events)

    async def until(self, reached: Any, turns: int = 3000) -> None:
        for _ in range(turns):
            if reached():
                return
            await self.turn()
        raise AssertionError(f"not reached: {self.batch.state} {self.batch.cause}")

    async def until_state(self, state: State) -> None:
        await self.until(lambda: self.batch.state is state)

    async def until_step(self, path: str, step: str) -> None:
        await self.until(lambda: self.step_of(path) == step)

    async def tidy_until(self, reached: Any) -> None:
        """Tidy again and again, as the shell does beside its turns."""
        async with asyncio.timeout(10):
            while not reached():
                await self.store.journal.append_late([])
                await self.shell.tidy()

    async def break_disk(self) -> None:
        """Nothing can be written from now on, and the journal has found out."""
        self.disk.broken = True
        writing = self.store.journal._store._connection  # type: ignore[attr-defined]
        await asyncio.to_thread(writing.execute, "PRAGMA query_only = 1")
        self.store.tell([Event("result", who(ADA), {"name": "probe", "value": 1})])
        async with asyncio.timeout(10):
            while self.store.journal.failed is None:
                await asyncio.to_thread(lambda: None)

    async def mend_disk(self) -> None:
        """Writing works again, and the journal and the shell have found out."""
        await self.mend_disk_only()
        await self.shell.tidy()

    async def mend_disk_only(self) -> None:
        """Writing works again, and the journal has found out."""
        probe = Event("result", who(ADA), {"name": "probe", "value": 2})
        with suppress(StorageError):  # what was handed in before has been tried by then
            await self.store.journal.append([probe])
        self.disk.broken = False
        await self.store.journal.append_late([probe])

    async def entries(self) -> list[Entry]:
        """Return what is durable, after what was handed in."""
        await self.store.journal.append_late([])
        return await asyncio.to_thread(lambda: list(self.store.journal.read()))

    async def folded(self) -> CellState:
        """Return what the journal says and nothing else, at the state's own time."""
        return replace(fold(map(fact, await self.entries())), t=self.core.state.t)


@asynccontextmanager
async def controller(
    folder: Path,
    bench: Bench | None = None,
    *,
    site: Site = SITE,
    lockstep: bool = True,
    clock: ManualClock | None = None,
) -> AsyncIterator[Running]:
    """Run a controller on the journal of a folder; leaving it is a crash, no goodbye."""
    clock, disk = clock or ManualClock(), Disk()
    store = SqliteStore(folder / "journal.db", site.name, ROLLBACK, disk.open)
    journal = await asyncio.to_thread(Journal, store, clock, site.name, None)
    recorder = await asyncio.to_thread(Recorder, folder / "history.db", _no_report, clock)
    try:
        line = Line(bench or Bench(), clock)
        recovered = await _recovered(site, journal)
        shell = Shell(recovered, {"plant": line}, recorder, clock, lockstep=lockstep)
        shell.calls.note_open()
        yield Running(shell, line, clock, disk)
    finally:
        await asyncio.to_thread(journal.close)
        await asyncio.to_thread(recorder.close)


def _no_report(_chunk: object) -> None:
    """Chunks are not what these tests look at."""


def kinds(entries: Sequence[Entry], kind: str) -> list[Entry]:
    return [entry for entry in entries if entry.kind == kind]
