"""Profiles: a value that changes in time, by ramps and stays.

temperature:
- at 4 degC for 10 min
- to -5 degC at 1 degC/min
- to growth_temperature over 12 h
- stay 2 h
"""

import re
from itertools import pairwise

from bioctl.errors import InputError
from bioctl.language.document import Node, Sequence
from bioctl.language.nearest import visible
from bioctl.language.quantity import compatible, convert, format_quantity, parse_quantity
from bioctl.recipe.grammar import Segment

MAX_SEGMENTS = 50
LONGEST_S = 90 * 86400.0

_SEGMENT = re.compile(
    r"(?:(?P<at>at) (?P<start>.+?)(?: for (?P<for>.+))?"
    r"|to (?P<end>.+?) (?:over (?P<over>.+)|at (?P<rate>.+))"
    r"|(?P<stay>stay) (?P<long>.+))"
)
_FORM = (
    "write `at 4 degC for 10 min`, `to -5 degC at 1 degC/min`, `to 37 degC over 12 h`, `stay 2 h`."
)

Written = tuple[str, str, str, str]
"""Kind, value, time and rate of a segment, as written; "" where there is none."""


def split_segment(text: str) -> Written:
    """Return the words of one segment.

    Raises:
        InputError: not of the form of a segment.
    """
    found = _SEGMENT.fullmatch(text)
    if found is None:
        raise InputError(f"'{visible(text)}' is no piece of a profile.", help=_FORM)
    if found["at"]:
        return "at", found["start"], found["for"] or "", ""
    if found["stay"]:
        return "stay", "", found["long"], ""
    return "to", found["end"], found["over"] or "", found["rate"] or ""


def seconds_of(text: str) -> float | None:
    """Return a time of a segment in seconds; None for "".

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


def items_of(node: Sequence) -> list[Node]:
    """Return the pieces of a profile.

    Raises:
        InputError: there are none, or too many.
    """
    if not 0 < len(node.items) <= MAX_SEGMENTS:
        node.refuse(f"a profile has 1 to {MAX_SEGMENTS} pieces.", _FORM)
    return node.items


def check_order(segments: list[Segment]) -> None:
    """Refuse a profile that does not begin with `at`, or says it again.

    Raises:
        InputError: so it is.
    """
    if segments[0].kind != "at" or any(one.kind == "at" for one in segments[1:]):
        raise InputError("a profile begins with `at`, and has it once.", help=_FORM)


def points(profile: tuple[Segment, ...]) -> list[tuple[float, float]]:
    """Return the corners of a profile: seconds since its beginning, and the value in its eu."""
    now, value, corners = 0.0, 0.0, []
    for segment in profile:
        if segment.kind == "at":
            value = float(segment.value or 0.0)
            corners.append((0.0, value))
        target = value if segment.value is None else segment.value
        took = segment.seconds or 0.0
        if segment.rate:
            took = abs(target - value) / segment.rate
        now, value = now + took, target
        if took:
            corners.append((now, value))
    return corners


def length_s(profile: tuple[Segment, ...]) -> float:
    """Return how long a profile takes, s."""
    return points(profile)[-1][0]


def text_of(profile: tuple[Segment, ...], eu: str) -> str:
    """Return a profile as people say it: `4 → -5 degC over 9 min, then …`."""
    corners = points(profile)
    said = [format_quantity(corners[0][1], eu)]
    for (t0, a), (t1, b) in pairwise(corners):
        took = format_quantity(t1 - t0, "s")
        said.append(f"for {took}" if a == b else f"→ {format_quantity(b, eu)} over {took}")
    return " ".join(said)
