"""Conditions over readings: `glucose < 15 mmol/L or elapsed > 72 h`.

A small language of its own, compiled to closures: no names but those given, no calls, no powers.
Engineering units are checked when it is compiled; a reading that is not GOOD makes what depends on
it INVALID. Grammar, from weak to strong:

    claim      = claim ("or" | "and") claim | "not" claim | comparison | "(" claim ")"
    comparison = number ("<" | "<=" | ">" | ">=" | "==" | "!=") number
    number     = number ("+" | "-" | "*" | "/") number | "-" number | quantity | name
               | "(" number ")"
"""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from bioctl.language import tokens, truth
from bioctl.language.eu import Dimension, Eu, measures, resolve
from bioctl.language.nearest import suggest, visible
from bioctl.language.quantity import Quantity
from bioctl.language.tokens import Token, refuse
from bioctl.language.truth import Lookup, Truth

__all__ = ["Condition", "Lookup", "Truth", "compile_condition"]

MAX_DEPTH = 20
MAX_RATIO = 2**53
"""Two eu further apart than floats count exactly are no honest comparison."""

_ONE_COMPARISON = "compare two values at a time and join with and: 1 < x and x < 3."


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition.

    Attributes:
        text: as it was written.
        names: the names it reads, sorted.
        evaluate: the answer now, given the readings by name.
    """

    text: str
    names: tuple[str, ...]
    evaluate: truth.Claim = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class _Number:
    """A compiled number, what it measures, and how it was written."""

    read: truth.Number
    eu: Eu
    token: Token
    spelling: str | None = None  # the eu as text, where it has one


@dataclass(frozen=True, slots=True)
class _Claim:
    """A compiled logical expression."""

    decide: truth.Claim
    token: Token


def compile_condition(text: str, names: Mapping[str, str]) -> Condition:
    """Compile a condition.

    Args:
        text: what was written.
        names: every name it may use, with its eu.

    Raises:
        InputError: not of the grammar, an unknown name or eu, sides that measure different
            things, or too long or deep. Its place is `condition:1:column`; `Findings.place` moves
            it to where the condition stands in a file.
    """
    parser = _Parser(text, names)
    claim = parser.whole()
    return Condition(text, tuple(sorted(parser.used)), claim)


class _Parser:
    """Recursive descent over the tokens; depth is limited, so recursion is too."""

    def __init__(self, text: str, names: Mapping[str, str]) -> None:
        self.tokens = tokens.tokenise(text)
        self.names = names
        self.used: set[str] = set()
        self.at = 0
        self.depth = 0

    def peek(self) -> Token:
        """Return the next token without taking it."""
        return self.tokens[self.at]

    def accept(self, *operators: str) -> Token | None:
        """Take the next token if it is one of these operators."""
        token = self.peek()
        if token.kind != "operator" or token.text not in operators:
            return None
        self.at += 1
        return token

    def whole(self) -> truth.Claim:
        if self.peek().kind == "end":
            refuse(0, "the condition is empty.", "write it as in glucose < 15 mmol/L.")
        expression = self.disjunction()
        last = self.peek()
        if last.kind != "end":
            refuse(last.column, f"'{visible(last.text)}' was not expected here.", _instead(last))
        return _claim(expression)

    def disjunction(self) -> _Number | _Claim:
        return self._chain("or", self.conjunction, truth.either)

    def conjunction(self) -> _Number | _Claim:
        return self._chain("and", self.negation, truth.both)

    def _chain(
        self,
        word: str,
        operand: Callable[[], _Number | _Claim],
        join: Callable[[list[truth.Claim]], truth.Claim],
    ) -> _Number | _Claim:
        first = operand()
        terms = [first]
        while self.accept(word):
            terms.append(operand())
        if len(terms) == 1:
            return first
        return _Claim(join([_claim(term) for term in terms]), first.token)

    def negation(self) -> _Number | _Claim:
        token = self.accept("not")
        if token is None:
            return self.comparison()
        self._deeper(token)
        claim = truth.negation(_claim(self.negation()))
        self.depth -= 1
        return _Claim(claim, token)

    def comparison(self) -> _Number | _Claim:
        left = self.sum()
        token = self.accept(*truth.COMPARISONS)
        if token is None:
            return left
        first, second = _number(left), _number(self.sum())
        read = _in_eu_of(first, second, token)
        return _Claim(truth.comparison(token.text, first.read, read), first.token)

    def sum(self) -> _Number | _Claim:
        left = self.product()
        while token := self.accept("+", "-"):
            first, second = _number(left), _number(self.product())
            apply = operator.add if token.text == "+" else operator.sub
            read = _binary(apply, first.read, _in_eu_of(first, second, token))
            left = _Number(read, first.eu, first.token, first.spelling)
        return left

    def product(self) -> _Number | _Claim:
        left = self.signed()
        while token := self.accept("*", "/"):
            first, second = _number(left), _number(self.signed())
            sign = 1 if token.text == "*" else -1
            apply = operator.mul if sign == 1 else operator.truediv
            eu = Eu(first.eu.factor * second.eu.factor**sign, _times(first.eu, second.eu, sign))
            left = _Number(_binary(apply, first.read, second.read), eu, first.token)
        return left

    def signed(self) -> _Number | _Claim:
        token = self.accept("-")
        if token is None:
            return self.primary()
        self._deeper(token)
        number = _number(self.signed())
        self.depth -= 1
        return _Number(_negative(number.read), number.eu, token, number.spelling)

    def primary(self) -> _Number | _Claim:
        token = self.peek()
        if token.kind == "name":
            return self._name(token)
        if token.quantity is not None:
            self.at += 1
            return _literal(token, token.quantity)
        if self.accept("(") is None:
            word = f"'{visible(token.text)}'" if token.text else "the end"
            refuse(token.column, f"expected a name or a number with its eu, found {word}.")
        self._deeper(token)
        inner = self.disjunction()
        if self.accept(")") is None:
            refuse(token.column, "this parenthesis is not closed.", "add ).")
        self.depth -= 1
        return inner

    def _deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            refuse(token.column, f"nested deeper than {MAX_DEPTH} levels.", "simplify it.")

    def _name(self, token: Token) -> _Number:
        if token.text not in self.names:
            refuse(
                token.column,
                f"unknown name '{visible(token.text)}'.",
                suggest(token.text, self.names, "names"),
            )
        self.at += 1
        self.used.add(token.text)
        eu = self.names[token.text]
        return _Number(_reader(token.text), resolve(eu), token, eu)


def _instead(token: Token) -> str:
    """Return the help for a word where the condition should have ended."""
    if token.text in truth.COMPARISONS:
        return _ONE_COMPARISON
    if token.text.lower() in {"and", "or", "not"}:
        return f"write {token.text.lower()}."
    return "expected and, or, the end."


def _claim(expression: _Number | _Claim) -> truth.Claim:
    if isinstance(expression, _Number):
        refuse(
            expression.token.column,
            f"'{visible(expression.token.text)}' is a number, not yet a condition.",
            "compare it, as in weight > 4 kg or valve == 1.",
        )
    return expression.decide


def _number(expression: _Number | _Claim) -> _Number:
    if isinstance(expression, _Claim):
        refuse(
            expression.token.column,
            "a condition stands where a number is needed.",
            _ONE_COMPARISON,
        )
    return expression


def _in_eu_of(first: _Number, second: _Number, token: Token) -> truth.Number:
    """Return `second` as read in the eu of `first`; refuse when they measure different things."""
    if first.eu is second.eu:
        return second.read
    if first.eu.dimension != second.eu.dimension:
        refuse(
            second.token.column,
            f"'{visible(token.text)}' joins {_described(first)} and {_described(second)}.",
            _mended(first, second),
        )
    ratio = second.eu.factor / first.eu.factor
    if max(ratio.as_integer_ratio()) > MAX_RATIO:
        refuse(second.token.column, "the two sides are in eu too far apart.", "use the same eu.")
    return second.read if ratio == 1 else _scaled(second.read, ratio)


def _described(number: _Number) -> str:
    what = measures(number.spelling) if number.spelling is not None else "another dimension"
    eu = f", {number.spelling}" if number.spelling and number.token.kind == "name" else ""
    return f"'{visible(number.token.text)}' ({what}{eu})"


def _mended(first: _Number, second: _Number) -> str:
    for bare, other in ((second, first), (first, second)):
        if bare.token.kind == "quantity" and bare.spelling == "" and other.spelling:
            return f"write {bare.token.text} {other.spelling}."
    return "both sides must measure the same."


def _times(first: Eu, second: Eu, sign: int) -> Dimension:
    exponents = dict(first.dimension)
    for name, exponent in second.dimension:
        exponents[name] = exponents.get(name, 0) + sign * exponent
    return tuple(sorted((name, n) for name, n in exponents.items() if n))


def _literal(token: Token, quantity: Quantity) -> _Number:
    value = quantity.value
    return _Number(lambda _: value, resolve(quantity.eu), token, quantity.eu)


def _reader(name: str) -> truth.Number:
    def read(lookup: Lookup) -> float:
        value = lookup(name).number
        return value if math.isfinite(value) else math.nan

    return read


def _scaled(number: truth.Number, ratio: Fraction) -> truth.Number:
    above, below = ratio.as_integer_ratio()
    return lambda lookup: number(lookup) * above / below


def _negative(number: truth.Number) -> truth.Number:
    return lambda lookup: -number(lookup)


def _binary(
    apply: Callable[[float, float], float], left: truth.Number, right: truth.Number
) -> truth.Number:
    """Return the operation; what is not finite (a division by zero, an overflow) is NaN."""

    def read(lookup: Lookup) -> float:
        try:
            value = apply(left(lookup), right(lookup))
        except ZeroDivisionError:
            return math.nan
        return value if math.isfinite(value) else math.nan

    return read
