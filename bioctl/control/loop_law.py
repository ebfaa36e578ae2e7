"""A loop whose measurement is Good: setpoint, take-over, law, tuning test."""

import math
from dataclasses import replace
from typing import NamedTuple

from bioctl.control import experiment, forward, pid
from bioctl.control.loop_config import AnyLoop, LoopConfig, Mode
from bioctl.control.loop_given import Given, Outputs, Scanned, clamped, limits, outputs_at
from bioctl.control.loop_state import LoopState, rate_of, structure_of
from bioctl.control.on_off import OnOff, Switch, switch
from bioctl.control.pid import PidState
from bioctl.control.ramp import ramp
from bioctl.control.schedule import DEMAND, Factors, scheduled
from bioctl.control.structure import FOLLOWS
from bioctl.control.tuning import Tuning
from bioctl.values import Reading


def setpoint(config: AnyLoop, state: LoopState, given: Given) -> float:
    """Return the setpoint in force; a ramp begins at the measurement."""
    pv = given.pv.number
    target = given.remote if state.mode is Mode.CAS else state.target
    current = config.sp_range.clamp(pv) if state.sp is None else state.sp
    if target is None:
        return current
    moving = state.sp is not None and given.pv.good
    reached = ramp(current, target, rate_of(config, state), given.dt if moving else 0.0)
    return config.sp_range.clamp(reached)


def taken_over(config: LoopConfig, state: LoopState, given: Given) -> float:
    """Return the demand that explains the real outputs: the last one where it still does.

    Where no output can be read: the last demand, or else the one nearest to the fallback.
    """
    structure, u = structure_of(config, state), state.u
    if u is None or structure.deviation(u, given.actual, given.floors) > FOLLOWS:
        located = structure.locate(given.actual, given.floors)
        u = located if located is not None else u
    if u is None:
        u = structure.locate(config.fallback_at(given.age_s))
    return clamped(config, state, structure.low if u is None else u)


def manual(config: LoopConfig, state: LoopState, given: Given) -> Scanned:
    """Write the outputs of the demand a person gave, or of the one that was in force."""
    asked = taken_over(config, state, given) if state.manual is None else state.manual
    u = clamped(config, state, asked)
    new = replace(state, manual=asked, u=u, pid=None)
    return new, outputs_at(config, state, u, given), ()


def controlled(config: LoopConfig, state: LoopState, given: Given) -> Scanned:
    """Let the law act."""
    if isinstance(config.tuning, OnOff):
        return _switched(config, config.tuning, state, given)
    sp = setpoint(config, state, given)
    terms = forward.advance(config.forward, state.forward, given.others, given.dt)
    factors = _factors(config, state, given)
    known = replace(state, sp=sp, forward=terms, factors=factors, status="")
    ready = _ready(config, known, given, fresh=forward.appeared(state.forward, terms))
    if known.trial is not None and not known.trial.over:
        return _tried(config, known, ready, given)
    low, high = _reach(config, state, ready.last, given.dt)
    tuning, pv, f = ready.tuning, given.pv.number, forward.total(terms)
    u, memory = pid.step(tuning, ready.memory, sp, pv, ready.dt, low, high, ready.real, f)
    new = replace(known, u=u, pid=memory, tuning=tuning)
    return new, outputs_at(config, state, u, given), ()


def _factors(config: LoopConfig, state: LoopState, given: Given) -> Factors:
    schedule = config.schedule
    if schedule is None:
        return state.factors
    if schedule.by != DEMAND:
        return schedule.at(given.others, state.factors)
    return schedule.at({DEMAND: Reading(_resting(config, state, given))})


def _resting(config: LoopConfig, state: LoopState, given: Given) -> float:
    """Return the demand without P and D: a gain that followed their noise would bias the integral.

    Each change of the gain moves a part of P into the integral (bumpless); with a gain that rises
    and falls with the error those parts don't cancel.
    """
    if state.pid is not None:
        return state.pid.integral + state.pid.forward
    return taken_over(config, state, given) if state.u is None else state.u


class _Ready(NamedTuple):
    """What the law is stepped with: last and real demand, and no time where it starts anew."""

    memory: PidState
    tuning: Tuning
    last: float
    real: float
    dt: float


def _ready(config: LoopConfig, state: LoopState, given: Given, *, fresh: float) -> _Ready:
    """Return the law's memory on the real outputs; `fresh` is what feed-forward has just learnt."""
    if state.pid is None or state.u is None or given.late:
        return _anew(config, state, given, taken_over(config, state, given))
    structure, last = structure_of(config, state), state.u
    real = structure.real(last, given.actual, given.floors)
    if structure.active(last).output in given.forced:
        return _anew(config, state, given, real)
    memory, tuning = state.pid, tuning_of(config, state, last)
    if fresh:
        memory = memory._replace(integral=memory.integral - fresh, forward=memory.forward + fresh)
    if tuning is not state.tuning:
        memory = _retuned(state, memory, tuning, given.pv.number)
    return _Ready(memory, tuning, last, real, given.dt)


def _anew(config: LoopConfig, state: LoopState, given: Given, real: float) -> _Ready:
    """Return the law started at the real demand."""
    tuning = tuning_of(config, state, real)
    f = forward.total(state.forward)
    memory = pid.start(tuning, state.sp or 0.0, given.pv.number, real, f)
    return _Ready(memory, tuning, real, real, 0.0)


def _retuned(state: LoopState, memory: PidState, tuning: Tuning, pv: float) -> PidState:
    """Return the memory for another tuning; where smoothing comes or goes, it starts anew."""
    smoothed = state.tuning is not None and state.tuning.smooth_s > 0
    if smoothed == (tuning.smooth_s > 0):
        return pid.retune(memory, tuning, state.sp or 0.0)
    return pid.start(tuning, state.sp or 0.0, pv, state.u or 0.0, forward.total(state.forward))


def tuning_of(config: LoopConfig, state: LoopState, u: float) -> Tuning:
    """Return the tuning in force at u: the loop's own or a person's, times all factors."""
    base = state.tuned or config.tuning
    if isinstance(base, OnOff):  # a two-position law never comes here
        raise TypeError(config.name)
    one = structure_of(config, state).active(u)
    gain, time = state.factors
    return scheduled(base, gain * one.gain, time * one.time)


def _reach(config: LoopConfig, state: LoopState, last: float, dt: float) -> tuple[float, float]:
    """Return the least and greatest demand of this scan: structure, dose lock, output rate."""
    low, high = limits(config, state)
    if math.isinf(config.out_rate_per_min):
        return low, high
    reach = config.out_rate_per_min * dt / 60.0
    return min(max(low, last - reach), high), max(min(high, last + reach), low)


def _tried(config: LoopConfig, state: LoopState, ready: _Ready, given: Given) -> Scanned:
    """Let the tuning test move u; the law stands by at its output."""
    if state.trial is None or state.sp is None:
        return state, {}, ()
    sign, pv = math.copysign(1.0, ready.tuning.gain), given.pv.number
    held = given.forced.keys() & set(structure_of(config, state).outputs)
    if held:
        trial = experiment.abort(state.trial, f"{', '.join(sorted(held))} is led by others")
    else:
        trial = experiment.advance(state.trial, state.sp, pv, ready.real, given.now, sign)
    u = clamped(config, state, trial.u)
    memory = pid.start(ready.tuning, state.sp, pv, u, forward.total(state.forward))
    status = "" if trial.over else f"tuning test: {trial.experiment.method}, {trial.stage}"
    new = replace(state, u=u, pid=memory, tuning=ready.tuning, trial=trial, status=status)
    return new, outputs_at(config, state, u, given), ()


def _switched(config: LoopConfig, law: OnOff, state: LoopState, given: Given) -> Scanned:
    """Let a two-position law act: u is one end of the structure."""
    sp, structure = setpoint(config, state, given), structure_of(config, state)
    before = state.switch or Switch()
    now = switch(law, before, sp, given.pv.number, given.now)
    u = clamped(config, state, structure.high if now.on else structure.low)
    outputs: Outputs = structure.values(u, given.floors)
    return replace(state, sp=sp, u=u, switch=now, status=""), outputs, ()
