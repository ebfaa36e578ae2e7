"""What people do to alarms: from a command to its event. Nothing of it moves equipment.

The automaton lives in the units' memory, so a command acts on it at once, after its intent is
durable; a scan between the two is taken into account.
"""

from collections.abc import Mapping
from typing import Any

from bioctl.app.core import Core
from bioctl.app.protective import Step, checked, minutes_of
from bioctl.audit.entry import Event
from bioctl.batch.log import Actor
from bioctl.control.alarm_command import command_alarm
from bioctl.control.alarm_state import AlarmState, Signal

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
        args: `alarm` as UNIT.NAME; `minutes` of process time, to shelve.
        reason: why, for the record.
        actor: who.

    Raises:
        InputError: no such command or alarm, no reason, or not a time to shelve for.
        RefusedError: nothing to do in the alarm's state.
    """
    known = [f"{unit}.{one}" for unit, config in core.site.units.items() for one in config.alarms]
    unit, name = checked("alarm", verb, SIGNALS, reason, str(args.get("alarm", "")), known)
    signal, kind = SIGNALS[verb]
    minutes = minutes_of(args, "alarm.shelve") if signal is Signal.SHELVE else 0.0
    now = core.world.now
    states = core.memory[unit].alarms
    before = states.get(name, AlarmState())
    after = command_alarm(core.site.units[unit].alarms[name], before, signal, now, minutes * 60)
    data: dict[str, Any] = {"alarm": name, "was": str(before.condition)}
    data |= {"minutes": minutes} if signal is Signal.SHELVE else {}
    data["comment" if signal is Signal.ACK else "reason"] = reason
    owner = core.state.units[unit].owner if unit in core.state.units else None
    return Step(
        f"alarm {unit}.{name} is {after.condition}",
        Event(kind, actor, data, owner, unit, t=now),
        lambda: states.__setitem__(name, after),
    )
