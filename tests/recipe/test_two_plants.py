"""Recipes ask for classes: one recipe binds to two plants whose units and tags have other names."""

import re
from pathlib import Path

import pytest

from bioctl.batch.binding import bind
from bioctl.batch.control_recipe import ControlRecipe
from bioctl.batch.limits import limits_of
from bioctl.cli.recipe_files import check_file, good_recipe
from bioctl.equipment.site import Site, load_site
from bioctl.phases.library import capabilities
from bioctl.recipe.canonical import recipe_hash

from ..batch.dry_setting import site_file  # noqa: TID252  tests are no package

ABLE = capabilities()
UNITS = {"BR101": "R07", "CW201": "W02", "VF301": "AF9"}


@pytest.fixture(scope="module")
def plants(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Site]:
    """The demonstration plant, and one of another vendor: other units, other points."""
    file: Path = site_file(tmp_path_factory.mktemp("two"))
    ours = load_site(file, ABLE.classes)
    text = file.read_text("utf-8")
    for old, new in UNITS.items():
        text = text.replace(f"  {old}:", f"  {new}:")
    text = re.sub(r": ([A-Z]{2})([123]\d\d) ", r": PLC7_\1_\2 ", text)
    theirs = file.with_name("theirs.yaml")
    theirs.write_text(text, "utf-8")
    return ours, load_site(theirs, ABLE.classes)


def bound(site: Site, name: str) -> ControlRecipe:
    return bind(good_recipe(name, ABLE), site.units, {})


@pytest.mark.parametrize("name", ["first_expansion", "packed_bed_expansion"])
def test_one_recipe_binds_to_two_plants(plants: tuple[Site, Site], name: str) -> None:
    assert not {tag.name for tag in plants[0].tags} & {tag.name for tag in plants[1].tags}
    one, other = (bound(site, name) for site in plants)
    assert one.master_hash == other.master_hash == recipe_hash(good_recipe(name, ABLE))
    assert one.hash() != other.hash()
    assert [UNITS[unit] for unit in one.units.values()] == list(other.units.values())
    assert [step.path for step in one.steps] == [step.path for step in other.steps]
    assert [UNITS[step.unit] for step in one.steps] == [step.unit for step in other.steps]


@pytest.mark.parametrize("name", ["first_expansion", "packed_bed_expansion"])
def test_one_recipe_checks_against_two_plants(plants: tuple[Site, Site], name: str) -> None:
    for site in plants:
        assert check_file(name, ABLE, limits_of(site.units)).shown() == ""
