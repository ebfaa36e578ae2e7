"""The loop report's figures on curves whose truth is known, and what it says of them."""

import math
from typing import Any

import numpy as np
import pytest

from bioctl.control.health import Curves, assess
from bioctl.control.verdict import Grade, Limit, judge, sentences

RNG = np.random.default_rng(7)
T = np.arange(0.0, 24 * 3600.0, 10.0)


def curves(pv: Any, u: Any, sp: Any = 37.0, **more: float) -> Curves:
    given = {"low": 0.0, "high": 100.0, "band": 0.3, "noise": 0.01} | more
    full = np.broadcast_to
    return Curves(
        T, full(pv, T.shape), full(np.array(sp), T.shape) * 1.0, full(u, T.shape), **given
    )


def noise(sigma: float = 0.01) -> np.ndarray:
    return RNG.normal(0.0, sigma, len(T))


def test_a_quiet_loop_is_left_alone() -> None:
    health = assess(curves(37.0 + noise(), 50.0 + noise(0.05)))
    assert health is not None
    assert health.in_band == 100.0
    assert health.hours == pytest.approx(24.0, abs=0.01)
    assert health.iae == pytest.approx(24.0 * 0.01 * math.sqrt(2 / math.pi), rel=0.05)
    assert health.period_min == 0.0
    assert judge(health).grade is Grade.GOOD
    assert judge(health).limit is Limit.NOISE


def test_a_loop_that_stays_out_of_its_band_is_not_left_alone() -> None:
    health = assess(curves(36.0 + noise(), 50.0 + noise(0.05)))
    assert health is not None
    assert health.in_band == 0.0
    assert judge(health).grade is Grade.ACT
    assert judge(health).limit is Limit.TUNING


def test_an_oscillation_is_found_with_its_period_and_amplitude() -> None:
    wave = 0.2 * np.sin(2 * math.pi * T / 1800.0)
    health = assess(curves(37.0 + wave + noise(), 50.0 - 20.0 * wave))
    assert health is not None
    assert health.period_min == pytest.approx(30.0, rel=0.05)
    assert health.amplitude == pytest.approx(0.2, rel=0.15)
    assert not health.sticks
    assert judge(health).limit is Limit.TUNING
    assert any("every 30 min" in line for line in sentences(health, "degC", 0.3))


def test_a_swing_that_the_output_does_not_make_is_not_blamed_on_the_tuning() -> None:
    """A flow controller that gives nothing below its least flow makes a limit cycle by itself."""
    wave = 0.02 * np.sin(2 * math.pi * T / 5700.0)
    health = assess(
        curves(7.25 + wave + noise(0.002), -10.0 + noise(0.1), 7.25, band=0.05, noise=0.002)
    )
    assert health is not None
    assert health.amplitude == pytest.approx(0.02, rel=0.1)
    assert judge(health).limit is Limit.OUTSIDE
    assert "no tuning helps" in judge(health).do


def test_slow_wandering_is_no_oscillation() -> None:
    walk = np.cumsum(RNG.normal(0.0, 0.002, len(T)))
    health = assess(curves(37.0 + walk, 50.0))
    assert health is not None
    assert health.period_min == 0.0


def test_a_sticking_valve_is_told_from_a_tuning_too_tight() -> None:
    phase = (T / 1800.0) % 1.0
    u = 50.0 + 10.0 * (2.0 * np.abs(2.0 * phase - 1.0) - 1.0)  # integral: a triangle
    pv = 37.0 + 0.4 * np.where((phase + 0.0) % 1.0 < 0.5, 1.0, -1.0)  # stuck, jumps: a square
    health = assess(curves(pv + noise(), u, band=0.1))
    assert health is not None
    assert health.sticks
    assert judge(health).limit is Limit.ACTUATOR
    assert judge(health).grade is Grade.ACT


def test_overshoot_and_settling_are_those_of_the_setpoint_step() -> None:
    sp = np.where(T < 3600.0, 33.0, 37.0)
    after = np.clip(T - 3600.0, 0.0, None)
    rise = 33.0 + 4.0 * (1.0 - np.exp(-after / 900.0) * np.cos(after / 1200.0))
    health = assess(curves(np.where(T < 3600.0, 33.0, rise), 50.0, sp))
    assert health is not None
    assert health.overshoot == pytest.approx(float((rise - 37.0).max()), abs=0.01)
    assert 10 < health.settled_min < 60
    (way,) = health.approaches
    assert way.stayed_min >= way.reached_min
    assert way.swing >= way.beyond
    assert health.excursions == (), "what it does on the way is no upset"
    assert health.in_band > 95.0


def test_a_swing_back_after_the_setpoint_was_reached_is_told() -> None:
    """From above: 0.15 below, then 1.2 above (a vessel filled warm), as once on the plant."""
    away = np.clip(T - 600.0, 0.0, None)
    pv = np.where(T < 600.0, 34.2 - 4.1 * T / 600.0, 30.0 - 0.15 + 2.0 * np.sin(away / 800.0))
    pv = np.where(away > 800.0 * math.pi, 30.0, pv)
    health = assess(curves(pv, 50.0, 30.0))
    assert health is not None
    (way,) = health.approaches
    assert way.swing == pytest.approx(1.85, abs=0.05)
    assert way.stayed_min > way.reached_min + 20


def test_an_excursion_has_its_time_length_and_sign_and_the_worst_is_first() -> None:
    away = np.where((T > 7200) & (T < 9000), -0.9, 0.0) + np.where(
        (T > 40000) & (T < 40600), 2.0, 0.0
    )
    health = assess(curves(37.0 + away + noise(), 50.0))
    assert health is not None
    high, low = health.excursions
    assert high.peak == pytest.approx(2.0, abs=0.1)
    assert (high.minutes, low.minutes) == (
        pytest.approx(10, abs=0.5), pytest.approx(30, abs=0.5),
    )  # fmt: skip
    assert low.at == pytest.approx(7210, abs=11)
    assert health.worst == pytest.approx(2.0, abs=0.1)


def test_a_ramp_of_the_setpoint_is_no_step() -> None:
    sp = np.interp(T, [7200.0, 50400.0], [37.0, 33.0])
    health = assess(curves(sp + noise(), 50.0, sp))
    assert health is not None
    assert (health.approaches, health.in_band) == ((), 100.0)


def test_a_setpoint_that_was_never_reached_is_said() -> None:
    health = assess(curves(30.0 + noise(), 100.0))
    assert health is not None
    assert math.isnan(health.settled_min)
    assert judge(health).limit is Limit.SATURATION
    assert any("never reached" in line for line in sentences(health, "degC", 0.3))


def test_saturation_travel_and_reversals_are_counted() -> None:
    u = np.where((T // 600.0) % 2 == 0, 100.0, 40.0)
    health = assess(curves(37.0, u))
    assert health is not None
    assert health.at_high == pytest.approx(50.0, abs=1.0)
    assert health.travel == pytest.approx(0.6 * 6.0, rel=0.02)
    assert health.reversals == pytest.approx(6.0, rel=0.05)


def test_what_was_not_recorded_counts_for_nothing() -> None:
    pv = np.where(T < 12 * 3600.0, 37.0, np.nan)
    health = assess(curves(pv, 50.0))
    assert health is not None
    assert health.hours == pytest.approx(12.0, abs=0.05)
    assert assess(curves(np.nan, 50.0)) is None
