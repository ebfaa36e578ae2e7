"""Interlocks: when a condition holds, outputs are forced, whatever recipe, loop or person asks.

    clear --condition TRUE for delay_s--> tripped --condition FALSE, and reset--> clear

A condition that can't be evaluated (a Bad reading) trips, holds the state or is ignored, as
declared; it never resets anything. Pure: the caller hands in readings and process time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bioctl.control.check import finite, not_negative, text
from bioctl.control.event import ControlEvent
from bioctl.control.quality import reason_of
from bioctl.errors import InputError, RefusedError
from bioctl.language.condition import Condition, Truth
from bioctl.values import Reading

Lookup = Callable[[str], Reading]


class OnBad(StrEnum):
    """What a condition that can't be evaluated does."""

    TRIP = "trip"
    HOLD_STATE = "hold_state"
    IGNORE = "ignore"


class Reset(StrEnum):
    """Who lets go once the condition is FALSE."""

    AUTO = "auto"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterlockConfig:
    """One interlock.

    Attributes:
        name: short and unique in its unit.
        when: condition that trips it.
        then: outputs it forces, by name, in eu.
        delay_s: how long the condition must hold first.
        on_bad: what a Bad reading in the condition does.
        reset: by itself, or by a person.
        reset_when: must be TRUE before it resets (hysteresis); None: `when` FALSE is enough.
        reset_delay_s: how long it must be safe to reset before an automatic reset.
        text: what it protects, in one sentence for people.
        bypass_s: how long a person may bypass it at most, process s; 0: never.

    Raises:
        InputError: no output, a value or time that is not a number, or no text.
    """

    name: str
    when: Condition
    then: Mapping[str, float]
    text: str
    delay_s: float = 0.0
    on_bad: OnBad = OnBad.TRIP
    reset: Reset = Reset.AUTO
    reset_when: Condition | None = None
    reset_delay_s: float = 0.0
    bypass_s: float = 0.0

    def __post_init__(self) -> None:
        text("interlock", "name", self.name)
        owner = f"interlock {self.name}"
        text(owner, "text", self.text)
        not_negative(owner, "delay_s", self.delay_s)
        not_negative(owner, "reset_delay_s", self.reset_delay_s)
        not_negative(owner, "bypass_s", self.bypass_s)
        if not self.then:
            raise InputError(
                f"{owner}: it forces no output.", help="Name what shall be closed or stopped."
            )
        for name, value in self.then.items():
            finite(owner, f"forced {name}", value)


@dataclass(frozen=True, slots=True)
class InterlockState:
    """What one interlock remembers.

    Attributes:
        tripped: whether its outputs are forced.
        since: process time the condition began to hold, None while it does not.
        safe_since: process time it became safe to reset, None while it is not.
        cause: why it tripped; "" while clear.
        bad: why the condition can't be evaluated now; "" while it can.
        bypassed_until: process time a bypass ends: until then it forces nothing; None without one.
    """

    tripped: bool = False
    since: float | None = None
    safe_since: float | None = None
    cause: str = ""
    bad: str = ""
    bypassed_until: float | None = None


def evaluate(
    config: InterlockConfig, state: InterlockState, lookup: Lookup, now: float
) -> tuple[InterlockState, bool, ControlEvent | None]:
    """Return the next state, whether the outputs are forced now, and what to journal.

    Args:
        config: the interlock.
        state: after the last scan.
        lookup: gives the reading of a name in the condition.
        now: process time, s.
    """
    truth = config.when.evaluate(lookup)
    bad = _bad_names(config, lookup) if truth is Truth.INVALID else ""
    state = replace(state, bad=bad, safe_since=_safe_since(config, state, truth, lookup, now))
    if state.tripped:
        return _maybe_reset(config, state, now)
    state = replace(state, since=_since(config, state, truth, now))
    if state.since is None or now - state.since < config.delay_s or _undecided(config, truth):
        return state, False, None
    cause = bad or config.when.text
    event = ControlEvent("interlock.tripped", {"interlock": config.name, "cause": cause})
    return replace(state, tripped=True, cause=cause), True, event


def reset(
    config: InterlockConfig, state: InterlockState, person: str
) -> tuple[InterlockState, ControlEvent]:
    """Return the state after a person reset it, and what to journal.

    Raises:
        RefusedError: it is not tripped, or its condition is not known to be gone.
    """
    if not state.tripped:
        raise RefusedError(f"interlock {config.name} is not tripped.")
    if state.safe_since is None:
        why = state.bad or f"its cause is still there ({state.cause})"
        raise RefusedError(f"interlock {config.name} can't be reset: {why}.")
    data = {"interlock": config.name, "cause": f"reset by {person}"}
    clear = InterlockState(bypassed_until=state.bypassed_until)
    return clear, ControlEvent("interlock.reset", data)


def bypass(
    config: InterlockConfig, state: InterlockState, now: float, seconds: float
) -> tuple[InterlockState, ControlEvent]:
    """Return the state after a person bypassed it for `seconds` of process time.

    Raises:
        RefusedError: the site allows no bypass of it.
        InputError: not a time the site allows.
    """
    if config.bypass_s == 0.0:
        raise RefusedError(
            f"interlock {config.name} can't be bypassed.", help="its `bypass_limit` would allow it"
        )
    if not 0 < seconds <= config.bypass_s:
        raise InputError(
            f"interlock {config.name} can't be bypassed for {seconds / 60:g} min.",
            help=f"more than 0 and at most {config.bypass_s / 60:g} min",
        )
    data: dict[str, float | int | str | None] = {
        "interlock": config.name,
        "minutes": seconds / 60,
    }
    return replace(state, bypassed_until=now + seconds), ControlEvent("interlock.bypassed", data)


def restore(
    config: InterlockConfig, state: InterlockState, cause: str
) -> tuple[InterlockState, ControlEvent]:
    """Return the state after its bypass ended; what tripped meanwhile acts now.

    Raises:
        RefusedError: it is not bypassed.
    """
    if state.bypassed_until is None:
        raise RefusedError(f"interlock {config.name} is not bypassed.")
    data = {"interlock": config.name, "cause": cause}
    return replace(state, bypassed_until=None), ControlEvent("interlock.restored", data)


def end_bypass(
    config: InterlockConfig, state: InterlockState, now: float
) -> tuple[InterlockState, ControlEvent | None]:
    """Let a bypass end when its time is over."""
    if state.bypassed_until is None or now < state.bypassed_until:
        return state, None
    return restore(config, state, "its time is over")


def first_out(states: Mapping[str, InterlockState]) -> str | None:
    """Return the interlock whose condition came first among those tripped: the likely cause.

    Ties go to the one declared first. None when none is tripped.
    """
    tripped = [(state.since, name) for name, state in states.items() if state.tripped]
    if not tripped:
        return None
    return min(tripped, key=lambda one: 0.0 if one[0] is None else one[0])[1]


def forced_outputs(
    configs: Mapping[str, InterlockConfig], states: Mapping[str, InterlockState]
) -> dict[str, float]:
    """Return all outputs forced now, by name; where two disagree, the one declared first wins.

    An interlock that is bypassed forces nothing.
    """
    forced: dict[str, float] = {}
    for name, config in configs.items():
        if name in states and states[name].tripped and states[name].bypassed_until is None:
            for output, value in config.then.items():
                forced.setdefault(output, value)
    return forced


def _undecided(config: InterlockConfig, truth: Truth) -> bool:
    """Whether a Bad reading stops the clock without tripping."""
    return truth is Truth.INVALID and config.on_bad is OnBad.HOLD_STATE


def _since(
    config: InterlockConfig, state: InterlockState, truth: Truth, now: float
) -> float | None:
    if _undecided(config, truth):
        return state.since
    holds = truth is Truth.TRUE or (truth is Truth.INVALID and config.on_bad is OnBad.TRIP)
    if not holds:
        return None
    return now if state.since is None else state.since


def _safe_since(
    config: InterlockConfig, state: InterlockState, truth: Truth, lookup: Lookup, now: float
) -> float | None:
    safe = truth is Truth.FALSE
    if safe and config.reset_when is not None:
        safe = config.reset_when.evaluate(lookup) is Truth.TRUE
    if not safe:
        return None
    return now if state.safe_since is None else state.safe_since


def _maybe_reset(
    config: InterlockConfig, state: InterlockState, now: float
) -> tuple[InterlockState, bool, ControlEvent | None]:
    waits = state.safe_since is None or now - state.safe_since < config.reset_delay_s
    if waits or config.reset is Reset.PERSON:
        return state, True, None
    data = {"interlock": config.name, "cause": "the condition is gone"}
    clear = replace(state, tripped=False, since=None, cause="")
    return clear, False, ControlEvent("interlock.reset", data)


def _bad_names(config: InterlockConfig, lookup: Lookup) -> str:
    readings = {name: lookup(name) for name in config.when.names}
    bad = [
        f"{name} is not Good ({reason_of(one)})" for name, one in readings.items() if not one.good
    ]
    return ", ".join(bad) or "a value can't be compared"
