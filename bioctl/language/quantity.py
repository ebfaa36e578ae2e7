"""Quantities people write: `37 degC`, `35 .. 38 degC`, `12 h 30 min`.

Inside bioctl numbers are floats in a known eu; this module reads them at load time and shows them.
A decimal point, a space before the eu, no thousands separator, nothing infinite.
"""

import math
import re
from functools import lru_cache
from typing import NamedTuple

from bioctl.errors import InputError
from bioctl.language.eu import measures, resolve
from bioctl.language.nearest import visible
from bioctl.values import Range

NUMBER = r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?"
LONGEST = 80
LARGEST = 1e15
"""Larger numbers are no process value; below it no conversion overflows."""

_QUANTITY = re.compile(rf"({NUMBER})(?: +([^\s\d]\S*|1(?:e\d+)?/\S+))?")
_DURATION_PART = re.compile(rf"({NUMBER}) +(d|h|min|s)(?: +|$)")
_LOOSE = re.compile(r"([+-]?[0-9][0-9.,:' ]*(?:[eE][+-]?[0-9]+)?) *(.*)")
_SECONDS = {"d": 86400.0, "h": 3600.0, "min": 60.0, "s": 1.0}


class Quantity(NamedTuple):
    """A finite number in an eu; eu "" is a pure number."""

    value: float
    eu: str

    def to(self, eu: str) -> float:
        """Return the value in another eu of the same dimension."""
        return convert(self.value, self.eu, eu)

    def __str__(self) -> str:
        return format_quantity(self.value, self.eu)


@lru_cache(maxsize=4096)
def parse_quantity(text: str) -> Quantity:
    """Read one quantity: a number and its eu, or a duration of falling parts.

    `37 degC` is 37 degC, `7.2` a pure number, `30 min` 30 min, `12 h 30 min` 45000 s.

    Raises:
        InputError: not of this form, unknown eu, or not finite; the help gives the right spelling.
    """
    match = _QUANTITY.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        return _duration(text)
    number, eu = match.groups(default="")
    resolve(eu)
    return Quantity(_finite(number), eu)


def parse_range(text: str) -> tuple[Range, str]:
    """Read a closed range: `35 .. 38 degC`, `30 min .. 2 h`. Both ends in the upper end's eu.

    Raises:
        InputError: not of this form, ends of different dimension, or the lower above the upper.
    """
    parts = [part.strip(" ") for part in text[: 2 * LONGEST].split("..")]
    if len(parts) != 2 or not all(parts):
        raise InputError(
            f"'{visible(text)}' is not a range.",
            help="write the lower and the upper limit and the eu, as in 35 .. 38 degC.",
        )
    low, high = parse_quantity(parts[0]), parse_quantity(parts[1])
    lower = low.value if not low.eu else low.to(high.eu)
    if lower > high.value:
        raise InputError(
            f"the lower limit of '{visible(text)}' is above the upper.", help="swap the two limits."
        )
    return Range(lower, high.value), high.eu


def compatible(eu: str, other: str) -> bool:
    """Return whether a value in `eu` can be given in `other`; both must be known."""
    return eu == other or resolve(eu).dimension == resolve(other).dimension


def convert(value: float, eu: str, to_eu: str) -> float:
    """Return `value` given in `eu` as a value in `to_eu`, to 15 significant digits.

    Raises:
        InputError: the two measure different things, or one is unknown.
    """
    if eu == to_eu:
        return value
    ratio = _ratio(eu, to_eu)
    if ratio == (1, 1):
        return value
    return float(f"{value * ratio[0] / ratio[1]:.15g}")


@lru_cache(maxsize=1024)
def _ratio(eu: str, to_eu: str) -> tuple[int, int]:
    ours, theirs = resolve(eu), resolve(to_eu)
    if ours.dimension != theirs.dimension:
        raise InputError(
            f"{_named(eu)} can't be given in {_named(to_eu)}: "
            f"one is {measures(eu)}, the other {measures(to_eu)}.",
            help=f"write the value in {_named(to_eu)}.",
        )
    return (ours.factor / theirs.factor).as_integer_ratio()


def _named(eu: str) -> str:
    return eu or "a number without eu"


def format_quantity(value: float, eu: str) -> str:
    """Return a quantity as people write it; whole seconds from a minute up as `12 h 30 min`."""
    if not math.isfinite(value):
        return "no value"
    if eu == "s" and abs(value) >= 60 and value == int(value):
        return format_duration(value)
    return f"{value:.10g} {eu}".rstrip(" ")


def format_duration(seconds: float) -> str:
    """Return whole seconds as `1 d 12 h 30 min 5 s`, without the parts that are zero."""
    rest = int(abs(seconds))
    parts: list[str] = []
    for eu, size in _SECONDS.items():
        count, rest = divmod(rest, int(size))
        if count:
            parts.append(f"{count} {eu}")
    return ("-" if seconds < 0 else "") + (" ".join(parts) or "0 s")


def _duration(text: str) -> Quantity:
    position, seconds, last = 0, 0.0, math.inf
    while len(text) <= LONGEST and (part := _DURATION_PART.match(text, position)):
        number, eu = part.groups()
        if _SECONDS[eu] >= last or number.startswith(("-", "+")):
            break
        seconds, last = seconds + float(number) * _SECONDS[eu], _SECONDS[eu]
        position = part.end()
    if not text or position != len(text) or text.endswith(" "):
        raise _refused(text)
    return Quantity(_finite(str(seconds)), "s")


def _finite(number: str) -> float:
    value = float(number)
    if not abs(value) <= LARGEST:
        raise InputError(f"{visible(number)} is too large a number.", help="check the exponent.")
    return value


def _refused(text: str) -> InputError:
    return InputError(f"'{visible(text)}' is not a quantity.", help=_hint(text))


def _hint(text: str) -> str:
    plain = "write a number, a space and the eu, as in 37 degC; a duration as in 12 h 30 min."
    if text.strip(".+- ").lower().split(" ")[0] in {"nan", "inf", "infinity"}:
        return "only finite numbers are accepted."
    loose = _LOOSE.fullmatch(text) if len(text) <= LONGEST else None
    if loose is None:
        return plain
    number, eu = loose.group(1).strip(), loose.group(2).strip()
    return _number_hint(number, eu) or plain


def _number_hint(number: str, eu: str) -> str:
    if re.fullmatch(r"[0-9]{1,2}(:[0-9]{2}){1,2}", number):
        names = ("h", "min", "s")
        parts = (f"{int(n)} {name}" for n, name in zip(number.split(":"), names, strict=False))
        return f"a duration is written {' '.join(parts)}."
    if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", number):
        mended = f"{number.replace(',', '.')} {eu}".rstrip()
        return f"use a decimal point, {mended}, and no thousands separator."
    if re.fullmatch(r"[+-]?0[0-9]+(\.[0-9]+)?", number):
        return f"drop the leading zero: {number.lstrip('+-0') or '0'} {eu}".rstrip() + "."
    if re.fullmatch(r"[+-]?[0-9]{1,3}( [0-9]{3})+", number):
        return f"leave out the thousands separator: {number.replace(' ', '')} {eu}".rstrip() + "."
    if re.fullmatch(NUMBER, number) and eu and not re.search(r"\d\s|\s\d", eu):
        return f"put one space between number and eu: {number} {visible(eu, 24)}."
    return ""
