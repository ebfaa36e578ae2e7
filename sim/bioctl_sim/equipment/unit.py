"""What every unit of the plant offers, and the checks of command arguments they share."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Protocol

from bioctl_sim.faults.effects import neutral
from bioctl_sim.liquid import Parcel
from bioctl_sim.refused import Refused


class Sink(Protocol):
    """What liquid can be poured into."""

    @property
    def room(self) -> float:
        """Free volume in L."""
        ...

    def add(self, parcel: Parcel) -> None:
        """Mix a parcel in."""
        ...


class Unit(ABC):
    """A unit of the plant, stepped by the Plant.

    Points are generic, without the unit's series: `TC01` for TC101 of BR101.

    Args:
        outputs: initial outputs by generic point; written from outside, in force at once.
    """

    def __init__(self, outputs: dict[str, float]) -> None:
        self.outputs = outputs
        self.overrides: dict[str, float] = {}
        """What outputs do instead of what they say, while equipment is broken."""
        self.effects: list[float] = neutral()
        """What faults and upsets do inside a vessel, and what its own loops see."""
        self.target: Sink | None = None
        """What the outlet pours into; None while the way is closed. Set by the Plant."""

    @abstractmethod
    def advance(self, first: int, seconds: int) -> None:
        """Step through the simulated seconds first + 1 to first + seconds."""

    @abstractmethod
    def measure(self) -> dict[str, float]:
        """Return every measurement by generic point as its probe gives it, before any error."""

    @abstractmethod
    def execute(self, command: str, arguments: Mapping[str, object]) -> str:
        """Carry out a command or raise Refused."""

    def truth(self) -> dict[str, float]:
        """Return what is really so, by name; for training, validation and tests."""
        return {}

    def inlet(self) -> Sink | None:
        """Return what a pipe into this unit pours into; None while its inlet valve is closed."""
        return None

    @property
    def outlet_open(self) -> bool:
        """Whether the valve to the next unit is open."""
        return False

    def draw(self, litres: float) -> bool:
        """Take a sample from the vessel; False where there is too little."""
        del litres
        return False

    def stop_doses(self) -> None:  # noqa: B027  a unit without dosing pump has nothing to stop
        """Stop the dosing pump, if there is one and it runs."""


def need(arguments: Mapping[str, object], allowed: tuple[str, ...]) -> None:
    """Refuse arguments that are missing or unknown."""
    if set(arguments) != set(allowed):
        expected = ", ".join(allowed) or "none"
        got = ", ".join(sorted(map(str, arguments))) or "none"
        raise Refused(f"Wrong arguments: expected {expected}; got {got}.")


def number(arguments: Mapping[str, object], name: str, low: float, high: float, eu: str) -> float:
    """Return a finite number within its range, or refuse."""
    value = arguments[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(f"{name} can't be {value!r}: expected a number in {eu}.")
    if not (math.isfinite(value) and low <= value <= high):
        raise Refused(f"{name} can't be {value:g} {eu}: expected {low:g} to {high:g} {eu}.")
    return float(value)


def choice(arguments: Mapping[str, object], name: str, choices: tuple[str, ...]) -> str:
    """Return one of the known words, or refuse."""
    value = arguments[name]
    if not isinstance(value, str) or value not in choices:
        raise Refused(f"{name} can't be {value!r}: expected one of {', '.join(choices)}.")
    return value
