"""What every unit of the plant offers, and the checks of command arguments they share."""

import math
from collections.abc import Mapping
from typing import Protocol

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


class Unit(Protocol):
    """A unit: outputs by point (written from outside, in force at once), measurements by point."""

    outputs: dict[str, float]
    overrides: dict[str, float]
    """What outputs do instead of what they say, while equipment is broken."""

    def measure(self) -> dict[str, float]:
        """Return every measurement as its probe gives it, before noise and resolution."""
        ...

    def execute(self, command: str, arguments: Mapping[str, object]) -> str:
        """Carry out a command or raise Refused."""
        ...

    def stop_doses(self) -> None:
        """Stop the dosing pump, if there is one and it runs."""
        ...


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
