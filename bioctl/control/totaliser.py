"""A dose limit on a loop: what its totaliser counted, and the lock when it is used up."""

import math
from dataclasses import dataclass, replace

from bioctl.control.check import above_zero, finite, text
from bioctl.values import Reading


@dataclass(frozen=True, slots=True)
class DoseLimit:
    """How much of one output's material a loop may use before a person must look.

    Attributes:
        output: the dosing output, for example `base_pump`.
        totaliser: measurement that counts it, for example `base_total`; it may run on for ever.
        limit: most that may be used, in the totaliser's eu, above 0.
    """

    output: str
    totaliser: str
    limit: float

    def __post_init__(self) -> None:
        text("dose limit", "output", self.output)
        text("dose limit", "totaliser", self.totaliser)
        finite(f"dose limit of {self.output}", "limit", self.limit)
        above_zero(f"dose limit of {self.output}", "limit", self.limit)


@dataclass(frozen=True, slots=True)
class DoseState:
    """What was used so far.

    Attributes:
        used: in the totaliser's eu since the last release.
        last: last good total; None before the first.
        locked: the limit was reached; only a person releases it.
        unreadable: the totaliser can't be read now: locked for as long.
    """

    used: float = 0.0
    last: float | None = None
    locked: bool = False
    unreadable: bool = False

    @property
    def shut(self) -> bool:
        """Whether the output must stay 0 now."""
        return self.locked or self.unreadable


def count(limit: DoseLimit, state: DoseState, total: Reading | None) -> DoseState:
    """Return the state after a reading of the totaliser, locked once the limit is reached."""
    state = tally(state, total)
    return replace(
        state, locked=state.locked or (not state.unreadable and state.used >= limit.limit)
    )


def tally(state: DoseState, total: Reading | None) -> DoseState:
    """Return the state after a reading of the totaliser; no limit is looked at.

    A totaliser that falls was exchanged or reset: it counts on from its new value.
    """
    number = math.nan if total is None else total.number
    if not math.isfinite(number):
        return replace(state, unreadable=True)
    used = state.used + max(0.0, number - (number if state.last is None else state.last))
    return DoseState(used, number, state.locked)


def release(state: DoseState) -> DoseState:
    """Return the state after a person released the lock, or a new batch began: used is 0."""
    return DoseState(0.0, state.last, locked=False, unreadable=state.unreadable)
