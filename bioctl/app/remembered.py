"""What alarms and interlocks remember, brought up to date from the journal after a crash.

A snapshot may be older than the last thing a person did. What the journal tells since then is
followed: nobody has to acknowledge, shelve or bypass twice, and no silence is lifted unseen.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from bioctl.app.alarms import SIGNALS, alarms_of
from bioctl.app.core import Core
from bioctl.batch.apply import Fact
from bioctl.control.alarm_config import AlarmConfig
from bioctl.control.alarm_state import AlarmCondition, AlarmState, Signal, after
from bioctl.control.interlock_config import InterlockState
from bioctl.control.permissive import PermissiveState
from bioctl.equipment.count import count_anew
from bioctl.equipment.own_alarms import CELL

KINDS = ("alarm.", "interlock.", "permissive.")
"""How the kinds of entries begin that are followed here."""

SIGNAL = {kind: signal for signal, kind in SIGNALS.values()}


def follow(core: Core, facts: Iterable[Fact]) -> None:
    """Let alarms and interlocks of a core follow what was journaled after its snapshot.

    What the site no longer has is passed over.
    """
    alarms = {(unit, config.name): (config, states) for unit, _, config, states in alarms_of(core)}
    names = {(unit, config.name): name for unit, name, config, _ in alarms_of(core)}
    for fact in facts:
        unit, noun = fact.unit or CELL, fact.kind.partition(".")[0]
        if noun != "alarm" and unit not in core.memory:
            continue
        key = (unit, str(fact.data.get(noun)))
        if noun == "alarm" and key in alarms:
            config, states = alarms[key]
            before = states.get(names[key], AlarmState())
            states[names[key]] = _alarm(config, before, fact)
        elif noun == "interlock":
            _interlock(core, unit, key[1], fact)
        elif noun == "permissive" and key[1] in core.site.units[unit].permissives:
            permits = core.memory[unit].permissives
            state = permits.get(key[1], PermissiveState())
            permits[key[1]] = replace(state, bypassed_until=_bypass_end(fact))


def _interlock(core: Core, unit: str, name: str, fact: Fact) -> None:
    """Follow one interlock; what its reset counted anew, or a released dose, counts from 0."""
    memory, config = core.memory[unit], core.site.units[unit].interlocks.get(name)
    change = _INTERLOCK.get(fact.kind)
    if config is not None and change is not None:
        memory.interlocks[name] = change(memory.interlocks.get(name, InterlockState()), fact)
    if fact.kind == "interlock.reset":
        count_anew(memory, config.counts if config else [name.removesuffix(".dose")])


def _bypass_end(fact: Fact) -> float | None:
    minutes = fact.data.get("minutes")
    return None if minutes is None else fact.t + float(minutes) * 60


def _alarm(config: AlarmConfig, state: AlarmState, fact: Fact) -> AlarmState:
    data = fact.data
    match fact.kind:
        case "alarm.raised":
            return _raised(replace(state, active=True), fact)
        case "alarm.cleared":
            signal = Signal.LATCH if config.latching else Signal.CLEAR
            return replace(state, active=False, condition=after(state.condition, signal))
        case "alarm.escalated":
            return replace(state, escalations=_whole(data, "times", state.escalations))
        case "alarm.suppressed":
            return replace(state, condition=after(state.condition, Signal.SUPPRESS))
    done = SIGNAL.get(fact.kind)
    if done is None:
        return state
    until = fact.t + float(data["minutes"]) * 60 if done is Signal.SHELVE else None
    return replace(state, condition=after(state.condition, done), shelved_until=until)


def _raised(state: AlarmState, fact: Fact) -> AlarmState:
    if fact.data.get("silent"):
        return replace(state, condition=AlarmCondition(fact.data["silent"]))
    quiet = state.condition.silent  # suppression ends without an entry of its own
    condition = AlarmCondition.NORMAL if quiet else state.condition
    return replace(
        state,
        condition=after(condition, Signal.RAISE),
        raised_at=fact.t,
        occurrence=_whole(fact.data, "occurrence", state.occurrence + 1),
        escalations=0,
    )


def _whole(data: Mapping[str, Any], name: str, instead: int) -> int:
    value = data.get(name)
    return value if isinstance(value, int) else instead


def _tripped(state: InterlockState, fact: Fact) -> InterlockState:
    return replace(state, tripped=True, since=fact.t, cause=str(fact.data.get("cause", "")))


def _reset(state: InterlockState, _: Fact) -> InterlockState:
    return replace(state, tripped=False, since=None, safe_since=None, cause="")


def _bypassed(state: InterlockState, fact: Fact) -> InterlockState:
    return replace(state, bypassed_until=_bypass_end(fact))


def _restored(state: InterlockState, _: Fact) -> InterlockState:
    return replace(state, bypassed_until=None)


_INTERLOCK: Mapping[str, Callable[[InterlockState, Fact], InterlockState]] = {
    "interlock.tripped": _tripped,
    "interlock.reset": _reset,
    "interlock.bypassed": _bypassed,
    "interlock.restored": _restored,
}
