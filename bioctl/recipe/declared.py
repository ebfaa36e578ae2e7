"""What a file declares before its procedure: version and equipment; and whether it is used."""

import re

from bioctl.language.document import Mapping, Node, Scalar
from bioctl.language.fields import fields
from bioctl.language.nearest import suggest, visible
from bioctl.recipe.levels import Place
from bioctl.recipe.names import VERSION
from bioctl.recipe.rules import tagged
from bioctl.recipe.scope import Scope


def read_version(node: Node | None, scope: Scope) -> str:
    """Return the version of a recipe or part."""
    text = scope.text(node)
    if node is not None and text and not re.fullmatch(VERSION, text):
        message = f"'{visible(text)}' is not a version."
        scope.findings.add(node, message, 'write two or three numbers, as in "1.0".')
    return text


def read_equipment(node: Node, scope: Scope) -> dict[str, tuple[str, ...]]:
    """Read the roles into `scope.roles`; return the capabilities they need."""
    needs: dict[str, tuple[str, ...]] = {}
    mapping = scope.findings.attempt(node, node.as_mapping)
    for role, value in mapping.entries.items() if mapping else ():
        Place(scope).name(mapping.keys[role] if mapping else None, "the name of a role")
        class_node: Node | None = value
        if isinstance(value, Mapping):
            found = fields(value, scope.findings, "a role", ("class",), ("needs",))
            class_node = found.get("class")
            needs[role] = _words(found.get("needs"), scope)
        unit_class = scope.text(class_node)
        kind = scope.capabilities.classes.get(unit_class)
        scope.roles[role] = kind
        if class_node and unit_class and kind is None:
            mend = suggest(unit_class, scope.capabilities.classes, "classes")
            scope.findings.add(class_node, f"unknown unit class '{visible(unit_class)}'.", mend)
        for word in needs.get(role, ()) if kind else ():
            if kind and word not in kind.capabilities:
                message = f"a {kind.name} has no capability '{visible(word)}'."
                mend = suggest(word, kind.capabilities, "capabilities of it")
                scope.findings.add(value, tagged("capability-missing", message), mend)
    return needs


def _words(node: Node | None, scope: Scope) -> tuple[str, ...]:
    sequence = scope.findings.attempt(node, node.as_sequence) if node else None
    return tuple(scope.text(item, 40) for item in sequence.items) if sequence else ()


def names_fit(found: dict[str, Node], scope: Scope) -> None:
    """Note declared names that nothing uses, and those that two things share."""
    formula, equipment = found.get("formula"), found.get("equipment")
    for name, key in formula.keys.items() if isinstance(formula, Mapping) else ():
        _entry_fits(name, key, scope)
    for role, key in equipment.keys.items() if isinstance(equipment, Mapping) else ():
        if role not in scope.written.roles:
            mend = "give it a unit procedure (`on:`), or remove it."
            scope.findings.add(key, f"nothing uses the equipment role '{visible(role)}'.", mend)


def _entry_fits(name: str, key: Scalar, scope: Scope) -> None:
    taken = [one.name for one in scope.roles.values() if one and name in one.measurements]
    if taken or name == "elapsed":
        owner = f"a measurement of {taken[0]}" if taken else "the time since a phase began"
        mend = f"rename the entry, as in wanted_{name}."
        scope.findings.add(key, f"'{name}' is {owner}, so no formula entry can have it.", mend)
    elif name in scope.written.results:
        message = f"'{name}' is the result of a sample, so no formula entry can have it."
        scope.findings.add(key, message, f"rename the entry, as in wanted_{name}.")
    elif name not in scope.written.entries:
        mend = "use it in the procedure, or remove it."
        scope.findings.add(key, f"nothing uses the formula entry '{visible(name)}'.", mend)
