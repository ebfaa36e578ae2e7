"""Recipe files as the commands read them, and what is wrong with them as people see it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bioctl.errors import InputError, InputErrors

if TYPE_CHECKING:
    from bioctl.recipe.capabilities import Capabilities, UnitLimits
    from bioctl.recipe.grammar import Recipe


@dataclass(slots=True)
class Checked:
    """One file: its recipe where it loads, and all findings."""

    name: str
    recipe: "Recipe | None" = None
    errors: list[InputError] = field(default_factory=list)
    warnings: list[InputError] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    """Text of each file, the parts' too."""

    def shown(self) -> str:
        """Return all findings as lines with their source and a caret."""
        lines = [self._shown(one, "error") for one in self.errors]
        return "\n".join([*lines, *(self._shown(one, "warning") for one in self.warnings)])

    def _shown(self, finding: InputError, severity: str) -> str:
        from bioctl.language.findings import render

        text = self.texts.get(finding.where.file) if finding.where else None
        return render(finding, text).replace(": error: ", f": {severity}: ", 1)

    def to_json(self) -> dict[str, Any]:
        """Return it for programs."""
        from bioctl.recipe.canonical import recipe_hash

        found: dict[str, Any] = {
            "file": self.name,
            "errors": [_row(one) for one in self.errors],
            "warnings": [_row(one) for one in self.warnings],
        }
        if self.recipe is not None:
            found["recipe"], found["version"] = self.recipe.id, self.recipe.version
            found["status"], found["hash"] = self.recipe.header.status, recipe_hash(self.recipe)
        return found


def check_file(
    name: str,
    able: "Capabilities",
    units: "tuple[UnitLimits, ...] | None" = None,
    chosen: dict[str, str] | None = None,
) -> Checked:
    """Load and verify one recipe, given by name or file; nothing that is wrong is raised."""
    from bioctl.recipe.verify.verifier import verify

    checked = Checked(name)
    try:
        checked.recipe = _load(checked, able)
        found = verify(checked.recipe, able, checked.name, units, chosen)
    except InputError as error:
        checked.errors.extend(error.errors if isinstance(error, InputErrors) else (error,))
        return checked
    for finding in found:
        listed = checked.errors if finding.severity == "error" else checked.warnings
        listed.append(finding.error())
    return checked


def good_recipe(name: str, able: "Capabilities") -> "Recipe":
    """Return a recipe that loads.

    Raises:
        InputErrors: it does not.
    """
    return _load(Checked(name), able)


def _load(checked: Checked, able: "Capabilities") -> "Recipe":
    from bioctl.recipe.library import find_recipe, part_reader, read_recipe
    from bioctl.recipe.load import load_recipe

    file = find_recipe(checked.name)
    checked.name = str(file)
    read = part_reader(file.parent)

    def part(name: str) -> tuple[bytes, str]:
        content, path = read(name)
        checked.texts[path] = content.decode("utf-8", "replace")
        return content, path

    content = read_recipe(file)
    checked.texts[str(file)] = content.decode("utf-8", "replace")
    return load_recipe(content, str(file), able, part)


def _row(error: InputError) -> dict[str, str]:
    from bioctl.recipe.rules import rule_of

    where = str(error.where or "")
    rule = rule_of(error.message)
    return {"where": where, "message": error.message, "help": error.help, "finding": rule}
