from dataclasses import replace

import orjson
import pytest

from bioctl.control.alarm_state import AlarmCondition, AlarmState
from bioctl.control.interlock_config import InterlockState
from bioctl.control.loop import scan_loop
from bioctl.control.loop_config import LoopConfig, Mode
from bioctl.control.loop_state import LoopState, set_mode, set_setpoint
from bioctl.control.memory import (
    recall_alarm,
    recall_interlock,
    recall_loop,
    remember_alarm,
    remember_interlock,
    remember_loop,
)
from bioctl.control.totaliser import DoseState
from bioctl.values import Range, Reading


def through_json(memory: object) -> dict[str, object]:
    found: dict[str, object] = orjson.loads(orjson.dumps(memory))
    return found


def test_loop_goes_on_with_its_ramp_and_starts_from_the_real_output(
    temperature: LoopConfig,
) -> None:
    config = replace(temperature, sp_rate_per_min=0.6)
    state = set_mode(config, set_setpoint(config, LoopState(), 37.0), Mode.AUTO)
    for turn in range(20):
        state, _, _ = scan_loop(config, state, Reading(20.0), {"jacket": 20.0}, turn * 10.0, 10.0)
    again = recall_loop(config, through_json(remember_loop(state)))
    assert (again.sp, again.target, again.mode) == (state.sp, 37.0, Mode.AUTO)
    _, outputs, _ = scan_loop(config, again, Reading(20.0), {"jacket": 33.0}, 300.0, 10.0)
    assert outputs["jacket"] == pytest.approx(33.0)


def test_dose_given_while_the_controller_was_down_counts(ph: LoopConfig) -> None:
    dose = DoseState(100.0, 5000.0)
    again = recall_loop(ph, through_json(remember_loop(LoopState(dose=dose))))
    state, _, _ = scan_loop(ph, again, Reading(7.2), {}, 0.0, 10.0, total=Reading(5060.0))
    assert state.dose.used == 160.0
    assert state.dose.locked


def test_setpoint_that_no_longer_fits_is_dropped_and_the_loop_is_off(
    temperature: LoopConfig,
) -> None:
    memory = through_json(remember_loop(LoopState(mode=Mode.AUTO, target=37.0, sp=36.0)))
    cooler = replace(temperature, sp_range=Range(4, 25))
    assert recall_loop(cooler, memory) == LoopState()


@pytest.mark.parametrize("memory", [{}, {"mode": "FAST", "target": True, "sp": "37", "used": None}])
def test_memory_that_says_nothing_gives_a_loop_that_is_off(
    temperature: LoopConfig, memory: dict[str, object]
) -> None:
    assert recall_loop(temperature, memory) == LoopState()


@pytest.mark.parametrize(
    "state",
    [
        InterlockState(),
        InterlockState(tripped=True, since=12.0, cause="pressure > 35 mbar"),
        InterlockState(bypassed_until=90.0),
    ],
)
def test_interlock_that_waits_for_a_person_still_does(state: InterlockState) -> None:
    assert recall_interlock(through_json(remember_interlock(state))) == state
    assert recall_interlock({}) == InterlockState()


@pytest.mark.parametrize("condition", AlarmCondition)
def test_alarm_that_waits_for_a_person_still_does(condition: AlarmCondition) -> None:
    active = condition in {AlarmCondition.UNACK_ACTIVE, AlarmCondition.ACK_ACTIVE}
    state = AlarmState(condition, active, raised_at=7.0, shelved_until=9.0, arrived_at=37.0)
    assert recall_alarm(through_json(remember_alarm(state))) == state
    assert recall_alarm({"condition": "odd"}) == AlarmState()
