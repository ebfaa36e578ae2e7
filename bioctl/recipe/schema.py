"""JSON Schema of recipe files and parts, for editors: completion and a first check while one types.

`bioctl recipe schema > docs/schemas/recipe.json` writes the committed one. The loader knows far
more; the schema only helps.
"""

import json
from typing import Any

from bioctl.recipe import clocks, procedure
from bioctl.recipe.capabilities import Capabilities
from bioctl.recipe.grammar import ADJUSTABLE, CRITICALITIES, SCALING
from bioctl.recipe.header import STATUSES
from bioctl.recipe.levels import Level
from bioctl.recipe.names import BLOCK_KEYS, NAME, STEP_KEYS, VERSION
from bioctl.recipe.steps import ON_TIMEOUT, ROLES

Schema = dict[str, Any]

_NAME: Schema = {"type": "string", "pattern": f"^{NAME}$"}
_VALUE: Schema = {"type": ["string", "number"]}
_DATE: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_TIME: Schema = {"type": "string", "description": "A time, as in 12 h 30 min."}
_CONDITION: Schema = {
    "type": "string",
    "description": "As in glucose < 15 mmol/L or elapsed > 3 d.",
}


def json_schema(capabilities: Capabilities) -> Schema:
    """Return the schema of recipes and parts for these unit classes and phases."""
    shared = {
        "version": {"type": "string", "pattern": f"^{VERSION}$"},
        "description": {"type": "string", "description": "One sentence."},
        "formula": _named(_formula_entry(), "Values with range and criticality, by name."),
        "equipment": _named(_role(capabilities), "Unit class by role."),
        "clocks": _named(_clock(), "Time-outs of conditions, such as DMSO exposure."),
        "procedure": {"$ref": "#/$defs/unit procedures"},
    }
    recipe = {"recipe": {**_NAME, "description": "Name of the recipe; also its file's."}}
    part = {"part": {**_NAME, "description": "Name of the part; also its file's."}}
    head = {"product": {"type": "string", "description": "What it makes."}, **_header()}
    optional = ("formula", "clocks", *_header())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "bioctl recipe",
        "if": {"required": ["part"]},
        "then": _object({**part, **shared}, optional),
        "else": _object({**recipe, **head, **shared}, optional),
        "$defs": {
            level.key: _list(level, element)
            for level, element in (
                (procedure.PROCEDURE, _unit_procedure()),
                (procedure.OPERATIONS, _operation()),
                (procedure.PHASES, _phase(capabilities)),
            )
        },
    }


def schema_text(capabilities: Capabilities) -> str:
    """Return the schema as it is committed."""
    return json.dumps(json_schema(capabilities), indent=2, ensure_ascii=False) + "\n"


def _object(properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _named(value: Schema, description: str) -> Schema:
    return {
        "type": "object",
        "description": description,
        "patternProperties": {f"^{NAME}$": value},
        "additionalProperties": False,
    }


def _rows(value: Schema, description: str) -> Schema:
    return {"type": "array", "description": description, "minItems": 1, "items": value}


def _words(*words: str, description: str = "") -> Schema:
    return {"enum": list(words), **({"description": description} if description else {})}


def _header() -> Schema:
    change = {"version": {"type": "string"}, "on": _DATE, "by": _VALUE, "change": _VALUE}
    approval = {"by": _VALUE, "role": _VALUE, "on": _DATE, "meaning": _VALUE, "hash": _VALUE}
    return {
        "dated": {**_DATE, "description": "Date of this version."},
        "status": _words(*STATUSES),
        "effective": {**_DATE, "description": "First day it may run."},
        "expires": {**_DATE, "description": "First day it may not run any more."},
        "batch size": {**_VALUE, "description": "What its values are for, as in 40 L."},
        "approvals": _rows(_object(approval), "Who approved which text."),
        "history": _rows(_object(change), "What changed, when and by whom."),
    }


def _formula_entry() -> Schema:
    properties = {
        "value": {**_VALUE, "description": "A quantity, as in 37 degC."},
        "range": {"type": "string", "description": "Limits, as in 35 .. 38.5 degC."},
        "criticality": _words(*CRITICALITIES, description="Critical, key, or only watched."),
        "adjustable": _words(*ADJUSTABLE, description="When a batch may change it."),
        "scale": _words(*SCALING, description="What stays the same at another size."),
    }
    return _object(properties, optional=("criticality", "adjustable", "scale"))


def _role(capabilities: Capabilities) -> Schema:
    known = {"enum": sorted(capabilities.classes)}
    needs = _rows({"type": "string"}, "Capabilities of the class, as in perfusion.")
    return {"anyOf": [known, _object({"class": known, "needs": needs}, optional=("needs",))]}


def _clock() -> Schema:
    moment = {"type": "string", "pattern": "^(start|end) of [a-z0-9_/]+$"}
    properties = {
        "from": moment,
        "to": moment,
        "while": _CONDITION,
        "on": _NAME,
        "limit": _TIME,
        "warn": _TIME,
        "then": _words(*clocks.THEN),
    }
    return _object(properties, optional=tuple(name for name in properties if name != "limit"))


def _list(level: Level, element: Schema) -> Schema:
    """Return the schema of a list: its elements, and blocks of the same level."""
    inner = {level.key: {"$ref": f"#/$defs/{level.key}"}}
    way = {"when": _CONDITION, **inner}
    other = {"otherwise": {"enum": ["nothing", None]}, **inner}
    blocks = {
        "parallel": {"branches": _rows(_object({"branch": _NAME, **inner}), "At the same time.")},
        "choose": {
            "alternatives": _rows(
                {"anyOf": [_object(way), _object(other, optional=(level.key,))]},
                "The first whose condition is TRUE.",
            )
        },
        "repeat": {
            **inner,
            "until": _CONDITION,
            "at most": {"type": "integer", "minimum": 1},
            "not reached": _words("hold", "go on"),
        },
        "synchronise": {"timeout": _TIME},
    }
    if level is procedure.PROCEDURE:
        blocks["include"] = {}
    choices = [
        _object({name: _NAME, **rest}, optional=("until", "not reached"))
        for name, rest in blocks.items()
    ]
    described = f"A {level.what}, or parallel, choose, repeat, synchronise."
    return _rows({"anyOf": [element, *choices]}, described)


def _watch() -> Schema:
    properties = {
        "exception": _NAME,
        "when": _CONDITION,
        "for": _TIME,
        "phases": {"$ref": "#/$defs/phases"},
        "then": _words(*procedure.THEN),
    }
    return _rows(_object(properties, optional=("phases",)), "Exceptions, watched meanwhile.")


def _unit_procedure() -> Schema:
    properties = {
        "unit procedure": _NAME,
        "on": {**_NAME, "description": "A role of the equipment."},
        "operations": {"$ref": "#/$defs/operations"},
        "watch": _watch(),
    }
    return _object(properties, optional=("watch",))


def _operation() -> Schema:
    properties = {"operation": _NAME, "phases": {"$ref": "#/$defs/phases"}, "watch": _watch()}
    return _object(properties, optional=("watch",))


def _phase(capabilities: Capabilities) -> Schema:
    reserved = "|".join((*STEP_KEYS, *BLOCK_KEYS))
    roles = "|".join(ROLES)
    return {
        "type": "object",
        "description": "<step>: <phase>, then its parameters, end and time limit.",
        "properties": {
            "with": _parameters(capabilities),
            "orders": _orders(capabilities),
            "until": {**_CONDITION, "description": "Condition that ends the phase."},
            "takes": {**_TIME, "description": "How long it is expected to take."},
            "timeout": {**_TIME, "description": "Longest time, as in 12 h 30 min."},
            "on timeout": _words(*ON_TIMEOUT),
            "remind": {"type": "string", "pattern": f"^({roles}) after .+$"},
            "restart at": {**_NAME, "description": "Where a held batch goes on."},
            "checked by": _words(*ROLES, description="A second person signs the answer."),
            "suppress alarms": _rows(
                {"type": "string"}, "Measurements whose alarms are expected here."
            ),
            "note": {"type": "string", "description": "For the operator."},
        },
        "patternProperties": {
            f"^(?!(?:{reserved})$){NAME}$": {"enum": sorted(capabilities.phases)}
        },
        "required": ["timeout"],
        "minProperties": 2,
        "additionalProperties": False,
    }


def _orders(capabilities: Capabilities) -> Schema:
    known: dict[str, set[str]] = {}
    for unit_class in capabilities.classes.values():
        for loop, orders in unit_class.orders.items():
            known.setdefault(loop, set()).update(orders)
    properties = {loop: _words(*sorted(orders)) for loop, orders in sorted(known.items())}
    told = "Which outputs a loop moves first, by loop."
    return {**_object(properties, tuple(properties)), "description": told}


def _parameters(capabilities: Capabilities) -> Schema:
    properties: Schema = {}
    for phase in capabilities.phases.values():
        for name, spec in phase.parameters.items():
            told = f"{phase.name}: {spec.help}".rstrip()
            earlier = properties.get(name, {})
            types = {
                *_VALUE["type"],
                *(["array"] if spec.ramp else []),
                *earlier.get("type", ()),
            }
            said = f"{earlier['description']}\n{told}" if earlier else told
            properties[name] = {"type": sorted(types), "description": said}
    return {"type": "object", "properties": properties, "additionalProperties": False}
