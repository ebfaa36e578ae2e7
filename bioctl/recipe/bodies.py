"""Lists of a procedure, with the blocks that may stand in them; the same at every level."""

from collections.abc import Callable, Mapping
from typing import Any

from bioctl.language import document
from bioctl.language.document import Node, Scalar
from bioctl.language.fields import fields
from bioctl.recipe.blocks import (
    Alternative,
    Body,
    Branch,
    Choose,
    Parallel,
    Repeat,
    Synchronise,
)
from bioctl.recipe.levels import Level, Place
from bioctl.recipe.rules import tagged

MOST_TIMES = 1000


def read_body(node: Node, level: Level, place: Place) -> Body:
    """Return the elements and blocks of a list."""
    found: list[Any] = []
    for one in items(node, level.what, place):
        element = _item(one, level, place)
        if isinstance(element, tuple):  # an include brings several
            found.extend(element)
        elif element is not None:
            found.append(element)
    return tuple(found)


def items(node: Node, what: str, place: Place) -> list[Node]:
    """Return the items of a list that must not be empty."""
    sequence = place.scope.findings.attempt(node, node.as_sequence)
    if sequence is not None and not sequence.items:
        message = f"there is no {what} here."
        place.scope.findings.add(sequence, message, f"add one {what} at least.")
    return sequence.items if sequence else []


def _item(node: Node, level: Level, place: Place) -> object:
    mapping = place.scope.findings.attempt(node, node.as_mapping)
    if mapping is None:
        return None
    first = next(iter(mapping.entries), "")
    block = _BLOCKS.get(first)
    if block is None and not (first == "include" and level.key != "unit procedures"):
        return level.read(mapping, place)
    if block is None:
        message, mend = "a part brings unit procedures.", "include it among unit procedures."
    elif not isinstance(mapping.entries[first], Scalar):
        message = f"`{first}` needs a name of its own."
        mend = f"write `{first}: <name>`, and below it {_BELOW[first]}."
    else:
        return block(mapping, level, place)
    place.scope.findings.add(mapping, message, mend)
    _mention_all(mapping, place)
    return None


_BELOW = {
    "parallel": "`branches:` with the list",
    "choose": "`alternatives:` with the list",
    "repeat": "`at most:` and the list",
    "synchronise": "`timeout:`",
}


def _mention_all(node: Node, place: Place) -> None:
    """Count every name inside as used: one error is enough."""
    nodes = [node]
    for one in nodes:  # grows while it is walked
        place.scope.mention(one)
        nodes.extend(one.entries.values() if isinstance(one, document.Mapping) else ())
        nodes.extend(one.items if isinstance(one, document.Sequence) else ())


def _parallel(mapping: document.Mapping, level: Level, place: Place) -> Parallel:
    found = fields(mapping, place.scope.findings, "parallel", ("parallel", "branches"))
    name = place.distinct(found.get("parallel"), "a block")
    parts = items(found["branches"], "branch", place) if "branches" in found else []
    branches = tuple(_branch(part, level, place) for part in parts)
    if len(branches) == 1:
        message = "one branch runs beside nothing."
        place.scope.findings.add(parts[0], message, "add a branch, or leave `parallel` out.")
    return Parallel(name, branches, mapping.where)


def _branch(node: Node, level: Level, place: Place) -> Branch:
    found = fields(node, place.scope.findings, "a branch", ("branch", level.key))
    name = place.distinct(found.get("branch"), "a branch")
    body = read_body(found[level.key], level, place) if level.key in found else ()
    return Branch(name, body, node.where)


def _choose(mapping: document.Mapping, level: Level, place: Place) -> Choose:
    found = fields(mapping, place.scope.findings, "a choice", ("choose", "alternatives"))
    name = place.distinct(found.get("choose"), "a block")
    parts = items(found["alternatives"], "alternative", place) if "alternatives" in found else []
    return Choose(name, tuple(_alternative(one, level, place) for one in parts), mapping.where)


def _alternative(node: Node, level: Level, place: Place) -> Alternative:
    scope = place.scope
    mapping = scope.findings.attempt(node, node.as_mapping)
    if mapping is not None and "otherwise" in mapping.entries:
        return _otherwise(mapping, level, place)
    if mapping is not None and "when" not in mapping.entries:
        message = "an alternative begins with `when` or `otherwise`."
        scope.findings.add(
            node, message, "write `when:` and a condition, or `otherwise:` at the end."
        )
        _mention_all(node, place)
        return Alternative("", (), node.where)
    found = fields(node, scope.findings, "an alternative", ("when", level.key))
    when = scope.condition(found.get("when"), place.role)
    body = read_body(found[level.key], level, place) if level.key in found else ()
    return Alternative(when or "", body, node.where)


def _otherwise(mapping: document.Mapping, level: Level, place: Place) -> Alternative:
    """Read `otherwise: nothing`, or `otherwise:` with a list beside it."""
    findings = place.scope.findings
    found = fields(mapping, findings, "an alternative", ("otherwise",), (level.key,))
    node = found["otherwise"]
    said = isinstance(node, Scalar) and node.text == "nothing"
    if said == (level.key in found) or not (said or (isinstance(node, Scalar) and node.empty)):
        mend = f"write `otherwise: nothing`, or `otherwise:` and a line `{level.key}:`."
        findings.add(node, "this says neither what else to do, nor nothing.", mend)
    body = read_body(found[level.key], level, place) if level.key in found else ()
    return Alternative(None, body, mapping.where)


def _repeat(mapping: document.Mapping, level: Level, place: Place) -> Repeat:
    scope = place.scope
    more = ("until", "at most", "not reached")
    found = fields(mapping, scope.findings, "a loop", ("repeat", level.key), more)
    return Repeat(
        name=place.distinct(found.get("repeat"), "a block"),
        body=read_body(found[level.key], level, place) if level.key in found else (),
        at_most=_times(found.get("at most"), mapping, place),
        until=scope.condition(found.get("until"), place.role),
        not_reached=place.word(found.get("not reached"), "`not reached`", ("hold", "go on")),
        where=mapping.where,
    )


def _times(node: Node | None, mapping: Node, place: Place) -> int:
    findings = place.scope.findings
    if node is None:
        message = tagged("unbounded-wait", "a loop needs 'at most'.")
        findings.add(mapping, message, "say how often it may run, as in at most: 5.")
        return 0
    count = findings.attempt(node, node.as_int)
    if count is not None and not 0 < count <= MOST_TIMES:
        findings.add(node, f"a loop can't run {count} times.", f"write 1 to {MOST_TIMES}.")
    return count or 0


def _synchronise(mapping: document.Mapping, _level: Level, place: Place) -> Synchronise:
    found = fields(mapping, place.scope.findings, "synchronise", ("synchronise",), ("timeout",))
    name = place.name(found.get("synchronise"), "the name of a point")
    return Synchronise(
        name, place.timeout(found.get("timeout"), mapping, "synchronise"), mapping.where
    )


_BLOCKS: Mapping[str, Callable[[document.Mapping, Level, Place], Any]] = {
    "parallel": _parallel,
    "choose": _choose,
    "repeat": _repeat,
    "synchronise": _synchronise,
}
