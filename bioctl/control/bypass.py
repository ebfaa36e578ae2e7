"""A bypass: for a time, and by a person's signature, an interlock or permissive does not act.

It goes on being evaluated, so that what it would have done is known and told.
"""

from dataclasses import replace
from typing import TypeVar

from bioctl.control.event import ControlEvent
from bioctl.control.interlock_config import InterlockConfig, InterlockState
from bioctl.control.permissive import PermissiveConfig, PermissiveState
from bioctl.errors import InputError, RefusedError

State = TypeVar("State", InterlockState, PermissiveState)
Config = InterlockConfig | PermissiveConfig


def bypass(config: Config, state: State, now: float, seconds: float) -> tuple[State, ControlEvent]:
    """Return the state after a person bypassed it for `seconds` of process time.

    Raises:
        RefusedError: the site allows no bypass of it.
        InputError: not a time the site allows.
    """
    what = f"{config.noun} {config.name}"
    if config.bypass_s == 0.0:
        remedy = "its `bypass_limit` would allow it"
        raise RefusedError(f"{what} can't be bypassed.", help=remedy)
    if not 0 < seconds <= config.bypass_s:
        raise InputError(
            f"{what} can't be bypassed for {seconds / 60:g} min.",
            help=f"more than 0 and at most {config.bypass_s / 60:g} min",
        )
    data: dict[str, float | int | str | None] = {
        config.noun: config.name,
        "minutes": seconds / 60,
    }
    bypassed = replace(state, bypassed_until=now + seconds)
    return bypassed, ControlEvent(f"{config.noun}.bypassed", data)


def restore(config: Config, state: State, cause: str) -> tuple[State, ControlEvent]:
    """Return the state after its bypass ended; what tripped meanwhile acts now.

    Raises:
        RefusedError: it is not bypassed.
    """
    if state.bypassed_until is None:
        raise RefusedError(f"{config.noun} {config.name} is not bypassed.")
    data: dict[str, float | int | str | None] = {config.noun: config.name, "cause": cause}
    if getattr(state, "tripped", False):
        data["acts"] = True
    return replace(state, bypassed_until=None), ControlEvent(f"{config.noun}.restored", data)


def end_bypass(config: Config, state: State, now: float) -> tuple[State, ControlEvent | None]:
    """Let a bypass end when its time is over."""
    if state.bypassed_until is None or now < state.bypassed_until:
        return state, None
    return restore(config, state, "its time is over")
