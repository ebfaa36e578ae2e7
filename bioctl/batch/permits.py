"""Whether a phase may start, and whether it must be held: what permissives and interlocks say."""

from collections.abc import Iterable, Mapping

from bioctl.batch.control_recipe import BoundStep
from bioctl.batch.log import Actor, Log, rule_actor
from bioctl.batch.state import BatchState
from bioctl.equipment.permit import Block
from bioctl.errors import RefusedError
from bioctl.phases.states import Command, State, after

Blocks = Mapping[str, Iterable[Block]]
"""What blocks phases now, by unit."""


def blocking(blocks: Blocks, step: BoundStep) -> list[Block]:
    """Return what keeps a phase from starting, on its unit or on the unit it goes to."""
    units = dict.fromkeys((step.unit, str(step.parameters.get("to", step.unit))))
    return [one for unit in units for one in blocks.get(unit, ()) if _meets(one, step)]


def _meets(block: Block, step: BoundStep) -> bool:
    source = step.parameters.get("source")
    other = block.sources and source is not None and source not in block.sources
    return step.phase in block.phases and not other


def words(some: Iterable[Block]) -> str:
    """Return what blocks, in one line."""
    return "; ".join(one.text for one in some)


def refuse_blocked(batch: BatchState, command: Command, blocks: Blocks) -> None:
    """Refuse a command that would set a phase going that may not.

    What has begun needs no permissive to go on; an interlock that holds it must be gone.

    Raises:
        RefusedError: with what is missing.
    """
    for step in _set_going(batch, command):
        begun = command is not Command.START
        some = [one for one in blocking(blocks, step) if one.holds or not begun]
        if some:
            raise RefusedError(
                f"{step.path} may not {command}: {words(some)}",
                help="see `bioctl interlock list` and `permissives`, then give the command again",
            )


def _set_going(batch: BatchState, command: Command) -> list[BoundStep]:
    if command is Command.START:
        return list(batch.control.steps[:1])
    if command not in (Command.RESTART, Command.RESUME):
        return []
    waits = {path for path, phase in batch.phases.items() if after(phase.state, command)}
    return [step for step in batch.control.steps if step.path in waits]


def may_start(log: Log, batch_id: str, step: BoundStep, blocks: Blocks) -> bool:
    """Return whether the next phase may start; note it when that changes."""
    batch = log.cell.batches[batch_id]
    some = blocking(blocks, step)
    waits = ", ".join(one.name for one in some)
    if waits != batch.waits:
        actor = rule_actor("permissives of the site file")
        data = {"permissive": waits or batch.waits, "phase": step.path}
        kind = "permissive.missing" if some else "permissive.given"
        data |= {"text": words(some)} if some else {}
        log.emit(kind, actor, data, batch=batch_id, unit=step.unit, path=step.path)
    return not some


def hold_blocked(log: Log, batch_id: str, blocks: Blocks) -> None:
    """Hold phases that an interlock which acts does not let run."""
    batch = log.cell.batches[batch_id]
    for path, phase in batch.phases.items():
        step = batch.control.step(path)
        some = [one for one in blocking(blocks, step) if one.holds]
        if some and phase.state in _RUNS:
            rule = rule_actor(f"site file of {step.unit}")
            hold_with_trouble(log, batch_id, path, words(some), rule)


def hold_with_trouble(log: Log, batch_id: str, path: str, why: str, actor: Actor) -> None:
    """Hold one phase for a reason that its unit's alarm tells."""
    unit = log.cell.batches[batch_id].control.step(path).unit
    place: dict[str, str] = {"batch": batch_id, "unit": unit, "path": path}
    log.emit("phase.failed", actor, {"text": why, "used": {}}, **place)
    log.phase_state(batch_id, path, State.HOLDING, why, actor)


_RUNS = (State.RUNNING, State.RESTARTING)
