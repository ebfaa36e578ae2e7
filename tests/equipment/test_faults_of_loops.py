"""Rows PV-.. of the fault matrix that need a whole unit; the others are in tests/control."""

import math

import pytest

from bioctl.errors import InputErrors
from bioctl.values import Quality, Reading, bad

from .loops_unit import Running, auto, unit_of
from .test_loops_together import SINGLE, Vessel

FLAGS = "watch: {stuck: 10 min, stuck_move: 2, follow: 5, follow_for: 30 s}"
WATCHED = SINGLE.replace("gain: 8", f"gain: 8\n    hold: 60 s\n    {FLAGS}")


def heated(text: str = WATCHED, sp: float = 33.0) -> Running:
    return Running(unit_of(text), Vessel(), {"heater": 30.0}).ask(temperature=auto(sp)).run(7200)


def kinds(unit: Running) -> list[str]:
    return [event.kind for event in unit.events]


@pytest.mark.fault("PV-01")
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_pv_01_not_a_number_freezes_then_falls_back_and_is_told(value: float) -> None:
    unit = heated()
    before = unit.outputs["heater"]
    unit.run(60, temperature=Reading(value))
    assert unit.outputs["heater"] == before
    unit.run(600, temperature=Reading(value))
    assert unit.outputs["heater"] == 37.0
    assert kinds(unit)[-1] == "loop.fallback"


@pytest.mark.fault("PV-02")
def test_pv_02_outside_the_physical_range_is_bad() -> None:
    unit = heated()
    before = unit.outputs["heater"]
    unit.run(60, temperature=Reading(75.0))
    assert unit.outputs["heater"] == before
    assert "outside" in unit.loop("temperature").status


@pytest.mark.fault("PV-03")
def test_pv_03_stuck_measurement_is_told_and_no_longer_drives_the_loop() -> None:
    unit = heated()
    stuck = Reading(32.0)  # below the setpoint: the loop would heat for ever
    unit.run(1500, temperature=stuck)
    assert "loop.doubted" in kinds(unit)
    assert unit.loop("temperature").fallback
    unit.run(60)
    assert not unit.loop("temperature").fallback, "it moves again: trusted again"
    assert "loop.trusted" in kinds(unit)


@pytest.mark.fault("PV-03")
def test_pv_03_a_second_probe_takes_over_without_a_bump() -> None:
    text = WATCHED.replace("gain: 8", "gain: 8\n    backup: jacket_temperature")
    unit = heated(text)
    before = unit.outputs["heater"]
    unit.run(10, temperature=bad("broken wire"))
    assert unit.loop("temperature").backup
    assert not unit.loop("temperature").fallback
    assert abs(unit.outputs["heater"] - before) <= 0.5


@pytest.mark.fault("PV-03")
def test_pv_03_a_quiet_measurement_is_not_stuck_while_the_output_rests() -> None:
    unit = heated(sp=33.0)
    unit.run(7200)
    unit.run(3600, temperature=Reading(33.0))
    assert "loop.doubted" not in kinds(unit)


@pytest.mark.fault("PV-05")
def test_pv_05_drift_against_the_second_probe_is_told_and_stops_nothing() -> None:
    text = SINGLE.replace(
        "gain: 8",
        "gain: 8\n    backup: jacket_temperature\n    watch: {apart: 0.5, apart_for: 10 min}",
    )
    unit = heated(text)
    near = Reading(unit.measured["temperature"] + 0.2)
    unit.run(1200, jacket_temperature=near)
    assert "loop.doubted" not in kinds(unit)[-1:]
    unit.run(1200, jacket_temperature=Reading(unit.measured["temperature"] + 0.8))
    doubt = next(event for event in reversed(unit.events) if event.kind == "loop.doubted")
    assert doubt.data["doubt"] == "apart"
    assert not unit.loop("temperature").fallback


@pytest.mark.fault("PV-06")
def test_pv_06_a_second_of_bad_quality_holds_a_minute_falls_back() -> None:
    unit = heated()
    before = unit.outputs["heater"]
    unit.run(10, temperature=Reading(33.0, Quality.BAD))
    assert unit.outputs["heater"] == before
    unit.run(10)
    assert abs(unit.outputs["heater"] - before) < 1.0
    unit.run(80, temperature=Reading(33.0, Quality.BAD))
    assert unit.outputs["heater"] == 37.0


@pytest.mark.fault("PV-08")
def test_pv_08_an_actuator_that_does_not_follow_is_told_and_winds_nothing_up() -> None:
    unit = heated()
    unit.ask(temperature=auto(36.0))
    stuck = Reading(30.0)
    unit.run(3600, heater=stuck)
    doubt = next(event for event in unit.events if event.kind == "loop.doubted")
    assert doubt.data["doubt"] == "no_follow"
    wanted = unit.loop("temperature").pid.wanted
    error = 36.0 - unit.measured["temperature"]
    assert wanted <= 30.0 + 2.5 * 8 * max(error, 0.5), "one proportional part above the real one"


@pytest.mark.fault("PV-09")
def test_pv_09_an_output_moved_at_the_panel_is_told_and_the_loop_goes_on_from_there() -> None:
    unit = heated()
    unit.run(3600)
    before = unit.outputs["heater"]
    unit.run(10, heater=Reading(before + 20.0))
    local = next(event for event in unit.events if event.kind == "plant.local")
    assert local.data["tag"] == "V1.TC"
    assert local.data["new"] == pytest.approx(before + 20.0)


@pytest.mark.fault("PV-10")
def test_pv_10_hold_for_two_hours_and_resume_moves_no_output_by_half_a_percent() -> None:
    unit = heated()
    unit.run(7200)
    before = unit.outputs["heater"]
    unit.now += 7200.0  # nobody scanned: the unit stood still
    unit.run(10)
    assert abs(unit.outputs["heater"] - before) <= 0.5


@pytest.mark.fault("PV-07")
@pytest.mark.parametrize("words", ["4 .. 40 kg", "39 .. 104 mbar"])
def test_pv_07_setpoints_in_another_eu_are_refused_at_load(words: str) -> None:
    with pytest.raises(InputErrors, match="expected degC") as caught:
        unit_of(SINGLE.replace("4 .. 40", words))
    assert caught.value.errors[0].where is not None


@pytest.mark.fault("PV-04")
def test_pv_04_one_spike_moves_the_output_by_no_more_than_its_filters_allow_and_is_over() -> None:
    unit = heated(SINGLE.replace("gain: 8", "gain: 8\n    smoothing: 30 s\n    derivative: 60 s"))
    before = unit.outputs["heater"]
    unit.run(10, temperature=Reading(unit.measured["temperature"] + 0.3))
    share = 10.0 / (30.0 + 10.0)  # of the spike passes the smoothing in one scan
    derivative = 60.0 / (60.0 / 10.0 + 10.0)  # Td / (Td / N + scan)
    assert abs(unit.outputs["heater"] - before) < 1.1 * 8 * (1 + derivative) * 0.3 * share
    unit.run(300)
    assert abs(unit.outputs["heater"] - before) < 2.0
