"""The functions of a condition: each looks back over a window of time.

stable(pH, 0.05, 10 min)     highest less lowest is at most 0.05
rate(glucose, 2 h)           slope, in the eu of glucose per time
min, max, mean (x, 5 min)    lowest, highest, average, in the eu of x
"""

from collections.abc import Callable
from typing import Final, Never, cast

from bioctl.language import typed
from bioctl.language.cursor import Cursor
from bioctl.language.eu import resolve
from bioctl.language.expression import Kind, Number, Stable, Window, Windowed
from bioctl.language.nearest import visible
from bioctl.language.quantity import compatible, format_quantity
from bioctl.language.tokens import Token, refuse
from bioctl.language.typed import Typed, TypedClaim, TypedNumber
from bioctl.language.window import LONGEST_S, PARTS, SHORTEST_S

FUNCTIONS: Final = {
    "stable": "stable(pH, 0.05, 10 min)",
    "rate": "rate(glucose, 2 h)",
    "min": "min(temperature, 5 min)",
    "max": "max(temperature, 5 min)",
    "mean": "mean(temperature, 5 min)",
}
"""How each is written."""

SYNONYMS: Final = {
    "avg": "mean", "average": "mean", "minimum": "min", "lowest": "min", "maximum": "max",
    "highest": "max", "slope": "rate", "trend": "rate", "steady": "stable", "constant": "stable",
    "absolute": "abs", "magnitude": "abs",
}  # fmt: skip
"""What people write instead: used for help only."""


def read_call(cursor: Cursor, token: Token, read: Callable[[], Typed]) -> Typed:
    """Read what follows the name of a function.

    Args:
        cursor: stands before the parenthesis.
        token: the name.
        read: reads one number.
    """
    if not cursor.may_look_back:
        message = f"{token.text} looks back in time, which can't be done here."
        refuse(token.column, message, "compare readings as they are now.")
    cursor.spend(token, PARTS)
    cursor.deeper(token)
    before = len(cursor.windows)
    cursor.accept("(")
    watched = _number(cursor, token, read)
    tolerance = None
    if token.text == "stable":
        _expect(",", cursor, token)
        tolerance = typed.in_eu_of(watched, _number(cursor, token, read), token)
    _expect(",", cursor, token)
    span_s = _span(cursor, token)
    _expect(")", cursor, token)
    if len(cursor.windows) > before:
        refuse(token.column, "a window can't look back on a window.", "look back on a reading.")
    cursor.depth -= 1
    return _made(cursor, token, watched, tolerance, span_s)


def _made(
    cursor: Cursor, token: Token, watched: TypedNumber, tolerance: Number | None, span_s: float
) -> Typed:
    index, kind = len(cursor.windows), cast("Kind", token.text)
    cursor.windows.append(Window(kind, watched.tree, span_s, tolerance))
    if kind == "stable":
        return TypedClaim(Stable(index), token)
    if kind == "rate":
        return TypedNumber(Windowed(index), typed.product(watched.eu, resolve("s"), -1), token)
    return TypedNumber(Windowed(index), watched.eu, token, watched.spelling)


def _number(cursor: Cursor, token: Token, read: Callable[[], Typed]) -> TypedNumber:
    if cursor.peek().text in {")", ",", ""}:
        _refuse_shape(cursor, token)
    found = read()
    if isinstance(found, TypedClaim):
        refuse(found.token.column, "a condition stands where a number is needed.", _shape(token))
    return found


def _span(cursor: Cursor, token: Token) -> float:
    given = cursor.take()
    if given.quantity is None or not compatible(given.quantity.eu, "s"):
        word = f"'{visible(given.text)}'" if given.text else "the end"
        message = f"{token.text} needs a time to look back as its last value, found {word}."
        refuse(given.column, message, _shape(token))
    span_s = given.quantity.to("s")
    if not SHORTEST_S <= span_s <= LONGEST_S:
        shortest, longest = format_quantity(SHORTEST_S, "s"), format_quantity(LONGEST_S, "s")
        message = f"a window of {visible(given.text)} can't be."
        refuse(given.column, message, f"give at least {shortest} and at most {longest}.")
    return span_s


def _expect(mark: str, cursor: Cursor, token: Token) -> None:
    if cursor.accept(mark) is None:
        _refuse_shape(cursor, token)


def _refuse_shape(cursor: Cursor, token: Token) -> Never:
    found = cursor.peek()
    word = f"'{visible(found.text)}'" if found.text else "the end"
    refuse(found.column, f"{word} was not expected in {token.text}( ).", _shape(token))


def _shape(token: Token) -> str:
    return f"write it as in {FUNCTIONS[token.text]}."
