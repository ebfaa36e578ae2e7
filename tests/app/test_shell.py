"""The shell at work: lost connections, restarts, faults, protection, snapshots and seals."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import bioctl.equipment.scan as scan_module
from bioctl.app.pace import TICK_S
from bioctl.app.views import cell_view
from bioctl.audit.verify import verify
from bioctl.batch.engine import over
from bioctl.phases.library import PHASES
from bioctl.phases.states import State

from ..batch.cell import Bench, recipe  # noqa: TID252  tests are no package
from ..batch.test_hold import CHARGE, DRAIN, GROW, PERFUSE  # noqa: TID252
from .setting import SITE, Running, controller, kinds


async def growing(run: Running, *phases: str, until: str) -> None:
    await run.create(recipe(CHARGE, *phases))
    path, _, step = until.partition(":")
    await run.until_step(f"u/o/{path}", step)
    await run.turn()


@pytest.mark.promise(4)
@pytest.mark.parametrize("seconds", [3.0, 8.0])
async def test_lost_connection_holds_after_the_watchdog_only(run: Running, seconds: float) -> None:
    await growing(run, GROW, PERFUSE, until="perfuse:level")
    start = run.core.world.now
    run.line.cut()
    for _ in range(int(seconds / 0.1)):
        await run.turn()
    held = seconds > 5
    assert (run.batch.state is not State.RUNNING) is held, "it does not wait for the link"
    assert run.core.world.now == start, "time stands where the plant's stands"
    run.line.mend()
    await run.turn(5)
    assert run.batch.state is (State.HELD if held else State.RUNNING)
    pump = run.line.bench.plant.units["BR101"].outputs["PC02"]
    assert pump == (0.0 if held else 2.0)
    told = [e.kind for e in await run.entries() if e.kind.startswith("link.")]
    assert told == ["link.up", "link.down", "link.up"]


async def test_restarted_server_holds_its_batches(run: Running) -> None:
    await growing(run, GROW, PERFUSE, until="perfuse:level")
    run.line.mend("server restarted")
    await run.turn(3)
    assert run.batch.state is State.HELD
    assert "was restarted" in str([e.data for e in kinds(await run.entries(), "batch.state")])


@pytest.mark.promise(4)
async def test_feed_rests_from_the_first_turn_after_a_long_loss(run: Running) -> None:
    await growing(run, GROW, PERFUSE, until="perfuse:level")
    run.line.cut()
    run.clock.now += 1.0
    await run.turn()
    run.clock.now += 60.0
    fed = run.line.bench.plant.units["BR101"].measure()["FQ02"]
    run.line.bench.plant.fallback()
    run.line.mend()
    await run.turn(4)
    assert run.batch.state is State.HELD
    assert run.line.bench.plant.units["BR101"].measure()["FQ02"] == fed


@pytest.mark.promise(4)
async def test_first_thing_written_after_a_long_loss_is_that_feeds_rest(wall: Running) -> None:
    line, plant = wall.line, wall.line.bench.plant.units["BR101"]
    await wall.create(recipe(CHARGE, GROW, PERFUSE))
    async with asyncio.timeout(30):
        while wall.step_of("u/o/perfuse") != "level":
            line.bench.step(10.0)
            await wall.tick(4)
    line.bench.step(10.0)
    await wall.tick(4)
    assert plant.outputs["PC02"] == 2.0
    line.cut()
    for _ in range(30):
        wall.clock.now += 0.25
        wall.shell.tick()  # and what it decides can't be made durable now
        wall.core.pending.clear()
    plant.outputs["PC02"] = 0.0  # the plant's own fallback
    line.mend()
    wall.clock.now += 0.25
    wall.shell.tick()
    assert line.posted[-1][0]["BR101.PC102"] == 0.0
    assert plant.outputs["PC02"] == 0.0


@pytest.mark.fault("OP-03")
async def test_people_are_served_while_the_connection_is_down(run: Running) -> None:
    await growing(run, GROW, PERFUSE, until="perfuse:level")
    run.line.cut()
    await run.turn(3)
    view = cell_view(run.core)
    readings = view["units"]["BR101"]["readings"]
    assert {one["quality"] for one in readings.values()} == {"BAD"}
    assert readings["temperature"]["reason"] == "timed out"
    name = run.ask("hold")
    await run.turn(2)
    assert run.core.state.commands[name] == "done"
    assert run.batch.state is State.HELD
    assert len(await run.entries()) > 10


async def test_plant_that_begins_again_does_not_stop_time(run: Running) -> None:
    await growing(run, GROW, until="grow:begin")
    before = run.core.world.now
    run.line.bench = Bench()
    run.line.mend("server restarted")
    await run.turn(10)
    assert run.core.world.now > before
    assert run.batch.state is State.HELD
    scanned = run.core.memory["BR101"].scanned
    assert scanned is not None
    assert scanned > before


@pytest.mark.fault("CR-08")
async def test_fault_in_a_phase_is_alarmed_once_closes_its_units_and_holds(
    run: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await growing(run, GROW, DRAIN, until="drain:pump")

    def fail(_view: object) -> tuple[()]:
        raise KeyError("odd")

    for logic in ("running", "holding"):
        monkeypatch.setattr(PHASES["drain"], logic, fail)
    answer = run.ask("answer", prompt="P1", value="yes")
    await run.turn(20)
    plant = run.line.bench.plant.units["BR101"]
    assert (plant.outputs["PC04"], plant.outputs["XV02"]) == (0.0, 0.0)
    assert run.core.state.commands[answer] == "rejected", "who asked is told"
    monkeypatch.undo()
    await run.until_state(State.HELD)
    await run.turn(2)
    alarms = [e for e in await run.entries() if e.data.get("alarm") == "fault"]
    assert {e.unit for e in alarms} == {"BR101"}
    assert [entry.kind for entry in alarms] == ["alarm.raised", "alarm.cleared"]
    assert "KeyError: 'odd'. Its units take their hold outputs" in alarms[0].data["text"]


@pytest.mark.promise(5)
@pytest.mark.parametrize("lockstep", [True, False])
async def test_failing_protection_stops_the_heartbeat_of_its_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, lockstep: bool
) -> None:
    protect = scan_module.protect

    def sometimes(unit: Any, *args: Any) -> Any:
        if unit.name == "CW201" and broken:
            raise ArithmeticError("odd")
        return protect(unit, *args)

    monkeypatch.setattr(scan_module, "protect", sometimes)
    async with controller(tmp_path, lockstep=lockstep) as run:
        step = run.turn if lockstep else run.tick
        broken = False
        await step(3)
        broken = True
        await step()
        turns, beats = run.line.turns, len(run.line.posted)
        await step(5)
        assert (run.line.turns, len(run.line.posted)) == (turns, beats)
        broken = False
        await step(3)
        assert (run.line.turns > turns) is lockstep
        assert (len(run.line.posted) > beats) is not lockstep
        alarms = [e.data["text"] for e in kinds(await run.entries(), "alarm.raised")]
        assert ["gets no heartbeat" in text for text in alarms if "CW201" in text] == [True]


async def test_wall_clock_writes_every_tick_and_beats_after_its_outputs(wall: Running) -> None:
    await wall.tick(8)
    assert [beat for _, beat in wall.line.posted] == list(range(1, 9))
    assert wall.core.world.now == pytest.approx(0.0), "the plant's clock stands"
    wall.line.bench.step(30.0)
    await wall.tick()
    assert wall.core.world.now == 30.0


@pytest.mark.fault("CR-10")
async def test_late_ticks_are_counted_and_not_made_up_for(
    wall: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def skip(seconds: float) -> None:
        if len(wall.line.posted) == 5:
            wall.clock.now += 10.0  # a stall
        wall.clock.now += seconds
        if len(wall.line.posted) >= 20:
            wall.shell.stopping.set()

    monkeypatch.setattr("bioctl.app.shell.asyncio.sleep", skip)
    monkeypatch.setattr(wall.shell, "_keep_tidy", wall.shell.tidy)
    start = wall.clock.now
    await wall.shell.run_wall()
    assert wall.shell.late_ticks == 40
    assert len(wall.line.posted) == 20
    assert wall.clock.now == pytest.approx(start + (20 + 40) * TICK_S)


@pytest.mark.promise(4)
async def test_controller_that_dies_and_comes_back_holds_and_goes_on(tmp_path: Path) -> None:
    async with controller(tmp_path) as run:
        await growing(run, GROW, PERFUSE, until="perfuse:level")
        bench, clock = run.line.bench, run.clock
    fed = bench.plant.units["BR101"].measure()["FQ02"]
    async with controller(tmp_path, bench, clock=clock) as again:
        assert again.batch.state is State.HOLDING
        await again.turn(4)
        assert again.batch.state is State.HELD
        assert bench.plant.units["BR101"].measure()["FQ02"] == pytest.approx(fed), "not one stroke"
        again.ask("restart")
        await again.until_step("u/o/perfuse", "level")
        await again.turn(3)
        assert bench.plant.units["BR101"].measure()["FQ02"] > fed
        ends = [e.data["how_it_ended_before"] for e in kinds(await again.entries(), "cell.started")]
        assert ends == ["first start", "it did not say goodbye"]


async def test_dose_limit_and_alarms_outlive_the_controller(tmp_path: Path) -> None:
    async with controller(tmp_path) as run:
        await growing(run, GROW, until="grow:begin")
        loops = run.core.memory["BR101"].loops
        loops["pH"] = replace(loops["pH"], dose=replace(loops["pH"].dose, used=77.0))
        run.shell.keeper.save(run.core.world.now, run.clock.now)
        await run.entries()
        bench, clock, alarms = run.line.bench, run.clock, run.core.memory["BR101"].alarms
    async with controller(tmp_path, bench, clock=clock) as again:
        memory = again.core.memory["BR101"]
        assert memory.loops["pH"].dose.used == 77.0
        assert {n: a.condition for n, a in memory.alarms.items()} == {
            n: a.condition for n, a in alarms.items()
        }
        await again.turn(2)
        assert memory.loops["pH"].dose.used >= 77.0


async def test_snapshot_is_taken_soon_after_something_happened(run: Running) -> None:
    await run.turn(3)
    before = len(kinds(await run.entries(), "snapshot.taken"))
    run.line.bench.plant.set_fault("BR101.TT101.dropout")
    await run.turn(30)
    assert len(kinds(await run.entries(), "snapshot.taken")) == before + 1


@pytest.mark.promise(9)
async def test_finished_batch_is_sealed_also_when_the_first_try_failed(
    run: Running, tmp_path: Path
) -> None:
    await run.create(recipe(GROW))
    await run.until_state(State.RUNNING)
    run.ask("abort")
    seal, tries = run.store.journal.seal, 0

    def failing(*args: Any, **more: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries == 1:
            run.store.journal._writer._closed = True
        try:
            return seal(*args, **more)
        finally:
            run.store.journal._writer._closed = False

    run.store.journal.seal = failing  # type: ignore[method-assign]
    await run.until(lambda: over(run.batch) and run.batch.released)
    assert not run.batch.sealed
    await run.shell.tidy()
    assert run.batch.sealed
    assert [e.data["count"] for e in kinds(await run.entries(), "batch.sealed")]
    assert (await asyncio.to_thread(verify, tmp_path / "journal.db")).ok


async def test_waiting_for_people_never_takes_longer_than_the_plants_watchdog(
    tmp_path: Path,
) -> None:
    async with controller(tmp_path, site=replace(SITE, waiting_pace=1.0)) as run:
        assert run.core.waiting()
        assert run.shell._dt() == 1.0
