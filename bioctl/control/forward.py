"""Feed-forward: what a known disturbance asks of the output before the measurement shows it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bioctl.control.check import finite, not_negative, text
from bioctl.errors import InputError
from bioctl.values import Reading


@dataclass(frozen=True, slots=True)
class FeedForward:
    """One disturbance: gain x (reading - zero), through a first-order lag.

    Attributes:
        of: measurement or output that tells of it.
        gain: units of u per eu of it, not 0.
        lag_s: time constant, s; 0 acts at once.
        zero: reading that asks for nothing.
    """

    of: str
    gain: float
    lag_s: float = 0.0
    zero: float = 0.0

    def __post_init__(self) -> None:
        text("feed_forward", "of", self.of)
        finite(f"feed_forward of {self.of}", "gain", self.gain)
        finite(f"feed_forward of {self.of}", "zero", self.zero)
        not_negative(f"feed_forward of {self.of}", "lag", self.lag_s)
        if self.gain == 0:
            raise InputError(f"feed_forward of {self.of}: the gain is 0; leave it out.")


Terms = tuple[float, ...]
"""What each disturbance adds, in units of u; NaN before its first Good reading."""


def advance(
    wanted: Sequence[FeedForward], last: Terms, others: Mapping[str, Reading], dt_s: float
) -> Terms:
    """Return what each disturbance adds now; one whose reading is not Good adds what it did."""
    before = last if len(last) == len(wanted) else (math.nan,) * len(wanted)
    return tuple(
        _term(one, old, others.get(one.of), dt_s)
        for one, old in zip(wanted, before, strict=True)
    )  # fmt: skip


def _term(one: FeedForward, old: float, reading: Reading | None, dt_s: float) -> float:
    if reading is None or not reading.good or not math.isfinite(reading.number):
        return old
    target = one.gain * (reading.number - one.zero)
    if math.isnan(old) or one.lag_s == 0:
        return target
    return old + (target - old) * dt_s / (one.lag_s + dt_s)


def total(terms: Terms) -> float:
    """Return the sum of what is known."""
    return sum(one for one in terms if not math.isnan(one))


def appeared(last: Terms, now: Terms) -> float:
    """Return what terms add that were not known before: the integral makes room for it."""
    before = last if len(last) == len(now) else (math.nan,) * len(now)
    return sum(
        new for old, new in zip(before, now, strict=True) if math.isnan(old) and not math.isnan(new)
    )
