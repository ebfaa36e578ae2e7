"""Gain scheduling: factors on gain and time where the process changes, always bumpless.

By output region each segment of a structure carries its own factors; by a measurement (agitator
speed, volume, a kLa estimate) a table of points is interpolated. Both multiply the loop's tuning,
so that a new tuning scales all regions (Astrom and Hagglund 2006, ch. 9).
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bioctl.control.check import above_zero, finite, text
from bioctl.control.tuning import Tuning
from bioctl.errors import InputError
from bioctl.values import Reading

Factors = tuple[float, float]
"""On kc, and on the times."""

ONE: Factors = (1.0, 1.0)

DEMAND = "demand"
"""Name of the loop's own demand u in a schedule."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Factors by a measurement, an output or the loop's own demand.

    Attributes:
        by: its name; `demand` is the loop's own u.
        points: (reading, factor on kc, factor on the times), rising; outside, the end's factors.
    """

    by: str
    points: tuple[tuple[float, float, float], ...]

    def __post_init__(self) -> None:
        text("schedule", "by", self.by)
        if len(self.points) < 2:
            raise InputError(f"schedule by {self.by}: give two points or more.")
        for at, gain, time in self.points:
            finite(f"schedule by {self.by}", "a reading", at)
            for name, factor in (("a gain factor", gain), ("a time factor", time)):
                finite(f"schedule by {self.by}", name, factor)
                above_zero(f"schedule by {self.by}", name, factor)
        for (left, _, _), (right, _, _) in pairwise(self.points):
            if right <= left:
                raise InputError(
                    f"schedule by {self.by}: {right:g} follows {left:g}; readings must rise."
                )

    def at(self, others: Mapping[str, Reading], last: Factors = ONE) -> Factors:
        """Return the factors at the present reading; the last ones while it is not Good."""
        reading = others.get(self.by)
        if reading is None or not reading.good:
            return last
        value, places = reading.number, [at for at, _, _ in self.points]
        right = bisect_right(places, value)
        if right in (0, len(places)):
            return self.points[min(right, len(places) - 1)][1:]
        (x0, g0, t0), (x1, g1, t1) = self.points[right - 1], self.points[right]
        part = (value - x0) / (x1 - x0)
        return _rounded(g0 + part * (g1 - g0)), _rounded(t0 + part * (t1 - t0))


def _rounded(factor: float) -> float:
    """Return two digits and a half: noise must not make a new tuning at every scan."""
    return float(f"{factor:.2g}") if factor < 5 else float(f"{factor:.3g}")


@lru_cache(maxsize=1024)
def scheduled(tuning: Tuning, gain: float, time: float) -> Tuning:
    """Return the tuning times the factors; the same object for the same arguments."""
    return tuning if gain == time == 1.0 else tuning.scaled(gain, time)
