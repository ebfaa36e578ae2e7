"""Conditions: checked when compiled, three-valued when asked, harmless whatever is written."""

import itertools
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.errors import InputError
from bioctl.language.condition import Condition, Truth, compile_condition
from bioctl.language.findings import render
from bioctl.language.tokens import MAX_TEXT
from bioctl.values import Quality, Reading, bad

NAMES = {
    "glucose": "mmol/L",
    "temperature": "degC",
    "growth_temperature": "degC",
    "pH": "pH",
    "weight": "kg",
    "feed_total": "mL",
    "elapsed": "s",
    "valve": "",
    "good": "vials",
}
READINGS = {
    "glucose": Reading(14.0),
    "temperature": Reading(36.8),
    "growth_temperature": Reading(37.0),
    "pH": Reading(7.1),
    "weight": Reading(4.0),
    "feed_total": Reading(1500.0),
    "elapsed": Reading(72 * 3600.0),
    "valve": Reading(value=True),
    "good": Reading(100),
}


def ask(text: str, **changed: Reading) -> Truth:
    return compile_condition(text, NAMES).evaluate({**READINGS, **changed}.__getitem__)


@pytest.mark.parametrize(
    "text",
    [
        "glucose < 15 mmol/L",
        "glucose < 0.015 mol/L",
        "glucose < 15 mmol/L or elapsed > 100 h",
        "elapsed >= 72 h and elapsed <= 3 d",
        "elapsed == 2 d 24 h",
        "elapsed > 1 d 12 h 30 min and weight > 3 kg",
        "temperature > growth_temperature - 0.5 degC",
        "-temperature < -30 degC",
        "pH < 7.2",
        "pH < 7.2 pH",
        "not pH > 7.2",
        "not (pH > 7.2 or valve == 0)",
        "feed_total + 500 mL >= 2 L",
        "feed_total / elapsed > 20 mL/h",
        "2 * weight == 8 kg",
        "weight * 2 == 8000 g",
        "feed_total/weight > 300 mL/kg",
        "(weight) > ((3 kg))",
        "valve == 1",
        "good >= 100 vials",
        "20 1/h > 1 / elapsed",
        "glucose < 15 mmol/L\n or  elapsed > 100 h",
    ],
)
def test_condition_on_good_readings_is_true(text: str) -> None:
    assert ask(text) is Truth.TRUE


@pytest.mark.parametrize(
    "text", ["pH > 7.1", "weight != 4 kg", "not valve == 1", "glucose < 3 mmol/L"]
)
def test_condition_on_good_readings_is_false(text: str) -> None:
    assert ask(text) is Truth.FALSE


@pytest.mark.promise(6)
@pytest.mark.parametrize(
    "reading",
    [
        bad("no answer", 3.0),
        Reading(3.0, Quality.UNCERTAIN),
        Reading(math.nan),
        Reading(math.inf),
        Reading("3"),
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "glucose < 15 mmol/L",
        "glucose - glucose == 0 mmol/L",
        "not glucose > 15 mmol/L",
        "0 * glucose == 0 mmol/L",
    ],
)
def test_condition_on_a_reading_not_good_is_invalid(text: str, reading: Reading) -> None:
    assert ask(text, glucose=reading) is Truth.INVALID


@pytest.mark.parametrize("text", ["weight / 0 > 1 kg", "1 / (weight - weight) < 1 1/kg"])
def test_division_by_zero_is_invalid(text: str) -> None:
    assert ask(text) is Truth.INVALID


@pytest.mark.promise(6)
def test_and_or_not_follow_kleene() -> None:
    order = [Truth.FALSE, Truth.INVALID, Truth.TRUE]
    values = {Truth.FALSE: Reading(0), Truth.TRUE: Reading(1), Truth.INVALID: bad("off")}
    names = {"a": "", "b": "", "c": ""}
    both = compile_condition("a == 1 and b == 1 and c == 1", names)
    either = compile_condition("a == 1 or b == 1 or c == 1", names)
    opposite = compile_condition("not a == 1", names)
    for truths in itertools.product(order, repeat=3):
        lookup = dict(zip("abc", (values[truth] for truth in truths), strict=True)).__getitem__
        assert both.evaluate(lookup) is min(truths, key=order.index)
        assert either.evaluate(lookup) is max(truths, key=order.index)
        assert opposite.evaluate(lookup) is order[2 - order.index(truths[0])]


def test_truth_can_not_be_used_as_a_boolean() -> None:
    with pytest.raises(TypeError, match="compare with Truth"):
        bool(ask("pH < 7.2"))


def test_condition_tells_the_names_it_reads() -> None:
    condition = compile_condition("elapsed > 3 h or pH < 7 and pH > 6", NAMES)
    assert condition.names == ("elapsed", "pH")
    assert condition == compile_condition(condition.text, NAMES)
    assert isinstance(condition, Condition)


@pytest.mark.parametrize(
    ("text", "column", "told", "mend"),
    [
        ("glucos < 15 mmol/L", 1, "unknown name 'glucos'.", "did you mean 'glucose'?"),
        (
            "pH < 7 and glocose < 15 mmol/L",
            12,
            "unknown name 'glocose'.",
            "did you mean 'glucose'?",
        ),
        (
            "glucose < 15",
            11,
            "joins 'glucose' (amount per volume, mmol/L) and '15'",
            "write 15 mmol/L.",
        ),
        ("15 > glucose", 6, "'15' (a pure number)", "write 15 mmol/L."),
        ("glucose < 15 degC", 11, "'15 degC' (temperature)", "both sides must measure the same."),
        ("weight + pH > 1", 10, "'+' joins 'weight'", "both sides"),
        ("glucose < 15 mmol/l", 11, "unknown engineering unit 'mmol/l'", "did you mean 'mmol/L'?"),
        ("glucose < 15mmol/L", 11, "'15mmol/L' is not a number", "put one space"),
        ("pH < 7,2", 6, "'7,2' is not a number", "use a decimal point, 7.2"),
        ("pH < 07", 6, "'07' is not a number", "drop the leading zero: 7."),
        ("pH < .5", 6, "'.5' is not a number", ""),
        ("pH = 7", 4, "'=' has no meaning in a condition.", "write == to compare."),
        ("pH < 7 && pH > 6", 8, "'&' has no meaning", "write and."),
        ("!valve", 1, "'!' has no meaning", "write not."),
        ("6 < pH < 7", 8, "'<' was not expected here.", "join with and"),
        ("(6 < pH) < 7", 2, "a condition stands where a number is needed.", "join with and"),
        ("pH", 1, "'pH' is a number, not yet a condition.", "compare it"),
        ("pH and pH > 6", 1, "'pH' is a number, not yet a condition.", "compare it"),
        ("pH > (6) pH", 10, "'pH' was not expected here.", "and, or, the end"),
        ("(pH > 6", 1, "this parenthesis is not closed.", "add )."),
        ("pH >", 5, "expected a name or a number with its eu, found the end.", ""),
        ("pH > )", 6, "found ')'.", ""),
        ("", 1, "the condition is empty.", "glucose"),
        ("   ", 1, "the condition is empty.", "glucose"),
        ("not", 4, "found the end", ""),
        ("pH > 1e999", 6, "too large", ""),
        ("pH AND valve", 4, "'AND' was not expected here.", "write and."),
        ("weight > 1 1/kg", 10, "'1 1/kg' (number per mass)", "both sides"),
        ("1 1e9/uL/uL > 1 1e9/m/m", 15, "joins", ""),
        ("pH > 6 \t", 8, "has no meaning", ""),
    ],
)
def test_broken_condition_is_refused_at_its_column(
    text: str, column: int, told: str, mend: str
) -> None:
    with pytest.raises(InputError) as refusal:
        compile_condition(text, NAMES)
    assert told in refusal.value.message
    assert mend in refusal.value.help
    assert refusal.value.where is not None
    assert refusal.value.where.column == column


def test_refusal_shows_the_caret_under_the_word() -> None:
    text = "pH < 7.2 and glucos < 15 mmol/L"
    with pytest.raises(InputError) as refusal:
        compile_condition(text, NAMES)
    assert render(refusal.value, text).splitlines()[1:3] == [
        "  1 | pH < 7.2 and glucos < 15 mmol/L",
        "    |              ^",
    ]


@pytest.mark.fault("RX-16")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("__import__('os').system('x')", "''' has no meaning in a condition."),
        ("__import__ > 1", "unknown name '__import__'."),
        ("9**9**9 > 1", "found '*'"),
        ("pH.real > 1", "unknown name 'pH.real'."),
        ("[x for x in pH]", "'[' has no meaning"),
        ("lambda: 1", "':' has no meaning"),
        ("pH > " + "9" * 5000, f"longer than {MAX_TEXT} characters"),
        ("x" * 10_000_000, f"longer than {MAX_TEXT} characters"),
        ("(" * 150, "nested deeper than 20 levels."),
        ("not " * 150 + "pH > 1", "nested deeper than 20 levels."),
        ("-" * 180 + "pH > 1", "nested deeper than 20 levels."),
        ("+".join(["pH"] * 300) + "> 1", "more than 200 words."),
    ],
    ids=lambda value: value[:20],
)
def test_hostile_condition_is_refused_without_running_anything(text: str, told: str) -> None:
    with pytest.raises(InputError) as refusal:
        compile_condition(text, NAMES)
    assert told in refusal.value.message


def test_eu_too_far_apart_are_refused() -> None:
    text = "1 1e9/uL/uL > 1 1/L/L"
    with pytest.raises(InputError, match="too far apart"):
        compile_condition(text, NAMES)


def test_longest_allowed_chain_evaluates_without_recursion_trouble() -> None:
    assert ask("+".join(["pH"] * 99) + " > 1") is Truth.TRUE


WORDS = st.sampled_from(
    (*NAMES, "and", "or", "not", "(", ")", "<", ">=", "==", "+", "-", "*", "/", "15", "15 mmol/L")
).flatmap(
    lambda word: st.sampled_from(
        (word, "7.2", "3 h", "1 d 2 h", "4 kg", "0", "%", ",", "'", "\x00")
    )
)


@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_any_words_compile_or_are_refused_cleanly(text: str) -> None:
    _check(text, READINGS.__getitem__)


@given(st.text(max_size=60))
def test_any_text_compiles_or_is_refused_cleanly(text: str) -> None:
    _check(text, lambda _: bad("off"))


def _check(text: str, lookup: Callable[[str], Reading]) -> None:
    refused, condition = None, None
    try:
        condition = compile_condition(text, NAMES)
    except InputError as error:
        refused = error.where
    assert (condition is None) != (refused is None)
    assert refused is None or 1 <= refused.column <= len(text) + 1
    assert condition is None or condition.evaluate(lookup) in set(Truth)


OPERATIONS = st.recursive(
    st.sampled_from(["weight", "4 kg", "250 g", "-weight"]),
    lambda inner: st.tuples(inner, st.sampled_from("+-"), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    max_leaves=8,
)


@given(OPERATIONS, st.floats(min_value=0, max_value=10))
def test_abs_agrees_with_python(text: str, weight: float) -> None:
    expected = abs(
        eval(  # noqa: S307  # the oracle, on text of our own making
            text.replace("4 kg", "4.0").replace("250 g", "0.25"), {"weight": weight}
        )
    )
    condition = compile_condition(
        f"abs(abs({text}) - e) < 0.000001 kg", {"e": "kg", "weight": "kg"}
    )
    readings = {"e": Reading(expected), "weight": Reading(weight)}
    assert condition.evaluate(readings.__getitem__) is Truth.TRUE


def test_abs_of_what_can_not_be_told_is_invalid() -> None:
    condition = compile_condition("abs(weight) < 1 kg", {"weight": "kg"})
    assert condition.evaluate(lambda _: bad("off")) is Truth.INVALID


def test_name_may_have_parts() -> None:
    condition = compile_condition("ROOM1.pressure < 10 mbar", {"ROOM1.pressure": "mbar"})
    assert condition.names == ("ROOM1.pressure",)


@given(OPERATIONS, st.floats(min_value=0, max_value=10))
def test_arithmetic_agrees_with_python(text: str, weight: float) -> None:
    expected = eval(  # noqa: S307  # the oracle, on text of our own making
        text.replace("4 kg", "4.0").replace("250 g", "0.25"), {"weight": weight}
    )
    condition = compile_condition(f"abs_ - ({text}) < 0.000001 kg", {"abs_": "kg", "weight": "kg"})
    readings = {"abs_": Reading(expected), "weight": Reading(weight)}
    assert condition.evaluate(readings.__getitem__) is Truth.TRUE
