"""What people do to alarms: on the running cell, through the one pipeline."""

from typing import Any

import pytest

from bioctl.app.cell import _recovered
from bioctl.control.alarm_state import AlarmCondition
from bioctl.phases.states import State

from ..batch.cell import recipe  # noqa: TID252  tests are no package
from ..batch.test_hold import LIFE  # noqa: TID252
from .desk import Desk
from .setting import SITE, kinds

N = AlarmCondition
GLUCOSE, JACKET, OXYGEN = "BR101.glucose_bad", "BR101.jacket_high_high", "BR101.oxygen_bad"
POINT = {GLUCOSE: "AT103.dropout", JACKET: "TT102.offset", OXYGEN: "AT102.dropout"}


def state(desk: Desk, alarm: str) -> AlarmCondition:
    return desk.run.core.memory["BR101"].alarms[alarm.partition(".")[2]].condition


async def break_(desk: Desk, alarm: str) -> None:
    """Break what the alarm watches until it is raised."""
    amount = 30.0 if alarm == JACKET else None
    desk.run.line.bench.plant.set_fault(f"BR101.{POINT[alarm]}", amount)
    await desk.run.until(lambda: state(desk, alarm) is N.UNACK_ACTIVE)


async def mend(desk: Desk, alarm: str, then: AlarmCondition) -> None:
    desk.run.line.bench.plant.clear_fault(f"BR101.{POINT[alarm]}")
    await desk.run.until(lambda: state(desk, alarm) is then)


async def give(desk: Desk, user: str, verb: str, alarm: str, **more: Any) -> str:
    args = {"alarm": alarm, **({"occurrence": 1} if verb == "ack" else {}), **more}
    return (await desk.give(user, f"alarm.{verb}", args=args, reason="it is known")).message


@pytest.mark.promise(11)
async def test_alarm_is_acknowledged_by_a_person_whose_intent_comes_first(
    desk: Desk,
) -> None:
    await break_(desk, GLUCOSE)
    said = await give(desk, "ada", "ack", GLUCOSE)
    assert said == "alarm BR101.glucose_bad is acknowledged"
    await mend(desk, GLUCOSE, N.NORMAL)
    entries = await desk.run.entries()
    (ack,) = kinds(entries, "alarm.acknowledged")
    (intent,) = kinds(entries, "command.intent")
    (outcome,) = kinds(entries, "command.outcome")
    assert intent.seq < ack.seq < outcome.seq
    assert (ack.actor["id"], ack.unit) == ("ada", "BR101")
    assert ack.data == {
        "alarm": "glucose_bad",
        "was": "unacknowledged",
        "occurrence": 1,
        "comment": "it is known",
    }


async def test_shelved_alarm_is_shown_with_its_time_and_speaks_again(desk: Desk) -> None:
    await break_(desk, GLUCOSE)
    await give(desk, "kim", "shelve", GLUCOSE, minutes=10)
    (view,) = [a for a in desk.pipeline.view()["alarms"] if a["alarm"] == "glucose_bad"]
    assert (view["state"], view["shelved_s"], view["active"]) == ("shelved", 600.0, True)
    began = desk.run.core.world.now
    await desk.run.until(lambda: state(desk, GLUCOSE) is N.UNACK_ACTIVE)
    assert desk.run.core.world.now - began == pytest.approx(600, abs=60)
    raised = kinds(await desk.run.entries(), "alarm.raised")
    assert [one.data["alarm"] for one in raised].count("glucose_bad") == 2


async def test_shelving_outlives_a_restart_with_its_end(desk: Desk) -> None:
    await give(desk, "kim", "shelve", GLUCOSE, minutes=30)
    until = desk.run.core.memory["BR101"].alarms["glucose_bad"].shelved_until
    desk.run.clock.now += 2.0
    await desk.run.turn()
    await desk.run.store.journal.append_late([])
    again = await _recovered(SITE, desk.run.store.journal)
    kept = again.core.memory["BR101"].alarms["glucose_bad"]
    assert (kept.condition, kept.shelved_until) == (N.SHELVED, until)


async def test_latched_alarm_is_reset_after_it_was_acknowledged(desk: Desk) -> None:
    await break_(desk, JACKET)
    await mend(desk, JACKET, N.UNACK_LATCHED)
    entry = await desk.refused("ada", "alarm.reset", args={"alarm": JACKET}, reason="cool now")
    assert "acknowledge it first" in entry.data["reason"]
    await give(desk, "ada", "ack", JACKET)
    assert await give(desk, "ada", "reset", JACKET) == f"alarm {JACKET} is normal"


async def test_alarm_out_of_service_is_evaluated_and_says_nothing(desk: Desk) -> None:
    await give(desk, "kim", "remove", OXYGEN)
    desk.run.line.bench.plant.set_fault(f"BR101.{POINT[OXYGEN]}")
    await desk.run.turn(30)
    assert state(desk, OXYGEN) is N.OUT_OF_SERVICE
    (raised,) = kinds(await desk.run.entries(), "alarm.raised")
    assert raised.data["silent"] == "out of service"
    await give(desk, "ada", "return", OXYGEN)
    await desk.run.turn()
    assert state(desk, OXYGEN) is N.UNACK_ACTIVE


REFUSED = {
    "role": ("ada", "shelve", {"alarm": GLUCOSE, "minutes": 5}, "r", "role operator may not"),
    "qa": ("quinn", "ack", {"alarm": GLUCOSE}, "r", "role qa may not"),
    "reason": ("ada", "ack", {"alarm": GLUCOSE}, " ", "needs a reason"),
    "name": ("ada", "ack", {"alarm": "BR101.glucose_bda"}, "r", "mean 'BR101.glucose_bad'?"),
    "number": ("ada", "ack", {"alarm": GLUCOSE}, "r", "needs `occurrence`"),
    "normal": ("ada", "ack", {"alarm": GLUCOSE, "occurrence": 0}, "r", "nothing to acknowledge"),
    "no time": ("kim", "shelve", {"alarm": GLUCOSE}, "r", "needs `minutes`"),
    "time": ("kim", "shelve", {"alarm": GLUCOSE, "minutes": 61}, "r", "at most 60 min"),
    "urgent": ("kim", "shelve", {"alarm": JACKET, "minutes": 5}, "r", "priority 1"),
    "not removed": ("ada", "return", {"alarm": GLUCOSE}, "r", "nothing to return to service"),
}


@pytest.mark.promise(11)
@pytest.mark.parametrize("why", REFUSED)
async def test_what_can_not_be_is_refused_and_told(desk: Desk, why: str) -> None:
    user, verb, args, reason, said = REFUSED[why]
    await desk.run.turn()
    before = dict(desk.run.core.memory["BR101"].alarms)
    entry = await desk.refused(user, f"alarm.{verb}", args=args, reason=reason)
    assert said in entry.data["reason"]
    assert desk.run.core.memory["BR101"].alarms == before


async def test_phase_suppresses_the_alarms_it_expects(desk: Desk) -> None:
    grow = (
        f"{{grow: grow, with: {{{LIFE}}}, until: elapsed > 2 h, timeout: 3 h,"
        " suppress alarms: [glucose]}"
    )
    await desk.start(recipe(grow))
    await desk.run.turn(2)
    assert state(desk, GLUCOSE) is N.SUPPRESSED
    desk.run.line.bench.plant.set_fault(f"BR101.{POINT[GLUCOSE]}")
    await desk.run.until_state(State.COMPLETE)
    await desk.run.turn(2)
    assert state(desk, GLUCOSE) is N.UNACK_ACTIVE
    raised = [e for e in kinds(await desk.run.entries(), "alarm.raised") if e.unit == "BR101"]
    silent = [e.data.get("silent") for e in raised if e.data["alarm"] == "glucose_bad"]
    assert silent == ["suppressed by design", None]
