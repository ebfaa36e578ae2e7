from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.control.loop_config import LoopConfig, Mode
from bioctl.control.loop_state import (
    set_manual,
    set_mode,
    set_setpoint,
)
from bioctl.control.pid import Tuning
from bioctl.values import bad

from .rig import Rig


def test_loop_that_is_off_writes_nothing(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 20.0})
    assert rig.scan(30.0) == {}
    assert rig.scan(bad("broken")) == {}
    assert rig.kinds == []


@given(st.floats(5, 42), st.floats(5, 40), st.floats(4, 40))
def test_first_scan_in_auto_keeps_the_real_output(
    temperature: LoopConfig, jacket: float, pv: float, sp: float
) -> None:
    rig = Rig(temperature, {"jacket": jacket}).auto(sp)
    assert rig.scan(pv)["jacket"] == pytest.approx(jacket, abs=1e-6)


@given(st.floats(-100, 100), st.floats(6.6, 7.9))
def test_ph_loop_takes_over_either_side_without_a_jump(ph: LoopConfig, u: float, pv: float) -> None:
    actual = ph.structure.values(u)
    assert Rig(ph, actual).auto(7.2).scan(pv) == pytest.approx(actual, abs=0.005)


def test_manual_begins_at_the_output_of_the_law_and_obeys_the_person(
    temperature: LoopConfig,
) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    for _ in range(20):
        rig.scan(36.0)
    before = rig.actual["jacket"]
    rig.state = set_mode(temperature, rig.state, Mode.MAN)
    assert rig.scan(36.0)["jacket"] == pytest.approx(before)
    rig.state = set_manual(temperature, rig.state, 25.0)
    assert rig.scan(36.0) == {"jacket": 25.0}
    rig.state = set_mode(temperature, rig.state, Mode.AUTO)
    assert rig.scan(36.0)["jacket"] == pytest.approx(25.0)


def test_manual_goes_on_when_the_measurement_is_bad(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 30.0})
    rig.state = set_mode(temperature, rig.state, Mode.MAN)
    rig.state = set_manual(temperature, rig.state, 25.0)
    for _ in range(100):
        assert rig.scan(bad("broken")) == {"jacket": 25.0}
    assert rig.kinds == []


@given(st.floats(0.1, 50), st.floats(10, 5000), st.floats(0, 1))
def test_change_of_tuning_does_not_move_the_output(
    temperature: LoopConfig, kc: float, ti_s: float, beta: float
) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    for _ in range(20):
        rig.scan(36.5)
    before = rig.actual["jacket"]
    rig.config = replace(temperature, tuning=Tuning(kc, ti_s, beta=beta))
    # only the integral of this one scan may move it
    assert abs(rig.scan(36.5)["jacket"] - before) <= kc / ti_s * 0.5 * 10 + 1e-6


def test_change_of_setpoint_source_walks_at_the_declared_rate(temperature: LoopConfig) -> None:
    rig = Rig(replace(temperature, sp_rate_per_min=0.1), {"jacket": 37.0}).auto(37.0)
    for _ in range(5):
        rig.scan(37.0)
    before = rig.actual["jacket"]
    rig.state = set_setpoint(rig.config, rig.state, 30.0)
    after = rig.scan(37.0)["jacket"]
    assert rig.state.sp == pytest.approx(37.0 - 0.1 / 6)
    assert abs(after - before) < 7.0 * 0.1 / 6 + 0.01


def test_ramp_begins_at_the_measurement(temperature: LoopConfig) -> None:
    rig = Rig(replace(temperature, sp_rate_per_min=0.1), {"jacket": 20.0}).auto(37.0)
    rig.scan(21.0)
    assert rig.state.sp == 21.0
    rig.scan(21.0)
    assert rig.state.sp == pytest.approx(21.0 + 0.1 / 6)


def test_slower_rate_of_a_recipe_wins_and_a_faster_one_does_not(temperature: LoopConfig) -> None:
    config = replace(temperature, sp_rate_per_min=0.6)
    for asked, expected in ((0.06, 0.01), (60.0, 0.1)):
        rig = Rig(config, {"jacket": 20.0})
        rig.state = set_setpoint(config, rig.state, 37.0, asked)
        rig.state = set_mode(config, rig.state, Mode.AUTO)
        rig.scan(20.0)
        rig.scan(20.0)
        assert rig.state.sp == pytest.approx(20.0 + expected)


@pytest.mark.fault("PV-10")
def test_resuming_after_two_hours_is_bumpless(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    for _ in range(50):
        rig.scan(36.8)
    rig.state = set_mode(temperature, rig.state, Mode.OFF)
    for _ in range(720):
        rig.scan(34.0)
    rig.actual["jacket"] = 33.0  # somebody used the panel
    rig.auto(37.0)
    assert abs(rig.scan(34.0)["jacket"] - 33.0) <= 0.005 * 37.0


@pytest.mark.fault("PV-10")
def test_long_pause_between_scans_is_bumpless(temperature: LoopConfig) -> None:
    rig = Rig(replace(temperature, sp_rate_per_min=0.1), {"jacket": 30.0}).auto(37.0)
    for _ in range(50):
        rig.scan(30.0)
    before, sp = rig.actual["jacket"], rig.state.sp
    assert abs(rig.scan(25.0, dt=7200.0)["jacket"] - before) <= 0.005 * 37.0
    assert rig.state.sp == sp


def test_output_rate_limits_the_speed_of_the_output(temperature: LoopConfig) -> None:
    rig = Rig(replace(temperature, out_rate_per_min=0.6), {"jacket": 20.0}).auto(37.0)
    last = rig.scan(20.0)["jacket"]
    for _ in range(100):
        now = rig.scan(20.0)["jacket"]
        assert 0 <= now - last <= 0.1 + 1e-9
        last = now


@given(st.lists(st.floats(0, 60), min_size=1, max_size=40), st.floats(4, 40))
def test_outputs_never_leave_the_structure(
    temperature: LoopConfig, pvs: list[float], sp: float
) -> None:
    rig = Rig(temperature, {"jacket": 20.0}).auto(sp)
    for pv in pvs:
        assert 5.0 <= rig.scan(pv)["jacket"] <= 42.0


# --- quality ------------------------------------------------------------------------------------
