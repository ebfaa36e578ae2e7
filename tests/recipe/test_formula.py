"""A batch may change formula values, within their ranges only."""

from collections.abc import Callable

import pytest

from bioctl.errors import InputErrors
from bioctl.language.findings import render
from bioctl.recipe.canonical import recipe_hash
from bioctl.recipe.formula import apply_formula
from bioctl.recipe.grammar import Parameter, Recipe

Load = Callable[[str], Recipe]


def test_override_reaches_every_step_that_uses_it(load: Load, text: str) -> None:
    recipe = load(text)
    changed = apply_formula(recipe, {"growth_temperature": "36.5 degC", "medium_volume": "3500 mL"})
    steps = dict(changed.steps())
    for path in ("expand/prepare/warm", "expand/culture/grow"):
        expected = Parameter(36.5, "degC", "growth_temperature")
        assert steps[path].parameters["temperature"] == expected
    volume = steps["expand/prepare/fill_medium"].parameters["volume"]
    assert volume == Parameter(3500.0, "mL", "medium_volume")
    assert changed.formula["medium_volume"].value == 3.5
    assert recipe.formula["medium_volume"].value == 4
    assert recipe_hash(changed) != recipe_hash(recipe)


def test_override_of_a_count_stays_a_whole_number(load: Load, text: str) -> None:
    changed = apply_formula(load(text), {"vial_count": "120"})
    value = dict(changed.steps())["fill/run/vials"].parameters["vials"].value
    assert value == 120
    assert isinstance(value, int)


def test_no_override_changes_nothing(load: Load, text: str) -> None:
    recipe = load(text)
    assert apply_formula(recipe, {}) == recipe


@pytest.mark.fault("RX-12")
@pytest.mark.parametrize(
    ("name", "value", "told", "mend"),
    [
        (
            "growth_temperature",
            "39 degC",
            "39 degC is outside its range, 35 .. 38.5 degC.",
            "within",
        ),
        (
            "growth_temperature",
            "37",
            "growth_temperature is in degC, '37' is not.",
            "write 37 degC.",
        ),
        (
            "growth_temperature",
            "37 rpm",
            "growth_temperature is in degC, '37 rpm' is not.",
            "in degC",
        ),
        ("growth_temperature", "nan", "'nan' is not a quantity.", "finite"),
        ("growth_temperature", "36,5 degC", "'36,5 degC' is not", "36.5 degC"),
        (
            "growth_temprature",
            "37 degC",
            "no formula entry 'growth_temprature'.",
            "'growth_temperature'",
        ),
        ("vial_count", "20.5", "vial_count in fill/run/vials is a whole number", "fraction"),
        ("vial_count", "20 vials", "vial_count is a number without eu", "write 20."),
    ],
)
def test_wrong_override_is_refused(
    *, load: Load, text: str, name: str, value: str, told: str, mend: str
) -> None:
    with pytest.raises(InputErrors) as refused:
        apply_formula(load(text), {name: value})
    shown = render(refused.value)
    assert told in shown
    assert mend in shown


def test_all_wrong_overrides_are_told_at_once(load: Load, text: str) -> None:
    with pytest.raises(InputErrors) as refused:
        apply_formula(load(text), {"x": "1", "medium_volume": "9 L", "vial_count": "on"})
    assert len(refused.value.errors) == 3
