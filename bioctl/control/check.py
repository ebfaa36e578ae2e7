"""Checks shared by the configurations of this room: numbers that can't work are refused at load."""

import math

from bioctl.errors import InputError
from bioctl.values import Range


def finite(owner: str, name: str, value: float) -> None:
    """Refuse NaN and infinity.

    Raises:
        InputError: `value` is not a finite number.
    """
    if not math.isfinite(value):
        raise InputError(f"{owner}: {name} is {value}; it must be a finite number.")


def above_zero(owner: str, name: str, value: float) -> None:
    """Refuse NaN, zero and negative numbers; infinity passes (it means "off" where allowed).

    Raises:
        InputError: `value` is not above 0.
    """
    if not value > 0:
        raise InputError(f"{owner}: {name} is {value}; it must be above 0.")


def not_negative(owner: str, name: str, value: float) -> None:
    """Refuse NaN, infinity and negative numbers.

    Raises:
        InputError: `value` is not a finite number of at least 0.
    """
    if not 0 <= value < math.inf:
        raise InputError(f"{owner}: {name} is {value}; it must be 0 or more.")


def span(owner: str, name: str, limits: Range) -> None:
    """Refuse a range with NaN, infinity, or its ends reversed or equal.

    Raises:
        InputError: the range is not `low < high` with both ends finite.
    """
    finite(owner, f"{name} low", limits.low)
    finite(owner, f"{name} high", limits.high)
    if limits.low >= limits.high:
        raise InputError(
            f"{owner}: {name} goes from {limits.low:g} to {limits.high:g}; low must be below high."
        )


def text(owner: str, name: str, value: str) -> None:
    """Refuse an empty text.

    Raises:
        InputError: `value` has no visible character.
    """
    if not value.strip():
        raise InputError(f"{owner}: {name} is empty; write one.")
