"""One-shot commands: sent once, never late, and an open fate is asked for until it is known."""

from pathlib import Path

import pytest

from bioctl.app.calls import GRACE_S
from bioctl.audit.entry import Entry, Event
from bioctl.batch.log import SYSTEM
from bioctl.batch.perform import CALL_DEADLINE_S
from bioctl.equipment.driver import CallState
from bioctl.phases.states import State

from ..batch.cell import BATCH, recipe  # noqa: TID252  tests are no package
from ..batch.test_hold import CHARGE  # noqa: TID252
from .setting import Running, controller, kinds

PATH = "u/o/charge"
ID = f"{BATCH}/{PATH}/dose_1"
FULL = {("BR101", "medium"): pytest.approx(1000.0, abs=1.0)}


async def states(run: Running) -> list[str]:
    found: list[Entry] = kinds(await run.entries(), "call.outcome")
    return [str(entry.data["state"]) for entry in found]


@pytest.mark.promise(3)
@pytest.mark.fault("CR-03")
async def test_lost_answer_is_unknown_until_the_equipment_tells_that_it_acted(
    run: Running,
) -> None:
    await run.create(recipe(CHARGE))
    run.line.muted = ["DOSE"]
    await run.until_step(PATH, "dosing")
    assert await states(run) == ["unknown"]
    assert list(run.shell.calls.open) == [ID]
    await run.shell.tidy()
    assert await states(run) == ["unknown", "accepted"]
    assert run.shell.calls.open == {}
    await run.until_state(State.COMPLETE)
    assert run.line.bench.dosed == FULL
    assert run.line.sent == [ID]


@pytest.mark.promise(3)
@pytest.mark.fault("CR-02")
async def test_lost_command_is_void_only_after_its_deadline_and_asked_for_by_a_person(
    run: Running,
) -> None:
    await run.create(recipe(CHARGE))
    run.line.lost = ["DOSE"]
    await run.until_step(PATH, "dosing")
    sent = run.clock.now
    while run.clock.now < sent + CALL_DEADLINE_S + GRACE_S - 0.2:
        await run.turn()
        await run.shell.tidy()
        assert await states(run) == ["unknown"], "it may still arrive"
    run.clock.now += 0.5
    await run.shell.tidy()
    assert await states(run) == ["unknown", "never arrived"]
    await run.until_state(State.HELD)
    assert run.line.sent == [ID], "nothing repeats it but a person's restart"
    run.ask("restart")
    await run.until_state(State.COMPLETE)
    assert run.line.bench.dosed == FULL


@pytest.mark.promise(3)
async def test_late_call_is_not_sent(run: Running) -> None:
    await run.create(recipe(CHARGE))
    await run.until_step(PATH, "dosing")
    data = {"id": "late", "key": "late", "command": "DOSE", "args": {}, "deadline": run.clock.utc()}
    intent = Event("call.intent", SYSTEM, data, BATCH, "BR101", PATH)
    await run.shell.calls.carry_out([intent])
    assert run.line.sent == [ID]
    last = kinds(await run.entries(), "call.outcome")[-1]
    assert (last.data["state"], last.data["id"]) == ("refused", "late")
    assert "not sent: its deadline passed" in last.data["message"]


async def test_call_is_asked_for_again_while_the_connection_is_down(run: Running) -> None:
    await run.create(recipe(CHARGE))
    run.line.muted = ["DOSE"]
    await run.until_step(PATH, "dosing")
    run.line.cut()
    for _ in range(3):
        await run.shell.tidy()
    assert list(run.shell.calls.open) == [ID]
    run.line.mend()
    await run.shell.tidy()
    assert run.shell.calls.open == {}


@pytest.mark.promise(3)
@pytest.mark.fault("CR-02")
@pytest.mark.parametrize("arrived", [True, False])
async def test_controller_that_died_in_a_call_finds_out_what_became_of_it(
    tmp_path: Path, *, arrived: bool
) -> None:
    async with controller(tmp_path) as run:
        await run.create(recipe(CHARGE))
        run.line.muted, run.line.lost = (["DOSE"], []) if arrived else ([], ["DOSE"])
        await run.until_step(PATH, "dosing")
        bench, clock = run.line.bench, run.clock
    async with controller(tmp_path, bench, clock=clock) as again:
        assert list(again.shell.calls.open) == [ID]
        assert again.batch.state is State.HOLDING
        await again.turn(3)
        await again.shell.tidy()
        known = ["unknown"] + (["accepted"] if arrived else [])
        assert (await states(again))[:2] == known, "not before the deadline the first one gave it"
        again.clock.now += CALL_DEADLINE_S + GRACE_S
        await again.shell.tidy()
        await again.until_state(State.HELD)
        again.ask("restart")
        await again.until_state(State.COMPLETE)
        assert again.line.bench.dosed == FULL
        sent = [order for order in bench.executed if order[1] == "DOSE"]
        assert len(sent) == 1 + arrived


async def test_outcome_that_can_not_be_written_is_asked_for_again(run: Running) -> None:
    await run.create(recipe(CHARGE))
    call = run.line.call

    async def breaking(order: object) -> object:
        run.line.call = call  # type: ignore[method-assign]
        answer = await call(order)  # type: ignore[arg-type]
        await run.break_disk()
        return answer

    run.line.call = breaking  # type: ignore[method-assign,assignment]
    await run.until(lambda: run.store.doubt)
    assert list(run.shell.calls.open) == [ID]
    await run.mend_disk()
    await run.tidy_until(lambda: not run.store.doubt and not run.shell.calls.open)
    assert await states(run) == [str(CallState.ACCEPTED)]
    await run.until_state(State.COMPLETE)
    assert run.line.bench.dosed == FULL
