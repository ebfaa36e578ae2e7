"""What the conditions of a unit's interlocks and permissives may read, by name.

pressure                  a measurement of the unit
base_pump                 an output, as it is in force (read back)
harvest_valve.deviation   how far an output is from what it was told, in its eu
pH.setpoint               the setpoint in force of a loop that controls
pH.used                   what the dose limit of a loop has counted
feed_total.used           what a totaliser has counted since the batch took the unit
ROOM1.particles           a measurement of another unit
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bioctl.control.interlock_config import DEVIATION, USED
from bioctl.control.loop_config import AnyLoop, LoopConfig, Mode
from bioctl.control.loop_state import LoopState
from bioctl.control.totaliser import DoseState
from bioctl.equipment.image import NOT_READ, Image
from bioctl.equipment.regulate import UnitMemory
from bioctl.equipment.unit import UnitConfig
from bioctl.language.condition import Condition, Lookup
from bioctl.tags import Tag
from bioctl.values import Reading, bad

SETPOINT = ".setpoint"
"""Ending of a name in a condition: the setpoint a loop controls to."""

UNREADABLE = DoseState(unreadable=True)

TOTALISER = "_total"
"""Ending of the names of totalisers in unit classes."""


def condition_names(
    measurements: Mapping[str, Tag],
    outputs: Mapping[str, Tag],
    loops: Mapping[str, AnyLoop],
    of_class: Mapping[str, str],
    elsewhere: Mapping[str, str],
) -> dict[str, str]:
    """Return every name a condition may use, with its eu.

    Args:
        measurements: tag by measurement of the unit.
        outputs: tag by output of the unit.
        loops: its loops.
        of_class: eu by loop of its class, also of one that could not be read.
        elsewhere: eu by `UNIT.measurement` of the other units.
    """
    doses = {
        f"{name}{USED}": measurements[loop.dose.totaliser].eu
        for name, loop in loops.items()
        if isinstance(loop, LoopConfig) and loop.dose and loop.dose.totaliser in measurements
    }
    readable = {
        **{n: t.eu for n, t in outputs.items()},
        **{n: t.eu for n, t in measurements.items()},
    }
    return {
        **elsewhere,
        **{f"{name}{SETPOINT}": eu for name, eu in of_class.items()},
        **{f"{n}{SETPOINT}": readable[loop.pv] for n, loop in loops.items() if loop.pv in readable},
        **{f"{name}{DEVIATION}": tag.eu for name, tag in outputs.items()},
        **{f"{n}{USED}": tag.eu for n, tag in measurements.items() if n.endswith(TOTALISER)},
        **doses,
        **readable,
    }


def counted(conditions: Iterable[Condition], measurements: Mapping[str, Tag]) -> tuple[str, ...]:
    """Return the totalisers whose use these conditions read."""
    used = {n.removesuffix(USED) for one in conditions for n in one.names if n.endswith(USED)}
    return tuple(sorted(n for n in used & measurements.keys() if n.endswith(TOTALISER)))


def lookup_of(
    unit: UnitConfig, memory: UnitMemory, image: Image, *, anew: Iterable[str] = ()
) -> Lookup:
    """Return what gives the reading of a name in the unit's conditions.

    Args:
        unit: its configuration.
        memory: what its control remembers.
        image: reading by tag.
        anew: loops and totalisers whose count reads 0.
    """
    zero = frozenset(anew)

    def read(name: str) -> Reading:
        tag = unit.measurements.get(name) or unit.outputs.get(name) or unit.elsewhere.get(name)
        if tag is not None:
            return image.get(tag.name, NOT_READ)
        if name.endswith(DEVIATION):
            return _deviation(unit, memory, image, name.removesuffix(DEVIATION))
        if name.endswith(SETPOINT):
            return _setpoint(memory.loops.get(name.removesuffix(SETPOINT), LoopState()))
        one = name.removesuffix(USED)
        loop = memory.loops.get(one, LoopState()).dose
        found = loop if one in unit.loops else memory.counted.get(one, UNREADABLE)
        return _used(replace(found, used=0.0) if one in zero else found)

    return read


def _deviation(unit: UnitConfig, memory: UnitMemory, image: Image, output: str) -> Reading:
    """Return how far an output is from what it was told; what was told nothing follows."""
    real = image.get(unit.outputs[output].name, NOT_READ)
    if not real.good:
        return real
    return Reading(abs(real.number - memory.told.get(output, real.number)))


def _setpoint(loop: LoopState) -> Reading:
    if loop.mode not in (Mode.AUTO, Mode.CAS) or loop.sp is None:
        return bad("the loop does not control")
    return Reading(loop.sp)


def _used(count: DoseState) -> Reading:
    return bad("its totaliser can't be read") if count.unreadable else Reading(count.used)
