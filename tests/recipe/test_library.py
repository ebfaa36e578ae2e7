"""Recipes are found by name in the checkout or the wheel, and by path from the command line."""

from pathlib import Path

import pytest

from bioctl.errors import InputError
from bioctl.language.prescan import MAX_BYTES
from bioctl.recipe import library
from bioctl.recipe.library import (
    find_named,
    find_recipe,
    read_recipe,
    recipe_folder,
    recipe_names,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "_recipes").mkdir()
    for name in ("expansion", "wash_only"):
        (tmp_path / "_recipes" / f"{name}.yaml").write_text("recipe: x\n")
    return tmp_path / "_recipes"


def test_checkout_is_read_in_place() -> None:
    assert recipe_folder() == Path(library.__file__).parents[2] / "recipes"


def test_packaged_recipes_win_in_a_wheel(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "PACKAGE", folder.parent)
    assert recipe_folder() == folder
    assert recipe_names() == ("expansion", "wash_only")
    assert find_recipe("expansion") == folder / "expansion.yaml"


def test_path_is_taken_as_it_is(folder: Path) -> None:
    path = folder / "expansion.yaml"
    assert find_recipe(str(path)) == path
    assert read_recipe(path) == b"recipe: x\n"


@pytest.mark.fault("RX-10")
def test_unknown_name_is_refused_with_the_nearest_and_the_folder(folder: Path) -> None:
    with pytest.raises(InputError, match="there is no recipe 'expansoin'") as refused:
        find_named("expansoin", folder)
    assert "did you mean 'expansion'?" in refused.value.help
    assert str(folder) in refused.value.help


def test_unknown_path_is_refused_with_the_nearest_beside_it(folder: Path) -> None:
    with pytest.raises(InputError, match="there is no recipe file") as refused:
        find_recipe(str(folder / "wash_olny.yaml"))
    assert "did you mean 'wash_only'?" in refused.value.help


@pytest.mark.fault("RX-14")
@pytest.mark.parametrize(
    "name", ["../../x", "..", "/etc/passwd", "C:\\x", "a\0b", "con", "", "x" * 5000, "a/../b"]
)
def test_name_from_outside_is_never_a_path(folder: Path, name: str) -> None:
    with pytest.raises(InputError, match="can't be the name of a recipe"):
        find_named(name, folder)


@pytest.mark.fault("RX-14")
@pytest.mark.parametrize("name", ["../../x", "/nowhere/x.yaml", "./a\0b", "./" + "x" * 5000, "."])
def test_path_to_nowhere_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        find_recipe(name)


@pytest.mark.fault("RX-05")
def test_huge_file_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(100 * MAX_BYTES)
    with pytest.raises(InputError, match="was not read"):
        read_recipe(path)


def test_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't read"):
        read_recipe(tmp_path)
