"""What recipes/README.md teaches works, word for word."""

import re
from pathlib import Path

import pytest

from bioctl.batch.startable import beyond_engine, check_startable
from bioctl.cli.recipe_files import good_recipe
from bioctl.errors import InputErrors
from bioctl.language.condition import compile_condition
from bioctl.language.eu import SPELLINGS
from bioctl.language.findings import render
from bioctl.language.quantity import compatible, parse_quantity
from bioctl.phases.library import capabilities as installed
from bioctl.recipe.capabilities import Capabilities
from bioctl.recipe.library import recipe_names
from bioctl.recipe.load import load_recipe
from bioctl.recipe.plan import duration
from bioctl.recipe.schedule import schedule, total_s
from bioctl.recipe.scope import condition_names
from bioctl.recipe.verify.verifier import verify

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


def test_recipe_of_the_readme_has_no_finding() -> None:
    able = installed()
    recipe = load_recipe(block("yaml"), "first_expansion.yaml", able)
    assert verify(recipe, able, "first_expansion.yaml") == ()
    check_startable(recipe, able.phases)


def test_library_of_the_readme_is_the_one_that_is_shipped() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*) \| (yes|no) \|$", README, re.MULTILINE)
    able = installed()
    told = {name: (long, starts) for name, long, starts in rows}
    assert set(told) == set(recipe_names())
    for name in recipe_names():
        recipe = good_recipe(name, able)
        starts = "no" if [*beyond_engine(recipe, able.phases)] else "yes"
        assert told[name] == (duration(total_s(schedule(recipe, able))), starts)
