"""Level outputs and loop setpoints: what the active phases ask for, as events when it changes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bioctl.batch.control_recipe import BoundStep
from bioctl.batch.course import leg_at
from bioctl.batch.log import Log, recipe_actor
from bioctl.batch.state import BatchState, PhaseState
from bioctl.batch.world import PhaseView, World
from bioctl.equipment.commanded import LoopDemand, UnitState
from bioctl.phases.library import PHASES
from bioctl.phases.states import State


def settle_outputs(log: Log, batch_id: str, world: World) -> None:
    """Emit `output.set` and `loop.set` until every unit of the batch stands as its phases ask."""
    batch = log.cell.batches[batch_id]
    if batch.started is None or batch.released:
        return
    wanted: dict[str, dict[str, float]] = {
        unit: dict(_resting(batch, world, unit)) for unit in batch.control.units.values()
    }
    for path, phase in batch.phases.items():
        view = _view(log, batch, phase, world)
        _add_outputs(wanted, batch, phase, view)
        if phase.state in (State.RUNNING, State.RESTARTING):
            _settle_loops(log, batch, path, view)
    if batch.state is State.COMPLETE:
        _open_loops(log, batch)
    _settle(log, batch, wanted, world)


def _view(log: Log, batch: BatchState, phase: PhaseState, world: World) -> PhaseView:
    bound = batch.control.step(phase.path)
    return PhaseView(world, batch, bound, phase, log.cell.units[bound.unit])


def _resting(batch: BatchState, world: World, unit: str) -> Mapping[str, float]:
    config = world.units[unit]
    return {**config.hold, **config.idle} if batch.state is State.COMPLETE else config.hold


def _add_outputs(
    wanted: dict[str, dict[str, float]], batch: BatchState, phase: PhaseState, view: PhaseView
) -> None:
    bound = batch.control.step(phase.path)
    logic = PHASES[bound.phase]
    # Only while RUNNING somebody watches what a pump does; PAUSED it takes its hold value, too.
    runs = phase.state is State.RUNNING
    demand = logic.outputs(view) if runs else logic.held_outputs(view)
    for name, value in demand.items():
        role, _, output = name.rpartition(".")
        unit = str(bound.parameters["to"]) if role == "to" else bound.unit
        wanted[unit][output] = float(value)


def _settle(
    log: Log, batch: BatchState, wanted: Mapping[str, Mapping[str, float]], world: World
) -> None:
    for unit, outputs in wanted.items():
        now = log.cell.units.get(unit, UnitState()).outputs
        for output, value in outputs.items():
            tag, before = world.units[unit].outputs[output], now.get(output)
            level = tag.range.clamp(value)  # a demand beyond the equipment gets what there is
            if before == level:
                continue
            data = {"output": output, "tag": tag.name, "value": level, "eu": tag.eu, "old": before}
            if level != value:
                data["asked"] = value
            log.emit("output.set", recipe_actor(batch), data, batch=batch.id, unit=unit)


def _settle_loops(log: Log, batch: BatchState, path: str, view: PhaseView) -> None:
    bound = batch.control.step(path)
    for loop, sp in PHASES[bound.phase].loops(view).items():
        _set_loop(log, batch, bound.unit, loop, _wanted(bound, loop, sp, view.elapsed), path)


def _wanted(bound: BoundStep, loop: str, sp: float | None, elapsed: float) -> LoopDemand:
    """Return what a phase asks of a loop now: a setpoint, or where it walks to, and the order."""
    if sp is None:
        return LoopDemand("OFF", None)
    rate, order = None, bound.orders.get(loop, "")
    if loop in bound.ramps:
        sp, rate = leg_at(bound.ramps[loop], elapsed)
    return LoopDemand("AUTO", sp, rate=rate, order=order)


def _set_loop(
    log: Log, batch: BatchState, unit: str, loop: str, want: LoopDemand, path: str | None
) -> None:
    old = log.cell.units[unit].loops.get(loop)
    if old is not None and old.held and path is not None:
        return  # a person has taken it; what the recipe asks waits until they give it back
    before = old or LoopDemand("OFF", None)
    if want.sp is None:
        want = replace(want, rate=before.rate, order=before.order)
    new = (want.mode, want.sp, want.rate, want.order)
    if (before.mode, before.sp, before.rate, before.order) == new:
        return
    data: dict[str, Any] = {"loop": loop, "mode": want.mode, "sp": want.sp, "old": before.sp}
    if want.rate != before.rate:
        data["rate"] = want.rate
    if want.order != before.order:
        data["order"] = want.order
    log.emit("loop.set", recipe_actor(batch), data, batch=batch.id, unit=unit, path=path)


def _open_loops(log: Log, batch: BatchState) -> None:
    for unit in batch.control.units.values():
        for loop in tuple(log.cell.units[unit].loops):
            _set_loop(log, batch, unit, loop, LoopDemand("OFF", None), None)
