"""Including a part: unit procedures of another file, with their formula, roles and clocks.

    - include: wash_formulate_fill

The part stands in a file of its own, declares its formula and equipment like a recipe, and sees
only what it declares. A formula entry of the recipe with the same name wins over the part's; a role
must be there with the same class. What it brings belongs to the recipe from then on: the canonical
form, and so the hash, has it written out.
"""

from bioctl.errors import InputError, InputErrors, Where
from bioctl.language.document import Mapping, Node, parse
from bioctl.language.fields import fields
from bioctl.language.nearest import visible
from bioctl.language.quantity import compatible
from bioctl.recipe.blocks import Body
from bioctl.recipe.bodies import read_body
from bioctl.recipe.clocks import read_clocks
from bioctl.recipe.declared import names_fit, read_equipment, read_version
from bioctl.recipe.formula import read_formula
from bioctl.recipe.grammar import FormulaEntry, Included
from bioctl.recipe.levels import Level, Place
from bioctl.recipe.names import check_name
from bioctl.recipe.rules import tagged
from bioctl.recipe.scope import Scope
from bioctl.tags import UnitClass

REQUIRED = ("part", "version", "description", "equipment", "procedure")
OPTIONAL = ("formula", "clocks")


def read_include(mapping: Mapping, place: Place, level: Level) -> Body | None:
    """Return the unit procedures of the part named here; None where it can't be read."""
    scope = place.scope
    found = fields(mapping, scope.findings, "an include", ("include",))
    node = found.get("include")
    name = scope.text(node)
    part = scope.findings.attempt(mapping, _open, name, scope) if node and name else None
    root = _tree(*part, scope) if part else None
    if node is None or root is None:
        _take_as_used(scope)
        return None
    return _part(root, name, node, Place(scope.inside(name), seen=place.seen), level)


def _open(name: str, scope: Scope) -> tuple[bytes, str]:
    """Return content and file of a part."""
    check_name(name, "the name of a part")
    if name in scope.open:
        ring = " → ".join((*scope.open[scope.open.index(name) :], name))
        message = tagged("include-cycle", f"the parts include each other: {ring}.")
        raise InputError(message, help="take one of the includes out.")
    if scope.part is None:
        raise InputError(f"there is no part '{visible(name)}'.", help="no parts are known here.")
    return scope.part(name)


def _tree(content: bytes, file: str, scope: Scope) -> Node | None:
    """Return the tree of a part; what is no YAML is told at its place in the part."""
    try:
        return parse(content, file)
    except InputError as error:
        for one in error.errors if isinstance(error, InputErrors) else (error,):
            where = one.where or Where(file)
            scope.findings.add(Node(file, where.line, where.column), one.message, one.help)
        return None


def _part(root: Node, name: str, node: Node, inner: Place, level: Level) -> Body:
    scope = inner.scope
    found = fields(root, scope.findings, "a part", REQUIRED, OPTIONAL)
    if inner.name(found.get("part"), "the name of a part") != name and "part" in found:
        message = f"the file of part '{name}' has another name in it."
        scope.findings.add(found["part"], message, f"write part: {name}.")
    version = read_version(found.get("version"), scope)
    scope.text(found.get("description"))
    if "formula" in found:
        read_formula(found["formula"], scope)
    if "equipment" in found:
        read_equipment(found["equipment"], scope)
    _meet(scope, node)
    body = read_body(found["procedure"], level, inner) if "procedure" in found else ()
    if "clocks" in found:
        read_clocks(found["clocks"], scope)
    names_fit(found, scope)
    scope.written.included.append(Included(name, version))
    return body


def _meet(part: Scope, node: Node) -> None:
    """Let the entries of those who include the part win over its own, and compare the roles."""
    files = part.outward()
    for name, own in part.formula.items():
        declared = [one.formula[name] for one in files if name in one.formula]
        if not declared and own is not None:
            part.written.brought.setdefault(name, own)
        given = declared[0] if declared else None
        if own is not None and given is not None:
            part.findings.attempt(node, _same_kind, name, own, given)
            part.formula[name] = given
            part.written.entries.add(name)
    for role, unit_class in part.roles.items():
        if unit_class:
            _meet_role(role, unit_class, part, node)


def _meet_role(role: str, wanted: UnitClass, part: Scope, node: Node) -> None:
    recipe = part.outward()[0]
    recipe.written.roles.add(role)
    given = recipe.roles.get(role)
    if role not in recipe.roles:
        message = f"the part needs the role '{role}', a {wanted.name}."
        part.findings.add(node, message, f"add {role}: {wanted.name} to the equipment.")
    elif given and given.name != wanted.name:
        message = f"the part needs a {wanted.name} as '{role}', not a {given.name}."
        part.findings.add(node, message, "give the role of one of the two another name.")


def _same_kind(name: str, own: FormulaEntry, given: FormulaEntry) -> None:
    if not compatible(own.eu, given.eu):
        message = f"the part has '{name}' in {own.eu or 'plain numbers'}, the recipe in "
        message += f"{given.eu or 'plain numbers'}."
        raise InputError(tagged("eu-mismatch", message), help="use the eu of the part.")


def _take_as_used(scope: Scope) -> None:
    """Count all names as used: the part that may use them could not be read."""
    scope.written.entries.update(scope.formula)
    scope.written.roles.update(scope.roles)
