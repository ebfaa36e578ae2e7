"""Protection of one unit in one scan: interlocks and alarms on the image."""

from collections.abc import Mapping
from types import MappingProxyType

from bioctl.control.alarm import AlarmState, scan_alarm
from bioctl.control.alarm_config import AlarmConfig
from bioctl.control.event import ControlEvent
from bioctl.control.interlock import InterlockState, Lookup, end_bypass, evaluate, forced_outputs
from bioctl.control.loop_config import Mode
from bioctl.equipment.image import NOT_READ, Image
from bioctl.equipment.regulate import UnitMemory
from bioctl.equipment.unit import UnitConfig
from bioctl.language.condition import Truth
from bioctl.values import Reading


def protect(
    unit: UnitConfig,
    memory: UnitMemory,
    image: Image,
    now: float,
    suppressed: Mapping[str, str] = MappingProxyType({}),
) -> list[ControlEvent]:
    """Evaluate interlocks and alarms; forced outputs are left in the unit's memory.

    Args:
        unit: its configuration.
        memory: what its control remembers; changed here.
        image: reading by tag.
        now: process time, s.
        suppressed: measurements whose alarms are suppressed by design, and the phase that does it.
    """

    def lookup(name: str) -> Reading:
        return image.get(unit.measurements[name].name, NOT_READ)

    events: list[ControlEvent] = []
    for name, config in unit.interlocks.items():
        state = memory.interlocks.get(name, InterlockState())
        state, ended = end_bypass(config, state, now)
        memory.interlocks[name], _, event = evaluate(config, state, lookup, now)
        events += [one for one in (ended, event) if one]
    for name, alarm in unit.alarms.items():
        before = memory.alarms.get(name, AlarmState())
        memory.alarms[name], found = scan_alarm(
            alarm,
            before,
            lookup(alarm.tag),
            now,
            setpoint=_setpoint(memory, alarm.loop),
            suppressed=_suppressed(alarm, suppressed, lookup),
        )
        events += found
    memory.forced = forced_outputs(unit.interlocks, memory.interlocks)
    return events


def _setpoint(memory: UnitMemory, loop: str) -> float | None:
    """Return the setpoint a loop controls to, None while it does not."""
    state = memory.loops.get(loop)
    return state.sp if state is not None and state.mode is Mode.AUTO else None


def _suppressed(alarm: AlarmConfig, phases: Mapping[str, str], lookup: Lookup) -> str:
    """Return why an alarm is suppressed by design now; "" while it is not."""
    if alarm.tag in phases:
        return f"phase {phases[alarm.tag]}"
    when = alarm.suppress_when
    return when.text if when is not None and when.evaluate(lookup) is Truth.TRUE else ""
