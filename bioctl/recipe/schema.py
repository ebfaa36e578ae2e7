"""JSON Schema of a recipe file, for editors: completion and a first check while one writes.

`python -m bioctl.recipe.schema > docs/schemas/recipe.json` writes the committed one. The loader
knows far more; the schema only helps.
"""

import json
import sys
from typing import Any

from bioctl.recipe.capabilities import Capabilities
from bioctl.recipe.grammar import CRITICALITIES
from bioctl.recipe.names import NAME, STEP_KEYS, VERSION

_NAME = {"type": "string", "pattern": f"^{NAME}$"}
_VALUE = {"type": ["string", "number"]}


def json_schema(capabilities: Capabilities | None = None) -> dict[str, Any]:
    """Return the schema; with `capabilities` it also lists classes, phases and parameters."""
    properties = {
        "recipe": {**_NAME, "description": "Name of the recipe; also its file's."},
        "version": {"type": "string", "pattern": f"^{VERSION}$"},
        "product": {"type": "string", "description": "What it makes."},
        "description": {"type": "string", "description": "One sentence."},
        "formula": _named(_formula_entry(), "Values with range and criticality, by name."),
        "equipment": _named(_unit_class(capabilities), "Unit class by role."),
        "procedure": _list(_unit_procedure(capabilities), "Unit procedures, one after the other."),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "bioctl recipe",
        **_object(properties, optional=("formula",)),
    }


def schema_text(capabilities: Capabilities | None = None) -> str:
    """Return the schema as it is committed."""
    return json.dumps(json_schema(capabilities), indent=2, ensure_ascii=False) + "\n"


def _object(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _named(value: dict[str, Any], description: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "patternProperties": {f"^{NAME}$": value},
        "additionalProperties": False,
    }


def _list(item: dict[str, Any], description: str) -> dict[str, Any]:
    return {"type": "array", "description": description, "minItems": 1, "items": item}


def _formula_entry() -> dict[str, Any]:
    properties = {
        "value": {**_VALUE, "description": "A quantity, as in 37 degC."},
        "range": {"type": "string", "description": "Limits, as in 35 .. 38.5 degC."},
        "criticality": {"enum": list(CRITICALITIES), "description": "Critical or key parameter."},
    }
    return _object(properties, optional=("criticality",))


def _unit_class(capabilities: Capabilities | None) -> dict[str, Any]:
    return {"enum": sorted(capabilities.classes)} if capabilities else dict(_NAME)


def _unit_procedure(capabilities: Capabilities | None) -> dict[str, Any]:
    operation = _object(
        {
            "operation": dict(_NAME),
            "phases": _list(_phase(capabilities), "Phases, one after the other."),
        }
    )
    properties = {
        "unit procedure": dict(_NAME),
        "on": {**_NAME, "description": "A role of the equipment."},
        "operations": _list(operation, "Operations, one after the other."),
    }
    return _object(properties)


def _phase(capabilities: Capabilities | None) -> dict[str, Any]:
    phases = {"enum": sorted(capabilities.phases)} if capabilities else dict(_NAME)
    reserved = "|".join(STEP_KEYS)
    return {
        "type": "object",
        "description": "<step>: <phase>, then its parameters, end and time limit.",
        "properties": {
            "with": _parameters(capabilities),
            "until": {"type": "string", "description": "Condition that ends the phase."},
            "timeout": {"type": "string", "description": "Longest time, as in 12 h 30 min."},
            "note": {"type": "string", "description": "For the operator."},
        },
        "patternProperties": {f"^(?!(?:{reserved})$){NAME}$": phases},
        "required": ["timeout"],
        "minProperties": 2,
        "additionalProperties": False,
    }


def _parameters(capabilities: Capabilities | None) -> dict[str, Any]:
    if capabilities is None:
        return _named(_VALUE, "Parameters of the phase.")
    properties: dict[str, Any] = {}
    for phase in capabilities.phases.values():
        for name, spec in phase.parameters.items():
            told = f"{phase.name}: {spec.help}".rstrip()
            earlier = properties.get(name, {}).get("description")
            properties[name] = {**_VALUE, "description": f"{earlier}\n{told}" if earlier else told}
    return {"type": "object", "properties": properties, "additionalProperties": False}


if __name__ == "__main__":
    sys.stdout.write(schema_text())
