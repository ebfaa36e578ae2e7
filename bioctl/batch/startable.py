"""What the engine of this version can run; a recipe that asks for more is refused, not half-run."""

import re
from collections.abc import Iterator, Mapping

from bioctl.errors import RefusedError
from bioctl.recipe.blocks import BLOCKS, parts_of
from bioctl.recipe.capabilities import PhaseSpec
from bioctl.recipe.grammar import Operation, Recipe, UnitProcedure

_WORD = re.compile(r"[A-Za-z_]\w*")


def check_startable(recipe: Recipe, phases: Mapping[str, PhaseSpec]) -> None:
    """Refuse a recipe that the engine can't run as it is written.

    Raises:
        RefusedError: with everything it asks for too much, in one sentence.
    """
    missing = tuple(dict.fromkeys(beyond_engine(recipe, phases)))
    if missing:
        raise RefusedError(
            f"recipe {recipe.id} can't be started by this version: it uses {', '.join(missing)}",
            help="it can be checked, planned and approved; nothing was started",
        )


def beyond_engine(recipe: Recipe, phases: Mapping[str, PhaseSpec]) -> Iterator[str]:
    """Yield in words what the engine does not know yet."""
    yield from _blocks(recipe)
    yield from ("clocks" for _ in recipe.clocks)
    results = _results(recipe, phases)
    for _, step in recipe.steps():
        spec = phases.get(step.phase)
        if step.until and results & set(_WORD.findall(step.until)):
            yield "results in `until`"
        if spec is None or not spec.runs:
            yield f"phase {step.phase}"
        if step.on_timeout != "hold":
            yield "`on timeout`"
        if step.remind:
            yield "`remind`"
        if step.restart_at:
            yield "`restart at`"
        if step.checked_by:
            yield "`checked by`"


def _results(recipe: Recipe, phases: Mapping[str, PhaseSpec]) -> set[str]:
    """Return the names of results that phases of the recipe set."""
    return {
        str(step.parameters[phases[step.phase].result[0]].value)
        for _, step in recipe.steps()
        if step.phase in phases and phases[step.phase].result
    }


def _blocks(recipe: Recipe) -> Iterator[str]:
    for part in parts_of(recipe.procedure):
        if isinstance(part, BLOCKS):
            yield type(part).__name__.lower()
        if isinstance(part, UnitProcedure):
            yield from ("exceptions" for _ in part.watch)
            for operation in parts_of(part.operations):
                yield from _inside(operation)


def _inside(operation: object) -> Iterator[str]:
    if isinstance(operation, BLOCKS):
        yield type(operation).__name__.lower()
    if isinstance(operation, Operation):
        yield from ("exceptions" for _ in operation.watch)
        for part in parts_of(operation.phases):
            if isinstance(part, BLOCKS):
                yield type(part).__name__.lower()
