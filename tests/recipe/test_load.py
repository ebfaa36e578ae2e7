"""A right recipe loads whole, in the library's eu, fast."""

import subprocess
import sys
import time
from collections.abc import Callable

import pytest
import yaml

from bioctl.errors import Where
from bioctl.language.condition import compile_condition
from bioctl.recipe.capabilities import Capabilities
from bioctl.recipe.grammar import FormulaEntry, Parameter, Recipe
from bioctl.recipe.scope import condition_names
from bioctl.recipe.steps import MAX_STEPS

Load = Callable[[str | bytes], Recipe]


def test_header_formula_and_equipment_are_read(load: Load, text: str) -> None:
    recipe = load(text)
    assert (recipe.id, recipe.version, recipe.product) == (
        "first_expansion",
        "1.0",
        "demonstration cells",
    )
    assert recipe.formula["growth_temperature"] == FormulaEntry(
        "growth_temperature", 37.0, "degC", 35.0, 38.5, "CPP"
    )
    assert recipe.equipment == {
        "reactor": "packed_bed_bioreactor",
        "washer": "concentrate_wash",
        "filler": "vial_filler",
    }


def test_steps_have_paths_in_the_order_written(load: Load, text: str) -> None:
    assert [path for path, _ in load(text).steps()] == [
        "expand/prepare/fill_medium",
        "expand/prepare/warm",
        "expand/culture/grow",
        "expand/culture/ask",
        "expand/culture/hand_over",
        "fill/run/vials",
    ]


def test_parameters_are_in_the_eu_of_the_library_with_defaults(load: Load, text: str) -> None:
    steps = dict(load(text).steps())
    assert steps["expand/prepare/fill_medium"].parameters == {
        "source": Parameter("medium"),
        "volume": Parameter(4000.0, "mL", "medium_volume"),
        "rate": Parameter(500.0, "mL/min"),
    }
    warm = steps["expand/prepare/warm"].parameters
    assert warm["temperature"] == Parameter(37.0, "degC", "growth_temperature")
    assert warm["stable_for"] == Parameter(1800.0, "s")
    assert warm["pH"] == Parameter(7.3, "pH")
    assert steps["expand/culture/hand_over"].parameters == {
        "to": Parameter("washer"),
        "rate": Parameter(200.0, "mL/min"),
    }
    vials = steps["fill/run/vials"].parameters["vials"]
    assert vials == Parameter(100, "", "vial_count")
    assert isinstance(vials.value, int)
    assert steps["expand/culture/ask"].parameters["remark"] == Parameter("")


def test_step_carries_until_timeout_note_and_place(load: Load, text: str) -> None:
    step = dict(load(text).steps())["expand/culture/grow"]
    assert step.until == "glucose < 15 mmol/L or elapsed > 30 h"
    assert step.timeout_s == 40 * 3600
    assert step.note == "Do not open the vent."
    line = text.splitlines().index("          - grow: grow") + 1
    assert step.where == Where("r.yaml", line, 13)


def test_until_compiles_with_the_names_a_batch_will_use(
    load: Load, text: str, capabilities: Capabilities
) -> None:
    changed = text.replace("elapsed > 30 h", "temperature > growth_temperature")
    recipe = load(changed)
    step = dict(recipe.steps())["expand/culture/grow"]
    names = condition_names(capabilities.classes[recipe.equipment["reactor"]], recipe.formula)
    assert step.until is not None
    condition = compile_condition(step.until, names)
    assert condition.names == ("glucose", "growth_temperature", "temperature")


def test_formula_entry_used_only_in_until_is_used(load: Load, text: str) -> None:
    changed = text.replace(
        "  vial_count:", "  end_of_growth: {value: 30 h, range: 20 h .. 2 d}\n  vial_count:"
    ).replace("elapsed > 30 h", "elapsed > end_of_growth")
    assert load(changed).formula["end_of_growth"].high == 48


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("37.0 degC", "'37.0 degC'"),
        ("timeout: 8 h", "timeout: 480 min"),
        ("timeout: 1 d 16 h", "timeout: 40 h"),
        ("rate: 0.2 L/min", "rate: 200 mL/min"),
        ("{source: medium,", "{rate: 500 mL/min, source: medium,"),
        ('version: "1.0"', "version: 1.0"),
    ],
)
def test_same_meaning_written_otherwise_is_the_same_recipe(
    load: Load, text: str, old: str, new: str
) -> None:
    changed = text.replace(old, new, 1)
    if new.startswith("{rate"):
        changed = changed.replace(
            "volume: medium_volume, rate: 500 mL/min}", "volume: medium_volume}"
        )
    assert load(changed) == load(text)


def test_recipe_without_formula_is_allowed(load: Load, text: str) -> None:
    start, end = text.index("formula:"), text.index("equipment:")
    bare = text[:start] + text[end:]
    for name, literal in (("growth_temperature", "37 degC"), ("medium_volume", "4 L")):
        bare = bare.replace(name, literal)
    assert load(bare.replace("vial_count", "100")).formula == {}


def long_recipe(text: str, steps: int) -> str:
    start, end = text.index("          - grow: grow"), text.index("          - ask:")
    many = "".join(text[start:end].replace("- grow:", f"- grow_{n}:") for n in range(steps))
    return text[:start] + many + text[end:]


def best_of(times: int, call: Callable[[], object]) -> float:
    durations = []
    for _ in range(times):
        start = time.process_time()
        call()
        durations.append(time.process_time() - start)
    return min(durations)


def test_500_steps_load_within_four_times_the_yaml_composer(load: Load, text: str) -> None:
    content = long_recipe(text, 500)
    rounds = [
        (best_of(1, lambda: yaml.compose(content, Loader=yaml.CBaseLoader)), best_of(1, load_it))
        for load_it in [lambda: load(content)] * 9
    ]
    composer, loader = (min(times) for times in zip(*rounds, strict=True))
    assert loader < 4 * composer


@pytest.mark.fault("RX-05")
def test_largest_recipe_allowed_loads_in_two_seconds(load: Load, text: str) -> None:
    content = long_recipe(text, MAX_STEPS - 5)
    assert best_of(1, lambda: load(content)) < 2


def test_neither_pint_nor_pydantic_is_imported() -> None:
    code = (
        "import sys, bioctl.recipe.load, bioctl.recipe.canonical, bioctl.recipe.library;"
        "import bioctl.recipe.schema;"
        "sys.exit(any(name in sys.modules for name in ('pint', 'pydantic', 'numpy', 'asyncio')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
