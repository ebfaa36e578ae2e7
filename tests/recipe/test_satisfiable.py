"""What a condition can be: never TRUE, always TRUE, or sometimes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bioctl.language.condition import Truth, compile_condition
from bioctl.recipe.verify.satisfiable import Verdict, verdict
from bioctl.values import Range, Reading

NAMES = {
    "pH": "pH",
    "glucose": "mmol/L",
    "oxygen": "%",
    "temperature": "degC",
    "elapsed": "s",
    "feed_total": "mL",
    "wanted": "h",
    "limit": "mmol/L",
}
FORMULA = {"wanted": Range(4.0, 72.0), "limit": Range(5.0, 20.0)}
RANGES = {"elapsed": Range(0.0, 80 * 3600.0)}


def asked(text: str) -> Verdict:
    return verdict(compile_condition(text, NAMES), NAMES, RANGES, FORMULA)


@pytest.mark.parametrize(
    "text",
    [
        "pH > 14",
        "pH < 0",
        "glucose < 0 mmol/L",
        "temperature < -300 degC",
        "elapsed > 80 h",
        "elapsed > 100 h and glucose < 5 mmol/L",
        "pH > 7 and pH < 6",
        "pH == 7 and not pH == 7",
        "not (pH < 15)",
        "elapsed > wanted + 9 h",
        "glucose > limit and glucose < 4 mmol/L",
        "elapsed > 81 h or pH > 14",
        "pH + 1 > 15",
    ],
)
def test_condition_that_can_not_become_true(text: str) -> None:
    assert asked(text) is Verdict.NEVER


@pytest.mark.parametrize(
    "text",
    [
        "glucose < 5 mmol/L",
        "elapsed > 79 h 59 min",
        "elapsed > wanted",
        "elapsed > wanted or pH > 14",
        "glucose < limit",
        "pH > 7 and pH < 7.0001",
        "pH != 7",
        "temperature > 37 degC - 0.5 degC",
        "feed_total / elapsed > 20 mL/h",
        "oxygen * 2 > 90 %",
        "-pH < -7",
        "pH / 2 > 3 and pH / 2 < 4",
        "2 * pH - 1 == 13",
        "pH * pH < 5",
        "1 / pH > 3",
    ],
)
def test_condition_that_can_be_true_or_not(text: str) -> None:
    assert asked(text) is Verdict.SOMETIMES


@pytest.mark.parametrize("text", ["pH < 15", "pH > 7 or pH <= 7", "elapsed >= 0 s", "not pH > 14"])
def test_condition_that_is_always_true(text: str) -> None:
    assert asked(text) is Verdict.ALWAYS


def test_range_of_a_site_narrows_what_can_be() -> None:
    condition = compile_condition("temperature < -150 degC", NAMES)
    assert verdict(condition, NAMES, {}, {}) is Verdict.SOMETIMES
    narrow = {"temperature": Range(0.0, 60.0)}
    assert verdict(condition, NAMES, narrow, {}) is Verdict.NEVER


numbers = st.integers(0, 9).map(str)
linear = st.builds("{} {} {}".format, st.just("pH"), st.sampled_from("+-"), numbers)
products = st.builds("{} {} {}".format, numbers, st.sampled_from("*/"), st.just("pH"))
comparisons = st.builds(
    "{} {} {}".format,
    st.one_of(st.just("pH"), linear, products, st.just("pH * pH"), st.just("-pH")),
    st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
    st.integers(0, 20),
)
claims = st.recursive(
    comparisons,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | st.builds("not ({})".format, inner)
    ),
    max_leaves=4,
)


@settings(max_examples=500, deadline=None)
@given(claims, st.floats(0, 14) | st.integers(0, 140).map(lambda tenths: tenths / 10))
def test_no_reading_contradicts_the_verdict(text: str, value: float) -> None:
    found = asked(text)
    truth = compile_condition(text, NAMES).evaluate(lambda _: Reading(value))
    if found is Verdict.NEVER:
        assert truth is not Truth.TRUE
    if found is Verdict.ALWAYS:
        assert truth is Truth.TRUE
