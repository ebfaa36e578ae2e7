"""Alarms: from what is seen in one scan to the next state, and what to journal.

A Bad reading makes limit and condition alarms of its tag unevaluable: they keep their state and
neither raise nor clear, while the tag's bad-PV alarm speaks instead. A silent alarm (shelved,
suppressed, out of service) is evaluated and journaled all the same, as silent. An alarm nobody
acknowledges in its time to respond is annunciated again.
"""

from dataclasses import replace

from bioctl.control.alarm_config import AlarmConfig, AlarmKind
from bioctl.control.alarm_judge import Seen, abnormal, arrived, limit_of, sentence
from bioctl.control.alarm_state import AlarmCondition, AlarmState, Signal, after
from bioctl.control.event import ControlEvent
from bioctl.control.quality import checked, json_number
from bioctl.language.truth import Truth
from bioctl.values import Reading

Data = dict[str, float | int | str | None]
Scanned = tuple[AlarmState, list[ControlEvent]]


def scan_alarm(
    config: AlarmConfig, state: AlarmState, seen: Seen, now: float, *, suppressed: str = ""
) -> Scanned:
    """Return the next state and what to journal.

    Args:
        config: the alarm.
        state: after the last scan.
        seen: what it is judged on.
        now: process time, s.
        suppressed: why it is suppressed by design now; "" for none.
    """
    pv = checked(seen.reading, config.pv_range)
    state, events = _silence(config, state, now, suppressed)
    state, seen = _settled(config, state, seen, pv, left_alone=not suppressed)
    if state.active and state.condition is AlarmCondition.NORMAL:  # it was silent until now
        state = _raised(state, now)
        events.append(_event(config, state, seen, pv))
    if config.kind.blind and (not pv.good or seen.truth is Truth.INVALID):
        state = replace(state, unevaluable=True, turning_since=None)
    else:
        state = replace(state, unevaluable=False) if state.unevaluable else state
        state, found = _process(config, state, seen, pv, now)
        events += found
    return _escalated(config, state, now, events)


def _silence(config: AlarmConfig, state: AlarmState, now: float, suppressed: str) -> Scanned:
    """End shelving when its time is over; begin and end suppression by design.

    The journal is told when suppression takes an alarm from people's eyes, not of every quiet one.
    """
    events: list[ControlEvent] = []
    shelved = state.condition is AlarmCondition.SHELVED
    if shelved and (state.shelved_until is None or now >= state.shelved_until):
        condition = after(state.condition, Signal.UNSHELVE)
        state = replace(state, condition=condition, shelved_until=None)
        data = _named(config) | {"reason": "its time is over"}
        events.append(ControlEvent("alarm.unshelved", data))
    if bool(suppressed) is (state.condition is AlarmCondition.SUPPRESSED):
        return state, events
    condition = after(state.condition, Signal.SUPPRESS if suppressed else Signal.UNSUPPRESS)
    if condition.silent and state.condition not in {condition, AlarmCondition.NORMAL}:
        data = _named(config) | {"reason": suppressed}
        events.append(ControlEvent("alarm.suppressed", data))
    return replace(state, condition=condition), events


def _settled(
    config: AlarmConfig, state: AlarmState, seen: Seen, pv: Reading, *, left_alone: bool
) -> tuple[AlarmState, Seen]:
    """Let a steady alarm look around where its reading stood when it was left alone."""
    if not config.steady:
        return state, seen
    if seen.around is not None or not left_alone:
        return replace(state, settled=None), seen
    if state.settled is None and pv.good:
        state = replace(state, settled=pv.number)
    return state, replace(seen, around=state.settled)


def _process(
    config: AlarmConfig, state: AlarmState, seen: Seen, pv: Reading, now: float
) -> Scanned:
    """Follow the process: raise and clear after the delays."""
    wrong = abnormal(config, state, seen, pv)
    if config.around and not wrong:
        there = arrived(config, state, seen, pv) if seen.asked else None
        state = state if there == state.arrived_at else replace(state, arrived_at=there)
    if seen.about != state.about:
        more, state = seen.about - state.about, replace(state, about=seen.about)
        if wrong and state.active and more:
            state = _raised(replace(state, turning_since=None), now)
            return state, [_event(config, state, seen, pv)]
    if wrong is state.active:
        idle = state.turning_since is None
        return state if idle else replace(state, turning_since=None), []
    since = now if state.turning_since is None else state.turning_since
    if now - since < (config.off_delay_s if state.active else config.on_delay_s):
        return replace(state, turning_since=since), []
    state = replace(state, active=wrong, turning_since=None)
    if wrong:
        state = _raised(state, now)
    else:
        signal = Signal.LATCH if config.latching else Signal.CLEAR
        state = replace(state, condition=after(state.condition, signal))
    return state, [_event(config, state, seen, pv)]


def _raised(state: AlarmState, now: float) -> AlarmState:
    """Return the state after the process became abnormal; what is silent does not annunciate."""
    if state.condition.silent:
        return state
    return replace(
        state,
        condition=after(state.condition, Signal.RAISE),
        raised_at=now,
        occurrence=state.occurrence + 1,
        escalations=0,
    )


def _escalated(
    config: AlarmConfig, state: AlarmState, now: float, events: list[ControlEvent]
) -> Scanned:
    """Annunciate again what nobody acknowledged in its time, each time after twice as long."""
    if state.condition is not AlarmCondition.UNACK_ACTIVE or state.raised_at is None:
        return state, events
    waited = now - state.raised_at
    if waited < config.respond_s * (2 ** (state.escalations + 1) - 1):
        return state, events
    state = replace(state, escalations=state.escalations + 1)
    data = _named(config) | {
        "priority": config.priority,
        "occurrence": state.occurrence,
        "times": state.escalations,
        "waited_s": round(waited, 3),
    }
    return state, [*events, ControlEvent("alarm.escalated", data)]


def _event(config: AlarmConfig, state: AlarmState, seen: Seen, pv: Reading) -> ControlEvent:
    data = _named(config) | {
        "value": None if config.kind is AlarmKind.TOLD else json_number(pv),
        "limit": limit_of(config, seen.around),
        "priority": config.priority,
        "text": sentence(config, state, seen, pv),
    }
    if state.condition.silent:
        data["silent"] = str(state.condition)
    elif state.active:
        data["occurrence"] = state.occurrence
    return ControlEvent("alarm.raised" if state.active else "alarm.cleared", data)


def _named(config: AlarmConfig) -> Data:
    named: Data = {"alarm": config.name, "tag": config.tag}
    if config.kind is AlarmKind.TOLD:
        del named["tag"]
    return named
