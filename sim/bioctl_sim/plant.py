"""The plant: three units, their piping, and the face the outside sees (tags and commands)."""

import math
from collections.abc import Mapping
from typing import Final

from bioctl_sim.equipment.bioreactor import Bioreactor
from bioctl_sim.equipment.faults import EQUIPMENT_FAULTS
from bioctl_sim.equipment.filler import Filler
from bioctl_sim.equipment.unit import Unit
from bioctl_sim.equipment.wash import WashSkid
from bioctl_sim.refused import Refused
from bioctl_sim.sensors import SensorRack
from bioctl_sim.taglist import TagDef, load_tags

__all__ = ["Plant", "Refused"]

_ROUNDING: Final = 1e-9
"""s; ten steps of 0.1 s make one second."""


class Plant:
    """The demonstration plant, stepped by whoever owns it; not thread safe.

    Args:
        seed: of sensor noise and of the filler's scatter; the same seed gives the same plant.
        noise: False for noiseless, still lagged and quantised sensors.
    """

    def __init__(self, seed: int = 1, noise: bool = True) -> None:  # noqa: FBT001, FBT002
        self.tags: tuple[TagDef, ...] = load_tags()
        self.bioreactor = Bioreactor(_initial_outputs(self.tags, "BR101"), seed, noise=noise)
        self.wash = WashSkid(_initial_outputs(self.tags, "CW201"))
        self.filler = Filler(_initial_outputs(self.tags, "VF301"), seed)
        self._units: dict[str, Unit] = {
            "BR101": self.bioreactor,
            "CW201": self.wash,
            "VF301": self.filler,
        }
        self._by_name = {tag.name: tag for tag in self.tags}
        self._sensors = SensorRack(self.tags, seed, noise=noise)
        self._faults: set[str] = set()
        self._ticks = 0
        self._remainder = 0.0

    @property
    def time(self) -> float:
        """Simulated seconds since power-up."""
        return self._ticks + self._remainder

    def step(self, dt: float) -> None:
        """Advance by `dt` s (0 or more) in internal steps of 1 s; the rest is carried over."""
        if not (math.isfinite(dt) and dt >= 0):
            raise Refused(f"The plant can't advance by {dt} s: expected a number of 0 or more.")
        self._remainder += dt
        whole = int(self._remainder + _ROUNDING)
        self._remainder = max(0.0, self._remainder - whole)
        for _ in range(whole):
            self._ticks += 1
            self._tick(self._ticks)

    def _tick(self, second: int) -> None:
        reactor, wash, filler = self.bioreactor, self.wash, self.filler
        reactor.step(second, wash.inlet())
        wash.step(second, filler.inlet())
        filler.step(second)

    def values(self) -> list[float]:
        """Return all tags in order: measurements as the sensors see them, outputs in force."""
        rows = {name: unit.measure() for name, unit in self._units.items()}
        outputs = {name: unit.outputs for name, unit in self._units.items()}
        return self._sensors.read(self._ticks, rows, outputs)

    def statuses(self) -> list[int]:
        """Return an OPC UA status code for each tag in order; 0 is Good."""
        return self._sensors.statuses()

    def write(self, name: str, value: float) -> None:
        """Set an output; refused when it is none or the value fits not its type or range."""
        tag = self._by_name.get(name)
        if tag is None or tag.kind != "o":
            raise Refused(f"{name} can't be written: it is no output of this plant.")
        self._units[tag.unit].outputs[tag.point] = _checked(tag, value)

    def execute(self, unit: str, command: str, arguments: Mapping[str, object]) -> str:
        """Carry out a command now and say so in one sentence; Refused says why not."""
        target = self._units.get(unit)
        if target is None:
            raise Refused(f"There is no unit {unit!r}: expected one of {', '.join(self._units)}.")
        return target.execute(command, arguments)

    def fallback(self) -> None:
        """Do what the plant's watchdog does: set every fallback output and stop the doses."""
        for tag in self.tags:
            if tag.kind == "o" and tag.fallback is not None:
                self._units[tag.unit].outputs[tag.point] = tag.fallback
        for unit in self._units.values():
            unit.stop_doses()

    def set_fault(self, name: str, active: bool, mode: str = "bad") -> None:  # noqa: FBT001
        """Break or mend a sensor or a piece of equipment.

        Args:
            name: a measurement, or one of `EQUIPMENT_FAULTS`.
            active: True breaks, False mends.
            mode: of a sensor: `bad` (status Bad, value held) or `frozen` (status Good, value held).
        """
        if name in EQUIPMENT_FAULTS:
            self._break_equipment(name, active=active)
            return
        tag = self._by_name.get(name)
        if tag is None or tag.kind != "m":
            raise Refused(
                f"{name} can't fail: expected a measurement or {', '.join(EQUIPMENT_FAULTS)}."
            )
        self._sensors.set_fault(self.tags.index(tag), self.values(), active=active, mode=mode)

    def _break_equipment(self, name: str, *, active: bool) -> None:
        (self._faults.add if active else self._faults.discard)(name)
        for unit_name, unit in self._units.items():
            broken = [f for f in EQUIPMENT_FAULTS if f in self._faults and f.startswith(unit_name)]
            unit.overrides = {k: v for f in broken for k, v in EQUIPMENT_FAULTS[f].items()}


def _initial_outputs(tags: tuple[TagDef, ...], unit: str) -> dict[str, float]:
    return {tag.point: tag.initial for tag in tags if tag.unit == unit and tag.kind == "o"}


def _checked(tag: TagDef, value: float) -> float:
    number = float(value)
    if not (math.isfinite(number) and tag.low <= number <= tag.high):
        raise Refused(
            f"{tag.name} can't be {value}: expected {tag.low:g} to {tag.high:g} {tag.eu}".strip()
            + "."
        )
    if tag.type != "double" and number != int(number):
        raise Refused(f"{tag.name} can't be {value}: expected a whole number.")
    return number
