"""Protection of one unit in one scan: interlocks and alarms on the image."""

from bioctl.control.alarm import scan_alarm
from bioctl.control.alarm_config import AlarmKind
from bioctl.control.alarm_state import AlarmState
from bioctl.control.event import ControlEvent
from bioctl.control.interlock import InterlockState, end_bypass, evaluate, forced_outputs
from bioctl.equipment.alarm_seen import NOTHING_EXPECTED, Expected, Look
from bioctl.equipment.commanded import NOTHING, UnitState
from bioctl.equipment.image import NOT_READ, Image
from bioctl.equipment.regulate import UnitMemory
from bioctl.equipment.unit import UnitConfig
from bioctl.values import Reading


def protect(
    unit: UnitConfig,
    memory: UnitMemory,
    image: Image,
    now: float,
    expected: Expected = NOTHING_EXPECTED,
    state: UnitState = NOTHING,
) -> list[ControlEvent]:
    """Evaluate interlocks and alarms; forced outputs are left in the unit's memory.

    Args:
        unit: its configuration.
        memory: what its control remembers; changed here.
        image: reading by tag.
        now: process time, s.
        expected: what the running phases expect of it.
        state: what is commanded now.
    """

    def lookup(name: str) -> Reading:
        tag = unit.measurements.get(name) or unit.outputs[name]
        return image.get(tag.name, NOT_READ)

    events: list[ControlEvent] = []
    for name, config in unit.interlocks.items():
        before = memory.interlocks.get(name, InterlockState())
        before, ended = end_bypass(config, before, now)
        memory.interlocks[name], _, event = evaluate(config, before, lookup, now)
        events += [one for one in (ended, event) if one]
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
    return events
