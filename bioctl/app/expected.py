"""What running phases expect of their units: for alarms that would otherwise wake a person."""

from bioctl.batch.control_recipe import BoundStep
from bioctl.batch.state import BatchState, CellState
from bioctl.equipment.alarm_seen import Expected
from bioctl.phases.library import PHASES
from bioctl.phases.states import TABLE, Nature, State


def expected_of(cell: CellState) -> dict[str, Expected]:
    """Return by unit what alarms have to know of the phases that act on it."""
    found: dict[str, Expected] = {}
    for batch in cell.batches.values():
        for path, phase in batch.phases.items():
            if TABLE[phase.state].nature is Nature.ACTING:
                _add(found, batch, batch.control.step(path), running=phase.state is State.RUNNING)
    return found


def _add(found: dict[str, Expected], batch: BatchState, step: BoundStep, *, running: bool) -> None:
    """Add one acting phase; what a transfer fills is moved as well."""
    spec, old = PHASES[step.phase].spec, found.get(step.unit, Expected())
    silent = dict.fromkeys(step.suppress, step.path) if running else {}
    kept = {name: float(step.parameters[p]) for name, p in spec.keeps.items()} if running else {}
    moving = dict.fromkeys(spec.moves, step.path)
    found[step.unit] = Expected(
        {**old.silent, **silent}, {**old.moving, **moving}, {**old.kept, **kept}
    )
    other = str(step.parameters.get("to", ""))
    if other in batch.control.units.values():
        old = found.get(other, Expected())
        found[other] = Expected(old.silent, {**old.moving, **moving}, old.kept)
