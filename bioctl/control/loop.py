"""One scan of one loop: quality, mode, setpoint, law, outputs.

A loop never starts from what it remembers: whenever it takes over (mode, recovery, a long pause,
an interlock that let go) it reads the real outputs and begins there, so nothing jumps.
"""

import math
from collections.abc import Mapping
from dataclasses import replace

from bioctl.control.event import ControlEvent
from bioctl.control.loop_blind import blind, recovering
from bioctl.control.loop_config import AnyLoop, FollowedLoopConfig, LoopConfig, Mode
from bioctl.control.loop_given import Events, Given, Outputs, Scanned
from bioctl.control.loop_law import controlled, manual, setpoint
from bioctl.control.loop_state import LoopState, structure_of
from bioctl.control.loop_trust import told_trial, trusted
from bioctl.control.quality import checked, reason_of
from bioctl.control.structure import NOTHING
from bioctl.control.totaliser import count
from bioctl.values import Reading

__all__ = ["Events", "Outputs", "Scanned", "scan_loop"]

_NO_READINGS: Mapping[str, Reading] = {}


def scan_loop(
    config: AnyLoop,
    state: LoopState,
    pv: Reading,
    actual: Mapping[str, float],
    now: float,
    dt: float,
    *,
    forced: Mapping[str, float] = NOTHING,
    tracked: Mapping[str, float] = NOTHING,
    floors: Mapping[str, float] = NOTHING,
    others: Mapping[str, Reading] = _NO_READINGS,
    remote: float | None = None,
    total: Reading | None = None,
    status: Reading | None = None,
    backup: Reading | None = None,
    age_s: float = 0.0,
) -> Scanned:
    """Return the next state, the outputs to write by name, and what to journal.

    Args:
        config: the loop.
        state: after the last scan and the commands since.
        pv: reading of `config.pv`.
        actual: outputs in force as read back, by name, in eu; leave out (or NaN) what is not Good.
            For an inner loop: its setpoint in force.
        now: process time, s.
        dt: process time since this loop's last scan, s.
        forced: outputs an interlock holds now, by name: taken for the real ones, so nothing winds
            up, and passed on in the outputs. So are inner loops that do not follow this one.
        tracked: outputs another loop of an override won, with their values.
        floors: what a phase asks of shared outputs now (its own agitator speed), by name.
        others: readings of `config.others`, by name.
        remote: setpoint from the loop's source.
        total: reading of the dose limit's totaliser; needed where the loop has one.
        status: reading of a followed loop's status.
        backup: reading of the second probe.
        age_s: age of the culture, s, for the fallback; 0 before there is one.
    """
    late = dt > config.gap_s
    given = Given(
        pv=checked(pv, config.pv_range),
        actual={**actual, **tracked, **forced},
        forced=forced,
        tracked=tracked,
        floors=floors,
        others=others,
        remote=remote,
        now=now,
        dt=dt if dt > 0 and not late else 0.0,
        late=late,
        age_s=age_s,
    )
    if isinstance(config, FollowedLoopConfig):
        return _followed(config, state, given, status)
    state, locked = _counted(config, state, total)
    if state.mode is Mode.OFF:
        state, tried = told_trial(config, replace(state, u=None, deviation=0.0))
        return state, {}, (*locked, *tried)
    state = _compared(config, state, given)
    state, given, doubts = trusted(config, state, given, backup)
    state, outputs, events = _acting(config, state, given)
    state, tried = told_trial(config, state)
    outputs = _guarded(config, state, outputs, forced)
    return state, outputs, (*locked, *doubts, *events, *tried)


def _guarded(
    config: LoopConfig, state: LoopState, outputs: Outputs, forced: Mapping[str, float]
) -> Outputs:
    """Return the outputs with the last word of dose lock, interlocks and exclusion, in any mode."""
    if config.dose is not None and state.dose.shut and config.dose.output in outputs:
        outputs[config.dose.output] = 0.0
    outputs.update((name, value) for name, value in forced.items() if name in outputs)
    exclusive = structure_of(config, state).exclusive
    on = [name for name in exclusive if outputs.get(name, 0.0) > 0]
    if len(on) > 1:
        outputs.update((name, 0.0) for name in on if name not in forced)
    return outputs


def _acting(config: LoopConfig, state: LoopState, given: Given) -> Scanned:
    if state.mode is Mode.MAN:
        return manual(config, state, given)
    if not given.pv.good:
        return blind(config, state, given)
    if state.fallback:
        return recovering(config, state, given)
    return controlled(config, replace(state, bad_since=None), given)


def _counted(
    config: LoopConfig, state: LoopState, total: Reading | None
) -> tuple[LoopState, Events]:
    if config.dose is None:
        return state, ()
    dose = count(config.dose, state.dose, total)
    events: Events = ()
    if dose.locked and not state.dose.locked:
        cause = f"{config.dose.totaliser} reached {config.dose.limit:g}"
        data = {"interlock": f"{config.name}.dose", "cause": cause}
        events = (ControlEvent("interlock.tripped", data),)
    return replace(state, dose=dose), events


def _compared(config: LoopConfig, state: LoopState, given: Given) -> LoopState:
    """Note how far the real outputs are from the last demand; what others move owes nothing."""
    theirs = {*given.forced, *given.tracked}
    mine = set(config.structure.outputs) & theirs
    tracking = ", ".join(sorted(mine))
    if state.u is None or (state.pid is None and state.manual is None and state.switch is None):
        return replace(state, deviation=0.0, tracking=tracking)
    free = {name: value for name, value in given.actual.items() if name not in theirs}
    worst = structure_of(config, state).deviation(state.u, free, given.floors)
    return replace(state, deviation=worst, tracking=tracking)


def _followed(
    config: FollowedLoopConfig, state: LoopState, given: Given, status: Reading | None
) -> Scanned:
    """Write the setpoint, mirror the status; the equipment looks after quality and outputs."""
    word = "" if status is None else (str(status.value) if status.good else reason_of(status))
    state = replace(state, status=word)
    name = config.setpoint_output
    in_force = given.actual.get(name)
    if state.mode is Mode.OFF or state.target is None:
        return replace(state, u=in_force), {}, ()
    if not given.pv.good and state.sp is None:
        return state, {}, ()
    sp = setpoint(config, state, given)
    wrote = state.sp if state.sp is not None else in_force
    gap = 0.0 if wrote is None or in_force is None else abs(in_force - wrote)
    span = config.sp_range.high - config.sp_range.low
    new = replace(state, sp=sp, u=sp, deviation=100.0 * gap / span if math.isfinite(gap) else 0.0)
    return new, {name: given.forced.get(name, sp)}, ()
