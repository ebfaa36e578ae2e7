"""From a plant file to the units of the plant."""

from collections.abc import Iterable

from bioctl_sim.actuators import IDEAL, drawn
from bioctl_sim.equipment.filler import Filler
from bioctl_sim.equipment.unit import Unit
from bioctl_sim.equipment.wash import WashSkid
from bioctl_sim.plantfile.spec import UnitSpec, VesselSpec
from bioctl_sim.taglist import TagDef, UnitTags, unit_tags
from bioctl_sim.vessel.vessel import Vessel


def tags_of(spec: UnitSpec) -> UnitTags:
    """Return the tag list of a unit."""
    inlet = isinstance(spec, VesselSpec) and bool(spec.inlet)
    return unit_tags(spec.kind, spec.name, spec.series, spec.scale, inlet=inlet)


def unit_of(
    spec: UnitSpec, tags: Iterable[TagDef], seed: int, *, noise: bool, accelerated: bool
) -> Unit:
    """Return the equipment of a unit.

    Args:
        spec: what the plant file says of it.
        tags: its tag list, for the outputs at power-up.
        seed: of errors and scatter.
        noise: False for actuators without error.
        accelerated: whether bioreactors run as machine code.
    """
    outputs = {tag.generic: tag.initial for tag in tags if tag.kind == "o"}
    if spec.kind == "filler":
        return Filler(outputs, seed, spec.name)
    if spec.kind == "wash":
        return WashSkid(outputs, spec.name)
    if not isinstance(spec, VesselSpec):
        raise TypeError(f"{spec.name} is a {spec.kind}, of which there is no equipment")
    actuators = drawn(seed, spec.name) if noise else IDEAL
    return Vessel(spec, outputs, actuators, accelerated=accelerated)
