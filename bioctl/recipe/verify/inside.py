"""Everything inside a list of the procedure, at every level."""

from collections.abc import Iterator
from typing import Any

from bioctl.recipe.blocks import Body, bodies
from bioctl.recipe.grammar import Operation, UnitProcedure


def inner_of(body: Body, role: str) -> Iterator[tuple[Any, str]]:
    """Yield everything in a list, at every level, with the role it is about."""
    for part in body:
        yield part, role
        for inner in bodies(part):
            yield from inner_of(inner, role)
        if isinstance(part, UnitProcedure):
            yield from inner_of(part.operations, part.unit)
            for one in part.watch:
                yield from inner_of(one.phases, part.unit)
        if isinstance(part, Operation):
            yield from inner_of(part.phases, role)
            for one in part.watch:
                yield from inner_of(one.phases, role)
