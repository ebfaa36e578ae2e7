"""Serving a cell: open its stores, recover, connect its equipment, open its port, and run."""

import asyncio
import signal
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import structlog

from bioctl import __version__
from bioctl.app.core import Core
from bioctl.app.drivers import make_drivers
from bioctl.app.pipeline import Pipeline
from bioctl.app.remembered import KINDS, follow
from bioctl.app.shell import Shell
from bioctl.app.store import Store, fact
from bioctl.audit.entry import Event
from bioctl.audit.journal import Journal
from bioctl.audit.people import People
from bioctl.batch.apply import Fact, fold
from bioctl.batch.log import SYSTEM
from bioctl.batch.recovery import recover
from bioctl.batch.state import CellState
from bioctl.clock import Clock, SystemClock
from bioctl.equipment.alarm_table import digest
from bioctl.equipment.driver import Driver
from bioctl.equipment.site import Site, load_site
from bioctl.historian.chunk import Chunk
from bioctl.historian.recorder import Recorder
from bioctl.phases.library import capabilities
from bioctl.port.listener import serve as serve_port
from bioctl.port.server import create_app

log = structlog.get_logger()

CHUNK_S = 7200.0
"""Process seconds of history hashed by one journal entry: a week is 84 entries a unit."""


async def serve(site_file: Path) -> int:
    """Run the controller of a site until SIGINT or SIGTERM; return the exit code.

    Raises:
        BioctlError: the site, stores or port can't be opened; nothing was started.
    """
    clock = SystemClock()
    site = await asyncio.to_thread(load_site, site_file, capabilities().classes)
    drivers = make_drivers(site, clock)
    async with AsyncExitStack() as stack:
        journal = await asyncio.to_thread(open_journal, site, clock)
        stack.push_async_callback(asyncio.to_thread, journal.close)
        store = await _recovered(site, journal)
        recorder = await asyncio.to_thread(open_recorder, site, store)
        stack.push_async_callback(asyncio.to_thread, recorder.close)
        shell = Shell(store, drivers, recorder, clock, lockstep=site.clock == "lockstep")
        shell.calls.note_open()
        await _run(site, shell, drivers, clock)
        shell.keeper.save(store.core.world.now, clock.monotonic())
        goodbye = Event(kind="cell.stopped", actor=SYSTEM, data={}, t=store.core.world.now)
        await store.commit([goodbye])
    return 0


def open_journal(site: Site, clock: Clock) -> Journal:
    """Open the site's journal for writing; makes its folder on first use."""
    site.data.mkdir(parents=True, exist_ok=True)
    return Journal.open(site.data / "journal.db", clock, cell=site.name)


def open_recorder(site: Site, store: Store) -> Recorder:
    """Open the site's history; every closed chunk is hashed into the journal."""

    def report(chunk: Chunk) -> Future[Any]:
        data = chunk.data()
        event = Event(kind="history.chunk", actor=SYSTEM, data=data, unit=chunk.unit, t=chunk.t_to)
        return store.journal.append_late([event])

    return Recorder(site.data / "history.db", report, chunk_s=CHUNK_S)


async def _recovered(site: Site, journal: Journal) -> Store:
    """Fold the journal, and hold what ran when the last controller ended."""
    snapshot = await asyncio.to_thread(journal.last_snapshot)
    past, since = await asyncio.to_thread(_past, journal, snapshot.seq if snapshot else 0)
    state = fold(past, CellState())
    alive = max(state.t, snapshot.t if snapshot else 0.0)
    core = Core(site, state, snapshot.blob if snapshot else None)
    follow(core, since)
    core.world.now = alive
    store = Store(journal, core)
    how = "first start" if not past else "as asked" if state.clean else "it did not say goodbye"
    data = {
        "version": __version__,
        "profile": site.profile,
        "how_it_ended_before": how,
        "alarms": digest(site),
    }
    started = Event(kind="cell.started", actor=SYSTEM, data=data, t=alive)
    await store.commit([started, *recover(state, alive, alive, site.units)])
    return store


def _past(journal: Journal, snapshot: int) -> tuple[list[Fact], list[Fact]]:
    """Return all facts, and those of alarms and interlocks that no snapshot knows yet."""
    past, since = [], []
    for entry in journal.read():
        past.append(fact(entry))
        if entry.seq > snapshot and entry.kind.startswith(KINDS):
            since.append(past[-1])
    return past, since


async def _run(site: Site, shell: Shell, drivers: Mapping[str, Driver], clock: Clock) -> None:
    people = People(site.data / "people.db")
    pipeline = Pipeline(shell.store, people, clock, lambda: _health(shell))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, shell.stopping.set)
    ready = asyncio.Event()
    port = asyncio.create_task(serve_port(create_app(pipeline), site.port, ready=ready))
    opened = asyncio.create_task(ready.wait())
    await asyncio.wait({port, opened}, return_when=asyncio.FIRST_COMPLETED)
    opened.cancel()
    if port.done():
        await port
    try:
        for driver in drivers.values():
            await driver.start()
        log.info("cell ready", site=str(site.file), port=str(site.port))
        run = shell.run_lockstep if site.clock == "lockstep" else shell.run_wall
        await run()
    finally:
        for driver in drivers.values():
            await driver.close()
        port.cancel()
        await asyncio.gather(port, return_exceptions=True)


def _health(shell: Shell) -> dict[str, Any]:
    return {
        "links": {
            name: {"link": snap.link, "reason": snap.reason, "faults": dict(snap.faults)}
            for name, snap in shell.snapshots.items()
        },
        "health": {
            "late_ticks": shell.late_ticks,
            "journal": shell.store.journal.failed or "ok",
            "open_calls": list(shell.calls.open),
        },
    }
