"""Conditions that look back: what a window answers, forgets and remembers."""

import itertools
import json
import math
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.errors import InputError
from bioctl.language.condition import Truth, Windows, compile_condition
from bioctl.language.expression import Constant, Window
from bioctl.language.window import PARTS, answer, observe
from bioctl.values import Reading, bad

NAMES = {"pH": "pH", "glucose": "mmol/L", "temperature": "degC", "band": "", "dose": "mL"}
GOOD = {"glucose": Reading(14.0), "temperature": Reading(37.0), "band": Reading(0.05)}
OFF = bad("no answer")

Course = Iterable[tuple[float, float | Reading]]


def course(text: str, readings: Course, name: str = "pH") -> list[Truth]:
    """Return the truth at each time; what is remembered goes through JSON each time."""
    condition, windows, found = compile_condition(text, NAMES), Windows(), list[Truth]()
    for now, value in readings:
        reading = value if isinstance(value, Reading) else Reading(value)
        truth, windows = condition.step(windows, {**GOOD, name: reading}.__getitem__, now)
        windows = tuple(json.loads(json.dumps(windows)))
        found.append(truth)
    return found


def every(step_s: float, values: Iterable[float | Reading], start: float = 0.0) -> Course:
    return [(start + n * step_s, value) for n, value in enumerate(values)]


def test_stable_is_false_until_it_was_calm_for_the_whole_time() -> None:
    found = course("stable(pH, 0.05, 10 min)", every(60.0, [7.2] * 12))
    assert found == [Truth.FALSE] * 10 + [Truth.TRUE] * 2


def test_stable_lets_highest_less_lowest_be_the_tolerance() -> None:
    at_limit = itertools.chain([7.20] * 5, [7.25] * 10)
    assert course("stable(pH, 0.05, 10 min)", every(60.0, at_limit))[-1] is Truth.TRUE
    beyond = itertools.chain([7.20] * 5, [7.251] * 9)
    assert course("stable(pH, 0.05, 10 min)", every(60.0, beyond))[-1] is Truth.FALSE


def test_stable_forgets_a_move_that_is_older_than_its_window() -> None:
    values = [7.0, *[7.3] * 13]
    assert course("stable(pH, 0.05, 10 min)", every(60.0, values)).index(Truth.TRUE) == 11


def test_slow_drift_within_every_minute_is_not_stable() -> None:
    drift = [7.0 + 0.01 * n for n in range(60)]
    assert Truth.TRUE not in course("stable(pH, 0.05, 10 min)", every(60.0, drift))


def test_tolerance_may_be_a_formula_entry_or_in_another_eu() -> None:
    assert course("stable(pH, band, 1 min)", every(10.0, [7.2] * 8))[-1] is Truth.TRUE
    dose = course("stable(dose, 0.001 L, 1 min)", every(10.0, [3.0] * 4 + [3.9] * 5), "dose")
    assert dose[-1] is Truth.TRUE


@pytest.mark.promise(6)
@pytest.mark.parametrize("text", ["stable(pH, 0.05, 10 min)", "mean(pH, 10 min) > 7"])
def test_window_is_invalid_while_its_reading_is_not_good(text: str) -> None:
    for reading in (OFF, Reading(math.nan), Reading(math.inf)):
        assert course(text, [*every(60.0, [7.2] * 12), (720.0, reading)])[-1] is Truth.INVALID


@pytest.mark.promise(6)
def test_one_missed_scan_is_forgiven_and_a_long_gap_is_not() -> None:
    calm = [7.2] * 12
    once = [*every(60.0, calm), (720.0, OFF), (780.0, 7.2)]
    assert course("stable(pH, 0.05, 10 min)", once)[-1] is Truth.TRUE
    gap = [*every(60.0, calm), *every(60.0, [OFF] * 4, 720.0), (960.0, 7.2)]
    assert course("stable(pH, 0.05, 10 min)", gap)[-1] is Truth.FALSE
    unwatched = [*every(60.0, calm), (1000.0, 7.2)]
    assert course("stable(pH, 0.05, 10 min)", unwatched)[-1] is Truth.FALSE


def test_bad_tolerance_is_invalid() -> None:
    condition = compile_condition("stable(pH, band, 1 min)", NAMES)
    for band in (OFF, Reading(-0.1)):
        lookup = {"pH": Reading(7.0), "band": band}.__getitem__
        assert condition.evaluate(lookup) is Truth.INVALID


def test_clock_that_went_back_begins_anew() -> None:
    back = [*every(60.0, [7.2] * 12), (100.0, 7.2)]
    assert course("stable(pH, 0.05, 10 min)", back)[-1] is Truth.FALSE


def test_asking_twice_in_one_scan_counts_once() -> None:
    once = every(10.0, [1.0, 2.0, 6.0, 3.0])
    twice = [one for pair in zip(once, once, strict=True) for one in pair]
    text = "mean(pH, 30 s) == 3"
    assert course(text, once)[-1] is course(text, twice)[-1] is Truth.TRUE


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("min(pH, 1 min) == 6.5", Truth.TRUE),
        ("max(pH, 1 min) == 7.5", Truth.TRUE),
        ("max(pH, 1 min) - min(pH, 1 min) > 0.9", Truth.TRUE),
        ("mean(pH, 1 min) > 6.9 and mean(pH, 1 min) < 7.1", Truth.TRUE),
        ("not mean(pH, 1 min) > 7.1", Truth.TRUE),
        ("mean(2 * pH, 1 min) < 13", Truth.FALSE),
        ("stable(pH, 0.5, 1 min)", Truth.FALSE),
        ("not stable(pH, 0.5, 1 min)", Truth.TRUE),
    ],
)
def test_window_over_a_swing(text: str, truth: Truth) -> None:
    swing = [7.0 + 0.5 * (-1) ** n for n in range(10)]
    assert course(text, every(10.0, swing))[-1] is truth


def test_windows_but_stable_are_invalid_until_they_are_full() -> None:
    found = course("mean(pH, 1 min) > 7", every(10.0, [7.2] * 8))
    assert found == [Truth.INVALID] * 6 + [Truth.TRUE] * 2


def test_rate_is_the_slope_in_eu_per_time() -> None:
    falling = [14.0 - 0.5 * n / 60 for n in range(130)]
    readings = every(60.0, falling)
    assert course("rate(glucose, 2 h) < -0.49 mmol/L/h", readings, "glucose")[-1] is Truth.TRUE
    assert course("rate(glucose, 2 h) > -0.51 mmol/L/h", readings, "glucose")[-1] is Truth.TRUE


def test_reading_too_seldom_says_nothing() -> None:
    assert Truth.TRUE not in course("stable(pH, 0.05, 30 s)", every(31.0, [7.2] * 20))


def test_what_is_remembered_does_not_grow() -> None:
    condition = compile_condition("stable(pH, 0.05, 1 h)", NAMES)
    windows: Windows = ()
    for now in range(0, 20_000, 5):
        windows = condition.step(windows, lambda _: Reading(7.0), float(now))[1]
    assert windows[0] is not None
    assert len(windows[0][2]) <= PARTS + 1


def test_windows_of_another_condition_are_not_mixed_up() -> None:
    one = compile_condition("stable(pH, 0.05, 1 min)", NAMES)
    two = compile_condition("stable(pH, 0.05, 1 min) and mean(pH, 1 min) > 7", NAMES)
    windows = one.step((), lambda _: Reading(7.0), 0.0)[1]
    assert len(two.step(windows, lambda _: Reading(7.0), 10.0)[1]) == 2


def test_condition_tells_how_far_it_looks_back() -> None:
    text = "stable(pH, 0.05, 10 min) or mean(glucose, 2 h) < 1 mmol/L"
    assert compile_condition(text, NAMES).span_s == 7200.0
    assert compile_condition("pH > 7", NAMES).span_s == 0.0
    assert compile_condition(text, NAMES).steps > compile_condition("pH > 7", NAMES).steps


@pytest.mark.parametrize(
    ("text", "column", "told", "mend"),
    [
        ("stabel(pH, 0.05, 1 min)", 1, "no function 'stabel'.", "did you mean 'stable'?"),
        ("avg(pH, 1 min) > 7", 1, "there is no function 'avg'.", "did you mean 'mean'?"),
        ("glucose < 15 mmol/L for 10 min", 21, "'for' was not expected", "max(x, 10 min) < 15"),
        ("stable(pH; 0.05; 1 min)", 10, "';' has no meaning", "put a comma between two values."),
        ("stable(pH, 0,05, 1 min)", 12, "'0,05,' is not a number", "use a decimal point, 0.05"),
        (
            "rate(glucose, 2 h) < -0.1 mmol/L",
            22,
            "'rate' (amount per time and volume) and '-0.1 mmol/L' (amount per volume).",
            "both",
        ),
        ("pH(1) > 1", 1, "there is no function 'pH'.", "known: stable, rate, min, max, mean, abs."),
        ("stable(pH, 0.05)", 16, "')' was not expected in stable( ).", "stable(pH, 0.05, 10 min)"),
        ("stable(pH, 0.05 degC, 1 min)", 12, "'stable' joins 'pH' (a pure number", "same"),
        ("mean(temperature, 5) > 1 degC", 19, "needs a time to look back", "found"),
        ("mean(temperature, 5 degC) > 1 degC", 19, "needs a time", "mean(temperature, 5 min)"),
        ("mean(temperature) > 1 degC", 17, "')' was not expected in mean( ).", "5 min"),
        ("mean(, 5 min) > 1 degC", 6, "',' was not expected", "mean(temperature"),
        ("mean(pH, 5 min, 3) > 1", 15, "',' was not expected in mean( ).", "mean("),
        ("mean(pH, 5 s) > 1", 10, "a window of 5 s can't be.", "at least 30 s and at most 30 d"),
        ("mean(pH, 99 d) > 1", 10, "a window of 99 d can't be.", "at most 30 d"),
        ("mean(pH > 7, 5 min) > 1", 9, "'>' was not expected in mean( ).", "mean("),
        ("mean((pH > 7), 5 min) > 1", 7, "a condition stands where a number", "mean("),
        ("mean(max(pH, 5 min), 5 min) > 1", 1, "a window can't look back on a window.", "reading"),
        ("mean(pH, 5 min) > 37 degC", 19, "joins 'mean' (a pure number, pH) and", "both sides"),
        ("rate(pH, 5 min) > 0.1", 19, "joins 'rate' (number per time) and", "both sides"),
        ("mean(pH, 5 min)", 1, "'mean' is a number, not yet a condition.", "compare it"),
        ("stable(pH, 0.05, 1 min) > 1", 1, "a condition stands where a number is needed.", "two"),
        ("stable(pH,0.05,1 min)", 11, "'0.05,1' is not a number", "a space after a comma"),
    ],
)
def test_broken_window_is_refused_at_its_column(
    text: str, column: int, told: str, mend: str
) -> None:
    with pytest.raises(InputError) as refusal:
        compile_condition(text, NAMES)
    assert told in refusal.value.message
    assert mend in refusal.value.help or mend in refusal.value.message
    assert refusal.value.where is not None
    assert refusal.value.where.column == column


@pytest.mark.fault("RX-16")
def test_condition_beyond_its_budget_of_steps_is_refused() -> None:
    many = " or ".join(["stable(pH, 1, 1 h)"] * 18)
    with pytest.raises(InputError, match="takes more than 1000 steps"):
        compile_condition(many, NAMES)


def test_window_is_refused_where_nobody_remembers() -> None:
    with pytest.raises(InputError, match="looks back in time, which can't be done here"):
        compile_condition("mean(pH, 5 min) > 7", NAMES, windows=False)


@given(
    st.lists(st.floats(-100, 100, width=16), min_size=4, max_size=200),
    st.integers(1, 20),
    st.integers(0, 10**9),
)
def test_window_agrees_with_all_its_readings(values: list[float], step_s: int, start: int) -> None:
    """A window covers its span and at most one part more."""
    span, now, seen = 60.0, float(start), None
    for n, value in enumerate(values):
        now = float(start + n * step_s)
        seen = observe(seen, value, now, span)
    age = [now - (start + n * step_s) for n in range(len(values))]
    inside = [v for v, a in zip(values, age, strict=True) if a <= span * (1 - 1 / PARTS)]
    around = [v for v, a in zip(values, age, strict=True) if a < span * (1 + 1 / PARTS)]
    for kind, pick in (("min", min), ("max", max)):
        found = answer(Window(kind, Constant(0.0), span), seen, values[-1], now)
        if age[0] < span:
            assert math.isnan(found)
        else:
            assert found in {pick(inside), pick(around)} | set(around)
            assert (found <= pick(inside)) if kind == "min" else (found >= pick(inside))
