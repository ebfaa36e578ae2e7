"""Rules about what runs at the same time: shared equipment, waiting for each other, meeting."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import NamedTuple

from bioctl.recipe.blocks import Body, Branch, Parallel, Synchronise, bodies
from bioctl.recipe.grammar import Operation, PhaseStep, UnitProcedure
from bioctl.recipe.verify.context import Context
from bioctl.recipe.verify.inside import inner_of


def check_branches(context: Context) -> None:
    """Note clashes, deadlocks and points where nobody else comes."""
    _walk(context.recipe.procedure, "", context)
    _points(context)


def _walk(body: Body, role: str, context: Context) -> None:
    for part, inside in inner_of(body, role):
        if isinstance(part, Parallel):
            _clashes(part, inside, context)
            _deadlock(part, inside, context)


def _phases(body: Body, role: str) -> Iterator[tuple[PhaseStep, str]]:
    for part, inside in inner_of(body, role):
        if isinstance(part, PhaseStep):
            yield part, inside


class _Use(NamedTuple):
    """A phase that drives something, and the points its branch passes before and after it."""

    step: PhaseStep
    before: frozenset[str]
    after: frozenset[str]


def _driven(branch: Branch, role: str, context: Context) -> dict[tuple[str, str], list[_Use]]:
    """Return everything a branch drives: role and point, with the phases that do, in order."""
    found: dict[tuple[str, str], list[_Use]] = {}
    parts = list(inner_of(branch.body, role))
    points = [part.name if isinstance(part, Synchronise) else "" for part, _ in parts]
    for at, (step, inside) in enumerate(parts):
        if not isinstance(step, PhaseStep):
            continue
        use = _Use(step, frozenset(points[:at]) - {""}, frozenset(points[at:]) - {""})
        for name in context.spec(step).drives:
            other, _, point = name.rpartition(".")
            unit = str(step.parameters[other].value) if other in step.parameters else inside
            found.setdefault((unit, point), []).append(use)
    return found


def _clashes(part: Parallel, role: str, context: Context) -> None:
    driven = [(branch, _driven(branch, role, context)) for branch in part.branches]
    for (one, ours), (other, theirs) in combinations(driven, 2):
        clash = next(_at_once(ours, theirs), None)
        if clash:
            (unit, point), first, second = clash
            message = f"'{first.name}' in branch '{one.name}' and '{second.name}' in branch "
            message += f"'{other.name}' both drive {point} of '{unit}'."
            context.found("unit-clash", message, second.where)


def _at_once(
    ours: Mapping[tuple[str, str], list[_Use]], theirs: Mapping[tuple[str, str], list[_Use]]
) -> Iterator[tuple[tuple[str, str], PhaseStep, PhaseStep]]:
    """Yield what two branches may drive at once: not one before and the other after a point."""
    for key in sorted(ours.keys() & theirs.keys()):
        for one, other in product(ours[key], theirs[key]):
            if not (one.after & other.before or other.after & one.before):
                yield key, one.step, other.step


def _deadlock(part: Parallel, role: str, context: Context) -> None:
    """Note branches that own a unit and want each other's, and meet at no point that orders it."""
    owned = {branch.name: _owns(branch, role) for branch in part.branches}
    points = {one.name: {point.name for point in _own_points(one.body)} for one in part.branches}
    wants: dict[str, set[str]] = {}
    for branch in part.branches:
        wanted = _wants(branch, role, context) - owned[branch.name]
        ordered = points[branch.name]
        wants[branch.name] = {
            other
            for other, units in owned.items()
            if other != branch.name and units & wanted and not ordered & points[other]
        }
    ring = _ring(wants)
    if ring:
        branches = {branch.name: branch for branch in part.branches}
        said = " → ".join((*ring, ring[0]))
        message = f"these branches wait for each other's units: {said}."
        context.found("resource-deadlock", message, branches[ring[0]].where)


def _owns(branch: Branch, role: str) -> set[str]:
    return {inside for part, inside in inner_of(branch.body, role) if isinstance(part, PhaseStep)}


def _wants(branch: Branch, role: str, context: Context) -> set[str]:
    """Return the units of others that phases of a branch need: receivers of transfers."""
    return {
        str(step.parameters[name].value)
        for step, _ in _phases(branch.body, role)
        for name, spec in context.spec(step).parameters.items()
        if spec.kind == "unit"
    }


def _ring(wants: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Return the first ring of a graph, "" where there is none."""

    def search(path: tuple[str, ...]) -> tuple[str, ...]:
        for other in sorted(wants[path[-1]]):
            if other in path:
                return path[path.index(other) :]
            if found := search((*path, other)):
                return found
        return ()

    return next((found for one in wants if (found := search((one,)))), ())


def _points(context: Context) -> None:
    """Note synchronise points that are not in two branches of one parallel, once in each."""
    met: set[str] = set()
    every: dict[str, Synchronise] = {}
    for part, _ in inner_of(context.recipe.procedure, ""):
        if isinstance(part, Synchronise):
            every.setdefault(part.name, part)
        if isinstance(part, Parallel):
            met |= _met(part, context)
    for name, point in every.items():
        if name not in met:
            message = f"nobody meets at '{name}': it is not in two branches of one `parallel`."
            context.found("missing-convergence", message, point.where)


def _met(part: Parallel, context: Context) -> set[str]:
    counts: Counter[str] = Counter()
    for branch in part.branches:
        inner = Counter(point.name for point in _own_points(branch.body))
        for name, times in inner.items():
            if times > 1:
                message = f"branch '{branch.name}' comes to '{name}' {times} times."
                context.found("missing-convergence", message, branch.where)
        counts.update(inner.keys())
    return {name for name, branches in counts.items() if branches > 1}


def _own_points(body: Body) -> Iterator[Synchronise]:
    """Yield the points of a branch, without those of parallel branches inside it."""
    for part in body:
        if isinstance(part, Synchronise):
            yield part
        elif isinstance(part, UnitProcedure):
            yield from _own_points(part.operations)
        elif isinstance(part, Operation):
            yield from _own_points(part.phases)
        elif not isinstance(part, Parallel):
            for inner in bodies(part):
                yield from _own_points(inner)
