"""Parts: what a recipe includes becomes its own, or is refused in words."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bioctl.errors import InputError, InputErrors
from bioctl.phases.library import capabilities
from bioctl.recipe.canonical import from_dict, recipe_hash, to_dict
from bioctl.recipe.grammar import Included, Recipe
from bioctl.recipe.library import find_recipe, included_texts, part_reader
from bioctl.recipe.load import load_recipe

RECIPE = """\
recipe: whole
version: "1.0"
product: none
description: Include a part.
formula:
  rinse_volume: {value: 2 L, range: 1 .. 3 L}
equipment:
  reactor: packed_bed_bioreactor
procedure:
  - include: rinse
"""
PART = """\
part: rinse
version: "2.1"
description: Rinse.
formula:
  rinse_volume: {value: 1 L, range: 1 .. 5 L, criticality: KPP}
  rinse_rate: {value: 500 mL/min, range: 100 .. 800 mL/min}
equipment:
  reactor: packed_bed_bioreactor
clocks:
  wet: {from: start of rinse, to: end of rinse/once/fill, limit: 1 h}
procedure:
  - unit procedure: rinse
    on: reactor
    operations:
      - operation: once
        phases:
          - fill: charge
            with: {source: buffer, volume: rinse_volume, rate: rinse_rate}
            timeout: 1 h
"""


def load(recipe: str = RECIPE, parts: Mapping[str, str] | None = None) -> Recipe:
    known = {"rinse": PART, **(parts or {})}

    def read(name: str) -> tuple[bytes, str]:
        if name not in known:
            raise InputError(f"there is no part '{name}'.")
        return known[name].encode(), f"parts/{name}.yaml"

    return load_recipe(recipe, "r.yaml", capabilities(), read)


def refusal(recipe: str = RECIPE, parts: Mapping[str, str] | None = None) -> str:
    with pytest.raises(InputErrors) as refused:
        load(recipe, parts)
    return str(refused.value)


def test_what_a_part_brings_belongs_to_the_recipe() -> None:
    recipe = load()
    assert [path for path, _ in recipe.steps()] == ["rinse/once/fill"]
    assert recipe.formula["rinse_rate"].value == 500
    assert recipe.clocks["wet"].limit_s == 3600
    assert recipe.included == (Included("rinse", "2.1"),)
    assert from_dict(to_dict(recipe)) == recipe


def test_formula_of_the_recipe_wins_over_that_of_the_part() -> None:
    recipe = load()
    assert (recipe.formula["rinse_volume"].value, recipe.formula["rinse_volume"].high) == (2, 3)
    volume = dict(recipe.steps())["rinse/once/fill"].parameters["volume"]
    assert (volume.value, volume.formula) == (2000.0, "rinse_volume")


def test_recipe_reaches_through_a_part_that_includes_another() -> None:
    outer = 'part: outer\nversion: "1.0"\ndescription: x\nequipment:\n'
    outer += "  reactor: packed_bed_bioreactor\nprocedure:\n  - include: rinse\n"
    recipe = load(RECIPE.replace("include: rinse", "include: outer"), {"outer": outer})
    assert recipe.formula["rinse_volume"].value == 2
    assert {one.name for one in recipe.included} == {"outer", "rinse"}


def test_changed_part_changes_the_hash_of_the_recipe() -> None:
    changed = {"rinse": PART.replace("timeout: 1 h", "timeout: 2 h")}
    assert recipe_hash(load(parts=changed)) != recipe_hash(load())


@pytest.mark.parametrize(
    ("recipe", "part", "told"),
    [
        (("include: rinse", "include: rince"), None, "there is no part 'rince'."),
        (("include: rinse", "include: ../rinse"), None, "'../rinse' can't be the name of a part"),
        (("reactor: packed_bed", "tank: packed_bed"), None, "needs the role 'reactor', a packed"),
        (("packed_bed_bioreactor", "vial_filler"), None, "not a vial_filler."),
        (("2 L, range: 1 .. 3 L", "2 kg, range: 1 .. 3 kg"), None, "in kg. [eu-mismatch]"),
        (("1 .. 3 L", "1 .. 90 L"), None, "lets 'rinse_volume' go from 1000 mL to 90000 mL"),
        (None, ("part: rinse", "part: wash"), "the file of part 'rinse' has another name in it."),
        (None, ("part: rinse\n", ""), "a part needs 'part'."),
        (None, ("timeout: 1 h", "timeout: 1"), "parts/rinse.yaml:19:22: error: a timeout is a"),
        (None, ("rate: rinse_rate", "rate: 1 L/min"), "nothing uses the formula entry"),
        (None, ("equipment:", "\tequipment:"), "parts/rinse.yaml:7:1: error: a tab is"),
        (None, ("part: rinse", "part: rinse\npart: rinse"), "rinse.yaml:2:1: error: the key"),
        (None, ("volume: rinse_volume", "volume: other"), "has no entry 'other'."),
        (("  - include: rinse\n", "  - include: rinse\n  - include: rinse\n"), None,
         "the unit procedure 'rinse' is there already"),
    ],
)  # fmt: skip
def test_part_that_does_not_fit_is_refused_in_words(
    recipe: tuple[str, str] | None, part: tuple[str, str] | None, told: str
) -> None:
    text = RECIPE.replace(*recipe) if recipe else RECIPE
    assert told in refusal(text, {"rinse": PART.replace(*part)} if part else None)


def test_part_sees_only_what_it_declares() -> None:
    stray = PART.replace("  rinse_volume: {value: 1 L, range: 1 .. 5 L, criticality: KPP}\n", "")
    assert "the formula has no entry 'rinse_volume'." in refusal(parts={"rinse": stray})


def test_parts_stand_beside_the_recipe_or_are_shipped(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "rinse.yaml").write_text(PART)
    read = part_reader(tmp_path)
    assert read("rinse") == (PART.encode(), str(tmp_path / "parts" / "rinse.yaml"))
    assert read("fill")[0].startswith(b"# yaml-language-server")
    with pytest.raises(InputError, match="there is no part 'fil'"):
        read("fil")


def test_batch_takes_all_parts_along() -> None:
    file = find_recipe("autologous_cart_24h")
    texts = included_texts(file.read_text("utf-8"), file)
    assert set(texts) == {"wash_formulate_fill_freeze", "wash_and_formulate", "fill", "freeze"}


def test_own_parts_go_along_however_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "rinse.yaml").write_text(PART)
    flow = RECIPE.replace("  - include: rinse", "  - {include: rinse}")
    assert included_texts(flow, tmp_path / "r.yaml") == {"rinse": PART}
    assert included_texts("recipe: [", tmp_path / "r.yaml") == {}
    stray = RECIPE.replace("include: rinse", "include: ../../secret")
    assert included_texts(stray, tmp_path / "r.yaml") == {}


def test_part_that_is_checked_as_a_recipe_is_told_apart() -> None:
    assert "this is a part, not a recipe." in refusal(PART)
