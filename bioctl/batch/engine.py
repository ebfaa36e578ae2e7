"""The procedure engine: which events follow from a cell's state, an image and the time.

`decide` is pure. It never acts: calls, outputs and setpoints leave as events, and the shell carries
them out when they are durable. One call handles one batch for one scan of its units.
"""

from collections.abc import Iterable

from bioctl.audit.entry import Event
from bioctl.batch.demands import settle_outputs
from bioctl.batch.log import Log, recipe_actor, rule_actor
from bioctl.batch.perform import perform
from bioctl.batch.permits import hold_blocked, hold_with_trouble, may_start
from bioctl.batch.requests import Request, take
from bioctl.batch.state import BatchState, CellState, PhaseState
from bioctl.batch.world import PhaseView, World
from bioctl.phases.library import PHASES
from bioctl.phases.phase import Action, Phase, View
from bioctl.phases.states import TABLE, Nature, State, final

ROUNDS = 4
"""Decisions that may follow each other within one scan: done → next phase → its first step."""

PATIENCE_S = 300.0
"""Logic of a transient state that has not ended after this long raises an alarm (R-88-02)."""


def decide(
    cell: CellState, batch_id: str, world: World, requests: Iterable[Request] = ()
) -> list[Event]:
    """Return the events of this scan for one batch, in order."""
    log = Log(cell, world.now)
    take(log, batch_id, requests, world.utc, world.blocks)
    for _ in range(ROUNDS):
        before = len(log.events)
        _start_next(log, batch_id, world)
        hold_blocked(log, batch_id, world.blocks)
        _hold_overdue(log, batch_id, world)
        for path in tuple(_batch(log, batch_id).phases):
            _run(log, batch_id, path, world)
        _propagate(log, batch_id)
        if len(log.events) == before:
            break
    settle_outputs(log, batch_id, world)
    _release(log, batch_id)
    return log.events


def _batch(log: Log, batch_id: str) -> BatchState:
    return log.cell.batches[batch_id]


def _start_next(log: Log, batch_id: str, world: World) -> None:
    batch = _batch(log, batch_id)
    if batch.state is not State.RUNNING or batch.phases:
        return
    step = next((one for one in batch.control.steps if one.path not in batch.done), None)
    if step is not None and may_start(log, batch_id, step, world.blocks):
        cause, actor = "the step before is complete", recipe_actor(batch)
        log.phase_state(batch_id, step.path, State.RUNNING, cause, actor)


def _hold_overdue(log: Log, batch_id: str, world: World) -> None:
    """Hold phases that say they must be, also PAUSED ones."""
    batch = _batch(log, batch_id)
    for path, phase in batch.phases.items():
        if phase.state not in (State.RUNNING, State.PAUSING, State.PAUSED):
            continue
        view = view_of(log.cell, batch, phase, world)
        reason = PHASES[batch.control.step(path).phase].must_hold(view)
        if reason:
            hold_with_trouble(log, batch_id, path, reason, rule_actor("limit of a phase"))


def _run(log: Log, batch_id: str, path: str, world: World) -> None:
    batch = _batch(log, batch_id)
    phase = batch.phases[path]
    if TABLE[phase.state].nature is not Nature.ACTING:
        return
    view = view_of(log.cell, batch, phase, world)
    actions = tuple(_logic(PHASES[batch.control.step(path).phase], phase.state, view))
    perform(log, batch_id, path, actions, view, world.utc)
    _watch_time(log, batch_id, path)


def view_of(cell: CellState, batch: BatchState, phase: PhaseState, world: World) -> PhaseView:
    """Return a phase's window on the world."""
    bound = batch.control.step(phase.path)
    return PhaseView(world, batch, bound, phase, cell.units[bound.unit])


def _logic(phase: Phase, state: State, view: View) -> Iterable[Action]:
    logic = {
        State.RUNNING: phase.running,
        State.HOLDING: phase.holding,
        State.RESTARTING: phase.restarting,
        State.STOPPING: phase.stopping,
        State.ABORTING: phase.aborting,
        State.PAUSING: Phase().holding,
    }
    return logic[state](view)


def _watch_time(log: Log, batch_id: str, path: str) -> None:
    batch = _batch(log, batch_id)
    phase = batch.phases.get(path)
    if phase is None or TABLE[phase.state].nature is not Nature.ACTING:
        return
    stretch, limit = log.now - phase.since, batch.control.step(path).timeout_s
    unit = batch.control.step(path).unit
    if phase.state is State.RUNNING and stretch > limit:
        rule = rule_actor("time-out of a phase")
        text = f"did not finish within {limit / 3600:g} h"
        _raise(log, batch_id, path, unit, text)
        log.phase_state(batch_id, path, State.HOLDING, text, rule)
    elif phase.state is not State.RUNNING and stretch > PATIENCE_S and not phase.late:
        text = f"phase not responding: still {phase.state} after {PATIENCE_S:g} s"
        _raise(log, batch_id, path, unit, text)


def _raise(log: Log, batch_id: str, path: str, unit: str, text: str) -> None:
    rule = rule_actor("time-out of a phase")
    log.emit("phase.late", rule, {"text": text}, batch=batch_id, unit=unit, path=path)


def _propagate(log: Log, batch_id: str) -> None:
    """Let the batch follow its phases: one HELD by itself holds all, all done ends the batch."""
    batch = _batch(log, batch_id)
    states = {phase.state for phase in batch.phases.values()}
    failing = states & {State.HOLDING, State.HELD}
    if failing and batch.state in _HELD_BY_PHASES:
        rule = rule_actor("a held phase holds its batch")
        log.batch_state(batch_id, State.HOLDING, "a phase is held", rule)
        for path, phase in batch.phases.items():
            if State.HOLDING in TABLE[phase.state].on.values():
                log.phase_state(batch_id, path, State.HOLDING, "its batch is held", rule)
        return
    target = TABLE[batch.state].done
    if target is None or TABLE[batch.state].nature is not Nature.ACTING:
        return
    if batch.state is State.RUNNING:
        _complete(log, batch)
    elif all(TABLE[state].nature is not Nature.ACTING or state is target for state in states):
        log.batch_state(batch_id, target, "all its phases are", recipe_actor(batch))


_HELD_BY_PHASES = (State.RUNNING, State.RESTARTING, State.PAUSING, State.PAUSED)


def _complete(log: Log, batch: BatchState) -> None:
    if not batch.phases and len(batch.done) == len(batch.control.steps):
        actor = recipe_actor(batch)
        log.batch_state(batch.id, State.COMPLETE, "the procedure is finished", actor)


def _release(log: Log, batch_id: str) -> None:
    batch = _batch(log, batch_id)
    if batch.started is None or batch.released or not over(batch):
        return
    for unit in batch.control.units.values():
        log.emit("unit.released", recipe_actor(batch), {}, batch=batch_id, unit=unit)


def over(batch: BatchState) -> bool:
    """Whether nothing is left to decide for this batch."""
    return final(batch.state) and not batch.phases
