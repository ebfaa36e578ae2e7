"""What people do to alarms: from a command to its event. Nothing of it moves equipment.

The automaton lives in the units' memory, so a command acts on it at once, after its intent is
durable; a scan between the two is taken into account.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from bioctl.app.core import Core
from bioctl.app.own_alarms import Own
from bioctl.app.protective import Step, checked, minutes_of
from bioctl.audit.entry import Event
from bioctl.batch.log import Actor
from bioctl.control.alarm_command import command_alarm
from bioctl.control.alarm_state import AlarmState, Signal
from bioctl.equipment.own_alarms import CELL, OF_CELL
from bioctl.errors import InputError

SIGNALS: Mapping[str, tuple[Signal, str]] = {
    "ack": (Signal.ACK, "alarm.acknowledged"),
    "reset": (Signal.RESET, "alarm.reset"),
    "shelve": (Signal.SHELVE, "alarm.shelved"),
    "unshelve": (Signal.UNSHELVE, "alarm.unshelved"),
    "remove": (Signal.REMOVE, "alarm.removed"),
    "return": (Signal.RETURN, "alarm.returned"),
}
"""Signal and journal kind by the verb of `alarm.<verb>`."""


def alarm_step(core: Core, verb: str, args: Mapping[str, Any], reason: str, actor: Actor) -> Step:
    """Return what a command on an alarm comes to; nothing is changed here.

    Args:
        core: the cell.
        verb: of `alarm.<verb>`.
        args: `alarm` as UNIT.NAME; `minutes` of process time, to shelve; `occurrence`, to
            acknowledge: which annunciation the person has seen.
        reason: why, for the record.
        actor: who.

    Raises:
        InputError: no such command or alarm, no reason, or not a time to shelve for.
        RefusedError: nothing to do in the alarm's state.
    """
    known = {f"{unit}.{name}": (config, states) for unit, name, config, states in alarms_of(core)}
    unit, name = checked("alarm", verb, SIGNALS, reason, str(args.get("alarm", "")), known)
    config, states = known[f"{unit}.{name}"]
    signal, kind = SIGNALS[verb]
    minutes = minutes_of(args, "alarm.shelve") if signal is Signal.SHELVE else 0.0
    now = core.world.now
    seen = _occurrence(args) if signal is Signal.ACK else None
    before = states.get(name, AlarmState())
    after = command_alarm(config, before, signal, now, minutes * 60, seen)
    data: dict[str, Any] = {"alarm": config.name, "was": str(before.condition)}
    data |= {"occurrence": seen} if seen is not None else {}
    data |= {"minutes": minutes} if signal is Signal.SHELVE else {}
    data["comment" if signal is Signal.ACK else "reason"] = reason
    owner = core.state.units[unit].owner if unit in core.state.units else None
    return Step(
        f"alarm {unit}.{name} is {after.condition}",
        Event(kind, actor, data, owner, None if unit == CELL else unit, t=now),
        lambda: states.__setitem__(name, after),
    )


def alarms_of(core: Core) -> Iterable[Own]:
    """Return every alarm of the cell: of its units, and its own."""
    for unit, config in core.site.units.items():
        for name, alarm in config.alarms.items():
            yield Own(unit, name, alarm, core.memory[unit].alarms)
    for name, alarm in OF_CELL.items():
        yield Own(CELL, name, alarm, core.cell_alarms)


def _occurrence(args: Mapping[str, Any]) -> int:
    """Return which annunciation a person has seen.

    Raises:
        InputError: none is given, or no whole number.
    """
    value = args.get("occurrence")
    if isinstance(value, bool) or not isinstance(value, int):
        message = "alarm.ack needs `occurrence`, the number behind # in the list of alarms"
        raise InputError(message, help="acknowledge what you have seen, not what came since")
    return value
