"""Fault names: `UNIT.fault` of the library, or `UNIT.POINT.mode` of a sensor."""

import math
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

from bioctl_sim.faults.library import LIBRARY, VESSEL, Fault
from bioctl_sim.refused import Refused
from bioctl_sim.sensors.modes import MODES


class Breakable(NamedTuple):
    """What of a unit can fail: its kind, and its measurements, point -> generic point."""

    kind: str
    sensors: Mapping[str, str]

    @property
    def faults(self) -> Mapping[str, Fault]:
        """The library's faults of this kind of unit."""
        return LIBRARY.get(self.kind, LIBRARY[VESSEL])


def find(name: str, units: Mapping[str, Breakable]) -> tuple[str, Fault]:
    """Return the unit and the fault of a name.

    Raises:
        Refused: there is no such fault; the sentence names the nearest.
    """
    unit, _, rest = name.partition(".")
    target = units.get(unit)
    if target is None:
        raise Refused(f"There is no fault '{name}': no unit '{unit}'{_hint(unit, units)}.")
    point, _, mode = rest.partition(".")
    if not mode and point in target.faults:
        return unit, target.faults[point]
    if point in target.sensors and mode in MODES:
        return unit, of_sensor(target.sensors[point], mode)
    raise Refused(f"There is no fault '{name}'{_nearest(unit, point, mode, target)}.")


def of_sensor(generic: str, mode: str) -> Fault:
    """Return the fault that a mode of one sensor is."""
    kind = MODES[mode]
    return Fault(
        kind.help,
        kind.observable,
        kind.detection,
        sensors=((generic, mode),),
        amount=kind.amount,
        low=kind.low,
        high=kind.high,
        eu=kind.eu,
    )


def checked(name: str, fault: Fault, amount: float | None) -> float:
    """Return the amount a fault comes with.

    Raises:
        Refused: it is no number in the fault's range.
    """
    value = fault.amount if amount is None else amount
    if not (math.isfinite(value) and fault.low <= value <= fault.high):
        raise Refused(
            f"{name} can't have the amount {value:g}: expected {fault.low:g} to {fault.high:g} "
            f"{fault.eu}".rstrip()
            + "."
        )
    return value


def known(units: Mapping[str, Breakable]) -> list[str]:
    """Return the library's names for these units; sensors fail besides, by UNIT.POINT.mode."""
    return [f"{unit}.{fault}" for unit, target in units.items() for fault in target.faults]


def _nearest(unit: str, point: str, mode: str, target: Breakable) -> str:
    if point in target.sensors:
        return f": {unit}.{point} is a sensor, expected one of {', '.join(MODES)} after it"
    if mode:
        return f": {unit} has no measurement '{point}'{_hint(point, target.sensors)}"
    every = [*target.faults, *target.sensors]
    near = get_close_matches(point, every, 1)
    if near:
        more = ".drift" if near[0] in target.sensors else ""
        return f", did you mean '{unit}.{near[0]}{more}'"
    return f", expected one of {', '.join(target.faults)}, or a sensor as in {unit}.TT101.drift"


def _hint(word: str, choices: Mapping[str, object]) -> str:
    near = get_close_matches(word, choices, 1)
    return f", did you mean '{near[0]}'" if near else f", expected one of {', '.join(choices)}"
