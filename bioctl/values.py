"""Values that cross every room: quality, reading, range, and plain JSON."""

import math
from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

Scalar = float | int | bool | str
"""What a tag can hold. Strings never drive a loop or a condition on numbers."""


class Quality(IntEnum):
    """How far a value can be trusted (OPC UA severity). Only GOOD drives control."""

    GOOD = 0
    UNCERTAIN = 1
    BAD = 2


class Reading(NamedTuple):
    """A value with its quality and source time.

    Attributes:
        value: in the tag's engineering unit (eu).
        quality: GOOD, UNCERTAIN or BAD.
        time: source time in seconds since 1970 UTC, as the equipment gave it; NaN if it gave none.
        reason: why the quality is not GOOD, in plain words.
    """

    value: Scalar
    quality: Quality = Quality.GOOD
    time: float = math.nan
    reason: str = ""

    @property
    def number(self) -> float:
        """The value as float: NaN unless the quality is GOOD and the value a finite number."""
        if self.quality is not Quality.GOOD or isinstance(self.value, str):
            return math.nan
        return float(self.value)

    @property
    def good(self) -> bool:
        """Whether this reading may drive a loop, a transition or a permissive."""
        return self.quality is Quality.GOOD


def bad(reason: str, value: Scalar = math.nan, time: float = math.nan) -> Reading:
    """Return a BAD reading that keeps the last value for people to see."""
    return Reading(value, Quality.BAD, time, reason)


class Range(NamedTuple):
    """A closed range in one eu; `low <= high`, both finite."""

    low: float
    high: float

    def clamp(self, value: float) -> float:
        """Return the nearest value inside the range."""
        return min(max(value, self.low), self.high)

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int | float) and self.low <= value <= self.high


Outputs = Mapping[str, Scalar]
"""Level writes by tag: setpoints, speeds, valve positions. May be sent again."""
