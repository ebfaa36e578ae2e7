"""The formula: named values with range and criticality, and their change at batch start.

A recipe is accepted only if the whole range of an entry is allowed wherever it is used. So a value
within its own range is right everywhere, and a batch can change it without the phase library.
"""

from collections.abc import Mapping
from dataclasses import replace

from bioctl.errors import InputError, InputErrors
from bioctl.language.document import Node
from bioctl.language.fields import fields
from bioctl.language.nearest import did_you_mean, listing, suggest, visible
from bioctl.language.quantity import (
    compatible,
    convert,
    format_quantity,
    parse_quantity,
    parse_range,
)
from bioctl.recipe.grammar import (
    ADJUSTABLE,
    CRITICALITIES,
    SCALING,
    FormulaEntry,
    Parameter,
    PhaseStep,
    Piece,
    Recipe,
)
from bioctl.recipe.names import check_name
from bioctl.recipe.rules import tagged
from bioctl.recipe.scope import Scope
from bioctl.recipe.walk import with_steps


def read_formula(node: Node, scope: Scope) -> None:
    """Read the formula section into `scope.formula`."""
    mapping = scope.findings.attempt(node, node.as_mapping)
    if mapping is None:
        return
    for name, value in mapping.entries.items():
        key = mapping.keys[name]
        scope.findings.attempt(key, check_name, name, "the name of a formula entry")
        scope.formula[name] = _entry(name, value, scope)


def _entry(name: str, node: Node, scope: Scope) -> FormulaEntry | None:
    more = ("criticality", "adjustable", "scale")
    found = fields(node, scope.findings, "a formula entry", ("value", "range"), more)
    words = {
        "criticality": _word(found, "criticality", CRITICALITIES, "criticalities", scope),
        "adjustable": _word(found, "adjustable", ADJUSTABLE, "times", scope) or ADJUSTABLE[0],
        "scale": _word(found, "scale", SCALING, "criteria", scope),
    }
    if not {"value", "range"} <= found.keys():
        return None
    value_text, range_text = scope.text(found["value"]), scope.text(found["range"])
    if not value_text or not range_text:
        return None
    value = scope.findings.attempt(found["value"], parse_quantity, value_text)
    limits = scope.findings.attempt(found["range"], parse_range, range_text)
    if value is None or limits is None:
        return None
    (low, high), eu = limits
    ends = [
        scope.findings.attempt(found["range"], convert, end, eu, value.eu) for end in (low, high)
    ]
    if ends[0] is None or ends[1] is None:
        return None
    entry = FormulaEntry(name, value.value, value.eu, ends[0], ends[1], **words)
    return scope.findings.attempt(found["value"], _within, entry)


def _word(
    found: Mapping[str, Node], key: str, known: tuple[str, ...], plural: str, scope: Scope
) -> str:
    node = found.get(key)
    text = scope.text(node)
    if node is not None and text and text not in known:
        message = f"unknown {_SINGULAR.get(key, key)} '{visible(text)}'."
        scope.findings.add(node, message, suggest(text, known, plural))
    return text


_SINGULAR = {"adjustable": "time to adjust", "scale": "scaling criterion"}


def _within(entry: FormulaEntry) -> FormulaEntry:
    if not entry.low <= entry.value <= entry.high:
        raise InputError(
            f"{entry.name}: {format_quantity(entry.value, entry.eu)} is outside its range, "
            f"{show_range(entry.low, entry.high, entry.eu)}.",
            help="give a value within the range.",
        )
    return entry


def show_range(low: float | None, high: float | None, eu: str) -> str:
    """Return `35 .. 38 degC`, `at least 35 degC`, `at most 38 degC` or `any value`."""
    if low is not None and high is not None:
        return f"{low:.10g} .. {format_quantity(high, eu) if eu != 's' else f'{high:.10g} s'}"
    if low is not None:
        return f"at least {format_quantity(low, eu)}"
    return "any value" if high is None else f"at most {format_quantity(high, eu)}"


def apply_formula(recipe: Recipe, overrides: Mapping[str, str]) -> Recipe:
    """Return the recipe with other formula values, resolved again: a control recipe's formula.

    Args:
        recipe: as loaded.
        overrides: quantities by formula name: `{"growth_temperature": "37.2 degC"}`.

    Raises:
        InputErrors: unknown names, wrong eu or values outside their range; all of them.
    """
    errors: list[InputError] = []
    formula = dict(recipe.formula)
    for name, text in overrides.items():
        try:
            formula[name] = _overridden(recipe, name, text)
        except InputError as error:
            errors.append(error)
    if errors:
        raise InputErrors(errors)
    changed = replace(recipe, formula=formula)
    return with_steps(changed, lambda step: _step(step, formula))


def _overridden(recipe: Recipe, name: str, text: str) -> FormulaEntry:
    entry = recipe.formula.get(name)
    if entry is None:
        raise InputError(
            f"recipe {recipe.id} has no formula entry '{visible(name)}'.",
            help=suggest(name, recipe.formula, "formula entries"),
        )
    quantity = parse_quantity(text)
    if not compatible(quantity.eu, entry.eu):
        raise wrong_eu(name, text, quantity.eu, entry.eu)
    changed = _within(replace(entry, value=quantity.to(entry.eu)))
    for path, step in recipe.steps():
        for parameter in step.parameters.values():
            if parameter.formula == name and isinstance(parameter.value, int):
                whole(convert(changed.value, changed.eu, parameter.eu), f"{name} in {path}")
    return changed


def wrong_eu(name: str, text: str, eu: str, wanted: str) -> InputError:
    """Return the refusal of a value in the eu of something else."""
    if not wanted or wanted == "pH":
        what, mend = "a number without eu", f"write {visible(text).split(' ')[0]}."
    else:
        what = f"in {wanted}"
        mend = f"write {visible(text)} {wanted}." if not eu else f"write the value in {wanted}."
    message = f"{name} is {what}, '{visible(text)}' is not."
    return InputError(tagged("eu-mismatch", message), help=mend)


def whole(value: float, what: str) -> int:
    """Return a whole number as int, or refuse."""
    if value != int(value):
        raise InputError(
            f"{what} is a whole number, {value:.10g} is not.", help="drop the fraction."
        )
    return int(value)


def unknown_entry(name: str, scope: Scope, parameter: str, example: str) -> InputError:
    """Return the refusal of a bare word that is no formula entry."""
    listed = f"write a value, {example}; known formula entries: {listing(scope.formula)}."
    mend = did_you_mean(name, scope.formula) or listed
    return InputError(f"{parameter}: the formula has no entry '{visible(name)}'.", help=mend)


def _step(step: PhaseStep, formula: Mapping[str, FormulaEntry]) -> PhaseStep:
    resolved = {name: _resolved(value, formula) for name, value in step.parameters.items()}
    return replace(step, parameters=resolved)


def _resolved(parameter: Parameter, formula: Mapping[str, FormulaEntry]) -> Parameter:
    if parameter.ramp:
        pieces = tuple(_piece(one, parameter.eu, formula) for one in parameter.ramp)
        return replace(parameter, value=pieces[0].value or 0.0, ramp=pieces)
    if parameter.formula is None:
        return parameter
    entry = formula[parameter.formula]
    value = convert(entry.value, entry.eu, parameter.eu)
    return replace(parameter, value=int(value) if isinstance(parameter.value, int) else value)


def _piece(piece: Piece, eu: str, formula: Mapping[str, FormulaEntry]) -> Piece:
    if piece.formula is None:
        return piece
    entry = formula[piece.formula]
    return replace(piece, value=convert(entry.value, entry.eu, eu))
