"""What recipes/README.md teaches works, word for word."""

import re
from pathlib import Path

import pytest

from bioctl.errors import InputErrors
from bioctl.language.condition import compile_condition
from bioctl.language.eu import SPELLINGS
from bioctl.language.findings import render
from bioctl.language.quantity import compatible, parse_quantity
from bioctl.recipe.capabilities import Capabilities
from bioctl.recipe.load import load_recipe
from bioctl.recipe.scope import condition_names

README = (Path(__file__).parents[2] / "recipes" / "README.md").read_text("utf-8")


def block(language: str) -> str:
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert len(found) == 1, language
    return found[0]


def test_recipe_of_the_readme_loads(capabilities: Capabilities) -> None:
    recipe = load_recipe(block("yaml"), "first_expansion.yaml", capabilities)
    operations = [one.name for one in recipe.procedure[0].operations]
    assert operations == ["prepare", "culture"]


def test_errors_of_the_readme_are_what_one_sees(capabilities: Capabilities) -> None:
    wrong = block("yaml").replace("grow: grow", "grow: gorw").replace("80 rpm", "80 degC")
    with pytest.raises(InputErrors) as refused:
        load_recipe(wrong, "first_expansion.yaml", capabilities)
    phases = ", ".join(capabilities.phases_for("packed_bed_bioreactor"))
    assert render(refused.value, wrong) == block("text").rstrip().replace("PHASES", phases)


def test_conditions_of_the_readme_compile(capabilities: Capabilities) -> None:
    recipe = load_recipe(block("yaml"), "first_expansion.yaml", capabilities)
    names = condition_names(capabilities.classes["packed_bed_bioreactor"], recipe.formula)
    for line in block("condition").splitlines():
        compile_condition(line, names)


def test_eu_of_the_readme_are_those_of_the_table() -> None:
    listed = README[README.index("Known eu:") : README.index(", and ratios")]
    assert tuple(re.findall(r"`([^`]+)`", listed)) == SPELLINGS


def test_values_of_the_readme_are_read() -> None:
    assert parse_quantity("12 h 30 min").value == 45000
    assert compatible(parse_quantity("4 L").eu, "mL")
