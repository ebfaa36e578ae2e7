"""The probes of a unit in one scan: calibrations and samples, told and moving nothing."""

import math

from bioctl.control.event import ControlEvent
from bioctl.control.probe import Offline, Probe, ProbeState, look_at
from bioctl.equipment.image import NOT_READ, Image
from bioctl.equipment.probe_fields import number_of, sample_of
from bioctl.equipment.regulate import UnitMemory
from bioctl.equipment.unit import UnitConfig


def look_at_probes(
    unit: UnitConfig, memory: UnitMemory, image: Image, now: float, utc: float, owner: str | None
) -> list[ControlEvent]:
    """Return the doubts about a unit's probes that came or went; the memory is changed.

    Args:
        unit: its configuration.
        memory: what its control remembers.
        image: reading by tag.
        now: process time, s.
        utc: civil time, s since 1970.
        owner: batch that has the unit, or None.
    """
    events: list[ControlEvent] = []
    for name, probe in unit.probes.items():
        before = memory.probes.get(name, ProbeState())
        reading = image.get(probe.tag, NOT_READ)
        offline = _offline(probe, unit, memory, image)
        memory.probes[name], found = look_at(probe, before, reading, offline, now, utc, owner)
        events += found
    return events


def doubts_about(unit: UnitConfig, memory: UnitMemory, measurement: str) -> tuple[str, ...]:
    """Return every doubt about a measurement: of its probe, and of the loops it drives."""
    found = set(memory.probes.get(measurement, ProbeState()).doubts)
    for name, config in unit.loops.items():
        if config.pv == measurement and name in memory.loops:
            found |= memory.loops[name].seen.doubts
    return tuple(sorted(found))


def _offline(probe: Probe, unit: UnitConfig, memory: UnitMemory, image: Image) -> Offline | None:
    """Return the last offline value; None where there is none, or it can't be trusted."""
    if probe.sample is None:
        return None
    if probe.sample.entered:
        return memory.results.get(probe.sample.of)
    value = _number(unit, image, sample_of(probe.measurement))
    counted = number_of(probe.measurement) in unit.measurements
    mark = _number(unit, image, number_of(probe.measurement)) if counted else value
    return Offline(value, mark) if math.isfinite(value) and math.isfinite(mark) else None


def _number(unit: UnitConfig, image: Image, name: str) -> float:
    return image.get(unit.measurements[name].name, NOT_READ).number
