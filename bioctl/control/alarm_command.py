"""What a person does to an alarm: each returns the next state, or refuses and says why.

The command pipeline journals who and why. No command changes what the process is; the next scan
raises anew what is abnormal when an alarm is let speak again.
"""

from dataclasses import replace

from bioctl.control.alarm_config import AlarmConfig
from bioctl.control.alarm_state import TABLE, AlarmCondition, AlarmState, Signal, after
from bioctl.errors import InputError, RefusedError

WORD = {
    Signal.ACK: "acknowledge",
    Signal.RESET: "reset",
    Signal.SHELVE: "shelve",
    Signal.UNSHELVE: "unshelve",
    Signal.REMOVE: "take out of service",
    Signal.RETURN: "return to service",
}
"""What a person may do, in words."""


def command_alarm(
    config: AlarmConfig,
    state: AlarmState,
    signal: Signal,
    now: float,
    seconds: float = 0.0,
    occurrence: int | None = None,
) -> AlarmState:
    """Return the state after a person's command.

    Args:
        config: the alarm.
        state: after the last scan.
        signal: one of `WORD`.
        now: process time, s.
        seconds: how long to shelve, process s; no other command takes one.
        occurrence: which annunciation a person has seen and acknowledges; None for the present.

    Raises:
        RefusedError: nothing to do in this state, another annunciation than the one seen, or an
            alarm of priority 1 was to be shelved.
        InputError: not a time it may be shelved for.
    """
    if signal is Signal.SHELVE:
        _check_shelving(config, seconds)
    if signal not in WORD or (state.condition, signal) not in TABLE:
        raise RefusedError(
            f"alarm {config.name} is {state.condition}; nothing to {WORD.get(signal, signal)}.",
            help=_remedy(state.condition, signal),
        )
    if signal is Signal.ACK and occurrence is not None:
        _check_seen(config, state, occurrence)
    until = now + seconds if signal is Signal.SHELVE else None
    return replace(state, condition=after(state.condition, signal), shelved_until=until)


def _check_seen(config: AlarmConfig, state: AlarmState, occurrence: int) -> None:
    """Refuse what a person can't have seen, and what is over."""
    if occurrence == state.occurrence:
        return
    older = f"was raised again since: you have seen #{occurrence}, now it is #{state.occurrence}."
    never = f"has not been raised #{occurrence} times; now it is #{state.occurrence}."
    raise RefusedError(
        f"alarm {config.name} {older if occurrence < state.occurrence else never}",
        help="look at `bioctl alarm list` and acknowledge what you see there",
    )


def _check_shelving(config: AlarmConfig, seconds: float) -> None:
    if config.priority == 1:
        raise RefusedError(
            f"alarm {config.name} has priority 1 and can't be shelved.",
            help="do what it asks for, or take it out of service with a reason",
        )
    if not 0 < seconds <= config.shelve_s:
        raise InputError(
            f"alarm {config.name} can't be shelved for {seconds / 60:g} min.",
            help=f"more than 0 and at most {config.shelve_s / 60:g} min",
        )


def _remedy(condition: AlarmCondition, signal: Signal) -> str:
    if signal is Signal.RESET and condition is AlarmCondition.UNACK_LATCHED:
        return "acknowledge it first"
    if condition in {AlarmCondition.UNACK_LATCHED, AlarmCondition.ACK_LATCHED}:
        return "acknowledge and reset it"
    return "see `bioctl alarm list`"
