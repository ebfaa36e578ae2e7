"""The canonical form: the same recipe has the same hash, and comes back whole."""

import json
from collections.abc import Callable

import pytest

from bioctl.errors import InputError
from bioctl.recipe.canonical import canonical, from_dict, recipe_hash, to_dict
from bioctl.recipe.grammar import Recipe

Load = Callable[[str | bytes], Recipe]


def test_recipe_survives_the_way_through_json(load: Load, text: str) -> None:
    recipe = load(text)
    back = from_dict(json.loads(canonical(recipe)))
    assert back == recipe
    assert to_dict(back) == to_dict(recipe)
    assert recipe_hash(back) == recipe_hash(recipe)


@pytest.mark.fault("RX-01")
def test_layout_and_comments_are_no_part_of_the_hash(load: Load, text: str) -> None:
    expected = recipe_hash(load(text))
    assert recipe_hash(load(text.replace("\n", "\r\n").encode())) == expected
    assert recipe_hash(load("# another comment\n\n" + text)) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("37.0 degC", "37.1 degC"),
        ("35.0 ..", "35.1 .."),
        (", criticality: CPP", ""),
        ("timeout: 8 h", "timeout: 9 h"),
        ("note: Do not", "note: Do"),
        ("glucose < 15", "glucose < 16"),
        ("- warm:", "- heat:"),
        ('"1.0"', '"1.1"'),
    ],
)
def test_every_change_of_meaning_changes_the_hash(
    load: Load, text: str, old: str, new: str
) -> None:
    assert old in text
    assert recipe_hash(load(text.replace(old, new, 1))) != recipe_hash(load(text))


@pytest.mark.parametrize(
    "data",
    [{}, {"format": 1}, {"format": 2}, {"format": 2, "id": "x"}, {"format": 2, "$is": "Clock"}],
)
def test_stored_form_of_another_shape_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(InputError, match="a stored recipe"):
        from_dict(data)


def test_damaged_stored_form_is_refused(load: Load, text: str) -> None:
    data = to_dict(load(text))
    data["formula"]["growth_temperature"]["colour"] = "red"
    with pytest.raises(InputError, match="a stored recipe is incomplete"):
        from_dict(data)
