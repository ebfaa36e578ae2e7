import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.control.ramp import ramp, time_left

values = st.floats(-1000, 1000)


@given(values, values, st.floats(0.001, 100), st.floats(0, 3600))
def test_ramp_never_passes_its_target_nor_its_rate(
    current: float, target: float, rate: float, dt: float
) -> None:
    after = ramp(current, target, rate, dt)
    assert min(current, target) <= after <= max(current, target)
    assert abs(after - current) <= rate * dt / 60 + 1e-9


def test_ramp_arrives_exactly_when_it_said() -> None:
    sp, seconds = 20.0, 0
    expected = time_left(20.0, 37.0, 0.1)
    while sp != 37.0:
        sp, seconds = ramp(sp, 37.0, 0.1, 10.0), seconds + 10
    assert seconds == pytest.approx(expected, abs=10)


@pytest.mark.parametrize("dt", [0.0, -5.0, math.nan])
def test_ramp_stands_still_without_time(dt: float) -> None:
    assert ramp(20.0, 37.0, 0.1, dt) == 20.0


def test_infinite_rate_jumps() -> None:
    assert ramp(20.0, 37.0, math.inf, 0.0) == 37.0
    assert time_left(20.0, 37.0, math.inf) == 0.0
