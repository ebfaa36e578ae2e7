"""Compiled conditions: Kleene's tables whatever is NaN, and nothing but arithmetic inside."""

import dis
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.language.code import compile_claim
from bioctl.language.condition import Truth, compile_condition
from bioctl.language.expression import (
    Arithmetic,
    Both,
    Claim,
    Comparison,
    Constant,
    Either,
    Negative,
    Number,
    Opposite,
    Scaled,
    Variable,
)

NAMES = ("a", "b", "c")
VALUES = st.one_of(
    st.just(math.nan), st.sampled_from([0.0, -0.0, 1.0, 1e308, -1e308, 5e-324]), st.floats(-10, 10)
)
NUMBERS = st.recursive(
    st.one_of(st.sampled_from(NAMES).map(Variable), VALUES.filter(math.isfinite).map(Constant)),
    lambda inner: st.one_of(
        st.builds(Negative, inner),
        st.builds(Scaled, inner, st.integers(1, 9), st.integers(1, 9)),
        st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner),
    ),
    max_leaves=6,
)
COMPARISONS = st.builds(
    Comparison, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), NUMBERS, NUMBERS
)
CLAIMS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.builds(Opposite, inner),
        st.lists(inner, min_size=2, max_size=3).map(lambda terms: Both(tuple(terms))),
        st.lists(inner, min_size=2, max_size=3).map(lambda terms: Either(tuple(terms))),
    ),
    max_leaves=6,
)


def number(tree: Number, values: dict[str, float]) -> float:
    """The oracle: NaN at once where anything is not finite or a divisor is 0."""
    match tree:
        case Constant(value):
            found = value
        case Variable(name):
            found = values[name]
        case Negative(inner):
            found = -number(inner, values)
        case Scaled(inner, above, below):
            found = number(inner, values) * above / below
        case Arithmetic(symbol, left, right):
            one, two = number(left, values), number(right, values)
            if symbol == "/":
                found = one / two if two else math.nan
            else:
                found = {"+": one + two, "-": one - two, "*": one * two}[symbol]
        case _:
            raise AssertionError
    return found if math.isfinite(found) else math.nan


ORDER = [Truth.FALSE, Truth.INVALID, Truth.TRUE]


def truth(tree: Claim, values: dict[str, float]) -> Truth:
    match tree:
        case Comparison(symbol, left, right):
            one, two = number(left, values), number(right, values)
            if math.isnan(one) or math.isnan(two):
                return Truth.INVALID
            holds = {
                "<": one < two, "<=": one <= two, ">": one > two, ">=": one >= two,
                "==": one == two, "!=": one != two,
            }[symbol]  # fmt: skip
            return Truth.TRUE if holds else Truth.FALSE
        case Opposite(inner):
            return ORDER[2 - ORDER.index(truth(inner, values))]
        case Both(terms):
            return min((truth(term, values) for term in terms), key=ORDER.index)
        case Either(terms):
            return max((truth(term, values) for term in terms), key=ORDER.index)
    raise AssertionError


@pytest.mark.promise(6)
@given(CLAIMS, st.tuples(VALUES, VALUES, VALUES))
def test_compiled_claim_agrees_with_kleene(claim: Claim, values: tuple[float, ...]) -> None:
    expected = truth(claim, dict(zip(NAMES, values, strict=True)))
    assert compile_claim(claim, NAMES, 0)(*values) is expected


@pytest.mark.fault("RX-16")
def test_compiled_condition_holds_no_call_attribute_or_loop() -> None:
    names = {"pH": "", "weight": "kg"}
    text = "not (pH / weight > 3 1/kg) or -weight * 2 != 8 g and mean(pH, 1 h) > 1"
    condition = compile_condition(text, names)
    used = {one.opname for one in dis.get_instructions(condition.decide)}
    assert not {name for name in used if name.startswith(("CALL", "IMPORT", "LOAD_ATTR", "FOR"))}
    assert not {name for name in used if "BACKWARD" in name}
    assert set(condition.decide.__code__.co_names) <= {"TRUE", "FALSE", "INVALID", "nan"}  # type: ignore[attr-defined]
