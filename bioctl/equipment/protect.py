"""Protection of one unit in one scan: interlocks, permissives and alarms on the image."""

from dataclasses import replace

from bioctl.control.alarm import scan_alarm
from bioctl.control.alarm_config import AlarmKind
from bioctl.control.alarm_state import AlarmState
from bioctl.control.bypass import end_bypass
from bioctl.control.event import ControlEvent
from bioctl.control.interlock import evaluate, forced_outputs, limited_outputs
from bioctl.control.interlock_config import InterlockState
from bioctl.control.permissive import PermissiveState, permit
from bioctl.control.totaliser import DoseState, tally
from bioctl.equipment.alarm_seen import NOTHING_EXPECTED, Expected, Look
from bioctl.equipment.commanded import NOTHING, UnitState
from bioctl.equipment.condition_names import lookup_of
from bioctl.equipment.image import NOT_READ, Image
from bioctl.equipment.regulate import UnitMemory
from bioctl.equipment.unit import UnitConfig
from bioctl.language.condition import Lookup


def protect(
    unit: UnitConfig,
    memory: UnitMemory,
    image: Image,
    now: float,
    expected: Expected = NOTHING_EXPECTED,
    state: UnitState = NOTHING,
) -> list[ControlEvent]:
    """Evaluate interlocks, permissives and alarms; forced outputs are left in the unit's memory.

    Args:
        unit: its configuration.
        memory: what its control remembers; changed here.
        image: reading by tag.
        now: process time, s.
        expected: what the running phases expect of it.
        state: what is commanded now.
    """
    _count(unit, memory, image)
    lookup = lookup_of(unit, memory, image)
    events = _permissives(unit, memory, lookup, now)
    if _heard(unit, memory, image):
        events += _interlocks(unit, memory, lookup, now)
    look = Look(unit, memory, state, expected, lookup)
    for name, alarm in unit.alarms.items():
        if alarm.kind is AlarmKind.TOLD:
            continue
        memory.alarms[name], found = scan_alarm(
            alarm,
            memory.alarms.get(name, AlarmState()),
            look.seen(alarm),
            now,
            suppressed=look.suppressed(alarm),
        )
        events += found
    memory.forced = forced_outputs(unit.interlocks, memory.interlocks)
    memory.limits = limited_outputs(unit.interlocks, memory.interlocks)
    return events


def distrust(memory: UnitMemory) -> None:
    """Let no permissive be given after the protection of a unit has failed."""
    memory.permissives = {
        name: replace(state, since=None, missing="the unit's protection failed")
        for name, state in memory.permissives.items()
    }


def _heard(unit: UnitConfig, memory: UnitMemory, image: Image) -> bool:
    """Whether the unit was heard since the start: until then interlocks stay as they were left.

    Nothing can be forced before, and what nobody could read yet is no failure of a reading.
    """
    tags = unit.measurements.values()
    memory.heard = memory.heard or any(image.get(tag.name, NOT_READ).good for tag in tags)
    return memory.heard


def _count(unit: UnitConfig, memory: UnitMemory, image: Image) -> None:
    for name in unit.counted:
        total = image.get(unit.measurements[name].name, NOT_READ)
        memory.counted[name] = tally(memory.counted.get(name, DoseState()), total)


def _interlocks(
    unit: UnitConfig, memory: UnitMemory, lookup: Lookup, now: float
) -> list[ControlEvent]:
    events: list[ControlEvent] = []
    for name, config in unit.interlocks.items():
        state = memory.interlocks.get(name, InterlockState())
        state, ended = end_bypass(config, state, now)
        memory.interlocks[name], _, event = evaluate(config, state, lookup, now)
        events += [one for one in (ended, event) if one]
    return events


def _permissives(
    unit: UnitConfig, memory: UnitMemory, lookup: Lookup, now: float
) -> list[ControlEvent]:
    events: list[ControlEvent] = []
    for name, config in unit.permissives.items():
        state = memory.permissives.get(name, PermissiveState())
        state, ended = end_bypass(config, state, now)
        memory.permissives[name] = permit(config, state, lookup, now)
        events += [ended] if ended else []
    return events
