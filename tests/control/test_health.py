"""The loop report's figures on curves whose truth is known, and what it says of them."""

import math
from typing import Any

import numpy as np
import pytest

from bioctl.control.health import Curves, assess, verdict

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
    assert "leave it alone" in verdict("temperature", health, "degC", 0.3)


def test_a_loop_that_stays_out_of_its_band_is_not_left_alone() -> None:
    health = assess(curves(36.0 + noise(), 50.0 + noise(0.05)))
    assert health is not None
    assert health.in_band == 0.0
    told = verdict("temperature", health, "degC", 0.3)
    assert "too little gain" in told
    assert "leave it alone" not in told


def test_an_oscillation_is_found_with_its_period_and_amplitude() -> None:
    wave = 0.2 * np.sin(2 * math.pi * T / 1800.0)
    health = assess(curves(37.0 + wave + noise(), 50.0 - 20.0 * wave))
    assert health is not None
    assert health.period_min == pytest.approx(30.0, rel=0.05)
    assert health.amplitude == pytest.approx(0.2, rel=0.15)
    assert not health.sticks
    assert "oscillates with" in verdict("temperature", health, "degC", 0.3)


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
    assert "sticks" in verdict("flow", health, "", 0.1)


def test_overshoot_and_settling_are_those_of_the_setpoint_step() -> None:
    sp = np.where(T < 3600.0, 33.0, 37.0)
    after = np.clip(T - 3600.0, 0.0, None)
    rise = 33.0 + 4.0 * (1.0 - np.exp(-after / 900.0) * np.cos(after / 1200.0))
    health = assess(curves(np.where(T < 3600.0, 33.0, rise), 50.0, sp))
    assert health is not None
    assert health.overshoot == pytest.approx(float((rise - 37.0).max()), abs=0.01)
    assert 10 < health.settled_min < 60


def test_a_setpoint_that_was_never_reached_is_said() -> None:
    health = assess(curves(30.0 + noise(), 100.0))
    assert health is not None
    assert math.isnan(health.settled_min)
    said = verdict("temperature", health, "degC", 0.3)
    assert "never reached" in said
    assert "highest for 100 %" in said


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
