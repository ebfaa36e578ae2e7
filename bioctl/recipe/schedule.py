"""When everything of a recipe is expected to happen, from its start; for plans and hold times."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bioctl.recipe.blocks import Body, Choose, Parallel, Repeat, Synchronise
from bioctl.recipe.capabilities import Capabilities
from bioctl.recipe.expected import Expected, expected
from bioctl.recipe.grammar import Operation, PhaseStep, Recipe, UnitProcedure

PASSES = 3
"""Branches that meet at a point move each other; after this often no point moves any more."""


@dataclass(slots=True)
class Span:
    """One line of a plan; times in seconds since the start of the procedure.

    Attributes:
        kind: `unit procedure`, `operation`, `phase`, or the word of a block or its part.
        text: what stands there, for people: the phase, the condition, how often.
        path: as in the journal; of blocks, with their name at the end.
        role: of the unit it is about, "" for none.
        depth: how far inside it stands.
        expected: of a phase.
        timeout_s: of a phase.
        times: how often it runs, in a loop.
    """

    kind: str
    name: str
    text: str
    path: str
    role: str
    depth: int
    start_s: float
    end_s: float = 0.0
    expected: Expected | None = None
    timeout_s: float = 0.0
    times: int = 1


@dataclass(slots=True)
class _Layout:
    recipe: Recipe
    able: Capabilities
    least: bool
    spans: list[Span] = field(default_factory=list)
    meet: dict[str, float] = field(default_factory=dict)


def schedule(recipe: Recipe, able: Capabilities, *, least: bool = False) -> tuple[Span, ...]:
    """Return everything with its expected times, in the order written.

    Args:
        recipe: as loaded.
        able: the phase library, which knows durations.
        least: count what is surely needed: the shortest alternative, a loop once if a condition
            ends it, no waiting for people. Otherwise the longest alternative, and all rounds.
    """
    layout = _Layout(recipe, able, least)
    for _ in range(PASSES):
        layout.spans.clear()
        _body(layout, recipe.procedure, "", "", 0, 0.0)
    return tuple(layout.spans)


def total_s(spans: tuple[Span, ...]) -> float:
    """Return when the last of all ends, s."""
    return max((span.end_s for span in spans), default=0.0)


def _body(layout: _Layout, body: Body, above: str, role: str, depth: int, start: float) -> float:
    now = start
    for part in body:
        now = _part(layout, part, above, role, depth, now)
    return now


def _part(
    layout: _Layout,
    part: Any,  # noqa: ANN401  elements of any level
    above: str,
    role: str,
    depth: int,
    now: float,
) -> float:
    path = f"{above}/{part.name}".lstrip("/")
    kind, text = _words(part)
    role = part.unit if isinstance(part, UnitProcedure) else role
    span = Span(kind, part.name, text, path, role, depth, now)
    layout.spans.append(span)
    match part:
        case UnitProcedure():
            span.end_s = _body(layout, part.operations, path, role, depth + 1, now)
        case Operation():
            span.end_s = _body(layout, part.phases, path, role, depth + 1, now)
        case PhaseStep():
            _phase(layout, part, span)
        case Synchronise():
            span.end_s = layout.meet[part.name] = max(now, layout.meet.get(part.name, 0.0))
        case Repeat():
            _repeat(layout, part, above, span)
        case _:
            _ways(layout, part, above, span)
    return span.end_s


def _words(part: Any) -> tuple[str, str]:  # noqa: ANN401  elements of any level
    match part:
        case UnitProcedure():
            return "unit procedure", f"on {part.unit}"
        case Operation():
            return "operation", ""
        case PhaseStep():
            return "phase", part.phase
        case Repeat():
            until = f", until {part.until}" if part.until else ""
            return "repeat", f"at most {part.at_most} times{until}"
        case Parallel():
            return "parallel", "all at the same time"
        case Choose():
            return "choose", "the first that is true"
    return "synchronise", "waits for the other branches"


def _phase(layout: _Layout, step: PhaseStep, span: Span) -> None:
    spec = layout.able.phases[step.phase]
    span.expected = expected(step, spec, layout.recipe.formula)
    span.timeout_s = step.timeout_s
    surely = span.expected.source in ("author", "library")
    if layout.least and spec.ends == "until" and span.expected.source != "author":
        surely = False
    span.end_s = span.start_s + (span.expected.seconds if surely or not layout.least else 0.0)


def _repeat(layout: _Layout, part: Repeat, above: str, span: Span) -> None:
    first = len(layout.spans)
    end = _body(layout, part.body, above, span.role, span.depth + 1, span.start_s)
    rounds = 1 if layout.least and part.until else part.at_most
    span.times = rounds
    for inner in layout.spans[first:]:
        inner.times *= rounds if inner.kind == "phase" else 1
    span.end_s = span.start_s + rounds * (end - span.start_s)


def _ways(layout: _Layout, part: Parallel | Choose, above: str, span: Span) -> None:
    """Lay out branches or alternatives, all from the same moment."""
    ends = []
    for kind, name, text, body in _each(part):
        way = Span(kind, name, text, span.path, span.role, span.depth + 1, span.start_s)
        layout.spans.append(way)
        way.end_s = _body(layout, body, above, span.role, span.depth + 2, span.start_s)
        ends.append(way.end_s)
    if layout.least and isinstance(part, Choose):
        complete = any(one.when is None for one in part.alternatives)
        span.end_s = min(ends, default=span.start_s) if complete else span.start_s
    else:
        span.end_s = max(ends, default=span.start_s)


def _each(part: Parallel | Choose) -> Iterator[tuple[str, str, str, Body]]:
    if isinstance(part, Parallel):
        for branch in part.branches:
            yield "branch", branch.name, "", branch.body
        return
    for one in part.alternatives:
        kind = "otherwise" if one.when is None else "when"
        yield kind, "", one.when or ("" if one.body else "nothing"), one.body
