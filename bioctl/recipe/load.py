"""From text to a checked recipe: every error of the file in one pass, sorted by its place."""

from bioctl.errors import InputError, InputErrors
from bioctl.language.document import Mapping, Node, parse
from bioctl.language.fields import fields
from bioctl.recipe.bodies import read_body
from bioctl.recipe.capabilities import Capabilities
from bioctl.recipe.clocks import read_clocks
from bioctl.recipe.declared import names_fit, read_equipment, read_version
from bioctl.recipe.formula import read_formula
from bioctl.recipe.grammar import Recipe
from bioctl.recipe.header import HEADER_KEYS
from bioctl.recipe.levels import Place
from bioctl.recipe.library import shipped_part
from bioctl.recipe.procedure import PROCEDURE
from bioctl.recipe.read_header import read_header
from bioctl.recipe.scope import PartReader, Scope

_REQUIRED = ("recipe", "version", "product", "description", "equipment", "procedure")
_OPTIONAL = ("formula", "clocks", *HEADER_KEYS)


def load_recipe(
    text: str | bytes, file: str, capabilities: Capabilities, part: PartReader = shipped_part
) -> Recipe:
    """Return the recipe of a file.

    Args:
        text: the file's content.
        file: its name in messages.
        capabilities: unit classes and phases it may use.
        part: reads the parts it includes; by default the shipped ones.

    Raises:
        InputErrors: all that is wrong with it, sorted by line and column.
    """
    scope = Scope(capabilities, part=part)
    try:
        root = parse(text, file, scope.findings)
    except InputErrors:
        raise
    except InputError as error:
        raise InputErrors([error]) from None
    recipe = _recipe(root, scope)
    scope.findings.finish()
    return recipe


def _recipe(root: Node, scope: Scope) -> Recipe:
    if isinstance(root, Mapping) and next(iter(root.entries), "") == "part":
        scope.findings.add(
            root, "this is a part, not a recipe.", "check a recipe that includes it."
        )
        scope.findings.finish()
    found = fields(root, scope.findings, "a recipe", _REQUIRED, _OPTIONAL)
    if "formula" in found:
        read_formula(found["formula"], scope)
    needs = read_equipment(found["equipment"], scope) if "equipment" in found else {}
    place = Place(scope)
    procedure = read_body(found["procedure"], PROCEDURE, place) if "procedure" in found else ()
    if "clocks" in found:
        read_clocks(found["clocks"], scope)
    for inner, node, condition, of in scope.written.conditions:
        inner.compile(node, condition, of)
    if procedure:
        names_fit(found, scope)
    return Recipe(
        id=place.name(found.get("recipe"), "the name of a recipe"),
        version=read_version(found.get("version"), scope),
        product=scope.text(found.get("product"), 200),
        description=scope.text(found.get("description")),
        formula={**scope.entries(), **scope.written.brought},
        equipment={role: one.name for role, one in scope.roles.items() if one},
        procedure=procedure,
        header=read_header(found, scope),
        needs=needs,
        clocks=scope.written.clocks,
        included=tuple(scope.written.included),
    )
