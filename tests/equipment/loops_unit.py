"""A unit of loops from a few lines of a site file, on a plant of a few lines of Python."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bioctl.equipment.commanded import LoopDemand, UnitState
from bioctl.equipment.image import make_image
from bioctl.equipment.protect import protect
from bioctl.equipment.regulate import UnitMemory, outputs_of, regulate
from bioctl.equipment.unit import UnitConfig
from bioctl.equipment.unit_fields import read_unit
from bioctl.errors import InputError, InputErrors
from bioctl.language.document import parse
from bioctl.tags import UnitClass
from bioctl.values import Reading

Plant = Callable[[dict[str, float], float], dict[str, float]]
"""Outputs in force and seconds to measurements."""

HEAD = """\
class: vessel
connection: plant
period: 10 s
measurements:
  temperature: TT 0 .. 60
  jacket_temperature: TJ 0 .. 60
  feed_flow: FF 0 .. 100
  foam: LF 0 .. 100
  pressure: PT 0 .. 500
outputs:
  heater: TC 0 .. 100
  permeate: PP 0 .. 100
  antifoam: PA 0 .. 5
  air: FA 0 .. 10
  oxygen: FO 0 .. 10
loops:
"""
CLASS = UnitClass(
    "vessel",
    {"temperature": "degC", "jacket_temperature": "degC", "feed_flow": "mL/min", "foam": "%",
     "pressure": "mbar"},
    {"heater": "%", "permeate": "mL/min", "antifoam": "mL/min", "air": "L/min", "oxygen": "L/min"},
    {},
    (),
)  # fmt: skip


def unit_of(loops: str, more: str = "") -> UnitConfig:
    """Return the unit; all that is wrong with it is raised at once."""
    errors: list[InputError] = []
    kind = UnitClass(CLASS.name, CLASS.measurements, CLASS.outputs, named(loops), CLASS.commands)
    node = parse((more + HEAD + loops).encode(), "site.yaml")
    unit = read_unit("V1", {"vessel": kind}, {}, ["plant"], errors, node)
    if errors:
        raise InputErrors(errors)
    return unit


def named(loops: str) -> dict[str, str]:
    """Return the loops that have no source as those of the class."""
    blocks = re.split(r"^  (?=\w)", loops, flags=re.MULTILINE)
    return {one.partition(":")[0]: "" for one in blocks if one and "setpoint_from" not in one}


class Running:
    """A unit in closed loop with a plant; process time goes by `run`."""

    def __init__(self, unit: UnitConfig, plant: Plant, first: Mapping[str, float]) -> None:
        self.unit, self.plant = unit, plant
        self.memory = UnitMemory()
        self.outputs = dict.fromkeys(unit.outputs, 0.0) | dict(first)
        self.measured = plant(self.outputs, 0.0)
        self.demands: dict[str, LoopDemand] = {}
        self.events: list[Any] = []
        self.now = 0.0
        self.trend: list[dict[str, float]] = []

    def ask(self, **loops: LoopDemand) -> "Running":
        self.demands |= loops
        return self

    def run(self, seconds: float, dt: float = 10.0, **readings: Reading) -> "Running":
        for _ in range(round(seconds / dt)):
            self.now += dt
            self._scan(readings)
            self.measured = self.plant(self.outputs, dt)
            self.trend.append({**self.outputs, **self.measured})
        return self

    def _scan(self, readings: Mapping[str, Reading]) -> None:
        tags = {**self.unit.measurements, **self.unit.outputs}
        values = {**self.outputs, **self.measured}
        found = {tag.name: readings.get(n, Reading(values[n])) for n, tag in tags.items()}
        image = make_image(tags.values(), found)
        state = UnitState("B-1", {}, self.demands)
        self.events += protect(self.unit, self.memory, image, self.now, state=state)
        self.events += regulate(self.unit, self.memory, image, state, self.now, _unfenced)
        self.outputs |= outputs_of(self.unit, self.memory, state)

    def loop(self, name: str) -> Any:
        return self.memory.loops[name]


def _unfenced(_: str, call: Callable[[], None]) -> str:
    call()
    return ""


def auto(sp: float) -> LoopDemand:
    return LoopDemand("AUTO", sp)
