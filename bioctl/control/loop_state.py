"""What a loop remembers, and the commands a person or recipe gives it."""

import math
from dataclasses import dataclass, replace

from bioctl.control.experiment import Experiment, Trial, abort, begin
from bioctl.control.forward import Terms
from bioctl.control.loop_config import AnyLoop, FollowedLoopConfig, LoopConfig, Mode
from bioctl.control.on_off import OnOff, Switch
from bioctl.control.pid import Parts, PidState
from bioctl.control.schedule import ONE, Factors
from bioctl.control.structure import Structure
from bioctl.control.totaliser import DoseState, release
from bioctl.control.tuning import Tuning
from bioctl.control.watch import Watched
from bioctl.errors import InputError, RefusedError

_NO_PARTS = Parts()
_NOTHING_USED = DoseState()
_NOTHING_SEEN = Watched()


@dataclass(frozen=True, slots=True)
class LoopState:
    """State of one loop.

    Attributes:
        mode: OFF, MAN, AUTO or CAS.
        target: setpoint asked for, measurement eu; None until somebody gave one.
        sp: setpoint in force (ramped); None while it is not in use.
        rate_per_min: setpoint speed asked for, eu per minute; None takes the configured one.
        manual: demand u a person gave in MAN; None takes over the real one at the next scan.
        u: last demand, None before the first.
        pid: memory of the law; None: it starts from the real outputs at the next scan.
        tuning: what `pid` was made with.
        tuned: a tuning a person applied instead of the site file's; None: the site file's.
        factors: of the schedule, as last known.
        forward: what each feed-forward adds.
        order: name of the structure in use; "" is the site file's first.
        switch: where a two-position law stands.
        trial: a tuning test; it stays when it is over, as its result.
        seen: what the watch knows.
        backup: whether the second probe is in use.
        tracking: what it tracks: an output or inner loop that somebody else moves; "" otherwise.
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
    tuned: Tuning | None = None
    factors: Factors = ONE
    forward: Terms = ()
    order: str = ""
    switch: Switch | None = None
    trial: Trial | None = None
    seen: Watched = _NOTHING_SEEN
    backup: bool = False
    tracking: str = ""
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
    if mode is Mode.CAS and config.source is None:
        raise RefusedError(
            f"loop {config.name} has no source for its setpoint.", help="CAS is for inner loops."
        )
    if mode is Mode.MAN and isinstance(config, FollowedLoopConfig):
        raise RefusedError(
            f"loop {config.name} is closed by the equipment; it knows no MAN here.",
            help="Set it to OFF and use the equipment's own panel.",
        )
    stays = {state.mode, mode} <= {Mode.AUTO, Mode.CAS}  # another source, the same law
    return replace(
        state, mode=mode, sp=state.sp if stays else None, manual=None, pid=None, bad_since=None,
        good_since=None, fallback=False, status="", switch=None,
        trial=_broken_off(state.trial),
    )  # fmt: skip


def _broken_off(trial: Trial | None) -> Trial | None:
    return trial if trial is None or trial.over else abort(trial, "the mode was changed")


def set_manual(config: AnyLoop, state: LoopState, u: float) -> LoopState:
    """Return the state with the demand a person gave, in units of u.

    Raises:
        RefusedError: the loop is not in MAN.
        InputError: u is outside the structure.
    """
    if state.mode is not Mode.MAN or isinstance(config, FollowedLoopConfig):
        raise RefusedError(f"loop {config.name} is in {state.mode}; outputs are typed in MAN only.")
    structure = structure_of(config, state)
    low, high = structure.low, structure.high
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


def set_order(config: LoopConfig, state: LoopState, order: str) -> LoopState:
    """Return the state with another structure; the next scan takes over the real outputs.

    Raises:
        InputError: the loop has no such order.
    """
    order = "" if order == config.order else order
    if order == state.order:
        return state
    if order and order not in config.orders:
        known = ", ".join(config.order_names) or "none besides its first"
        raise InputError(f"loop {config.name} has no order {order!r}.", help=f"It has {known}.")
    return replace(state, order=order, pid=None, u=None, manual=None)


def set_tuning(config: AnyLoop, state: LoopState, tuning: Tuning | None) -> LoopState:
    """Return the state with a person's tuning, or None for the site file's; it is bumpless.

    Raises:
        RefusedError: the loop has no gain.
    """
    if isinstance(config, FollowedLoopConfig) or isinstance(config.tuning, OnOff):
        raise RefusedError(f"loop {config.name} has no gain that could be set here.")
    return state if state.tuned == tuning else replace(state, tuned=tuning)


def set_experiment(
    config: AnyLoop, state: LoopState, experiment: Experiment, now: float, by: str = ""
) -> LoopState:
    """Return the state with a tuning test begun.

    Raises:
        RefusedError: the loop does not control now, or a test runs already.
        InputError: the test has no room.
    """
    if isinstance(config, FollowedLoopConfig) or isinstance(config.tuning, OnOff):
        raise RefusedError(f"loop {config.name} has no gain that could be tuned here.")
    if state.trial is not None and not state.trial.over:
        raise RefusedError(f"loop {config.name}: a tuning test runs already.")
    if state.mode not in (Mode.AUTO, Mode.CAS) or state.pid is None or state.u is None:
        raise RefusedError(
            f"loop {config.name} does not control now; a tuning test begins from AUTO.",
            help=state.status or f"It is in {state.mode}.",
        )
    structure = structure_of(config, state)
    trial = begin(experiment, state.u, structure.low, structure.high, now)
    return replace(state, trial=replace(trial, by=by))


def structure_of(config: LoopConfig, state: LoopState) -> Structure:
    """Return the structure in use."""
    return config.orders.get(state.order, config.structure)
