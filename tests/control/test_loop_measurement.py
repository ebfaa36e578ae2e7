import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.control.loop_config import LoopConfig, Mode
from bioctl.control.loop_state import (
    set_mode,
)
from bioctl.values import Quality, Reading, bad

from .rig import Rig

BROKEN = (
    Reading(math.nan),
    Reading(math.inf),
    Reading(-math.inf),
    bad("sensor failure"),
    Reading(37.0, Quality.UNCERTAIN),
    Reading("n/a"),
)


@pytest.mark.fault("PV-01")
@pytest.mark.parametrize("broken", BROKEN)
def test_measurement_that_is_no_number_holds_then_falls_back_then_recovers(
    temperature: LoopConfig, broken: Reading
) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    for _ in range(10):
        rig.scan(36.0)
    held = rig.actual["jacket"]
    for _ in range(6):
        assert rig.scan(broken) == {"jacket": held}
    assert rig.kinds == []
    for _ in range(50):
        assert rig.scan(broken) == {"jacket": 37.0}
    assert rig.kinds == ["loop.fallback"]
    assert rig.scan(36.0)["jacket"] == pytest.approx(37.0)
    assert rig.kinds == ["loop.fallback", "loop.recovered"]
    assert rig.events[0].data == {"loop": "temperature", "reason": "temperature is Good again"}


@pytest.mark.fault("PV-02")
def test_impossible_value_is_bad(ph: LoopConfig) -> None:
    rig = Rig(ph, {"carbon_dioxide": 0.0, "base_pump": 1.0}).auto(7.2)
    held = rig.scan(7.1)
    for _ in range(6):
        assert rig.scan(19.0) == held
    assert rig.scan(19.0) == {"carbon_dioxide": 0.0, "base_pump": 0.0}
    assert rig.events[0].data["reason"] == "19 is outside 2 .. 12"


@pytest.mark.fault("PV-06")
@pytest.mark.parametrize(("seconds", "kinds"), [(1, []), (60, ["loop.fallback"])])
def test_short_loss_holds_and_long_loss_falls_back(
    temperature: LoopConfig, seconds: int, kinds: list[str]
) -> None:
    rig = Rig(temperature, {"jacket": 30.0}, dt=1.0).auto(37.0)
    for _ in range(10):
        rig.scan(36.0)
    held = rig.actual["jacket"]
    for _ in range(seconds):
        assert rig.scan(bad("timeout"))["jacket"] == held
    rig.scan(bad("timeout"))
    assert rig.kinds == kinds
    after = rig.actual["jacket"]
    assert rig.scan(36.0)["jacket"] == pytest.approx(after)


def test_every_loss_is_held_for_its_own_time(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    rig.scan(36.0)
    for losses in (4, 5, 10, 3, 6):  # the third is long enough to fall back
        for _ in range(losses):
            rig.scan(bad("broken"))
        rig.scan(36.0)
    assert rig.kinds == ["loop.fallback", "loop.recovered"]


def test_loop_started_on_a_bad_measurement_leaves_the_plant_as_it_is(
    temperature: LoopConfig,
) -> None:
    rig = Rig(temperature, {"jacket": 12.0}).auto(37.0)
    assert rig.scan(bad("broken")) == {}
    for _ in range(6):
        rig.scan(bad("broken"))
    assert rig.outputs == {"jacket": 37.0}


def test_old_demand_is_forgotten_while_off(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    rig.scan(36.0)
    rig.state = set_mode(temperature, rig.state, Mode.OFF)
    rig.scan(36.0)
    rig.auto(37.0)
    assert rig.scan(bad("broken")) == {}


def test_fallback_ends_only_after_the_measurement_stayed_good(temperature: LoopConfig) -> None:
    rig = Rig(replace(temperature, recover_s=30.0, hold_s=0.0), {"jacket": 30.0}).auto(37.0)
    rig.scan(36.0)
    rig.scan(bad("broken"))
    for pv in (36.0, 36.0, bad("again"), 36.0, 36.0, 36.0):
        assert rig.scan(pv) == {"jacket": 37.0}
    rig.scan(36.0)
    assert rig.kinds == ["loop.fallback", "loop.recovered"]


def test_setpoint_ramp_waits_for_the_measurement(temperature: LoopConfig) -> None:
    rig = Rig(replace(temperature, sp_rate_per_min=0.1), {"jacket": 30.0}).auto(37.0)
    for _ in range(10):
        rig.scan(30.0)
    sp = rig.state.sp
    for _ in range(100):
        rig.scan(bad("broken"))
    assert rig.state.sp == sp


@pytest.mark.fault("PV-04")
def test_spike_leaves_no_trace_in_the_integral(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 37.0}).auto(37.0)
    for _ in range(5):
        rig.scan(37.0)
    before = rig.scan(37.0)["jacket"]
    rig.scan(39.0)
    after = rig.scan(37.0)["jacket"]
    assert abs(after - before) < 0.5


@given(st.lists(st.floats(0, 200), min_size=1, max_size=30), st.floats(0, 250))
def test_oxygen_loop_and_its_fallback_never_slow_the_phase_down(
    oxygen: LoopConfig, pvs: list[float], speed: float
) -> None:
    floors = {"agitation": speed}
    rig = Rig(oxygen, oxygen.structure.values(10.0, floors), dt=100.0).auto(40.0)
    for pv in pvs:
        assert rig.scan(pv, floors=floors)["agitation"] >= speed
    for _ in range(10):
        assert rig.scan(bad("broken"), floors=floors)["agitation"] >= speed
    assert rig.state.fallback


# --- interlocks, actuators ----------------------------------------------------------------------


def test_forced_output_is_passed_on_and_winds_nothing_up(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    for _ in range(1000):
        assert rig.scan(30.0, forced={"jacket": 10.0}) == {"jacket": 10.0}
    # let go: the loop begins at the forced output, plus the integral of one scan
    assert rig.scan(30.0)["jacket"] == pytest.approx(10.0, abs=2 * 7.0 / 840 * 7.0 * 10)


def test_forced_base_does_not_keep_carbon_dioxide_away(ph: LoopConfig) -> None:
    rig = Rig(ph, {"carbon_dioxide": 0.0, "base_pump": 3.0}).auto(7.2)
    for _ in range(200):
        rig.scan(7.5, forced={"base_pump": 0.0})
    assert rig.outputs["carbon_dioxide"] > 0


@pytest.mark.fault("PV-12")
def test_base_forced_on_keeps_carbon_dioxide_off(ph: LoopConfig) -> None:
    rig = Rig(ph, {"carbon_dioxide": 0.3, "base_pump": 0.0}).auto(7.2)
    for _ in range(20):
        outputs = rig.scan(7.5, forced={"base_pump": 1.0})
        assert outputs == {"base_pump": 1.0, "carbon_dioxide": 0.0}


@pytest.mark.fault("PV-12")
@given(st.lists(st.floats(6, 9), min_size=1, max_size=60))
def test_acid_and_base_never_run_together(ph: LoopConfig, pvs: list[float]) -> None:
    rig = Rig(ph, {"carbon_dioxide": 0.2, "base_pump": 2.0}).auto(7.2)
    for pv in pvs:
        assert min(rig.scan(pv).values()) == 0.0


@pytest.mark.fault("PV-12")
def test_noise_inside_the_dead_band_switches_neither_acid_nor_base(ph: LoopConfig) -> None:
    rig = Rig(ph, {"carbon_dioxide": 0.0, "base_pump": 0.0}).auto(7.2)
    for turn in range(500):
        outputs = rig.scan(7.2 + (0.019 if turn % 2 else -0.019))
        assert outputs == {"carbon_dioxide": 0.0, "base_pump": 0.0}


@pytest.mark.fault("PV-08")
def test_pump_that_does_not_follow_shows_as_deviation_and_winds_nothing_up(
    ph: LoopConfig,
) -> None:
    rig = Rig(ph, {"carbon_dioxide": 0.0, "base_pump": 0.0}).auto(7.2)
    for _ in range(5000):
        rig.scan(7.0, stuck=("base_pump",))
    assert rig.state.deviation > 5.0
    stopped = rig.scan(7.35, stuck=("base_pump",))
    assert stopped["base_pump"] == 0.0  # as soon as the error turns: nothing was wound up


def test_deviation_ignores_what_an_interlock_forces(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    for _ in range(20):
        rig.scan(36.0, forced={"jacket": 10.0})
    assert rig.state.deviation == 0.0


# --- dose limit ---------------------------------------------------------------------------------
