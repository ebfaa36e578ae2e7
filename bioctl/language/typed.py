"""Numbers of a condition with what they measure, so that a sum or comparison of two is honest."""

from fractions import Fraction
from typing import Final, NamedTuple

from bioctl.language.eu import Dimension, Eu, described, resolve
from bioctl.language.expression import Claim, Constant, Negative, Number, Scaled
from bioctl.language.nearest import visible
from bioctl.language.quantity import Quantity
from bioctl.language.tokens import Token, refuse

MAX_RATIO: Final = 2**53
"""Two eu further apart than floats count exactly are no honest comparison."""


class TypedNumber(NamedTuple):
    """A number, what it measures, and how it was written."""

    tree: Number
    eu: Eu
    token: Token
    spelling: str | None = None
    """The eu as text, where it has one."""


class TypedClaim(NamedTuple):
    """A logical expression and where it begins."""

    tree: Claim
    token: Token


Typed = TypedNumber | TypedClaim


def literal(token: Token, quantity: Quantity) -> TypedNumber:
    """Return a number as written."""
    return TypedNumber(Constant(quantity.value), resolve(quantity.eu), token, quantity.eu)


def negative(number: TypedNumber, token: Token) -> TypedNumber:
    """Return minus a number."""
    tree = number.tree
    minus = Constant(-tree.value) if isinstance(tree, Constant) else Negative(tree)
    if number.token.kind == "quantity":
        token = Token("quantity", f"-{number.token.text}", token.column)
    return TypedNumber(minus, number.eu, token, number.spelling)


def in_eu_of(first: TypedNumber, second: TypedNumber, token: Token) -> Number:
    """Return `second` in the eu of `first`; refuse when they measure different things."""
    if first.eu is second.eu:
        return second.tree
    if first.eu.dimension != second.eu.dimension:
        refuse(
            second.token.column,
            f"'{visible(token.text)}' joins {_described(first)} and {_described(second)}.",
            _mended(first, second),
        )
    ratio = second.eu.factor / first.eu.factor
    if max(ratio.as_integer_ratio()) > MAX_RATIO:
        refuse(second.token.column, "the two sides are in eu too far apart.", "use the same eu.")
    return second.tree if ratio == 1 else _scaled(second.tree, ratio)


def product(first: Eu, second: Eu, sign: int) -> Eu:
    """Return the eu of a product, or of a quotient where `sign` is -1."""
    return Eu(first.factor * second.factor**sign, _exponents(first, second, sign))


def _exponents(first: Eu, second: Eu, sign: int) -> Dimension:
    exponents = dict(first.dimension)
    for name, exponent in second.dimension:
        exponents[name] = exponents.get(name, 0) + sign * exponent
    return tuple(sorted((name, n) for name, n in exponents.items() if n))


def _scaled(tree: Number, ratio: Fraction) -> Number:
    above, below = ratio.as_integer_ratio()
    if isinstance(tree, Constant):
        return Constant(tree.value * above / below)
    return Scaled(tree, above, below)


def _described(number: TypedNumber) -> str:
    what = described(number.eu.dimension)
    eu = f", {number.spelling}" if number.spelling and number.token.kind == "name" else ""
    return f"'{visible(number.token.text)}' ({what}{eu})"


def _mended(first: TypedNumber, second: TypedNumber) -> str:
    for bare, other in ((second, first), (first, second)):
        if bare.token.kind == "quantity" and bare.spelling == "" and other.spelling:
            return f"write {bare.token.text} {other.spelling}."
    return "both sides must measure the same."
