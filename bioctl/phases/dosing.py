"""Delivering a volume by one-shot DOSE commands, never more than asked, whatever crashes.

An attempt is opened with its command, counted once from the equipment's own totaliser when it ends,
and only the rest is asked for again. Memory of the phase, by dose name: `<name>_n` attempts so far,
`<name>_mL` delivered by counted attempts, `<name>_open` 1 while an attempt is not counted,
`<name>_stops` how often its end was asked for.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bioctl.phases.phase import Action, CallRecord, Do, Done, Fail, Go, View
from bioctl.values import Scalar

_OPEN = "_open"

DOSING, DELIVERED, STOPPED = 1, 2, 3
"""Equipment states of a dose, as `dose_state` reads."""

SMALLEST_ML = 0.5
"""Less than this is not asked for again: below the pump's resolution."""


def under_way(memory: Mapping[str, Scalar]) -> bool:
    """Whether a phase with this memory has asked for a dose that is not yet counted."""
    return any(name.endswith(_OPEN) and value for name, value in memory.items())


@dataclass(frozen=True, slots=True)
class Dose:
    """One volume to deliver from a source, in mL and mL/min."""

    name: str
    source: str
    volume: float
    rate: float

    def missing(self, v: View) -> bool:
        """Whether counted attempts have delivered less than was asked for."""
        return self.volume - self.delivered(v) >= SMALLEST_ML

    def delivered(self, v: View) -> float:
        """Return what counted attempts have delivered, in mL."""
        return float(v.memory.get(f"{self.name}_mL", 0.0))

    def begin(self, v: View, step: str) -> Sequence[Action]:
        """Ask for what is missing and enter `step`; enter it at once when nothing is."""
        if not self.missing(v):
            return (Go(step),)
        rest = self.volume - self.delivered(v)
        attempt = int(v.memory.get(f"{self.name}_n", 0)) + 1
        arguments: Mapping[str, Scalar] = {
            "source": self.source,
            "volume": round(rest, 3),
            "rate": self.rate,
        }
        return (
            Do(f"{self.name}_{attempt}", "DOSE", arguments),
            Go(
                step, {f"{self.name}_n": attempt, f"{self.name}{_OPEN}": 1, f"{self.name}_stops": 0}
            ),
        )

    def proceed(self, v: View, then: Go | Done) -> Sequence[Action]:
        """Wait in the dosing step until the equipment says it is delivered, then go on."""
        if not self.is_open(v):
            return (then,)
        call = self._call(v)
        if call is None or call.pending:
            return ()
        if not call.accepted:
            return (self._count(v, 0.0), Fail(f"{self.source} was not dosed: {call.message}"))
        return self._follow(v, then)

    def hold(self, v: View) -> Sequence[Action]:
        """Stop the pump, count what it delivered, and be done. Safe to ask again after a crash."""
        if not self.is_open(v):
            return (Done(),)
        call = self._call(v)
        if call is None or call.pending:
            return ()
        if not call.accepted:
            return (self._count(v, 0.0), Done())
        if v.number("dose_state") == DOSING:
            return self._stop(v)
        volume = v.number("dose_delivered")
        if math.isnan(volume) or math.isnan(v.number("dose_state")):
            return ()
        return (self._count(v, volume), Done())

    def _stop(self, v: View) -> Sequence[Action]:
        """Ask for the end of the dose; again if the equipment refused or never heard of it."""
        asked = int(v.memory.get(f"{self.name}_stops", 0))
        key = f"{self.name}_stop_{v.memory[f'{self.name}_n']}"
        last = v.call(f"{key}.{asked}")
        if last is not None and (last.pending or last.accepted):
            return ()
        return (
            Do(f"{key}.{asked + 1}", "STOP_DOSE"),
            Go(v.step, {f"{self.name}_stops": asked + 1}),
        )

    def _follow(self, v: View, then: Go | Done) -> Sequence[Action]:
        state, volume = v.number("dose_state"), v.number("dose_delivered")
        if state == DELIVERED and not math.isnan(volume):
            return (self._count(v, volume), then)
        if state == STOPPED and not math.isnan(volume):
            stopped = Fail(f"the equipment stopped the dose of {self.source} at {volume:.1f} mL")
            return (self._count(v, volume), stopped)
        return ()

    def _count(self, v: View, volume: float) -> Go:
        total = round(self.delivered(v) + volume, 3)
        return Go(v.step, {f"{self.name}_mL": total, f"{self.name}{_OPEN}": 0})

    def is_open(self, v: View) -> bool:
        """Whether an attempt has been asked for and not yet counted."""
        return bool(v.memory.get(f"{self.name}{_OPEN}", 0))

    def _call(self, v: View) -> CallRecord | None:
        return v.call(f"{self.name}_{v.memory[f'{self.name}_n']}")
