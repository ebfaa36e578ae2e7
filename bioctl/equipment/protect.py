"""Protection of one unit in one scan: interlocks and alarms on the image."""

from bioctl.control.alarm import AlarmState, scan_alarm
from bioctl.control.event import ControlEvent
from bioctl.control.interlock import InterlockState, evaluate, forced_outputs
from bioctl.equipment.image import NOT_READ, Image
from bioctl.equipment.regulate import UnitMemory
from bioctl.equipment.unit import UnitConfig
from bioctl.values import Reading


def protect(unit: UnitConfig, memory: UnitMemory, image: Image, now: float) -> list[ControlEvent]:
    """Evaluate interlocks and alarms; forced outputs are left in the unit's memory."""

    def lookup(name: str) -> Reading:
        return image.get(unit.measurements[name].name, NOT_READ)

    events: list[ControlEvent] = []
    for name, config in unit.interlocks.items():
        state = memory.interlocks.get(name, InterlockState())
        memory.interlocks[name], _, event = evaluate(config, state, lookup, now)
        events += [event] if event else []
    for name, alarm in unit.alarms.items():
        before = memory.alarms.get(name, AlarmState())
        memory.alarms[name], event = scan_alarm(alarm, before, lookup(alarm.tag), now)
        events += [event] if event else []
    memory.forced = forced_outputs(unit.interlocks, memory.interlocks)
    return events
