"""The JSON Schema is committed as generated, and knows the same keys as the loader."""

import re
from pathlib import Path
from typing import Any

import pytest

from bioctl.phases.library import capabilities as installed
from bioctl.recipe.capabilities import Capabilities
from bioctl.recipe.library import recipe_folder
from bioctl.recipe.names import STEP_KEYS
from bioctl.recipe.schema import json_schema, schema_text

COMMITTED = Path(__file__).parents[2] / "docs" / "schemas" / "recipe.json"
FILES = sorted(recipe_folder().rglob("*.yaml"))


def phase_of(schema: dict[str, Any]) -> dict[str, Any]:
    element: dict[str, Any] = schema["$defs"]["phases"]["items"]["anyOf"][0]
    return element


def test_committed_schema_is_the_generated_one() -> None:
    told = "run: bioctl recipe schema > docs/schemas/recipe.json"
    assert COMMITTED.read_text("utf-8") == schema_text(installed()), told


def test_schema_lists_classes_phases_and_parameters(capabilities: Capabilities) -> None:
    schema = json_schema(capabilities)
    classes = schema["else"]["properties"]["equipment"]["patternProperties"]
    known = next(iter(classes.values()))["anyOf"][0]
    assert known["enum"] == sorted(capabilities.classes)
    phase = phase_of(schema)
    assert next(iter(phase["patternProperties"].values()))["enum"] == sorted(capabilities.phases)
    parameters = phase["properties"]["with"]["properties"]
    assert parameters["temperature"]["description"] == "equilibrate:\ngrow:"
    assert parameters["rate"]["description"].startswith("charge: Pump rate.")


def test_keys_of_a_phase_are_those_of_the_loader(capabilities: Capabilities) -> None:
    phase = phase_of(json_schema(capabilities))
    assert set(phase["properties"]) == set(STEP_KEYS)
    (pattern,) = phase["patternProperties"]
    assert re.search(pattern, "warm")
    assert re.search(pattern, "timeouts")
    assert not any(re.search(pattern, key) for key in (*phase["properties"], "parallel"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_first_line_names_the_schema(file: Path) -> None:
    first = file.read_text("utf-8").splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (file.parent / named).resolve() == COMMITTED
