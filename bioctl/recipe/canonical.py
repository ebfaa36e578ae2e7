"""The canonical form of a recipe: what is signed, hashed, pinned and stored with a batch.

Layout, comments and key order of the file are no part of it; every resolved value is.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from bioctl.errors import InputError
from bioctl.recipe.grammar import (
    FormulaEntry,
    Operation,
    Parameter,
    PhaseStep,
    Recipe,
    UnitProcedure,
)

FORMAT = 1


def to_dict(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as plain JSON values."""
    return {
        "format": FORMAT,
        "recipe": recipe.id,
        "version": recipe.version,
        "product": recipe.product,
        "description": recipe.description,
        "formula": {name: _entry_dict(entry) for name, entry in recipe.formula.items()},
        "equipment": dict(recipe.equipment),
        "procedure": [_unit_procedure_dict(part) for part in recipe.procedure],
    }


def canonical(recipe: Recipe) -> bytes:
    """Return the one JSON text of a recipe: keys sorted, no spaces, UTF-8."""
    return orjson.dumps(to_dict(recipe), option=orjson.OPT_SORT_KEYS)


def recipe_hash(recipe: Recipe) -> str:
    """Return the SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(recipe)).hexdigest()


def from_dict(data: Mapping[str, Any]) -> Recipe:
    """Return the recipe that `to_dict` wrote.

    Raises:
        InputError: not the form of `to_dict`, or of another format number.
    """
    if data.get("format") != FORMAT:
        raise InputError(f"a stored recipe has format {data.get('format')}, {FORMAT} was expected.")
    try:
        return _recipe(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"a stored recipe is incomplete: {error!r}.") from error


def _recipe(data: Mapping[str, Any]) -> Recipe:
    return Recipe(
        id=data["recipe"],
        version=data["version"],
        product=data["product"],
        description=data["description"],
        formula={name: FormulaEntry(name, **entry) for name, entry in data["formula"].items()},
        equipment=dict(data["equipment"]),
        procedure=tuple(_unit_procedure(part) for part in data["procedure"]),
    )


def _entry_dict(entry: FormulaEntry) -> dict[str, Any]:
    return {
        "value": entry.value,
        "eu": entry.eu,
        "low": entry.low,
        "high": entry.high,
        "criticality": entry.criticality,
    }


def _unit_procedure_dict(part: UnitProcedure) -> dict[str, Any]:
    operations = [_operation_dict(one) for one in part.operations]
    return {"name": part.name, "unit": part.unit, "operations": operations}


def _unit_procedure(data: Mapping[str, Any]) -> UnitProcedure:
    operations = tuple(_operation(one) for one in data["operations"])
    return UnitProcedure(data["name"], data["unit"], operations)


def _operation_dict(part: Operation) -> dict[str, Any]:
    return {"name": part.name, "phases": [_step_dict(step) for step in part.phases]}


def _operation(data: Mapping[str, Any]) -> Operation:
    return Operation(data["name"], tuple(_step(step) for step in data["phases"]))


def _step_dict(step: PhaseStep) -> dict[str, Any]:
    return {
        "name": step.name,
        "phase": step.phase,
        "parameters": {
            name: {"value": one.value, "eu": one.eu, "formula": one.formula}
            for name, one in step.parameters.items()
        },
        "until": step.until,
        "timeout_s": step.timeout_s,
        "note": step.note,
    }


def _step(data: Mapping[str, Any]) -> PhaseStep:
    return PhaseStep(
        name=data["name"],
        phase=data["phase"],
        parameters={name: Parameter(**one) for name, one in data["parameters"].items()},
        until=data["until"],
        timeout_s=data["timeout_s"],
        note=data["note"],
    )
