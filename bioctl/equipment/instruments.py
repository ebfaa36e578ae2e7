"""The instruments of a unit in one scan: calibrations and samples, told and moving nothing."""

import math

from bioctl.control.event import ControlEvent
from bioctl.control.instrument import Instrument, InstrumentState, Offline, look_at
from bioctl.equipment.image import NOT_READ, Image
from bioctl.equipment.regulate import UnitMemory
from bioctl.equipment.unit import UnitConfig
from bioctl.language.quantity import compatible, convert


def look_at_instruments(
    unit: UnitConfig, memory: UnitMemory, image: Image, now: float, utc: float, owner: str | None
) -> list[ControlEvent]:
    """Return the doubts about a unit's instruments that came or went; the memory is changed.

    Args:
        unit: its configuration.
        memory: what its control remembers.
        image: reading by tag.
        now: process time, s.
        utc: civil time, s since 1970.
        owner: batch that has the unit, or None.
    """
    events: list[ControlEvent] = []
    for name, instrument in unit.instruments.items():
        before = memory.instruments.get(name, InstrumentState())
        reading = image.get(instrument.tag, NOT_READ)
        offline = _offline(instrument, unit, memory, image)
        memory.instruments[name], found = look_at(
            instrument, before, reading, offline, now, utc, owner
        )
        events += found
    return events


def doubts_about(unit: UnitConfig, memory: UnitMemory, measurement: str) -> tuple[str, ...]:
    """Return every doubt about a measurement: of its instrument, and of the loops it drives."""
    found = set(memory.instruments.get(measurement, InstrumentState()).doubts)
    for name, config in unit.loops.items():
        if config.pv == measurement and name in memory.loops:
            found |= memory.loops[name].seen.doubts
    return tuple(sorted(found))


def _offline(
    instrument: Instrument, unit: UnitConfig, memory: UnitMemory, image: Image
) -> Offline | None:
    """Return the last offline value; None where there is none, or it can't be trusted."""
    if instrument.sample is None:
        return None
    check = instrument.sample
    if not check.value:
        return _in_eu(memory.results.get(check.of), instrument.eu)
    value = _number(unit, image, check.value)
    mark = _number(unit, image, check.number) if check.number else value
    return Offline(value, mark) if math.isfinite(value) and math.isfinite(mark) else None


def _in_eu(entered: Offline | None, eu: str) -> Offline | None:
    """Return what people entered in the measurement's eu; binding has refused another kind."""
    if entered is None or not compatible(entered.eu, eu):
        return None
    return Offline(convert(entered.value, entered.eu, eu), entered.mark, eu)


def _number(unit: UnitConfig, image: Image, name: str) -> float:
    return image.get(unit.measurements[name].name, NOT_READ).number
