"""A loop whose measurement can't be trusted: hold, fall back, recover."""

from dataclasses import replace

from bioctl.control import experiment
from bioctl.control.event import ControlEvent
from bioctl.control.loop_config import LoopConfig
from bioctl.control.loop_given import Events, Given, Outputs, Scanned, clamped, outputs_at
from bioctl.control.loop_law import controlled
from bioctl.control.loop_state import LoopState
from bioctl.control.quality import reason_of


def blind(config: LoopConfig, state: LoopState, given: Given) -> Scanned:
    """Hold, then fall back. The integral and the setpoint stand still."""
    since = given.now if state.bad_since is None else state.bad_since
    reason = reason_of(given.pv)
    state = replace(state, bad_since=since, good_since=None, pid=None, switch=None)
    if state.trial is not None and not state.trial.over:
        ended = experiment.abort(state.trial, f"the measurement is not Good: {reason}")
        state = replace(state, trial=ended, u=ended.base)
    if not state.fallback and given.now - since < config.hold_s:
        return _held(config, replace(state, status=f"held: {reason}"), given)
    events: Events = ()
    if not state.fallback:
        events = (ControlEvent("loop.fallback", {"loop": config.name, "reason": reason}),)
    state = replace(state, fallback=True, status=f"fallback: {reason}")
    return state, _fallback(config, given), events


def recovering(config: LoopConfig, state: LoopState, given: Given) -> Scanned:
    """Keep the fallback until the measurement was Good for long enough, then control again."""
    since = given.now if state.good_since is None else state.good_since
    if given.now - since < config.recover_s:
        return replace(state, good_since=since), _fallback(config, given), ()
    free = replace(state, fallback=False, bad_since=None, good_since=None, pid=None)
    state, outputs, _ = controlled(config, free, given)
    reason = f"{config.pv} is Good again"
    event = ControlEvent("loop.recovered", {"loop": config.name, "reason": reason})
    return state, outputs, (event,)


def _fallback(config: LoopConfig, given: Given) -> Outputs:
    """Return the declared outputs; a shared one is never below what the phase asks for."""
    shared = {one.output for one in config.structure.segments if one.shared}
    return {
        name: max(value, given.floors.get(name, value)) if name in shared else value
        for name, value in config.fallback_at(given.age_s).items()
    }


def _held(config: LoopConfig, state: LoopState, given: Given) -> Scanned:
    if state.u is None:  # it never controlled: the plant keeps what it has
        return state, {}, ()
    u = clamped(config, state, state.u)
    return replace(state, u=u), outputs_at(config, state, u, given), ()
