"""The procedure of a file: unit procedures, operations, exception handlers, and includes."""

from bioctl.language.document import Mapping, Node
from bioctl.language.fields import fields
from bioctl.language.nearest import suggest, visible
from bioctl.recipe.blocks import Body
from bioctl.recipe.bodies import items, read_body
from bioctl.recipe.grammar import Operation, UnitProcedure, Watch
from bioctl.recipe.include import read_include
from bioctl.recipe.levels import Level, Place
from bioctl.recipe.steps import read_step

THEN = ("hold", "alarm", "stop", "abort")
"""What an exception handler ends with."""


def _unit_procedure(mapping: Mapping, place: Place) -> UnitProcedure | Body | None:
    if "include" in mapping.entries:
        return read_include(mapping, place, PROCEDURE)
    keys = ("unit procedure", "on", "operations")
    found = fields(mapping, place.scope.findings, "a unit procedure", keys, ("watch",))
    name = place.distinct(found.get("unit procedure"), "a unit procedure")
    inner = Place(place.scope, _role(found.get("on"), place))
    operations = read_body(found["operations"], OPERATIONS, inner) if "operations" in found else ()
    watch = _watches(found.get("watch"), inner)
    return UnitProcedure(name, inner.role, operations, watch, mapping.where)


def _role(node: Node | None, place: Place) -> str:
    scope = place.scope
    role = scope.text(node)
    if node is not None and role and role not in scope.roles:
        message = f"'{visible(role)}' is no role of the equipment."
        scope.findings.add(node, message, suggest(role, scope.roles, "roles"))
        scope.written.roles.update(scope.roles)  # one of them was meant
    scope.written.roles.add(role)
    return role


def _operation(mapping: Mapping, place: Place) -> Operation:
    findings = place.scope.findings
    found = fields(mapping, findings, "an operation", ("operation", "phases"), ("watch",))
    name = place.distinct(found.get("operation"), "an operation")
    inner = Place(place.scope, place.role)
    phases = read_body(found["phases"], PHASES, inner) if "phases" in found else ()
    return Operation(name, phases, _watches(found.get("watch"), inner), mapping.where)


def _watches(node: Node | None, place: Place) -> tuple[Watch, ...]:
    parts = items(node, "exception", place) if node is not None else []
    return tuple(_watch(part, place) for part in parts)


def _watch(node: Node, place: Place) -> Watch:
    keys = ("exception", "when", "for", "then")
    found = fields(node, place.scope.findings, "an exception", keys, ("phases",))
    return Watch(
        name=place.distinct(found.get("exception"), "an exception"),
        when=place.scope.condition(found.get("when"), place.role) or "",
        for_s=place.seconds(found.get("for"), "the time of an exception"),
        then=place.word(found.get("then"), "`then`", THEN),
        phases=read_body(found["phases"], PHASES, place) if "phases" in found else (),
        where=node.where,
    )


PHASES = Level("phase", "phases", read_step)
OPERATIONS = Level("operation", "operations", _operation)
PROCEDURE = Level("unit procedure", "unit procedures", _unit_procedure)
