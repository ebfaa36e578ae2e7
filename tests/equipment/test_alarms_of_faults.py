"""Rows PV-.. of the fault matrix that a person must hear of: a loop's doubts become alarms."""

import pytest

from bioctl.control.alarm_state import AlarmCondition
from bioctl.equipment.image import make_image
from bioctl.equipment.protect import protect
from bioctl.equipment.regulate import UnitMemory
from bioctl.values import Reading

from .loops_unit import Running, auto, unit_of
from .test_faults_of_loops import WATCHED
from .test_loops_together import SINGLE, Vessel

REASONS = "cause: c, consequence: C., severity: major, time_to_respond: 20 min, action: A."
DOUBT = f"alarms:\n  doubted: {{measurement: temperature, kind: doubt, {REASONS}}}\n"
U, R = AlarmCondition.UNACK_ACTIVE, AlarmCondition.UNACK_RETURNED


def heated(text: str = WATCHED, sp: float = 33.0) -> Running:
    unit = unit_of(text, DOUBT)
    return Running(unit, Vessel(), {"heater": 30.0}).ask(temperature=auto(sp)).run(7200)


def alarm(unit: Running) -> AlarmCondition:
    return unit.memory.alarms["doubted"].condition


def told(unit: Running) -> str:
    return str([one.data["text"] for one in unit.events if one.kind == "alarm.raised"][-1])


@pytest.mark.fault("PV-03")
def test_pv_03_stuck_measurement_raises_an_alarm_until_it_moves_again() -> None:
    unit = heated()
    assert alarm(unit) is AlarmCondition.NORMAL
    unit.run(1500, temperature=Reading(32.0))
    assert alarm(unit) is U
    assert "loop temperature does not change although its output moves" in told(unit)
    unit.run(60)
    assert alarm(unit) is R


@pytest.mark.fault("PV-05")
def test_pv_05_drift_against_the_second_probe_raises_an_alarm() -> None:
    watch = "watch: {apart: 1, apart_for: 30 min}"
    text = SINGLE.replace("gain: 8", f"gain: 8\n    backup: jacket_temperature\n    {watch}")
    unit = heated(text)
    near = Reading(unit.measured["temperature"])
    unit.run(3600, jacket_temperature=near)
    assert alarm(unit) is not U
    unit.run(3600, jacket_temperature=Reading(near.number + 2.0))
    assert alarm(unit) is U
    assert "differs from the second probe" in told(unit)


@pytest.mark.fault("PV-08")
def test_pv_08_output_that_does_not_follow_raises_an_alarm() -> None:
    unit = heated()
    unit.run(300, heater=Reading(0.0))
    assert alarm(unit) is U
    assert "has an output that does not do what is demanded" in told(unit)


@pytest.mark.fault("PV-12")
def test_pv_12_acid_and_base_together_raise_an_alarm_whoever_moved_them() -> None:
    when = "when: air > 0 L/min and oxygen > 0 L/min"
    row = f"  both: {{measurement: temperature, kind: condition, {when}"
    unit = unit_of(SINGLE, f"alarms:\n{row}, on_delay: 10 s, {REASONS}}}\n{bad()}")
    memory, now = UnitMemory(), 0.0

    def scan(**values: float) -> AlarmCondition:
        nonlocal now
        now += 10.0
        tags = {**unit.measurements, **unit.outputs}
        found = {tag.name: Reading(values.get(name, 0.0)) for name, tag in tags.items()}
        protect(unit, memory, make_image(tags.values(), found), now)
        return memory.alarms["both"].condition

    assert scan(air=1.0) is AlarmCondition.NORMAL
    assert scan(air=1.0, oxygen=1.0) is AlarmCondition.NORMAL
    assert scan(air=1.0, oxygen=1.0) is U
    assert scan(oxygen=1.0) is R


def bad() -> str:
    return f"  bad: {{measurement: temperature, kind: bad, {REASONS}}}\n"
