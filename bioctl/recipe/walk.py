"""A recipe with its phases changed, and its block left as it is."""

from collections.abc import Callable
from dataclasses import replace

from bioctl.recipe.blocks import mapped
from bioctl.recipe.grammar import Operation, PhaseStep, Recipe, UnitProcedure, Watch

Change = Callable[[PhaseStep], PhaseStep]


def with_steps(recipe: Recipe, change: Change) -> Recipe:
    """Return the recipe with every phase changed, those of exception handlers too."""

    def unit_procedure(part: UnitProcedure) -> UnitProcedure:
        operations = mapped(part.operations, operation)
        return replace(part, operations=operations, watch=_watch(part.watch, change))

    def operation(part: Operation) -> Operation:
        phases = mapped(part.phases, change)
        return replace(part, phases=phases, watch=_watch(part.watch, change))

    return replace(recipe, procedure=mapped(recipe.procedure, unit_procedure))


def _watch(watch: tuple[Watch, ...], change: Change) -> tuple[Watch, ...]:
    return tuple(replace(one, phases=mapped(one.phases, change)) for one in watch)
