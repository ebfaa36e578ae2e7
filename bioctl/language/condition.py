"""Conditions over readings: `glucose < 15 mmol/L or elapsed > 72 h`, `stable(pH, 0.05, 10 min)`.

A small language of its own: read once, its engineering units checked, then compiled (`code`). What
depends on a reading that is not GOOD is INVALID. Asking it is pure: readings, time and what it
remembers go in; the truth and what it remembers come out.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite

from bioctl.language.code import Decide, Value, compile_claim, compile_number
from bioctl.language.expression import Window
from bioctl.language.reader import Read, read
from bioctl.language.truth import Lookup, Truth
from bioctl.language.window import Seen, answer, observe
from bioctl.values import Quality

__all__ = ["Condition", "Lookup", "Truth", "Windows", "compile_condition"]

_GOOD = Quality.GOOD

Windows = tuple[Seen | None, ...]
"""What a condition remembers, one per window, in its order; () at first. Plain JSON."""


@dataclass(frozen=True, slots=True)
class _Watch:
    """A window, compiled."""

    window: Window
    value: Value
    tolerance: Value | None


@dataclass(frozen=True)
class Condition:
    """A condition that was read and checked; it is compiled when it is asked for the first time.

    Attributes:
        text: as it was written.
        read: its tree.
    """

    text: str
    read: Read = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The names it reads, sorted."""
        return self.read.names

    @property
    def steps(self) -> int:
        """How much work one evaluation is at most; `cursor.MAX_STEPS` bounds it."""
        return self.read.steps

    @cached_property
    def decide(self) -> Decide:
        """The truth from floats in the order of `names`, NaN where a reading is not GOOD.

        After them it takes one result for each window.
        """
        return compile_claim(self.read.claim, self.names, len(self.read.windows))

    @cached_property
    def _watches(self) -> tuple[_Watch, ...]:
        return tuple(_watch(window, self.names) for window in self.read.windows)

    @property
    def span_s(self) -> float:
        """The longest window, s; 0 without. Before that, what asks for windows may be INVALID."""
        return max((window.span_s for window in self.read.windows), default=0.0)

    def evaluate(self, lookup: Lookup) -> Truth:
        """Return the truth now; a window has seen nothing yet."""
        found = self.read
        if found.windows:
            return self.step((), lookup, 0.0)[0]
        return self.decide(*_values(found.names, lookup))

    def step(
        self, windows: Sequence[Seen | None], lookup: Lookup, now: float
    ) -> tuple[Truth, Windows]:
        """Return the truth, and what to hand in next time.

        Args:
            windows: what the last step gave; () begins anew, as do those of another condition.
            lookup: reading by name.
            now: process time, s.
        """
        values = _values(self.read.names, lookup)
        if not self.read.windows:
            return self.decide(*values), ()
        fresh = (None,) * len(self._watches)
        before = windows if len(windows) == len(fresh) else fresh
        after: list[Seen | None] = []
        answers: list[float] = []
        for watch, seen in zip(self._watches, before, strict=True):
            value = watch.value(*values)
            after.append(observe(seen, value, now, watch.window.span_s))
            tolerance = watch.tolerance(*values) if watch.tolerance else math.nan
            answers.append(answer(watch.window, after[-1], value, now, tolerance))
        return self.decide(*values, *answers), tuple(after)


def _watch(window: Window, names: Sequence[str]) -> _Watch:
    tolerance = compile_number(window.tolerance, names) if window.tolerance else None
    return _Watch(window, compile_number(window.of, names), tolerance)


def compile_condition(text: str, names: Mapping[str, str], *, windows: bool = True) -> Condition:
    """Compile a condition.

    Args:
        text: what was written.
        names: every name it may use, with its eu.
        windows: whether it may look back; where nobody keeps what it remembers it may not.

    Raises:
        InputError: not of the grammar, an unknown name or eu, sides that measure different
            things, or too long, deep or costly. Its place is `condition:1:column`;
            `Findings.place` moves it to where the condition stands in a file.
    """
    return Condition(text, read(text, names, windows=windows))


def _values(names: Sequence[str], lookup: Lookup) -> list[float]:
    """Return finite numbers, NaN for what can't be trusted; most readings are GOOD floats."""
    found = []
    for name in names:
        value, quality, _, _ = reading = lookup(name)
        if quality is not _GOOD or value.__class__ is not float:
            value = reading.number
        found.append(value if isfinite(value) else math.nan)
    return found
