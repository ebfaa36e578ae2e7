"""VF301, the vial filler: a PackML machine that fills, weighs and sorts vials."""

import random
from collections.abc import Mapping
from typing import Final

from bioctl_sim.equipment.hold import age
from bioctl_sim.equipment.packml import COMMANDS, TRANSIENT, State
from bioctl_sim.equipment.unit import Unit, choice, need
from bioctl_sim.liquid import DENSITY, Liquid
from bioctl_sim.refused import Refused

_CAPACITY: Final = 5.0
"""L, bulk bag."""
_SCATTER: Final = 0.01
"""Standard deviation of a fill, part of its target: a good peristaltic pump."""
_TOLERANCE: Final = 0.03
"""A vial outside target +-3 % is rejected."""
_AMBIENT: Final = 20.0
_AGE_EVERY: Final = 10
"""s between two looks at the bulk's temperature and viability."""
_WARM_S: Final = 3600.0
"""s, time constant of the bulk bag towards the room."""


class Filler(Unit):
    """The vial filler.

    Args:
        outputs: initial outputs by point.
        seed: of the fill scatter.
        name: for messages.
    """

    def __init__(self, outputs: dict[str, float], seed: int, name: str) -> None:
        super().__init__(outputs)
        self._name = name
        self.bulk = Liquid(_CAPACITY)
        self.state = State.STOPPED
        self.filled = 0.0
        """L filled into vials, good or not, since power-up."""
        self._random = random.Random(seed + 301)  # noqa: S311 - scatter of a model
        self._seconds_in_state = 0
        self._cycle = 0.0
        self._reset_counters()

    def _reset_counters(self) -> None:
        self.processed = self.good = self.rejected = 0
        self._last_weight = 0.0
        self._good_weight = 0.0

    def inlet(self) -> Liquid | None:
        """Return the bulk bag where the inlet valve is open."""
        return self.bulk if self.outputs["XV01"] else None

    def advance(self, first: int, seconds: int) -> None:
        """Step through some seconds."""
        for second in range(first + 1, first + seconds + 1):
            self._step(second)

    def _step(self, second: int) -> None:
        state = self.state
        if state in TRANSIENT:
            self._act(state)
        elif state is State.EXECUTE:
            self._fill()
        elif state is State.SUSPENDED and (self._enough() or self._finished()):
            self._enter(State.EXECUTE)
        if second % _AGE_EVERY == 0 and self.bulk.volume > 0.0:
            age(self.bulk, _AMBIENT, _WARM_S, _AGE_EVERY)

    def _act(self, state: State) -> None:
        self._seconds_in_state += 1
        duration, following = TRANSIENT[state]
        if self._seconds_in_state >= duration:
            if state is State.RESETTING:
                self._reset_counters()
            self._enter(following)

    def _enter(self, state: State) -> None:
        self.state = state
        self._seconds_in_state = 0
        if state is State.EXECUTE:
            self._cycle = 0.0

    def _finished(self) -> bool:
        return self.good >= self.outputs["NC01"]

    def _enough(self) -> bool:
        return self.bulk.volume >= self.outputs["FC01"] / 1000.0 * (1.0 + 5.0 * _SCATTER)

    def _fill(self) -> None:
        self._cycle += self.overrides.get("SC01", self.outputs["SC01"]) / 60.0
        while self._cycle >= 1.0 and self.state is State.EXECUTE:
            self._cycle -= 1.0
            self._fill_one()
        if self.state is State.EXECUTE and self._finished():
            self._enter(State.COMPLETING)

    def _fill_one(self) -> None:
        if self._finished():
            return
        if not self._enough():
            self._enter(State.SUSPENDED)
            return
        target = self.outputs["FC01"]
        deviation = min(5.0, max(-5.0, self._random.gauss(0.0, 1.0))) * _SCATTER
        parcel = self.bulk.take(target * (1.0 + deviation) / 1000.0)
        self.filled += parcel.volume
        self._weigh(parcel.volume * 1000.0 * DENSITY, good=abs(deviation) <= _TOLERANCE)

    def _weigh(self, grams: float, *, good: bool) -> None:
        self.processed += 1
        self._last_weight = grams
        if good:
            self.good += 1
            self._good_weight += grams
        else:
            self.rejected += 1

    def measure(self) -> dict[str, float]:
        """Return every measurement by point."""
        bulk = self.bulk
        return {
            "XS01": float(self.state),
            "NT01": float(self.processed),
            "NT02": float(self.good),
            "NT03": float(self.rejected),
            "WT01": bulk.mass,
            "WT02": self._last_weight,
            "WT03": self._good_weight / self.good if self.good else 0.0,
            "AT01": bulk.cells / bulk.volume if bulk.volume > 1e-6 else 0.0,
            "AT02": bulk.viability,
        }

    def execute(self, command: str, arguments: Mapping[str, object]) -> str:
        """PACKML {command}: refused where the state model does not allow it."""
        if command != "PACKML":
            raise Refused(f"{self._name} knows no {command!r}: expected PACKML.")
        need(arguments, ("command",))
        name = choice(arguments, "command", tuple(COMMANDS))
        following = COMMANDS[name].get(self.state)
        if following is None:
            legal = ", ".join(s.name.capitalize() for s in COMMANDS[name])
            raise Refused(
                f"{self._name} can't {name} in state {self.state.name.capitalize()}: "
                f"expected {legal}."
            )
        self._enter(following)
        return f"{self._name}: {name} accepted, now {following.name.capitalize()}."
