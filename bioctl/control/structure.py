"""From one demand u to all outputs of a loop, and back: split ranges and sequences.

    temperature   5 .. 42     jacket 5 .. 42 degC (u is the jacket temperature)
    pH         -100 .. 0      carbon_dioxide 0.5 .. 0 L/min
                  0 .. 100    base_pump 0 .. 5 mL/min
    DO          -30 .. 0      nitrogen 0.1 .. 0 L/min
                  0 .. 30     agitation 60 .. 150 rpm
                 30 .. 60     air 0.1 .. 0.5 L/min
                 60 .. 100    oxygen 0 .. 0.5 L/min
                balance       air = its own value - nitrogen - oxygen (the total sparge)

Segments follow one another without gap or overlap, so only one output moves at a time and the loop
can't wind up into a part of u that does nothing.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bioctl.control.check import not_negative
from bioctl.control.segment import Segment
from bioctl.errors import InputError

FOLLOWS = 0.1
"""A real output within this many % of its span follows (float32 on the wire, rounding)."""

Values = Mapping[str, float]
NOTHING: Values = {}


@dataclass(frozen=True, slots=True)
class Balance:
    """A constant total: one output gives way to others, so that their sum stays.

    Attributes:
        output: the one that gives way, for example `air`.
        parts: those it makes room for, for example `nitrogen` and `oxygen`.
        total: the sum in the outputs' eu; None takes the value of `output`'s own segment.
    """

    output: str
    parts: tuple[str, ...]
    total: float | None = None


@dataclass(frozen=True, slots=True)
class Structure:
    """The output map of one loop.

    Attributes:
        segments: in any order; kept sorted by u.
        balances: constant totals, applied after the segments.
        exclusive: outputs of which at most one may be above 0 at any u (acid and base).

    Raises:
        InputError: no segment, an overlap, a gap, a jump of an output that has two segments, a
            balance that can't be met, or a u at which two exclusive outputs are above 0.
    """

    segments: tuple[Segment, ...]
    balances: tuple[Balance, ...] = ()
    exclusive: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.segments:
            raise InputError("structure: it has no segment; a loop needs at least one.")
        ordered = tuple(sorted(self.segments, key=lambda one: one.u_low))
        object.__setattr__(self, "segments", ordered)
        _check_cover(ordered)
        _check_continuous(ordered)
        _check_balances(self)
        _check_exclusive(self)

    @property
    def low(self) -> float:
        """Least u."""
        return self.segments[0].u_low

    @property
    def high(self) -> float:
        """Greatest u."""
        return self.segments[-1].u_high

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of all outputs this structure writes."""
        names = [one.output for one in self.segments] + [one.output for one in self.balances]
        return tuple(dict.fromkeys(names))

    def values(self, u: float, floors: Values = NOTHING) -> dict[str, float]:
        """Return every output at u.

        Args:
            u: the loop's demand.
            floors: what others ask of shared outputs now, by name, in eu.
        """
        values: dict[str, float] = {}
        for one in self.segments:
            if u >= one.u_low or one.output not in values:
                values[one.output] = one.at(u, floors.get(one.output))
        for balance in self.balances:
            total = values.get(balance.output, 0.0) if balance.total is None else balance.total
            rest = total - sum(values[part] for part in balance.parts)
            values[balance.output] = max(0.0, rest)
        return values

    def active(self, u: float) -> Segment:
        """Return the segment that moves at u (the lower one where two meet)."""
        for one in self.segments:
            if u <= one.u_high:
                return one
        return self.segments[-1]

    def real(self, u: float, actual: Values, floors: Values = NOTHING) -> float:
        """Return the u the plant really has after u was demanded: u itself where it follows.

        Only the output that moves at u counts. An output that can't be read counts as following.
        """
        one = self.active(u)
        floor = floors.get(one.output)
        value = self._own(one, actual)
        if one.fails(one.at(u, floor), value) <= FOLLOWS:
            return u
        return one.inverse(value, floor)

    def locate(self, actual: Values, floors: Values = NOTHING) -> float | None:
        """Return the u that explains the actual outputs best: where a loop starts bumpless.

        The smallest sum of squared deviations wins, then the smallest demand. A shared output that
        runs above its floor counts as the loop's own doing, so that it does not drop. None when
        none of the outputs can be read.
        """
        if all(math.isnan(self._own(one, actual)) for one in self.segments):
            return None
        spots = {one.u_low for one in self.segments} | {self.high}
        for one in self.segments:
            value = self._own(one, actual)
            if not math.isnan(value):
                spots.add(one.inverse(value, floors.get(one.output)))
        return min(spots, key=lambda u: (round(self._cost(u, actual, floors), 6), abs(u)))

    def deviation(self, u: float, actual: Values, floors: Values = NOTHING) -> float:
        """Return the greatest deviation of an actual output from its demand, in % of its span."""
        return max(one.fails(*pair) for one, pair in self._pairs(u, actual, floors))

    def free_of(self, output: str) -> tuple[float, float]:
        """Return the part of u in which one output stays 0: the range while it is locked.

        Raises:
            InputError: the output is at no end of the structure, or never 0.
        """
        first, last = self.segments[0], self.segments[-1]
        if last.output == output and last.value_low == 0 and len(self.segments) > 1:
            return self.low, last.u_low
        if first.output == output and first.value_high == 0 and len(self.segments) > 1:
            return first.u_high, self.high
        raise InputError(
            f"structure: {output} can't be locked; only the first or last segment's output, "
            "beginning at 0, can."
        )

    def _own(self, one: Segment, actual: Values) -> float:
        value = actual.get(one.output, math.nan)
        for balance in self.balances:
            if balance.output == one.output:
                value += sum(actual.get(part, math.nan) for part in balance.parts)
        return value if math.isfinite(value) else math.nan

    def _pairs(
        self, u: float, actual: Values, floors: Values
    ) -> Iterator[tuple[Segment, tuple[float, float]]]:
        """Give, for each output, its segment at u with the demand and the real value."""
        for one in self._governing(u):
            yield one, (one.at(u, floors.get(one.output)), self._own(one, actual))

    def _governing(self, u: float) -> Sequence[Segment]:
        found: dict[str, Segment] = {}
        for one in self.segments:
            if u >= one.u_low or one.output not in found:
                found[one.output] = one
        return list(found.values())

    def _cost(self, u: float, actual: Values, floors: Values) -> float:
        return sum(one.misses(*pair) ** 2 for one, pair in self._pairs(u, actual, floors))


def _check_cover(segments: Sequence[Segment]) -> None:
    for left, right in pairwise(segments):
        if right.u_low < left.u_high:
            raise InputError(
                f"structure: the segments of {left.output} and {right.output} overlap between "
                f"u {right.u_low:g} and {min(left.u_high, right.u_high):g}."
            )
        if right.u_low > left.u_high:
            raise InputError(
                f"structure: nothing moves between u {left.u_high:g} and {right.u_low:g}; "
                f"let {left.output} and {right.output} meet."
            )


def _check_continuous(segments: Sequence[Segment]) -> None:
    last: dict[str, Segment] = {}
    for one in segments:
        before = last.get(one.output)
        if before is not None and before.value_high != one.value_low:
            raise InputError(
                f"structure: {one.output} would jump from {before.value_high:g} to "
                f"{one.value_low:g}; its second segment must begin where the first ends."
            )
        last[one.output] = one


def _check_balances(structure: Structure) -> None:
    moved = {one.output for one in structure.segments}
    for balance in structure.balances:
        strangers = [part for part in balance.parts if part not in moved]
        if strangers or not balance.parts:
            raise InputError(
                f"structure: the balance of {balance.output} names "
                f"{', '.join(strangers) or 'no part'}; name outputs that have a segment."
            )
        if balance.total is None and balance.output not in moved:
            raise InputError(
                f"structure: the balance of {balance.output} has no total.",
                help="Give a total, or a segment for the output.",
            )
        not_negative(f"balance of {balance.output}", "total", balance.total or 0.0)
    _check_room(structure)


def _check_room(structure: Structure) -> None:
    for spot in {one.u_low for one in structure.segments} | {structure.high}:
        own = {one.output: one.at(spot) for one in structure._governing(spot)}  # noqa: SLF001
        for balance in structure.balances:
            total = own[balance.output] if balance.total is None else balance.total
            parts = sum(own[part] for part in balance.parts)
            if parts > total * (1 + 1e-9):
                raise InputError(
                    f"structure: at u {spot:g} {' and '.join(balance.parts)} need {parts:g}, more "
                    f"than the total of {total:g} that {balance.output} can give way from."
                )


def _check_exclusive(structure: Structure) -> None:
    for one in structure.segments:
        for spot in (one.u_low, (one.u_low + one.u_high) / 2, one.u_high):
            values = structure.values(spot)
            on = [name for name in structure.exclusive if values.get(name, 0.0) > 0]
            if len(on) > 1:
                raise InputError(
                    f"structure: at u {spot:g} {' and '.join(on)} would both be above 0; "
                    "they exclude each other."
                )
