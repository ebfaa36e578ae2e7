"""The JSON Schema is committed as generated, and knows the same keys as the loader."""

import re
from pathlib import Path

from bioctl.recipe.capabilities import Capabilities
from bioctl.recipe.schema import json_schema, schema_text

COMMITTED = Path(__file__).parents[2] / "docs" / "schemas" / "recipe.json"


def test_committed_schema_is_the_generated_one() -> None:
    told = "run: python -m bioctl.recipe.schema > docs/schemas/recipe.json"
    assert COMMITTED.read_text("utf-8") == schema_text(), told


def test_schema_with_capabilities_lists_classes_phases_and_parameters(
    capabilities: Capabilities,
) -> None:
    properties = json_schema(capabilities)["properties"]
    classes = properties["equipment"]["patternProperties"]
    assert next(iter(classes.values()))["enum"] == sorted(capabilities.classes)
    operation = properties["procedure"]["items"]["properties"]["operations"]["items"]
    phase = operation["properties"]["phases"]["items"]
    assert next(iter(phase["patternProperties"].values()))["enum"] == sorted(capabilities.phases)
    parameters = phase["properties"]["with"]["properties"]
    assert parameters["temperature"]["description"] == "equilibrate:\ngrow:"
    assert parameters["rate"]["description"].startswith("charge: Pump rate.")


def test_step_names_of_the_schema_leave_out_the_keys() -> None:
    operation = json_schema()["properties"]["procedure"]["items"]["properties"]["operations"]
    phase = operation["items"]["properties"]["phases"]["items"]
    (pattern,) = phase["patternProperties"]
    assert re.search(pattern, "warm")
    assert re.search(pattern, "timeouts")
    assert not any(re.search(pattern, key) for key in phase["properties"])
