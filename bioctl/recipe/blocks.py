"""What may stand in a list beside its elements: parallel, choice, bounded loop, synchronise.

The same four at every level: among phases, operations and unit procedures. A block adds nothing
to the path of what is inside, so names stay unique in the whole list. Its branches end where it
ends: a block can't miss its convergence.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from bioctl.errors import Where

NOWHERE = Where("recipe")

Body = tuple[Any, ...]
"""Elements of one level (phases, operations or unit procedures), and blocks."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One of several lists that run at the same time."""

    name: str
    body: Body
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Parallel:
    """All branches start together; it goes on when all have ended (AND)."""

    name: str
    branches: tuple[Branch, ...]
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to go. `when` None stands for `otherwise`, which may have nothing to do."""

    when: str | None
    body: Body
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Choose:
    """The first alternative whose condition is TRUE runs (OR), from top to bottom.

    A condition that is INVALID before one is TRUE holds; so does none TRUE without `otherwise`.
    """

    name: str
    alternatives: tuple[Alternative, ...]
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Repeat:
    """Its body runs, then `until` is asked; at most `at_most` times.

    Attributes:
        until: condition that ends the loop; None to run exactly `at_most` times.
        not_reached: `hold` or `go on` when the last time ended and `until` is not TRUE.
    """

    name: str
    body: Body
    at_most: int
    until: str | None = None
    not_reached: str = "hold"
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Synchronise:
    """A point that parallel branches with the same name in it pass together."""

    name: str
    timeout_s: float
    where: Where = field(default=NOWHERE, compare=False)


BLOCKS = (Parallel, Choose, Repeat, Synchronise)


def bodies(part: object) -> tuple[Body, ...]:
    """Return the lists inside a block; () for anything else."""
    if isinstance(part, Parallel):
        return tuple(branch.body for branch in part.branches)
    if isinstance(part, Choose):
        return tuple(one.body for one in part.alternatives)
    return (part.body,) if isinstance(part, Repeat) else ()


def parts_of(body: Body) -> Iterator[Any]:
    """Yield every element and block of a list, inner ones after their block."""
    for part in body:
        yield part
        for inner in bodies(part):
            yield from parts_of(inner)


def mapped(body: Body, change: Callable[[Any], Any]) -> Body:
    """Return a list with every element that is no block changed."""

    def inner(part: Any) -> Any:  # noqa: ANN401  elements of any level
        if isinstance(part, Parallel):
            branches = (replace(one, body=mapped(one.body, change)) for one in part.branches)
            return replace(part, branches=tuple(branches))
        if isinstance(part, Choose):
            ways = (replace(one, body=mapped(one.body, change)) for one in part.alternatives)
            return replace(part, alternatives=tuple(ways))
        if isinstance(part, Repeat):
            return replace(part, body=mapped(part.body, change))
        return part if isinstance(part, Synchronise) else change(part)

    return tuple(inner(part) for part in body)
