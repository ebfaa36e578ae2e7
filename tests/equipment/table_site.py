"""The demonstration site with every shipped table of interlocks, on a plant that does as told."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import bioctl.cli
from bioctl.equipment.commanded import LoopDemand, UnitState
from bioctl.equipment.image import make_image
from bioctl.equipment.regulate import UnitMemory
from bioctl.equipment.scan import scan
from bioctl.equipment.site import Site, load_site
from bioctl.phases.library import capabilities
from bioctl.values import Reading

TEMPLATE = Path(bioctl.cli.__file__).parent / "templates" / "site.yaml.in"
ROOM = """
  ROOM1:
    class: clean_room
    connection: plant
    period: 10 s
    measurements:
      particles_05um: PC001 0 .. 1000000 1/m3
      pressure_difference: PD001 -50 .. 100 Pa
      temperature: TT001 0 .. 50 degC
      humidity: MT001 0 .. 100 %
    outputs: {}
"""
PROBED = """      - inoculation
      - second_temperature_probe
      - feed_limit
    probes: {temperature_2: TT109 0 .. 60 degC}"""
CHANGES = {
    "      - inoculation": PROBED,
    "inlet_line, filling]": "inlet_line, filling, fill_environment]",
}


def site_text() -> str:
    """Return the site file."""
    text = TEMPLATE.read_text().replace("${plant_url}", "opc.tcp://127.0.0.1:1/plant") + ROOM
    for old, new in CHANGES.items():
        assert old in text
        text = text.replace(old, new)
    return text


def table_site(text: str = "") -> Site:
    """Return the site."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "site.yaml"
        file.write_text(text or site_text())
        return load_site(file, capabilities().classes)


SITE = table_site()
AUTO = {
    "temperature": LoopDemand("AUTO", 37.0),
    "pH": LoopDemand("AUTO", 7.2),
    "dissolved_oxygen": LoopDemand("AUTO", 50.0),
}
USUAL = {
    "BR101.temperature": 37.0, "BR101.temperature_2": 37.0, "BR101.pH": 7.2,
    "BR101.dissolved_oxygen": 50.0, "BR101.weight": 4.0, "BR101.pressure": 5.0,
    "BR101.agitator_speed": 60.0, "VF301.last_weight": 5.0, "VF301.bulk_weight": 0.5,
    "ROOM1.particles_05um": 0.0, "ROOM1.pressure_difference": 15.0,
}  # fmt: skip
"""Measurements of a culture in which nothing is wrong; what is not named reads as near 0 as can."""


class Scanned:
    """The real scan on units whose outputs follow at once unless they are stuck."""

    def __init__(self, site: Site = SITE, **loops: LoopDemand) -> None:
        self.site = site
        self.memory = {name: UnitMemory() for name in site.units}
        self.now = 0.0
        self.values = dict(USUAL)
        self.stuck: dict[str, float] = {}
        self.real: dict[str, float] = {}
        self.events: list[tuple[str, str, Mapping[str, Any]]] = []
        outputs = {"agitation": 60.0, "feed_pump": 2.0, "base_pump": 0.0, "harvest_valve": 1.0}
        self.commanded = {"BR101": UnitState("B-1", outputs, loops or AUTO)}

    def run(self, seconds: float, dt: float = 1.0, **seen: float | Reading) -> "Scanned":
        """Scan for a time, every `dt` s; `BR101_pressure=90` are readings from now on."""
        self.values |= {key.replace("_", ".", 1): value for key, value in seen.items()}  # type: ignore[misc]
        for _ in range(round(seconds / dt)):
            self.now += dt
            decided = scan(
                self.site.units, self.memory, self._image(), self.commanded, {}, self.now
            )
            assert not decided.broken
            self.events += [(unit, one.kind, one.data) for unit, one in decided.protective]
            self.real |= {tag: float(value) for tag, value in decided.outputs.items()}
        return self

    def command(self, **outputs: float) -> "Scanned":
        """Let the recipe ask for other outputs."""
        old = self.commanded["BR101"]
        self.commanded["BR101"] = UnitState(old.owner, {**old.outputs, **outputs}, old.loops)
        return self

    def output(self, name: str, unit: str = "BR101") -> float:
        """Return what an output is told."""
        return self.memory[unit].told[name]

    def state(self, name: str, unit: str = "BR101") -> Any:
        """Return what an interlock or permissive remembers."""
        memory = self.memory[unit]
        return memory.interlocks.get(name) or memory.permissives.get(name)

    def trips(self, unit: str = "BR101") -> list[str]:
        """Return the interlocks that tripped, in order."""
        return [
            data["interlock"]
            for one, kind, data in self.events
            if (one, kind) == (unit, "interlock.tripped")
        ]

    def _image(self) -> dict[str, Reading]:
        found: dict[str, Reading] = {}
        for name, unit in self.site.units.items():
            for point, tag in unit.measurements.items():
                value = self.values.get(f"{name}.{point}", tag.range.clamp(0.0))
                found[tag.name] = value if isinstance(value, Reading) else Reading(value)
            for point, tag in unit.outputs.items():
                real = self.real.get(tag.name, tag.range.clamp(0.0))
                found[tag.name] = Reading(self.stuck.get(f"{name}.{point}", real))
        return make_image(self.site.tags, found)
