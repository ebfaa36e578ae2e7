"""Interlocks: when a condition holds, outputs are forced, whatever recipe, loop or person asks.

    clear --condition TRUE for delay_s--> tripped --condition FALSE, and reset--> clear

A condition that can't be evaluated (a Bad reading) trips, holds the state or is ignored, as
declared; it never resets anything. Pure: the caller hands in readings and process time.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from bioctl.control.event import ControlEvent
from bioctl.control.interlock_config import InterlockConfig, InterlockState, OnBad, Reset
from bioctl.control.told import bad_names
from bioctl.errors import RefusedError
from bioctl.language.condition import Lookup, Truth

QA = "qa"


class Person(NamedTuple):
    """Who resets: name for people, and role (operator, supervisor, qa)."""

    name: str
    role: str


def evaluate(
    config: InterlockConfig, state: InterlockState, lookup: Lookup, now: float
) -> tuple[InterlockState, bool, ControlEvent | None]:
    """Return the next state, whether it acts now, and what to journal.

    One that is bypassed trips all the same; its entry says that it did not act.

    Args:
        config: the interlock.
        state: after the last scan.
        lookup: gives the reading of a name in the condition.
        now: process time, s.
    """
    truth = config.when.evaluate(lookup)
    bad = bad_names(config.when, lookup) if truth is Truth.INVALID else ""
    state = replace(state, bad=bad, safe_since=_safe_since(config, state, truth, lookup, now))
    if state.tripped:
        return _maybe_reset(config, state, now)
    state = replace(state, since=_since(config, state, truth, now))
    if state.since is None or now - state.since < config.delay_s or _undecided(config, truth):
        return state, False, None
    cause = bad or config.when.text
    state = replace(state, tripped=True, cause=cause)
    data: dict[str, float | int | str | None] = {"interlock": config.name, "cause": cause}
    if not state.acts:
        data["bypassed"] = True
    return state, state.acts, ControlEvent("interlock.tripped", data)


def reset(
    config: InterlockConfig, state: InterlockState, by: Person, anew: Lookup | None = None
) -> tuple[InterlockState, ControlEvent]:
    """Return the state after a person reset it, and what to journal.

    Args:
        config: the interlock.
        state: after the last scan.
        by: who resets it.
        anew: readings with the counts the condition reads at 0, where the reset begins them anew.

    Raises:
        RefusedError: it is not tripped, its condition is not known to be gone, or the person may
            not reset it.
    """
    if not state.tripped:
        raise RefusedError(f"interlock {config.name} is not tripped.")
    if (by.role == QA) is not (config.reset is Reset.QA):
        who = "QA" if config.reset is Reset.QA else "an operator or supervisor"
        raise RefusedError(f"interlock {config.name} is reset by {who}, you are {by.role}.")
    if not _is_safe(config, state, anew):
        why = state.bad or f"its cause is still there ({state.cause})"
        raise RefusedError(f"interlock {config.name} can't be reset: {why}.")
    data = {"interlock": config.name, "cause": f"reset by {by.name}"}
    clear = InterlockState(bypassed_until=state.bypassed_until)
    return clear, ControlEvent("interlock.reset", data)


def _is_safe(config: InterlockConfig, state: InterlockState, anew: Lookup | None) -> bool:
    if anew is None or not config.counts:
        return state.safe_since is not None
    free = config.when.evaluate(anew) is Truth.FALSE
    return free and (config.reset_when is None or config.reset_when.evaluate(anew) is Truth.TRUE)


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
    for config in _acting(configs, states):
        for output, value in config.then.items():
            forced.setdefault(output, value)
    return forced


def limited_outputs(
    configs: Mapping[str, InterlockConfig], states: Mapping[str, InterlockState]
) -> dict[str, float]:
    """Return the most that outputs may be now, by name; the lowest limit wins."""
    limits: dict[str, float] = {}
    for config in _acting(configs, states):
        for output, value in config.at_most.items():
            limits[output] = min(value, limits.get(output, value))
    return limits


def _acting(
    configs: Mapping[str, InterlockConfig], states: Mapping[str, InterlockState]
) -> list[InterlockConfig]:
    return [one for name, one in configs.items() if name in states and states[name].acts]


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
    if waits or config.reset is not Reset.AUTO:
        return state, state.acts, None
    data = {"interlock": config.name, "cause": "the condition is gone"}
    clear = replace(state, tripped=False, since=None, cause="")
    return clear, False, ControlEvent("interlock.reset", data)
