"""Alarms on one reading: a limit passed, or a reading that can't be trusted.

A Bad reading makes limit alarms of its tag unevaluable: they keep their state and neither raise nor
clear, while the tag's bad-PV alarm speaks instead.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from bioctl.control.alarm_state import AlarmCondition, Signal, after
from bioctl.control.check import finite, not_negative, span, text
from bioctl.control.event import ControlEvent
from bioctl.control.quality import checked, json_number, reason_of
from bioctl.errors import InputError, RefusedError
from bioctl.values import Range, Reading


class AlarmKind(StrEnum):
    """What it watches."""

    HIGH = "high"
    LOW = "low"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmConfig:
    """One alarm. An alarm without an action for the operator is not an alarm, and is refused.

    Attributes:
        name: unique in the site, for example `BR101.temperature.high`.
        tag: what it watches, for people and the journal.
        kind: above a limit, below a limit, or a reading that is not Good.
        priority: 1 (act in 5 min) to 3.
        consequence: what happens if nobody acts.
        action: what the operator does.
        limit: in the tag's eu; None for kind BAD.
        dead_band: how far back inside the limit it must come to clear, eu.
        on_delay_s: how long it must be abnormal before it is raised.
        off_delay_s: how long it must be normal before it clears.
        pv_range: physical range; outside counts as Bad. None checks for a finite number only.

    Raises:
        InputError: no action or consequence, a limit missing or not a number, unknown priority.
    """

    name: str
    tag: str
    kind: AlarmKind
    priority: int
    consequence: str
    action: str
    limit: float | None = None
    dead_band: float = 0.0
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    pv_range: Range | None = None

    def __post_init__(self) -> None:
        text("alarm", "name", self.name)
        owner = f"alarm {self.name}"
        for name in ("tag", "consequence", "action"):
            text(owner, name, getattr(self, name))
        for name in ("dead_band", "on_delay_s", "off_delay_s"):
            not_negative(owner, name, getattr(self, name))
        if self.priority not in {1, 2, 3}:
            raise InputError(f"{owner}: priority is {self.priority}; it must be 1, 2 or 3.")
        if self.pv_range is not None:
            span(owner, "pv_range", self.pv_range)
        if (self.limit is None) is not (self.kind is AlarmKind.BAD):
            raise InputError(f"{owner}: high and low need a limit, bad has none.")
        if self.limit is not None:
            finite(owner, "limit", self.limit)


@dataclass(frozen=True, slots=True)
class AlarmState:
    """What one alarm remembers.

    Attributes:
        condition: state of the ISA-18.2 table.
        turning_since: process time since which the process says the opposite of `condition`.
        raised_at: process time it was last raised, None before.
        unevaluable: a limit alarm whose reading is not Good now.
    """

    condition: AlarmCondition = AlarmCondition.NORMAL
    turning_since: float | None = None
    raised_at: float | None = None
    unevaluable: bool = False


def scan_alarm(
    config: AlarmConfig, state: AlarmState, reading: Reading, now: float
) -> tuple[AlarmState, ControlEvent | None]:
    """Return the next state and what to journal.

    Args:
        config: the alarm.
        state: after the last scan.
        reading: what it watches.
        now: process time, s.
    """
    pv = checked(reading, config.pv_range)
    if config.kind is not AlarmKind.BAD and not pv.good:
        return replace(state, unevaluable=True, turning_since=None), None
    state = replace(state, unevaluable=False)
    active = state.condition.active
    if _abnormal(config, pv, active=active) is active:
        return replace(state, turning_since=None), None
    since = now if state.turning_since is None else state.turning_since
    if now - since < (config.off_delay_s if active else config.on_delay_s):
        return replace(state, turning_since=since), None
    return _turned(config, state, pv, now)


def acknowledge(config: AlarmConfig, state: AlarmState) -> AlarmState:
    """Return the state after a person acknowledged it; the command pipeline journals who and why.

    Raises:
        RefusedError: there is nothing to acknowledge.
    """
    if not state.condition.unacknowledged:
        raise RefusedError(f"alarm {config.name} is {state.condition}; nothing to acknowledge.")
    return replace(state, condition=after(state.condition, Signal.ACK))


def _turned(
    config: AlarmConfig, state: AlarmState, pv: Reading, now: float
) -> tuple[AlarmState, ControlEvent]:
    signal = Signal.CLEAR if state.condition.active else Signal.RAISE
    raised = signal is Signal.RAISE
    new = AlarmState(after(state.condition, signal), raised_at=now if raised else state.raised_at)
    data = {
        "alarm": config.name,
        "tag": config.tag,
        "value": json_number(pv),
        "limit": config.limit,
        "priority": config.priority,
        "text": _sentence(config, pv) if raised else f"{config.tag} is back to normal.",
    }
    return new, ControlEvent("alarm.raised" if raised else "alarm.cleared", data)


def _abnormal(config: AlarmConfig, pv: Reading, *, active: bool) -> bool:
    """Whether the process is abnormal; an active alarm clears a dead band inside its limit."""
    if config.limit is None:
        return not pv.good
    band = config.dead_band if active else 0.0
    if config.kind is AlarmKind.HIGH:
        return pv.number > config.limit - band
    return pv.number < config.limit + band


def _sentence(config: AlarmConfig, pv: Reading) -> str:
    if config.limit is None:
        what = f"{config.tag} can't be trusted: {reason_of(pv)}"
    else:
        side = "above" if config.kind is AlarmKind.HIGH else "below"
        what = f"{config.tag} is {pv.number:g}, {side} {config.limit:g}"
    return f"{what}. {config.consequence} {config.action}"
