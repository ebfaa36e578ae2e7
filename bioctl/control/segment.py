"""One piece of a loop's output map: while u walks from low to high, one output walks too."""

import math
from dataclasses import dataclass

from bioctl.control.check import above_zero, finite, text
from bioctl.errors import InputError


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight line from the loop's demand u to one output.

    Attributes:
        u_low: where the segment begins, in units of u.
        u_high: where it ends.
        output: name of the output, as the unit class spells it.
        value_low: output at u_low, in the output's eu.
        value_high: output at u_high; may be below value_low.
        shared: somebody else (a phase) may ask for more of this output; the unit takes the greater.
            More than the loop's own demand is then no deviation, and the segment begins at what
            the other one asks for (its floor), so there is no dead travel.

    Raises:
        InputError: a number that is not finite, reversed u, or a segment that moves nothing.
    """

    u_low: float
    u_high: float
    output: str
    value_low: float
    value_high: float
    shared: bool = False
    gain: float = 1.0
    time: float = 1.0

    def __post_init__(self) -> None:
        text("segment", "output", self.output)
        for name in ("u_low", "u_high", "value_low", "value_high"):
            finite(f"segment of {self.output}", name, getattr(self, name))
        for name in ("gain", "time"):
            finite(f"segment of {self.output}", f"factor {name}", getattr(self, name))
            above_zero(f"segment of {self.output}", f"factor {name}", getattr(self, name))
        if self.u_low >= self.u_high:
            raise InputError(
                f"segment of {self.output}: it goes from u {self.u_low:g} to {self.u_high:g}; "
                "low must be below high."
            )
        if self.value_low == self.value_high:
            raise InputError(
                f"segment of {self.output}: it moves nothing, both ends are {self.value_low:g}.",
                help="Give two different values, or leave the segment out.",
            )
        if self.shared and self.value_low > self.value_high:
            raise InputError(
                f"segment of {self.output}: a shared output must rise with u; "
                f"this one falls from {self.value_low:g} to {self.value_high:g}."
            )

    def at(self, u: float, floor: float | None = None) -> float:
        """Return the output at u; before and after the segment it keeps its end values.

        A shared output is never below its floor, even where the floor is above the segment.
        """
        low = self._low(floor)
        if u <= self.u_low:
            return low
        high = max(low, self.value_high) if self.shared else self.value_high
        if u >= self.u_high:
            return high
        return low + (u - self.u_low) / (self.u_high - self.u_low) * (high - low)

    def inverse(self, value: float, floor: float | None = None) -> float:
        """Return the u inside the segment whose output is nearest to `value`."""
        low = self._low(floor)
        if self.value_high == low or (self.shared and self.value_high < low):
            return self.u_low
        part = min(max((value - low) / (self.value_high - low), 0.0), 1.0)
        return self.u_low + part * (self.u_high - self.u_low)

    def misses(self, demand: float, value: float) -> float:
        """Return by how much the real value misses the demand, in % of this segment's span.

        0 for a value that can't be read (NaN).
        """
        miss = 100.0 * abs(value - demand) / abs(self.value_high - self.value_low)
        return 0.0 if math.isnan(miss) else miss

    def fails(self, demand: float, value: float) -> float:
        """Return the same, but 0 where a shared output runs above its demand."""
        return 0.0 if self.shared and value >= demand else self.misses(demand, value)

    def _low(self, floor: float | None) -> float:
        return max(floor, self.value_low) if self.shared and floor is not None else self.value_low
