import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bioctl.control.pid import Acting, PidState, Tuning, retune, start, step
from bioctl.errors import InputError

gains = st.floats(0.01, 100)
times = st.floats(1, 10_000)
values = st.floats(-1000, 1000)
steps = st.floats(0, 600)
anything = st.floats(allow_nan=True, allow_infinity=True)
tunings = st.builds(
    Tuning,
    kc=gains,
    ti_s=times,
    td_s=st.one_of(st.just(0.0), st.floats(1, 500)),
    beta=st.floats(0, 1),
    n=st.floats(2, 20),
    smooth_s=st.one_of(st.just(0.0), st.floats(1, 100)),
    dead_band=st.floats(0, 1),
    inside=st.floats(0, 1),
    trend_s=st.one_of(st.just(0.0), st.floats(10, 10_000)),
    acting=st.sampled_from(Acting),
)


@given(tunings, values, st.lists(st.tuples(anything, anything, anything, anything), max_size=30))
def test_output_is_always_finite_and_inside_its_limits(
    tuning: Tuning, first: float, scans: list[tuple[float, float, float, float]]
) -> None:
    state = start(tuning, 1.0, 1.0, first)
    for sp, pv, dt, actual in scans:
        real = actual if abs(actual) <= 1e6 else math.nan
        output, state = step(tuning, state, sp, pv, dt, -100.0, 100.0, real)
        assert -100.0 <= output <= 100.0
        assert not any(math.isnan(part) for part in state.parts)


@given(tunings, values, values, st.floats(-100, 100))
def test_first_output_equals_the_actual_output(
    tuning: Tuning, sp: float, pv: float, actual: float
) -> None:
    state = start(tuning, sp, pv, actual)
    output, state = step(tuning, state, sp, pv, 0.0, -100.0, 100.0, actual)
    assert output == pytest.approx(actual, abs=1e-6)
    assert sum(state.parts) == pytest.approx(actual, abs=1e-6)


@given(tunings, tunings, values, st.floats(-10, 10), st.floats(-90, 90))
def test_new_tuning_starts_at_the_output_of_the_old(
    old: Tuning, new: Tuning, sp: float, error: float, actual: float
) -> None:
    state = start(old, sp, sp - error, actual)
    before, _ = step(old, state, sp, sp - error, 1.0, -100.0, 100.0, actual)
    fresh = start(new, sp, sp - error, before)
    after, _ = step(new, fresh, sp, sp - error, 0.0, -100.0, 100.0, before)
    assert after == pytest.approx(before, abs=1e-6)


@given(gains, times, st.floats(-10, 10), st.lists(st.floats(0.01, 60), min_size=1, max_size=20))
def test_splitting_dt_does_not_change_a_pi_on_constant_error(
    kc: float, ti_s: float, error: float, parts: list[float]
) -> None:
    tuning, big = Tuning(kc, ti_s), 1e9
    one, _ = step(tuning, start(tuning, 0, -error, 0), 0, -error, sum(parts), -big, big, 0.0)
    state, output = start(tuning, 0, -error, 0), 0.0
    for dt in parts:
        output, state = step(tuning, state, 0, -error, dt, -big, big, output)
    assert output == pytest.approx(one, rel=1e-6, abs=1e-9)


@given(gains, st.floats(60, 10_000), st.floats(0.5, 50), st.integers(100, 1000))
def test_long_saturation_winds_nothing_up(kc: float, ti_s: float, error: float, scans: int) -> None:
    tuning, high = Tuning(kc, ti_s), 100.0
    state, output = start(tuning, 0, -error, 50.0), 50.0
    for _ in range(scans):
        output, state = step(tuning, state, 0, -error, 10.0, 0.0, high, output)
        assert state.integral <= high + 10.0 * kc / ti_s * error + 1e-6
    # as soon as the error turns, the output leaves its limit by its proportional part
    after, _ = step(tuning, state, 0, error, 0.0, 0.0, high, output)
    if output == high:
        assert after < high


def test_output_leaves_saturation_at_once_after_days() -> None:
    tuning = Tuning(7.0, 840.0)
    state, output = start(tuning, 37, 20, 20), 20.0
    for _ in range(20_000):
        output, state = step(tuning, state, 37, 20, 10.0, 5.0, 42.0, output)
    assert output == 42.0
    output, _ = step(tuning, state, 37, 37.5, 10.0, 5.0, 42.0, output)
    assert output < 40.0


def test_integral_follows_an_actuator_that_does_not_follow() -> None:
    tuning = Tuning(2.0, 100.0)
    state = start(tuning, 10, 8, 20)
    for _ in range(1000):
        _, state = step(tuning, state, 10, 8, 5.0, 0.0, 100.0, 20.0)
    # bounded: the wanted output settles one proportional part above the stuck one
    assert state.wanted == pytest.approx(20.0 + 2.0 * 2.0, abs=0.5)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_bad_number_freezes_the_law(value: float) -> None:
    tuning = Tuning(2.0, 100.0, td_s=10.0)
    before, state = step(tuning, start(tuning, 5, 4, 10), 5, 4, 1.0, 0, 100, 10.0)
    for sp, pv, dt in ((value, 4.0, 1.0), (5.0, value, 1.0), (5.0, 4.0, value)):
        output, same = step(tuning, state, sp, pv, dt, 0, 100, before)
        assert (output, same) == (before, state)


def test_time_that_runs_backwards_freezes_the_law() -> None:
    tuning = Tuning(2.0, 100.0)
    state = start(tuning, 5, 4, 10)
    assert step(tuning, state, 5, 4, -1.0, 0, 100, 10.0)[1] == state


def test_actual_output_that_cannot_be_read_is_taken_as_the_last_limited_one() -> None:
    tuning = Tuning(2.0, 100.0)
    state = PidState(140.0, 4.0, 0.0, 142.0)
    unread = step(tuning, state, 5, 4, 1.0, 0, 100, math.nan)
    assert unread == step(tuning, state, 5, 4, 1.0, 0, 100, 100.0)


def test_derivative_acts_on_the_measurement_only() -> None:
    tuning = Tuning(2.0, math.inf, td_s=20.0, beta=0.0)
    state = start(tuning, 5, 4, 10)
    output, state = step(tuning, state, 9, 4, 1.0, -100, 100, 10.0)
    assert output == pytest.approx(10.0)
    assert state.parts.d == 0.0


@pytest.mark.fault("PV-04")
@given(st.floats(0.1, 50), st.floats(1, 500), st.floats(2, 20), st.floats(0.1, 60))
def test_spike_moves_the_derivative_by_no_more_than_its_filter_allows(
    kc: float, td_s: float, n: float, dt: float
) -> None:
    tuning = Tuning(kc, math.inf, td_s=td_s, n=n)
    _, state = step(tuning, start(tuning, 0, 0, 0), 0, 3.0, dt, -1e9, 1e9, 0.0)
    assert abs(state.parts.d) <= kc * n * 3.0 * (1 + 1e-9)


def test_inside_the_dead_band_the_integral_is_frozen() -> None:
    tuning = Tuning(74.0, 1460.0, dead_band=0.02)
    state = start(tuning, 7.2, 7.19, 12.0)
    for pv in (7.19, 7.21, 7.185, 7.2199):
        output, state = step(tuning, state, 7.2, pv, 10.0, -100, 100, 12.0)
        assert output == pytest.approx(12.0)


@pytest.mark.parametrize("side", [-1, 1])
def test_crossing_the_edge_of_the_dead_band_does_not_jump(side: int) -> None:
    tuning = Tuning(74.0, 1460.0, dead_band=0.02)
    state = start(tuning, 7.2, 7.2, 0.0)
    inside, _ = step(tuning, state, 7.2, 7.2 + side * 0.0199, 0.0, -100, 100, 0.0)
    outside, _ = step(tuning, state, 7.2, 7.2 + side * 0.0201, 0.0, -100, 100, 0.0)
    assert 0 < abs(outside - inside) < 0.01


def test_direct_acting_law_raises_its_output_when_the_measurement_is_high() -> None:
    tuning = Tuning(2.0, 100.0, acting=Acting.DIRECT)
    state = start(tuning, 5, 5, 10)
    assert step(tuning, state, 5, 6, 1.0, 0, 100, 10.0)[0] > 10.0


def test_pi_matches_its_textbook_answer() -> None:
    # step of 1 in e: u = Kc (1 + t / Ti)
    tuning = Tuning(2.0, 50.0)
    state, output = start(tuning, 0, 0, 0), 0.0
    for _ in range(100):
        output, state = step(tuning, state, 1, 0, 1.0, -100, 100, output)
    assert output == pytest.approx(2.0 * (1 + 100 / 50))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kc": 0.0, "ti_s": 10.0}, "kc is 0"),
        ({"kc": -1.0, "ti_s": 10.0}, "kc is -1"),
        ({"kc": math.nan, "ti_s": 10.0}, "kc is nan"),
        ({"kc": math.inf, "ti_s": 10.0}, "kc is inf"),
        ({"kc": 1.0, "ti_s": 0.0}, "ti_s is 0"),
        ({"kc": 1.0, "ti_s": math.nan}, "ti_s is nan"),
        ({"kc": 1.0, "ti_s": 10.0, "td_s": -1.0}, "td_s is -1"),
        ({"kc": 1.0, "ti_s": 10.0, "beta": 1.5}, "beta is 1.5"),
        ({"kc": 1.0, "ti_s": 10.0, "n": 0.0}, "n is 0"),
        ({"kc": 1.0, "ti_s": 10.0, "dead_band": math.nan}, "dead_band is nan"),
    ],
)
def test_tuning_that_cannot_work_is_refused_in_one_sentence(
    wrong: dict[str, float], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        Tuning(**wrong)  # type: ignore[arg-type]


@given(tunings, tunings, values, st.floats(-10, 10), st.floats(-90, 90), st.floats(-50, 50))
def test_scheduled_gain_leaves_the_output_where_it_is(
    old: Tuning, new: Tuning, sp: float, error: float, actual: float, forward: float
) -> None:
    assume((old.smooth_s > 0) == (new.smooth_s > 0))  # a schedule keeps the kind of filter
    state = start(old, sp, sp - error, actual, forward)
    before, state = step(old, state, sp, sp - error - 0.5, 1.0, -1e9, 1e9, actual, forward)
    state = retune(state, new, sp)
    after, _ = step(new, state, sp, sp - error - 0.5, 0.0, -1e9, 1e9, before, forward)
    assert after == pytest.approx(before, rel=1e-9, abs=1e-6)


def test_feed_forward_moves_the_output_at_once_and_is_a_part_of_its_own() -> None:
    tuning = Tuning(2.0, 100.0)
    state = start(tuning, 5, 5, 10.0, 3.0)
    assert step(tuning, state, 5, 5, 1.0, 0, 100, 10.0, 3.0)[0] == pytest.approx(10.0)
    output, state = step(tuning, state, 5, 5, 1.0, 0, 100, 10.0, 7.5)
    assert output == pytest.approx(14.5)
    assert state.parts.f == 7.5


@given(
    tunings.filter(lambda one: one.dead_band == 0),
    st.lists(st.sampled_from([0.5, 1.0, 2.0]), min_size=60, max_size=60),
)
def test_jitter_of_the_scan_changes_the_answer_by_no_more_than_the_scan_itself(
    tuning: Tuning, jitter: list[float]
) -> None:
    # a slow sine; the even and the uneven scan meet at the same times
    def run(steps: list[float]) -> float:
        t, output, state = 0.0, 0.0, start(tuning, 0, 0, 0)
        for dt in steps:
            t += dt
            pv = math.sin(t / 200.0)
            output, state = step(tuning, state, 0, pv, dt, -1e12, 1e12, output)
        return output

    total = sum(jitter)
    even, uneven = run([total / len(jitter)] * len(jitter)), run(jitter)
    # bound: two seconds of the integral and of the derivative's slope
    bound = tuning.kc * (4.0 / tuning.ti_s + 4.0 * tuning.td_s / 200.0**2 + 4.0 * 12.0 / 200.0)
    assert abs(even - uneven) <= bound


def test_inside_the_band_the_loop_acts_with_a_share_and_more_slowly() -> None:
    law = Tuning(10.0, 100.0, dead_band=0.5, inside=0.2)
    calm, upset = start(law, 5, 5, 20), start(replace(law, dead_band=0.0), 5, 5, 20)
    output, calm = step(law, calm, 5, 4.6, 1.0, 0, 100, 20)
    full, upset = step(replace(law, dead_band=0.0), upset, 5, 4.6, 1.0, 0, 100, 20)
    assert output - 20 - (calm.integral - 20) == pytest.approx(0.2 * 10 * 0.4)
    assert calm.integral - 20 == pytest.approx(0.2**2 * (upset.integral - 20))
    assert full > output


@given(tunings, st.floats(0.01, 1), st.floats(0, 1), st.sampled_from([-1.0, 1.0]))
def test_nothing_jumps_at_the_edge_of_the_band(
    tuning: Tuning, band: float, inside: float, side: float
) -> None:
    law = replace(tuning, dead_band=band, inside=inside, td_s=0.0, smooth_s=0.0)
    edge = 5.0 + side * band
    state = start(law, 5.0, 5.0, 0.0)
    near, _ = step(law, state, 5.0, edge * (1 - 1e-9), 1.0, -1e9, 1e9, 0.0)
    far, _ = step(law, state, 5.0, edge * (1 + 1e-9), 1.0, -1e9, 1e9, 0.0)
    assert near == pytest.approx(far, abs=1e-4 * law.kc)


def grown(law: Tuning, hours: float) -> float:
    """Return the mean error of the last hour on an integrating vessel whose load grows steadily."""
    y, u, load, state = 40.0, 20.0, 20.0, start(law, 40.0, 40.0, 20.0)
    errors = []
    for _ in range(int(hours * 360)):
        u, state = step(law, state, 40.0, y, 10.0, 0.0, 1e6, u)
        load += 10.0 * 20.0 / 3600.0
        y += 10.0 * 0.004 * (u - load)
        errors.append(40.0 - y)
    return sum(errors[-360:]) / 360.0


def test_a_load_that_grows_steadily_leaves_no_offset_once_its_trend_is_learnt() -> None:
    law = Tuning(2.0, 500.0, dead_band=2.0, inside=0.5)
    assert grown(law, 8.0) > 0.5
    assert abs(grown(replace(law, trend_s=8000.0), 40.0)) < 0.01


def test_no_trend_is_learnt_at_a_limit() -> None:
    law = Tuning(2.0, 500.0, dead_band=0.5, inside=0.5, trend_s=1000.0)
    state, output = start(law, 40.0, 39.9, 100.0), 100.0
    for _ in range(50):
        output, state = step(law, state, 40.0, 39.9, 10.0, 0.0, 100.0, output)
    assert state.trend == 0.0


@given(st.floats(1.0, 1000.0))
def test_the_greatest_upset_teaches_no_more_trend_than_the_edge_of_the_band(error: float) -> None:
    law = Tuning(2.0, 500.0, dead_band=0.5, inside=0.5, trend_s=1000.0)
    _, far = step(law, start(law, 40.0, 40.0 - error, 10), 40.0, 40.0 - error, 10.0, -9e9, 9e9, 10)
    _, edge = step(law, start(law, 40.0, 39.5, 10), 40.0, 39.5, 10.0, -9e9, 9e9, 10)
    assert far.trend == pytest.approx(edge.trend)


@pytest.mark.parametrize("given", [{"inside": 1.2}, {"inside": math.nan}, {"trend_s": -1.0}])
def test_a_band_or_trend_that_cannot_be_is_refused(given: dict[str, float]) -> None:
    with pytest.raises(InputError, match=next(iter(given))):
        Tuning(2.0, 500.0, dead_band=0.5, **given)


def test_a_scheduled_gain_takes_the_trend_with_it() -> None:
    law = Tuning(2.0, 500.0, trend_s=1000.0)
    state = start(law, 40, 40, 10)._replace(trend=0.01)
    strong = law.scaled(4.0)
    _, weak = step(law, state, 40, 40, 10.0, 0, 100, 10)
    _, quick = step(strong, retune(state, strong, 40), 40, 40, 10.0, 0, 100, 10)
    assert quick.integral - 10 == pytest.approx(4 * (weak.integral - 10))


def test_a_law_that_learns_no_trend_keeps_none() -> None:
    learnt = start(Tuning(2.0, 500.0, trend_s=1000.0), 40, 40, 10)._replace(trend=0.01)
    plain = Tuning(2.0, 500.0)
    output, state = step(plain, retune(learnt, plain, 40), 40, 40, 10.0, 0, 100, 10)
    assert (output, state.trend) == (10.0, 0.0)
