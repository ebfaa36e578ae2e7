"""The block of a recipe as flat lists: what stands where, in which order, under which terms."""

from collections.abc import Iterator
from dataclasses import dataclass

from bioctl.recipe.blocks import Body, Choose, Parallel, Repeat, Synchronise
from bioctl.recipe.grammar import Operation, Recipe, UnitProcedure, Watch


@dataclass(frozen=True, slots=True)
class Outline:
    """One list: its terms in words, and the names of what stands in it, in order."""

    says: str
    inside: tuple[str, ...]


def outline(recipe: Recipe) -> dict[str, Outline]:
    """Return every list and block of the procedure by its place, the procedure first."""
    return dict(_list("the procedure", "", recipe.procedure, ""))


def _list(place: str, path: str, body: Body, says: str) -> Iterator[tuple[str, Outline]]:
    yield place, Outline(says, tuple(part.name for part in body))
    for part in body:
        here = f"{path}/{part.name}".lstrip("/")
        match part:
            case UnitProcedure():
                yield from _list(here, here, part.operations, f"on {part.unit}")
                yield from _watch(here, part.watch)
            case Operation():
                yield from _list(here, here, part.phases, "")
                yield from _watch(here, part.watch)
            case Parallel():
                yield f"parallel {here}", Outline("", tuple(one.name for one in part.branches))
                for branch in part.branches:
                    yield from _list(f"branch {path}/{branch.name}", path, branch.body, "")
            case Choose():
                yield f"choice {here}", Outline("", ())
                for number, one in enumerate(part.alternatives, 1):
                    said = f"when {one.when}" if one.when else "otherwise"
                    yield from _list(f"way {number} of {here}", path, one.body, said)
            case Repeat():
                said = f"at most {part.at_most} times, until {part.until or 'then'}"
                said = f"{said}, not reached: {part.not_reached}"
                yield from _list(f"loop {here}", path, part.body, said)
            case Synchronise():
                yield f"point {here}", Outline(f"timeout {part.timeout_s:g} s", ())


def _watch(place: str, watch: tuple[Watch, ...]) -> Iterator[tuple[str, Outline]]:
    for one in watch:
        said = f"when {one.when} for {one.for_s:g} s then {one.then}"
        inside = tuple(part.name for part in one.phases)
        yield f"exception {place}/{one.name}", Outline(said, inside)
