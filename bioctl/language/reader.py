"""Read the text of a condition: names, eu and shape are checked, and a tree comes out.

Grammar, from weak to strong:

    claim      = claim ("or" | "and") claim | "not" claim | comparison | "(" claim ")"
               | "stable" "(" number "," number "," time ")"
    comparison = number ("<" | "<=" | ">" | ">=" | "==" | "!=") number
    number     = number ("+" | "-" | "*" | "/") number | "-" number | quantity | name
               | ("rate" | "min" | "max" | "mean") "(" number "," time ")"
               | "abs" "(" number ")" | "(" number ")"
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

from bioctl.language import typed
from bioctl.language.calls import FUNCTIONS, SYNONYMS, read_call
from bioctl.language.cursor import Cursor
from bioctl.language.eu import resolve
from bioctl.language.expression import (
    Absolute,
    Arithmetic,
    Both,
    Claim,
    Comparator,
    Comparison,
    Either,
    Operator,
    Opposite,
    Variable,
    Window,
)
from bioctl.language.nearest import did_you_mean, suggest, visible
from bioctl.language.tokens import Token, refuse
from bioctl.language.typed import Typed, TypedClaim, TypedNumber

_COMPARATORS = ("<", "<=", ">", ">=", "==", "!=")
_INSTEAD = {
    "for": "for a time write max(x, 10 min) < 15, min(x, 10 min) > 15, or stable(x, 0.1, 10 min).",
    "between": "write 3 < x and x < 5.",
    "within": "write 3 < x and x < 5, or stable(x, 0.1, 10 min).",
    "is": "write ==.",
}
_ONE_COMPARISON = "compare two values at a time and join with and: 1 < x and x < 3."


class Read(NamedTuple):
    """A condition that was read.

    Attributes:
        claim: its tree.
        names: the names it reads, sorted.
        windows: what its calls look back on, in their order.
        steps: work of one evaluation.
    """

    claim: Claim
    names: tuple[str, ...]
    windows: tuple[Window, ...]
    steps: int


def read(text: str, names: Mapping[str, str], *, windows: bool = True) -> Read:
    """Read a condition; arguments and errors are those of `compile_condition`."""
    reader = Reader(text, names, windows=windows)
    claim = reader.whole()
    return Read(claim, tuple(sorted(reader.used)), tuple(reader.windows), reader.steps)


class Reader(Cursor):
    """Recursive descent over the tokens; depth is limited, so recursion is too."""

    def __init__(self, text: str, names: Mapping[str, str], *, windows: bool) -> None:
        super().__init__(text, windows=windows)
        self.names = names
        self.used: set[str] = set()

    def whole(self) -> Claim:
        """Read everything."""
        if self.peek().kind == "end":
            refuse(0, "the condition is empty.", "write it as in glucose < 15 mmol/L.")
        expression = self.disjunction()
        last = self.peek()
        if last.kind != "end":
            refuse(last.column, f"'{visible(last.text)}' was not expected here.", _instead(last))
        return _claim(expression).tree

    def disjunction(self) -> Typed:
        """Read claims joined by `or`, or a number."""
        return self._chain("or", self.conjunction, Either)

    def conjunction(self) -> Typed:
        """Read claims joined by `and`, or a number."""
        return self._chain("and", self.negation, Both)

    def _chain(
        self,
        word: str,
        operand: Callable[[], Typed],
        join: Callable[[tuple[Claim, ...]], Claim],
    ) -> Typed:
        first = operand()
        terms = [first]
        while self.accept(word):
            terms.append(operand())
        if len(terms) == 1:
            return first
        return TypedClaim(join(tuple(_claim(term).tree for term in terms)), first.token)

    def negation(self) -> Typed:
        """Read `not` and its claim, or a comparison."""
        token = self.accept("not")
        if token is None:
            return self.comparison()
        self.deeper(token)
        claim = Opposite(_claim(self.negation()).tree)
        self.depth -= 1
        return TypedClaim(claim, token)

    def comparison(self) -> Typed:
        """Read two numbers compared, or one number."""
        left = self.sum()
        token = self.accept(*_COMPARATORS)
        if token is None:
            return left
        self.spend(token)
        first, second = number(left), number(self.sum())
        tree = typed.in_eu_of(first, second, token)
        symbol = cast("Comparator", token.text)
        return TypedClaim(Comparison(symbol, first.tree, tree), first.token)

    def sum(self) -> Typed:
        """Read numbers joined by + and -."""
        left = self.product()
        while token := self.accept("+", "-"):
            self.spend(token)
            first, second = number(left), number(self.product())
            right = typed.in_eu_of(first, second, token)
            tree = Arithmetic(cast("Operator", token.text), first.tree, right)
            left = TypedNumber(tree, first.eu, first.token, first.spelling)
        return left

    def product(self) -> Typed:
        """Read numbers joined by * and /."""
        left = self.signed()
        while token := self.accept("*", "/"):
            self.spend(token)
            first, second = number(left), number(self.signed())
            symbol = cast("Operator", token.text)
            eu = typed.product(first.eu, second.eu, 1 if symbol == "*" else -1)
            left = TypedNumber(Arithmetic(symbol, first.tree, second.tree), eu, first.token)
        return left

    def signed(self) -> Typed:
        """Read a number with its sign."""
        token = self.accept("-")
        if token is None:
            return self.primary()
        self.spend(token)
        self.deeper(token)
        negative = typed.negative(number(self.signed()), token)
        self.depth -= 1
        return negative

    def primary(self) -> Typed:
        """Read a name, a quantity, a call, or what stands in parentheses."""
        token = self.peek()
        if token.kind == "name":
            return self._named(token)
        if token.quantity is not None:
            self.take()
            return typed.literal(token, token.quantity)
        if self.accept("(") is None:
            word = f"'{visible(token.text)}'" if token.text else "the end"
            refuse(token.column, f"expected a name or a number with its eu, found {word}.")
        self.deeper(token)
        inner = self.disjunction()
        if self.accept(")") is None:
            refuse(token.column, "this parenthesis is not closed.", "add ).")
        self.depth -= 1
        return inner

    def _named(self, token: Token) -> Typed:
        self.take()
        if self.peek().text == "(":
            return self._call(token)
        if token.text not in self.names:
            message = f"unknown name '{visible(token.text)}'."
            refuse(token.column, message, suggest(token.text, self.names, "names"))
        self.used.add(token.text)
        eu = self.names[token.text]
        return TypedNumber(Variable(token.text), resolve(eu), token, eu)

    def _call(self, token: Token) -> Typed:
        if token.text == "abs":
            return self._absolute(token)
        if token.text not in FUNCTIONS:
            message = f"there is no function '{visible(token.text)}'."
            meant, known = SYNONYMS.get(token.text.lower(), token.text), (*FUNCTIONS, "abs")
            listed = f"{did_you_mean(meant, known)} known: {', '.join(known)}."
            refuse(token.column, message, listed.lstrip())
        return read_call(self, token, self.sum)

    def _absolute(self, token: Token) -> Typed:
        """Read `(number)` after `abs`."""
        self.spend(token)
        self.deeper(token)
        self.accept("(")
        inner = number(self.sum())
        if self.accept(")") is None:
            refuse(token.column, "abs takes one number.", "write it as in abs(pH - 7) < 0.1.")
        self.depth -= 1
        return TypedNumber(Absolute(inner.tree), inner.eu, token, inner.spelling)


def _instead(token: Token) -> str:
    """Return the help for a word where the condition should have ended."""
    if token.text in _COMPARATORS:
        return _ONE_COMPARISON
    if token.text.lower() in {"and", "or", "not"}:
        return f"write {token.text.lower()}."
    return _INSTEAD.get(token.text.lower(), "expected and, or, the end.")


def _claim(expression: Typed) -> TypedClaim:
    if isinstance(expression, TypedNumber):
        refuse(
            expression.token.column,
            f"'{visible(expression.token.text)}' is a number, not yet a condition.",
            "compare it, as in weight > 4 kg or valve == 1.",
        )
    return expression


def number(expression: Typed) -> TypedNumber:
    """Return a number, or refuse a claim where one is needed."""
    if isinstance(expression, TypedClaim):
        refuse(
            expression.token.column,
            "a condition stands where a number is needed.",
            _ONE_COMPARISON,
        )
    return expression
