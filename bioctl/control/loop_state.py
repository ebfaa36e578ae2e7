"""What a loop remembers, and the commands a person or recipe gives it."""

import math
from dataclasses import dataclass, replace

from bioctl.control.loop_config import AnyLoop, FollowedLoopConfig, Mode
from bioctl.control.pid import Parts, PidState, Tuning
from bioctl.control.totaliser import DoseState, release
from bioctl.errors import InputError, RefusedError

_NO_PARTS = Parts()
_NOTHING_USED = DoseState()


@dataclass(frozen=True, slots=True)
class LoopState:
    """State of one loop.

    Attributes:
        mode: OFF, MAN or AUTO.
        target: setpoint asked for, measurement eu; None until somebody gave one.
        sp: setpoint in force (ramped); None while it is not in use.
        rate_per_min: setpoint speed asked for, eu per minute; None takes the configured one.
        manual: demand u a person gave in MAN; None takes over the real one at the next scan.
        u: last demand, None before the first.
        pid: memory of the law; None: it starts from the real outputs at the next scan.
        tuning: what `pid` was made with.
        bad_since: process time the measurement stopped being Good, None while Good.
        good_since: process time it became Good again during a fallback, else None.
        fallback: whether the fallback outputs are in force.
        deviation: worst deviation of a real output from the last demand, % of its span.
        dose: what the dose limit counted.
        status: the equipment's word for a followed loop, or why outputs are held; "" otherwise.
    """

    mode: Mode = Mode.OFF
    target: float | None = None
    sp: float | None = None
    rate_per_min: float | None = None
    manual: float | None = None
    u: float | None = None
    pid: PidState | None = None
    tuning: Tuning | None = None
    bad_since: float | None = None
    good_since: float | None = None
    fallback: bool = False
    deviation: float = 0.0
    dose: DoseState = _NOTHING_USED
    status: str = ""

    @property
    def parts(self) -> Parts:
        """P, I, D and F of the last demand; all 0 while the law does not act."""
        return _NO_PARTS if self.pid is None else self.pid.parts


def set_setpoint(
    config: AnyLoop, state: LoopState, target: float, rate_per_min: float | None = None
) -> LoopState:
    """Return the state with a new target; the setpoint in force walks there from where it is.

    Args:
        config: the loop.
        state: now.
        target: setpoint in measurement eu.
        rate_per_min: eu per minute, above 0; None takes the configured one. The configured rate
            is also the most that is allowed.

    Raises:
        InputError: the target is outside `sp_range`, or the rate is not above 0.
    """
    if not config.sp_range.low <= target <= config.sp_range.high:
        raise InputError(
            f"loop {config.name}: setpoint {target:g} is outside "
            f"{config.sp_range.low:g} .. {config.sp_range.high:g}."
        )
    if rate_per_min is not None and not rate_per_min > 0:
        raise InputError(f"loop {config.name}: a rate of {rate_per_min:g} is not above 0.")
    return replace(state, target=target, rate_per_min=rate_per_min)


def set_mode(config: AnyLoop, state: LoopState, mode: Mode) -> LoopState:
    """Return the state in another mode; the next scan takes over the real outputs.

    Raises:
        RefusedError: AUTO without a setpoint, or MAN on a loop the equipment closes.
    """
    if mode is state.mode:
        return state
    if mode is Mode.AUTO and state.target is None:
        raise RefusedError(
            f"loop {config.name} has no setpoint.", help="Give one, then set it to AUTO."
        )
    if mode is Mode.MAN and isinstance(config, FollowedLoopConfig):
        raise RefusedError(
            f"loop {config.name} is closed by the equipment; it knows no MAN here.",
            help="Set it to OFF and use the equipment's own panel.",
        )
    return replace(
        state, mode=mode, sp=None, manual=None, pid=None, bad_since=None, good_since=None,
        fallback=False, status="",
    )  # fmt: skip


def set_manual(config: AnyLoop, state: LoopState, u: float) -> LoopState:
    """Return the state with the demand a person gave, in units of u.

    Raises:
        RefusedError: the loop is not in MAN.
        InputError: u is outside the structure.
    """
    if state.mode is not Mode.MAN or isinstance(config, FollowedLoopConfig):
        raise RefusedError(f"loop {config.name} is in {state.mode}; outputs are typed in MAN only.")
    low, high = config.structure.low, config.structure.high
    if not low <= u <= high:
        raise InputError(f"loop {config.name}: output {u:g} is outside {low:g} .. {high:g}.")
    return replace(state, manual=u)


def release_dose(state: LoopState) -> LoopState:
    """Return the state with the dose limit counting from 0: a new batch, or a person let go."""
    return replace(state, dose=release(state.dose))


def rate_of(config: AnyLoop, state: LoopState) -> float:
    """Return the setpoint speed in force, eu per minute; infinity jumps."""
    asked = math.inf if state.rate_per_min is None else state.rate_per_min
    return min(asked, config.sp_rate_per_min)
