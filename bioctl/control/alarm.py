"""Alarms on one reading: a limit passed, or a reading that can't be trusted.

A Bad reading makes limit alarms of its tag unevaluable: they keep their state and neither raise nor
clear, while the tag's bad-PV alarm speaks instead. A silent alarm (shelved, suppressed, out of
service) is evaluated and journaled all the same, as silent.
"""

from dataclasses import dataclass, replace

from bioctl.control.alarm_config import AlarmConfig, AlarmKind
from bioctl.control.alarm_state import AlarmCondition, Signal, after
from bioctl.control.event import ControlEvent
from bioctl.control.quality import checked, json_number, reason_of
from bioctl.values import Reading


@dataclass(frozen=True, slots=True)
class AlarmState:
    """What one alarm remembers.

    Attributes:
        condition: state of the ISA-18.2 table.
        active: whether the process is abnormal, delays passed; the only news of a silent alarm.
        turning_since: process time since which the process says the opposite of `active`.
        raised_at: process time it last annunciated, None before.
        unevaluable: a limit alarm whose reading is not Good now.
        shelved_until: process time shelving ends; None while not shelved.
        arrived_at: setpoint the process was last within the limit of; None before.
    """

    condition: AlarmCondition = AlarmCondition.NORMAL
    active: bool = False
    turning_since: float | None = None
    raised_at: float | None = None
    unevaluable: bool = False
    shelved_until: float | None = None
    arrived_at: float | None = None


Scanned = tuple[AlarmState, list[ControlEvent]]


def scan_alarm(
    config: AlarmConfig,
    state: AlarmState,
    reading: Reading,
    now: float,
    *,
    setpoint: float | None = None,
    suppressed: str = "",
) -> Scanned:
    """Return the next state and what to journal.

    Args:
        config: the alarm.
        state: after the last scan.
        reading: what it watches.
        now: process time, s.
        setpoint: of the alarm's loop, in the tag's eu; None while the loop does not control.
        suppressed: why it is suppressed by design now; "" for none.
    """
    pv = checked(reading, config.pv_range)
    state, events = _silence(config, state, now, suppressed)
    if state.active and state.condition is AlarmCondition.NORMAL:  # it was silent until now
        state = _raised(state, now)
        events.append(_event(config, state, pv, setpoint))
    if config.kind is not AlarmKind.BAD and not pv.good:
        return replace(state, unevaluable=True, turning_since=None), events
    return _process(config, replace(state, unevaluable=False), pv, now, setpoint, events)


def _silence(config: AlarmConfig, state: AlarmState, now: float, suppressed: str) -> Scanned:
    """End shelving when its time is over; begin and end suppression by design.

    The journal is told when suppression takes an alarm from people's eyes, not of every quiet one.
    """
    events = []
    data = {"alarm": config.name, "tag": config.tag}
    shelved = state.condition is AlarmCondition.SHELVED
    if shelved and (state.shelved_until is None or now >= state.shelved_until):
        condition = after(state.condition, Signal.UNSHELVE)
        state = replace(state, condition=condition, shelved_until=None)
        events.append(ControlEvent("alarm.unshelved", data | {"reason": "its time is over"}))
    condition = after(state.condition, Signal.SUPPRESS if suppressed else Signal.UNSUPPRESS)
    if condition.silent and state.condition not in {condition, AlarmCondition.NORMAL}:
        events.append(ControlEvent("alarm.suppressed", data | {"reason": suppressed}))
    return replace(state, condition=condition), events


def _process(
    config: AlarmConfig,
    state: AlarmState,
    pv: Reading,
    now: float,
    setpoint: float | None,
    events: list[ControlEvent],
) -> Scanned:
    """Follow the process: raise and clear after the delays."""
    abnormal = _abnormal(config, state, pv, setpoint)
    if config.loop and not abnormal:
        state = replace(state, arrived_at=_arrived(config, state, pv, setpoint))
    if abnormal is state.active:
        return replace(state, turning_since=None), events
    since = now if state.turning_since is None else state.turning_since
    if now - since < (config.off_delay_s if state.active else config.on_delay_s):
        return replace(state, turning_since=since), events
    state = replace(state, active=abnormal, turning_since=None)
    if abnormal:
        state = _raised(state, now)
    else:
        signal = Signal.LATCH if config.latching else Signal.CLEAR
        state = replace(state, condition=after(state.condition, signal))
    return state, [*events, _event(config, state, pv, setpoint)]


def _raised(state: AlarmState, now: float) -> AlarmState:
    silent = state.condition.silent
    condition = after(state.condition, Signal.RAISE)
    return replace(state, condition=condition, raised_at=state.raised_at if silent else now)


def _abnormal(config: AlarmConfig, state: AlarmState, pv: Reading, setpoint: float | None) -> bool:
    """Whether the process is abnormal; an active alarm clears a dead band inside its limit."""
    limit = _limit(config, setpoint)
    if limit is None:
        return config.kind is AlarmKind.BAD and not pv.good
    outside = _outside(config, pv, limit, config.dead_band if state.active else 0.0)
    began = state.active or state.turning_since is not None
    return outside and (began or not config.loop or not _on_the_way(config, state, setpoint))


def _limit(config: AlarmConfig, setpoint: float | None) -> float | None:
    """Return the limit in the tag's eu; None where there is none now."""
    if config.limit is None or not config.loop:
        return config.limit
    if setpoint is None:
        return None
    return setpoint + (config.limit if config.kind is AlarmKind.HIGH else -config.limit)


def _outside(config: AlarmConfig, pv: Reading, limit: float, band: float) -> bool:
    high = config.kind is AlarmKind.HIGH
    return pv.number > limit - band if high else pv.number < limit + band


def _on_the_way(config: AlarmConfig, state: AlarmState, setpoint: float | None) -> bool:
    """Whether the setpoint has moved and the process has not been there yet: no deviation."""
    if state.arrived_at is None or setpoint is None or config.limit is None:
        return True
    return abs(setpoint - state.arrived_at) > config.limit


def _arrived(
    config: AlarmConfig, state: AlarmState, pv: Reading, setpoint: float | None
) -> float | None:
    if setpoint is None or config.limit is None:
        return None
    return setpoint if abs(pv.number - setpoint) <= config.limit else state.arrived_at


def _event(
    config: AlarmConfig, state: AlarmState, pv: Reading, setpoint: float | None
) -> ControlEvent:
    limit = _limit(config, setpoint)
    data: dict[str, float | int | str | None] = {
        "alarm": config.name,
        "tag": config.tag,
        "value": json_number(pv),
        "limit": limit,
        "priority": config.priority,
        "text": _sentence(config, pv, limit) if state.active else _normal(config),
    }
    if state.condition.silent:
        data["silent"] = str(state.condition)
    return ControlEvent("alarm.raised" if state.active else "alarm.cleared", data)


def _normal(config: AlarmConfig) -> str:
    kept = " The alarm is latched: reset it." if config.latching else ""
    return f"{config.tag} is back to normal.{kept}"


def _sentence(config: AlarmConfig, pv: Reading, limit: float | None) -> str:
    if config.kind is AlarmKind.BAD or not pv.good:
        what = f"{config.tag} can't be trusted: {reason_of(pv)}"
    else:
        side = "above" if config.kind is AlarmKind.HIGH else "below"
        of = f", its limit around the setpoint of loop {config.loop}" if config.loop else ""
        what = f"{config.tag} is {pv.number:g}, {side} {limit:g}{of}" if limit is not None else ""
        what = what or f"{config.tag} was outside its limit; its loop does not control now"
    return f"{what}. {config.consequence} {config.action}"
