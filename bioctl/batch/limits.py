"""What the units of a site can hold and show, as plain values for the recipe verifier."""

from collections.abc import Mapping

from bioctl.control.loop_config import LoopConfig
from bioctl.equipment.unit import UnitConfig
from bioctl.recipe.capabilities import Guard, UnitLimits


def limits_of(units: Mapping[str, UnitConfig]) -> tuple[UnitLimits, ...]:
    """Return the limits of every unit, in the order of the site file."""
    return tuple(_limits(unit) for unit in units.values())


def _limits(unit: UnitConfig) -> UnitLimits:
    return UnitLimits(
        name=unit.name,
        unit_class=unit.class_name,
        measurements={name: tag.range for name, tag in unit.measurements.items()},
        outputs={name: tag.range for name, tag in unit.outputs.items()},
        setpoints={name: loop.sp_range for name, loop in unit.loops.items()},
        moved={
            name: loop.structure.outputs
            for name, loop in unit.loops.items()
            if isinstance(loop, LoopConfig)
        },
        orders={
            name: loop.order_names
            for name, loop in unit.loops.items()
            if isinstance(loop, LoopConfig)
        },
        guards=tuple(
            Guard(one.name, one.when, (*one.then, *one.at_most)) for one in unit.interlocks.values()
        ),
    )
