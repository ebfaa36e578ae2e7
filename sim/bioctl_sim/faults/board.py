"""The fault board: what is wrong now, what is to come, and what follows for each unit.

Pure: it is told the simulated second and holds no unit.
"""

import math
import random
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from bioctl_sim.faults.effects import EFFECTS, combine
from bioctl_sim.faults.library import DAY, Fault
from bioctl_sim.faults.names import Breakable, checked, find, known
from bioctl_sim.refused import Refused

NEVER: Final = 2**62
"""s; after this nothing is due."""


class Order(NamedTuple):
    """A fault that comes by itself.

    Attributes:
        name: of the fault.
        at: simulated s.
        latest: s; the plant's seed draws the moment between `at` and this; None is `at` exactly.
        duration: s; None stays.
        amount: None takes the fault's own.
    """

    name: str
    at: float
    latest: float | None = None
    duration: float | None = None
    amount: float | None = None


class Active(NamedTuple):
    """A fault at work: since and until which second, and how much."""

    name: str
    unit: str
    fault: Fault
    amount: float
    since: int
    until: int


class FaultBoard:
    """All faults of one plant.

    Args:
        units: what can fail.
        orders: what comes by itself.
        seed: draws moments that are given as a span.

    Raises:
        Refused: an order names no fault, or an amount outside its range.
    """

    def __init__(
        self, units: Mapping[str, Breakable], orders: Iterable[Order] = (), seed: int = 1
    ) -> None:
        self._units = units
        self.active: dict[str, Active] = {}
        coming = [self._planned(order, seed, number) for number, order in enumerate(orders)]
        self._coming = sorted(coming, key=lambda active: active.since)
        self.next = self._next()
        """The second at which a fault begins or ends next."""

    def set(self, name: str, amount: float | None, duration: float | None, second: int) -> Active:
        """Let a fault begin now; one that is at work already begins anew.

        Raises:
            Refused: there is no such fault, or not that amount or duration.
        """
        unit, fault = find(name, self._units)
        if duration is not None and not (math.isfinite(duration) and duration > 0.0):
            raise Refused(f"{name} can't last {duration} s: expected a number above 0.")
        until = NEVER if duration is None else second + math.ceil(duration)
        active = Active(name, unit, fault, checked(name, fault, amount), second, until)
        self.active[name] = active
        self.next = self._next()
        return active

    def clear(self, name: str) -> Active | None:
        """End a fault and return it; None where it is not at work.

        Raises:
            Refused: there is no such fault.
        """
        find(name, self._units)
        ended = self.active.pop(name, None)
        self.next = self._next()
        return ended

    def _next(self) -> int:
        ends = [active.until for active in self.active.values()]
        return min([*ends, self._coming[0].since if self._coming else NEVER], default=NEVER)

    def turn(self, second: int) -> tuple[list[Active], list[Active]]:
        """Return what ended and what began by this second."""
        ended = [active for active in self.active.values() if active.until <= second]
        for active in ended:
            del self.active[active.name]
        began = []
        while self._coming and self._coming[0].since <= second:
            active = self._coming.pop(0)
            if active.until > second:
                self.active[active.name] = active
                began.append(active)
        self.next = self._next()
        return ended, began

    @property
    def known(self) -> list[str]:
        """The library's names for this plant."""
        return known(self._units)

    def effects(self, unit: str, second: int) -> list[float]:
        """Return what acts inside a vessel, in the order of `EFFECTS`."""
        values = []
        for active in self._of(unit):
            amount = active.amount
            if active.fault.per_day:
                amount = amount * (second - active.since) / DAY
            for effect, how in active.fault.effects:
                values.append((effect, max(0.0, 1.0 - amount) if how == "lose" else amount))
        return combine(values)[: len(EFFECTS)]

    def outputs(self, unit: str) -> dict[str, float]:
        """Return the outputs of a unit that do something else than they say."""
        return {k: v for active in self._of(unit) for k, v in active.fault.outputs}

    def silent(self, unit: str) -> bool:
        """Return whether nothing is heard of a unit."""
        return any(active.fault.silent for active in self._of(unit))

    def _of(self, unit: str) -> list[Active]:
        return [active for active in self.active.values() if active.unit == unit]

    def _planned(self, order: Order, seed: int, number: int) -> Active:
        unit, fault = find(order.name, self._units)
        amount = checked(order.name, fault, order.amount)
        at = order.at
        if order.latest is not None:
            source = random.Random(f"{seed} {number} {order.name}")  # noqa: S311 - no secret
            at += (order.latest - order.at) * source.random()
        since = math.ceil(at)
        until = NEVER if order.duration is None else since + math.ceil(order.duration)
        return Active(order.name, unit, fault, amount, since, until)
