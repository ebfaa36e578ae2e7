"""Ramps: a value that changes in time, piece by piece.

temperature:
- at 4 degC for 10 min
- to -5 degC at 1 degC/min
- to growth_temperature over 12 h
- stay 2 h
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from bioctl.errors import InputError
from bioctl.language.document import Node
from bioctl.language.document import Sequence as Items
from bioctl.language.nearest import visible
from bioctl.language.quantity import compatible, convert, format_quantity, parse_quantity
from bioctl.recipe.grammar import Piece

MAX_PIECES = 50
LONGEST_S = 90 * 86400.0

_PIECE = re.compile(
    r"(?:(?P<at>at) (?P<start>.+?)(?: for (?P<for>.+))?"
    r"|to (?P<end>.+?) (?:over (?P<over>.+)|at (?P<rate>.+))"
    r"|(?P<stay>stay) (?P<long>.+))"
)
RAMP_FORM = (
    "write its pieces, `at 4 degC for 10 min`, `to -5 degC at 1 degC/min`, `to 37 degC over 12 h`, "
    "`stay 2 h`."
)

Written = tuple[str, str, str, str]
"""Kind, value, time and rate of a piece, as written; "" where there is none."""


def split_piece(text: str) -> Written:
    """Return the words of one piece.

    Raises:
        InputError: not of the form of a piece.
    """
    found = _PIECE.fullmatch(text)
    if found is None:
        raise InputError(f"'{visible(text)}' is no piece of a ramp.", help=RAMP_FORM)
    if found["at"]:
        return "at", found["start"], found["for"] or "", ""
    if found["stay"]:
        return "stay", "", found["long"], ""
    return "to", found["end"], found["over"] or "", found["rate"] or ""


def seconds_of(text: str) -> float | None:
    """Return a time of a piece in seconds; None for "".

    Raises:
        InputError: not a time above 0 s.
    """
    if not text:
        return None
    quantity = parse_quantity(text)
    if not compatible(quantity.eu, "s"):
        raise InputError(f"'{visible(text)}' is not a time.", help="write it as in 12 h 30 min.")
    seconds = quantity.to("s")
    if not 0 < seconds <= LONGEST_S:
        raise InputError(f"a piece of {text} can't be.", help="give more than 0 s, at most 90 d.")
    return seconds


def rate_of(text: str, eu: str) -> float | None:
    """Return a rate in `eu` per second; None for "".

    Raises:
        InputError: not a rate of this eu above 0.
    """
    if not text:
        return None
    quantity = parse_quantity(text)
    wanted = f"{eu}/min" if eu and eu != "pH" else "1/min"
    if not compatible(quantity.eu, wanted):
        message = f"'{visible(text)}' is not a rate of this value."
        raise InputError(message, help=f"write it in {wanted}.")
    rate = convert(quantity.value, quantity.eu, wanted) / 60.0
    if rate <= 0:
        raise InputError(f"a rate of {text} can't be.", help="give it above 0; `to` says where.")
    return rate


def items_of(node: Items) -> list[Node]:
    """Return the pieces of a ramp.

    Raises:
        InputError: there are none, or too many.
    """
    if not 0 < len(node.items) <= MAX_PIECES:
        node.refuse(f"a ramp has 1 to {MAX_PIECES} pieces.", RAMP_FORM)
    return node.items


def check_order(pieces: list[Piece]) -> None:
    """Refuse a ramp that does not begin with `at`, or says it again.

    Raises:
        InputError: so it is.
    """
    if pieces[0].kind != "at" or any(one.kind == "at" for one in pieces[1:]):
        raise InputError("a ramp begins with `at`, and has it once.", help=RAMP_FORM)


def points(ramp: tuple[Piece, ...]) -> list[tuple[float, float]]:
    """Return the corners of a ramp: seconds since its beginning, and the value in its eu."""
    now, value, corners = 0.0, 0.0, []
    for piece in ramp:
        if piece.kind == "at":
            value = float(piece.value or 0.0)
            corners.append((0.0, value))
        target = value if piece.value is None else piece.value
        took = piece.seconds or 0.0
        if piece.rate:
            took = abs(target - value) / piece.rate
        now, value = now + took, target
        if took:
            corners.append((now, value))
    return corners


def length_s(ramp: tuple[Piece, ...]) -> float:
    """Return how long a ramp takes, s."""
    return points(ramp)[-1][0]


def text_of(ramp: tuple[Piece, ...], eu: str) -> str:
    """Return a ramp as people say it: `4 → -5 degC over 9 min, then …`."""
    return told(points(ramp), eu)


def told(corners: Sequence[tuple[float, float]], eu: str) -> str:
    """Return the corners of a ramp as people say them."""
    said = [format_quantity(corners[0][1], eu)]
    for (t0, a), (t1, b) in pairwise(corners):
        took = format_quantity(t1 - t0, "s")
        said.append(f"for {took}" if a == b else f"→ {format_quantity(b, eu)} over {took}")
    return " ".join(said)
