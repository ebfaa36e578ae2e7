"""bioctl's own alarms are alarms like all others: listed, acknowledged, counted, kept."""

from typing import Any

import pytest

from bioctl.app.alarm_log import annunciations
from bioctl.app.cell import _recovered
from bioctl.app.expected import expected_of
from bioctl.app.own_alarms import troubles_of
from bioctl.batch.state import CellState
from bioctl.control.alarm_state import AlarmCondition
from bioctl.control.event import ControlEvent
from bioctl.phases.states import State

from ..batch.cell import recipe  # noqa: TID252  tests are no package
from ..batch.test_hold import CHARGE, LIFE, PERFUSE  # noqa: TID252
from .desk import Desk
from .setting import SITE, kinds

N = AlarmCondition
DECIDE = "{decide: decide, with: {question: go on?}, timeout: 5 min}"


def listed(desk: Desk) -> dict[str, dict[str, Any]]:
    return {f"{a['unit']}.{a['alarm']}": a for a in desk.pipeline.view()["alarms"]}


async def held(desk: Desk) -> None:
    """Let a phase take too long: nobody answers its question."""
    await desk.start(recipe(DECIDE))
    await desk.run.until_state(State.HELD)
    await desk.run.turn()


async def test_phase_in_trouble_is_listed_until_it_runs_again(desk: Desk) -> None:
    await held(desk)
    one = listed(desk)["BR101.phase"]
    assert (one["state"], one["priority"], one["occurrence"]) == ("unacknowledged", 2, 1)
    args = {"alarm": "BR101.phase", "occurrence": 1}
    await desk.give("ada", "alarm.ack", args=args, reason="on my way")
    assert listed(desk)["BR101.phase"]["state"] == "acknowledged"
    await desk.give("ada", "batch.restart")
    await desk.run.until(lambda: "BR101.phase" not in listed(desk))
    told = [e for e in await desk.run.entries() if e.data.get("alarm") == "phase"]
    assert [e.kind for e in told] == ["alarm.raised", "alarm.acknowledged", "alarm.cleared"]
    assert "did not finish within" in told[0].data["text"]
    (counted,) = [one for one in annunciations(told) if one.alarm == "BR101.phase"]
    assert counted.cleared == told[2].t


@pytest.mark.promise(1)
async def test_own_alarms_outlive_a_restart(desk: Desk) -> None:
    await held(desk)
    await desk.run.entries()
    again = await _recovered(SITE, desk.run.store.journal)
    assert again.core.memory["BR101"].alarms["phase"].condition is N.UNACK_ACTIVE


async def test_journal_that_can_not_be_written_is_an_alarm_of_the_cell(desk: Desk) -> None:
    await desk.run.break_disk()
    await desk.run.turn(2)
    assert listed(desk)["cell.journal"]["state"] == "unacknowledged"
    await desk.run.mend_disk()
    await desk.run.turn(2)
    assert listed(desk)["cell.journal"]["state"] == "returned to normal, unacknowledged"
    args = {"alarm": "cell.journal", "occurrence": 1}
    await desk.give("ada", "alarm.ack", args=args, reason="disk was full")
    assert "cell.journal" not in listed(desk)
    (ack,) = kinds(await desk.run.entries(), "alarm.acknowledged")
    assert (ack.unit, ack.data["alarm"]) == (None, "cell.journal")


def test_faults_are_told_of_the_units_they_are_in() -> None:
    broken = {"BR101.pH": "ValueError: odd", "CW201": "KeyError: 'x'"}
    found = troubles_of(CellState(), broken, "")
    assert found.keys() == {("BR101", "fault"), ("CW201", "fault")}
    assert "takes its fallback outputs" in found["BR101", "fault"]["BR101.pH"]
    assert "no heartbeat" in found["CW201", "fault"]["CW201"]


async def test_phase_that_moves_liquid_silences_the_weight_alarms_and_then_they_look(
    desk: Desk,
) -> None:
    grow = f"{{grow: grow, with: {{{LIFE}}}, until: elapsed > 2 h, timeout: 3 h}}"
    await desk.start(recipe(CHARGE, grow))
    await desk.run.until_step("u/o/charge", "dosing")
    alarms = desk.run.core.memory["BR101"].alarms
    await desk.run.turn(2)
    assert alarms["weight_high"].condition is N.SUPPRESSED
    await desk.run.until_step("u/o/grow", "begin")
    await desk.run.turn(2)
    weight = desk.run.core.world.image["BR101.WT101"].number
    assert alarms["weight_high"].settled == pytest.approx(weight, abs=0.02)
    desk.run.line.bench.plant.set_fault("BR101.WT101.offset", 0.1)
    await desk.run.until(lambda: alarms["weight_high_high"].condition is N.UNACK_ACTIVE)
    assert alarms["weight_low"].condition is N.NORMAL


async def test_perfusion_says_at_which_weight_it_keeps_the_vessel(desk: Desk) -> None:
    await desk.start(recipe(CHARGE, PERFUSE))
    await desk.run.until_step("u/o/perfuse", "level")
    (step,) = [s for s in desk.run.batch.control.steps if s.phase == "perfuse"]
    expected = expected_of(desk.run.core.state)["BR101"]
    assert expected.kept == {"weight": step.parameters["weight"]}
    assert expected.moving == {}
    await desk.give("ada", "batch.hold")
    await desk.run.until_state(State.HELD)
    assert expected_of(desk.run.core.state) == {}, "nothing is kept, nothing is moved"


async def test_entries_of_what_the_site_no_longer_has_are_passed_over(desk: Desk) -> None:
    old = [
        ControlEvent("alarm.raised", {"alarm": "gone", "tag": "pH"}),
        ControlEvent("alarm.raised", {"alarm": "XX9.phase", "text": "of release 0.1"}),
        ControlEvent("interlock.tripped", {"interlock": "gone", "cause": "x"}),
    ]
    now = desk.run.core.world.now
    desk.run.store.protective([(unit, one) for unit in ("BR101", "XX9") for one in old], now)
    await desk.run.entries()
    core = (await _recovered(SITE, desk.run.store.journal)).core
    assert "gone" not in core.memory["BR101"].alarms
    assert "XX9" not in core.memory
