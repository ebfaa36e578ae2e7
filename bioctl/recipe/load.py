"""From text to a checked recipe: every error of the file in one pass, sorted by its place."""

import re

from bioctl.errors import InputError, InputErrors
from bioctl.language.condition import compile_condition
from bioctl.language.document import Mapping, Node, parse
from bioctl.language.fields import check_known, fields
from bioctl.language.nearest import listing, suggest, visible
from bioctl.language.quantity import compatible, format_quantity, parse_quantity
from bioctl.recipe.capabilities import Capabilities, PhaseSpec
from bioctl.recipe.formula import condition_names, read_formula
from bioctl.recipe.grammar import Operation, PhaseStep, Recipe, UnitProcedure
from bioctl.recipe.names import STEP_KEYS, VERSION, check_name
from bioctl.recipe.parameters import read_parameters
from bioctl.recipe.scope import Scope

MAX_STEPS = 2000
MAX_TIMEOUT_S = 90 * 86400.0

_REQUIRED = ("recipe", "version", "product", "description", "equipment", "procedure")


def load_recipe(text: str | bytes, file: str, capabilities: Capabilities) -> Recipe:
    """Return the recipe of a file.

    Args:
        text: the file's content.
        file: its name in messages.
        capabilities: unit classes and phases it may use.

    Raises:
        InputErrors: all that is wrong with it, sorted by line and column.
    """
    try:
        root = parse(text, file)
    except InputErrors:
        raise
    except InputError as error:
        raise InputErrors([error]) from None
    scope = Scope(capabilities)
    recipe = _recipe(root, scope)
    scope.findings.finish()
    return recipe


def _recipe(root: Node, scope: Scope) -> Recipe:
    found = fields(root, scope.findings, "a recipe", _REQUIRED, ("formula",))
    if "formula" in found:
        read_formula(found["formula"], scope)
    if "equipment" in found:
        _equipment(found["equipment"], scope)
    procedure = _procedure(found["procedure"], scope) if "procedure" in found else ()
    if procedure and "formula" in found:
        _formula_fits(found["formula"], scope)
    if procedure and "equipment" in found:
        _roles_used(found["equipment"], scope)
    return Recipe(
        id=_name(found.get("recipe"), "the name of a recipe", scope),
        version=_version(found.get("version"), scope),
        product=scope.text(found.get("product"), 200),
        description=scope.text(found.get("description")),
        formula=scope.entries(),
        equipment={role: one.name for role, one in scope.roles.items() if one},
        procedure=procedure,
    )


def _name(node: Node | None, what: str, scope: Scope) -> str:
    text = scope.text(node)
    if node is not None and text:
        scope.findings.attempt(node, check_name, text, what)
    return text


def _version(node: Node | None, scope: Scope) -> str:
    text = scope.text(node)
    if node is not None and text and not re.fullmatch(VERSION, text):
        message = f"'{visible(text)}' is not a version."
        scope.findings.add(node, message, 'write two or three numbers, as in "1.0".')
    return text


def _equipment(node: Node, scope: Scope) -> None:
    """Read the roles into `scope.roles`."""
    mapping = scope.findings.attempt(node, node.as_mapping)
    for role, value in mapping.entries.items() if mapping else ():
        _name(mapping.keys[role] if mapping else None, "the name of a role", scope)
        unit_class = scope.text(value)
        scope.roles[role] = scope.capabilities.classes.get(unit_class)
        if unit_class and scope.roles[role] is None:
            mend = suggest(unit_class, scope.capabilities.classes, "classes")
            scope.findings.add(value, f"unknown unit class '{visible(unit_class)}'.", mend)


def _formula_fits(node: Node, scope: Scope) -> None:
    """Note entries that nothing uses, and those that share a name with a measurement."""
    if not isinstance(node, Mapping):
        return
    for name, key in node.keys.items():
        taken = [one.name for one in scope.roles.values() if one and name in one.measurements]
        if taken or name == "elapsed":
            owner = f"a measurement of {taken[0]}" if taken else "the time since a phase began"
            mend = f"rename the entry, as in wanted_{name}."
            scope.findings.add(key, f"'{name}' is {owner}, so no formula entry can have it.", mend)
        elif name not in scope.used_entries:
            mend = "use it in the procedure, or remove it."
            scope.findings.add(key, f"nothing uses the formula entry '{visible(name)}'.", mend)


def _roles_used(node: Node, scope: Scope) -> None:
    if not isinstance(node, Mapping):
        return
    for role, key in node.keys.items():
        if role not in scope.used_roles:
            mend = "give it a unit procedure (`on:`), or remove it."
            scope.findings.add(key, f"nothing uses the equipment role '{visible(role)}'.", mend)


def _items(node: Node, what: str, scope: Scope) -> list[Node]:
    sequence = scope.findings.attempt(node, node.as_sequence)
    if sequence is not None and not sequence.items:
        scope.findings.add(sequence, f"there is no {what} here.", f"add one {what} at least.")
    return sequence.items if sequence else []


def _distinct(name: str, node: Node, seen: dict[str, Node], what: str, scope: Scope) -> None:
    """Note a name given twice: paths must be unique."""
    first = seen.setdefault(name, node)
    if name and first is not node:
        message = f"{what} '{visible(name)}' is there already, in line {first.line}."
        scope.findings.add(node, message, "give it another name.")


def _procedure(node: Node, scope: Scope) -> tuple[UnitProcedure, ...]:
    seen: dict[str, Node] = {}
    parts = _items(node, "unit procedure", scope)
    return tuple(_unit_procedure(part, seen, scope) for part in parts)


def _unit_procedure(node: Node, seen: dict[str, Node], scope: Scope) -> UnitProcedure:
    keys = ("unit procedure", "on", "operations")
    found = fields(node, scope.findings, "a unit procedure", keys)
    name = _name(found.get("unit procedure"), "the name of a unit procedure", scope)
    _distinct(name, found.get("unit procedure", node), seen, "the unit procedure", scope)
    role = _role(found.get("on"), scope)
    inner: dict[str, Node] = {}
    parts = _items(found["operations"], "operation", scope) if "operations" in found else []
    return UnitProcedure(name, role, tuple(_operation(part, inner, role, scope) for part in parts))


def _role(node: Node | None, scope: Scope) -> str:
    role = scope.text(node)
    if node is not None and role and role not in scope.roles:
        message = f"'{visible(role)}' is no role of the equipment."
        scope.findings.add(node, message, suggest(role, scope.roles, "roles"))
        scope.used_roles.update(scope.roles)  # one of them was meant
    scope.used_roles.add(role)
    return role


def _operation(node: Node, seen: dict[str, Node], role: str, scope: Scope) -> Operation:
    found = fields(node, scope.findings, "an operation", ("operation", "phases"))
    name = _name(found.get("operation"), "the name of an operation", scope)
    _distinct(name, found.get("operation", node), seen, "the operation", scope)
    inner: dict[str, Node] = {}
    parts = _items(found["phases"], "phase", scope) if "phases" in found else []
    steps = (_step(part, inner, role, scope) for part in parts)
    return Operation(name, tuple(step for step in steps if step))


def _step(node: Node, seen: dict[str, Node], role: str, scope: Scope) -> PhaseStep | None:
    scope.steps += 1
    if scope.steps == MAX_STEPS + 1:
        scope.findings.add(node, f"more than {MAX_STEPS} phases.", "split the recipe.")
    mapping = scope.findings.attempt(node, node.as_mapping)
    if mapping is None or scope.steps > MAX_STEPS:
        return None
    name, key = next(iter(mapping.keys.items()), ("", None))
    if key is None or name in STEP_KEYS:
        message = "a phase begins with the name of its step and the phase."
        scope.findings.add(node, message, "write `<step>: <phase>` first, as in warm: equilibrate.")
        return None
    _name(key, "the name of a step", scope)
    _distinct(name, key, seen, "the step", scope)
    check_known(mapping, scope.findings, "a phase", STEP_KEYS, after=1)
    return _phase(name, mapping, role, scope)


def _phase(name: str, mapping: Mapping, role: str, scope: Scope) -> PhaseStep:
    """Read a step whose first key is its name."""
    entries = mapping.entries
    spec = _spec(entries[name], role, scope)
    values = entries.get("with")
    if spec is None:
        scope.mention(values)
    return PhaseStep(
        name=name,
        phase=spec.name if spec else "",
        parameters=read_parameters(values, mapping, spec, role, scope) if spec else {},
        until=_until(entries.get("until"), role, scope),
        timeout_s=_timeout(entries.get("timeout"), mapping, scope),
        where=mapping.where,
        note=scope.text(entries.get("note"), 500),
    )


def _spec(node: Node, role: str, scope: Scope) -> PhaseSpec | None:
    name, unit_class, known = scope.text(node), scope.roles.get(role), scope.capabilities
    spec = known.phases.get(name)
    if spec and (unit_class is None or spec.runs_on(unit_class.name)):
        return spec
    usable = known.phases_for(unit_class.name) if unit_class else tuple(known.phases)
    if spec is None and name:
        mend = suggest(name, usable, f"phases of {unit_class.name}" if unit_class else "phases")
        scope.findings.add(node, f"unknown phase '{visible(name)}'.", mend)
    if spec and unit_class:
        message = (
            f"phase '{name}' runs on {listing(spec.classes)}; '{role}' is a {unit_class.name}."
        )
        scope.findings.add(node, message, f"phases of {unit_class.name}: {listing(usable)}.")
    return spec


def _until(node: Node | None, role: str, scope: Scope) -> str | None:
    text, unit_class = scope.text(node), scope.roles.get(role)
    if node is None or not text:
        return None
    compiled = None
    if unit_class is not None and not scope.depends_on_wrong(text):
        names = scope.names_on.get(role) or condition_names(unit_class, scope.entries())
        scope.names_on[role] = names
        compiled = scope.findings.attempt(node, compile_condition, text, names)
    if compiled is None:
        scope.mention(node)
    else:
        scope.used_entries.update(compiled.names)
    return text


def _timeout(node: Node | None, mapping: Mapping, scope: Scope) -> float:
    if node is None:
        mend = "say how long it may take at most, as in timeout: 8 h."
        scope.findings.add(mapping, "a phase needs 'timeout'.", mend)
        return 0.0
    text = scope.text(node)
    return (scope.findings.attempt(node, _seconds, text) or 0.0) if text else 0.0


def _seconds(text: str) -> float:
    quantity = parse_quantity(text)
    if not compatible(quantity.eu, "s"):
        mend = "write it as in 12 h 30 min."
        raise InputError(f"a timeout is a time, '{visible(text)}' is not.", help=mend)
    seconds = quantity.to("s")
    if not 0 < seconds <= MAX_TIMEOUT_S:
        longest = format_quantity(MAX_TIMEOUT_S, "s")
        mend = f"give more than 0 s and at most {longest}."
        raise InputError(f"a timeout of {text} can't be.", help=mend)
    return seconds
