"""Three-valued truth (Kleene): what depends on a value one can't trust is INVALID, not FALSE."""

import operator
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Never

from bioctl.values import Reading

Lookup = Callable[[str], Reading]
Number = Callable[[Lookup], float]
"""A compiled arithmetic expression; NaN where it can't be told."""


class Truth(Enum):
    """The answer to a condition. Compare with `is`; only TRUE may start or satisfy anything."""

    TRUE = "TRUE"
    FALSE = "FALSE"
    INVALID = "INVALID"

    def __bool__(self) -> Never:
        """Refuse `if truth:`, which would take INVALID for one of the two."""
        raise TypeError("compare with Truth.TRUE, Truth.FALSE or Truth.INVALID")


Claim = Callable[[Lookup], Truth]
"""A compiled logical expression."""

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def both(terms: Sequence[Claim]) -> Claim:
    """Return the Kleene `and`: FALSE if any is FALSE, else INVALID if any is INVALID."""
    return _chain(tuple(terms), decides=Truth.FALSE, otherwise=Truth.TRUE)


def either(terms: Sequence[Claim]) -> Claim:
    """Return the Kleene `or`: TRUE if any is TRUE, else INVALID if any is INVALID."""
    return _chain(tuple(terms), decides=Truth.TRUE, otherwise=Truth.FALSE)


def _chain(terms: tuple[Claim, ...], decides: Truth, otherwise: Truth) -> Claim:
    def evaluate(lookup: Lookup) -> Truth:
        result = otherwise
        for term in terms:
            truth = term(lookup)
            if truth is decides:
                return decides
            if truth is Truth.INVALID:
                result = Truth.INVALID
        return result

    return evaluate


def negation(claim: Claim) -> Claim:
    """Return the Kleene `not`: INVALID stays INVALID."""
    opposite = {
        Truth.TRUE: Truth.FALSE,
        Truth.FALSE: Truth.TRUE,
        Truth.INVALID: Truth.INVALID,
    }
    return lambda lookup: opposite[claim(lookup)]


def comparison(symbol: str, left: Number, right: Number) -> Claim:
    """Return a comparison that is INVALID when either side is NaN."""
    compare = COMPARISONS[symbol]

    def evaluate(lookup: Lookup) -> Truth:
        a, b = left(lookup), right(lookup)
        if a != a or b != b:  # noqa: PLR0124  # NaN, without a call
            return Truth.INVALID
        return Truth.TRUE if compare(a, b) else Truth.FALSE

    return evaluate
