"""What must outlive a restart, as plain JSON for a snapshot, and back.

Kept: where a setpoint ramp stands, what a dose limit counted, which interlocks are tripped, which
alarms wait for a person or are silent,
which instruments are doubted. Not kept: integrals, derivatives and delays; a loop starts
again from the real outputs. What a snapshot no longer fits (another setpoint range) is dropped,
never forced.
"""

import math
from collections.abc import Mapping
from typing import TypeAlias

from bioctl.control.alarm_state import AlarmCondition, AlarmState
from bioctl.control.instrument import DOUBTS, InstrumentState
from bioctl.control.interlock_config import InterlockState
from bioctl.control.loop_config import AnyLoop, Mode
from bioctl.control.loop_state import LoopState
from bioctl.control.permissive import PermissiveState
from bioctl.control.totaliser import DoseState
from bioctl.values import Range

Flat: TypeAlias = dict[str, float | str | bool | None]
"""One level of JSON: what one automaton leaves in a snapshot."""


def remember_loop(state: LoopState) -> Flat:
    """Return what a loop keeps over a restart."""
    return {
        "mode": state.mode.value,
        "target": state.target,
        "sp": state.sp,
        "rate_per_min": state.rate_per_min,
        "manual": state.manual,
        "used": state.dose.used,
        "total": state.dose.last,
        "locked": state.dose.locked,
    }


def recall_loop(config: AnyLoop, memory: Mapping[str, object]) -> LoopState:
    """Return the loop as it was; its first scan takes over the real outputs."""
    target = _inside(config.sp_range, memory.get("target"))
    mode = memory.get("mode")
    known = isinstance(mode, str) and mode in set(Mode)
    usable = known and (mode != Mode.AUTO or target is not None)
    rate = _number(memory.get("rate_per_min"))
    return LoopState(
        mode=Mode(str(mode)) if usable else Mode.OFF,
        target=target,
        sp=_inside(config.sp_range, memory.get("sp")),
        rate_per_min=rate if rate is not None and rate > 0 else None,
        manual=_number(memory.get("manual")),
        dose=DoseState(
            used=_number(memory.get("used")) or 0.0,
            last=_number(memory.get("total")),
            locked=memory.get("locked") is True,
        ),
    )


def remember_interlock(state: InterlockState) -> Flat:
    """Return what an interlock keeps over a restart."""
    return {
        "tripped": state.tripped,
        "since": state.since,
        "cause": state.cause,
        "bypassed_until": state.bypassed_until,
    }


def recall_interlock(memory: Mapping[str, object]) -> InterlockState:
    """Return the interlock as it was: one that waits for a person still does."""
    tripped = memory.get("tripped") is True
    since = _number(memory.get("since")) if tripped else None
    return InterlockState(
        tripped,
        since,
        cause=str(memory.get("cause", "")) if tripped else "",
        bypassed_until=_number(memory.get("bypassed_until")),
    )


def remember_permissive(state: PermissiveState) -> Flat:
    """Return what a permissive keeps over a restart: how long it was given is not known then."""
    return {"bypassed_until": state.bypassed_until}


def recall_permissive(memory: Mapping[str, object]) -> PermissiveState:
    """Return the permissive as it was: missing, until it has been TRUE for long enough again."""
    return PermissiveState(bypassed_until=_number(memory.get("bypassed_until")))


def remember_count(state: DoseState) -> Flat:
    """Return what was counted of a totaliser."""
    return {"used": state.used, "total": state.last}


def recall_count(memory: Mapping[str, object]) -> DoseState:
    """Return the count as it was; what ran meanwhile is added by the next reading."""
    return DoseState(_number(memory.get("used")) or 0.0, _number(memory.get("total")))


def remember_alarm(state: AlarmState) -> Flat:
    """Return what an alarm keeps over a restart."""
    return {
        "condition": state.condition.value,
        "active": state.active,
        "raised_at": state.raised_at,
        "occurrence": state.occurrence,
        "escalations": state.escalations,
        "shelved_until": state.shelved_until,
        "arrived_at": state.arrived_at,
        "settled": state.settled,
        "about": "\n".join(sorted(state.about)),
    }


def recall_alarm(memory: Mapping[str, object]) -> AlarmState:
    """Return the alarm as it was: what nobody acknowledged waits, what is shelved keeps its end."""
    word = memory.get("condition")
    known = isinstance(word, str) and word in set(AlarmCondition)
    condition = AlarmCondition(str(word)) if known else AlarmCondition.NORMAL
    spoke = condition in {AlarmCondition.UNACK_ACTIVE, AlarmCondition.ACK_ACTIVE}
    quiet = condition.silent or condition is AlarmCondition.NORMAL
    return AlarmState(
        condition,
        active=spoke or (quiet and memory.get("active") is True),
        raised_at=_number(memory.get("raised_at")),
        occurrence=int(_number(memory.get("occurrence")) or 0),
        escalations=int(_number(memory.get("escalations")) or 0),
        shelved_until=_number(memory.get("shelved_until")),
        arrived_at=_number(memory.get("arrived_at")),
        settled=_number(memory.get("settled")),
        about=frozenset(filter(None, str(memory.get("about", "")).split("\n"))),
    )


def remember_instrument(state: InstrumentState) -> Flat:
    """Return what is kept of an instrument over a restart."""
    doubts = " ".join(sorted(state.doubts))
    return {"doubts": doubts, "mark": state.mark, "words": state.words, "owner": state.owner}


def recall_instrument(memory: Mapping[str, object]) -> InstrumentState:
    """Return the instrument as it was: a doubt stays until what it rests on is over."""
    words = memory.get("doubts")
    doubts = DOUBTS & set(words.split()) if isinstance(words, str) else frozenset()
    said, owner = memory.get("words"), memory.get("owner")
    return InstrumentState(
        doubts,
        mark=_number(memory.get("mark")),
        words=said if isinstance(said, str) else "",
        owner=owner if isinstance(owner, str) else None,
    )


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _inside(limits: Range, value: object) -> float | None:
    number = _number(value)
    return number if number is not None and limits.low <= number <= limits.high else None
