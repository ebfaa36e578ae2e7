"""The scale sheet: every formula value at the old and the new size, for a person to read and sign.

A sheet is worked out again wherever it is used, from the recipe and the two sizes, so nobody has to
trust its numbers; the signature says that a person found them right for the process.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any, Final

from bioctl.audit.signature import record_hash
from bioctl.errors import InputError, InputErrors
from bioctl.language.quantity import convert, format_quantity
from bioctl.recipe.canonical import recipe_hash
from bioctl.recipe.capabilities import PhaseSpec
from bioctl.recipe.formula import apply_formula, show_range
from bioctl.recipe.grammar import FormulaEntry, Recipe
from bioctl.recipe.scaling import Scaled, scale, stirring
from bioctl.recipe.vessel import LARGEST, SMALLEST, Vessel

FORMAT: Final = 1
DIGITS: Final = 4
"""Significant digits of a scaled value: no criterion is better known."""

Sheet = dict[str, Any]
"""Plain JSON."""


def make_sheet(recipe: Recipe, old: Vessel, new: Vessel) -> Sheet:
    """Return the sheet of a recipe from one size to another.

    Raises:
        InputErrors: what `scaling.scale` refuses.
    """
    scaled = scale(recipe.formula, old, new)
    entries = _entries(recipe, scaled)
    return {
        "format": FORMAT,
        "recipe": recipe.id,
        "version": recipe.version,
        "master_hash": recipe_hash(recipe),
        "from": asdict(old),
        "to": asdict(new),
        "rows": [_row(recipe.formula[name], entries[name], one) for name, one in scaled.items()],
        "stirring": _stirring(recipe.formula, entries, old, new),
    }


def scaled_recipe(
    recipe: Recipe, sheet: Mapping[str, Any], phases: Mapping[str, PhaseSpec]
) -> Recipe:
    """Return the recipe with the values of a sheet in its formula and its phases.

    Args:
        recipe: the master recipe the sheet was made from.
        sheet: what `make_sheet` returned; perhaps from a file.
        phases: the phase library, whose limits hold at any size.

    Raises:
        InputError: the sheet is of another recipe or version, or its numbers are not those of its
            sizes.
        InputErrors: a value is outside what its phase allows; all of them.
    """
    fresh = make_sheet(recipe, _vessel(sheet, "from"), _vessel(sheet, "to"))
    if sheet.get("master_hash") != fresh["master_hash"]:
        raise InputError(
            f"the scale sheet was made from another {sheet.get('recipe')} {sheet.get('version')}.",
            help="make a new one with `bioctl recipe scale`.",
        )
    if dict(sheet) != fresh:
        raise InputError(
            "the numbers of the scale sheet are not those that follow from its sizes.",
            help="make it again with `bioctl recipe scale`; a sheet is not edited by hand.",
        )
    entries = _entries(recipe, scale(recipe.formula, _vessel(sheet, "from"), _vessel(sheet, "to")))
    bigger = apply_formula(replace(recipe, formula=entries), {})
    _check_phases(bigger, phases)
    return bigger


def _vessel(sheet: Mapping[str, Any], key: str) -> Vessel:
    sizes = sheet.get(key)
    if not isinstance(sizes, Mapping) or not _is_vessel(sizes):
        raise InputError(f"'{key}' of the scale sheet is not a vessel.", help="make it again.")
    return Vessel(**sizes)


def _is_vessel(sizes: Mapping[str, Any]) -> bool:
    if set(sizes) != {one.name for one in fields(Vessel)} or not isinstance(sizes["name"], str):
        return False
    given = [one for key, one in sizes.items() if key != "name" and one is not None]
    return all(type(one) in (float, int) and SMALLEST <= one <= LARGEST for one in given)


def _entries(recipe: Recipe, scaled: Mapping[str, Scaled]) -> dict[str, FormulaEntry]:
    whole = {
        one.formula
        for _, step in recipe.steps()
        for one in step.parameters.values()
        if isinstance(one.value, int)
    }
    return {
        name: _entry(entry, scaled[name].factor, whole=name in whole)
        for name, entry in recipe.formula.items()
    }


def _entry(entry: FormulaEntry, factor: float, *, whole: bool) -> FormulaEntry:
    """Return an entry times its factor; rounding keeps value and limits in their order."""
    if factor == 1.0:
        return entry
    value, low, high = (
        float(round(one * factor)) if whole else float(f"{one * factor:.{DIGITS}g}")
        for one in (entry.value, entry.low, entry.high)
    )
    return replace(entry, value=value, low=low, high=high)


def _row(old: FormulaEntry, new: FormulaEntry, scaled: Scaled) -> dict[str, Any]:
    return {
        "name": old.name,
        "criterion": scaled.criterion,
        "eu": old.eu,
        "old": [old.value, old.low, old.high],
        "new": [new.value, new.low, new.high],
        "factor": scaled.factor,
        "equation": scaled.equation,
    }


def _stirring(
    before: Mapping[str, FormulaEntry], after: Mapping[str, FormulaEntry], old: Vessel, new: Vessel
) -> dict[str, Any]:
    """Return what each agitation means at both sizes; {} where a vessel has no impeller."""
    if None in (old.impeller_m, old.power_number, new.impeller_m, new.power_number):
        return {}
    return {
        name: {
            "from": stirring(old, convert(entry.value, entry.eu, "rpm")),
            "to": stirring(new, convert(after[name].value, entry.eu, "rpm")),
        }
        for name, entry in before.items()
        if entry.eu == "rpm"
    }


def _check_phases(recipe: Recipe, phases: Mapping[str, PhaseSpec]) -> None:
    errors = []
    for path, step in recipe.steps():
        specs = phases[step.phase].parameters
        for name, parameter in step.parameters.items():
            entry, spec = recipe.formula.get(parameter.formula or ""), specs[name]
            if entry is None:
                continue
            ends = [convert(one, entry.eu, spec.eu) for one in (entry.low, entry.high)]
            if (spec.low is None or ends[0] >= spec.low) and (
                spec.high is None or ends[1] <= spec.high
            ):
                continue
            message = (
                f"{path}: scaled, '{entry.name}' goes from {format_quantity(ends[0], spec.eu)} to "
                f"{format_quantity(ends[1], spec.eu)}, but {name} must be "
                f"{show_range(spec.low, spec.high, spec.eu)}."
            )
            mend = f"narrow the range of '{entry.name}', or scale it by another criterion."
            errors.append(InputError(message, where=step.where, help=mend))
    if errors:
        raise InputErrors(errors)


_UNITS: Final = {"P/V": "W/m3", "tip speed": "m/s", "Reynolds": "", "Kolmogorov": "um"}


def sheet_text(sheet: Mapping[str, Any]) -> str:
    """Return the sheet as people read and sign it."""
    head = [
        f"Scale sheet of recipe {sheet['recipe']} {sheet['version']}",
        f"from {sheet['from']['name']} to {sheet['to']['name']}",
        f"master recipe {sheet['master_hash']}",
        f"sheet         {record_hash(sheet)}",
        "",
    ]
    rows = [["value", "stays the same", "from", "to", "range", "factor"]]
    rows += [
        [
            row["name"],
            row["criterion"],
            format_quantity(row["old"][0], row["eu"]),
            format_quantity(row["new"][0], row["eu"]),
            show_range(row["new"][1], row["new"][2], row["eu"]),
            f"{row['factor']:.4g}",
        ]
        for row in sheet["rows"]
    ]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    table = [
        "  ".join(f"{cell:{w}}" for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    how = [f"{row['name']}: {row['equation']}" for row in sheet["rows"] if row["factor"] != 1.0]
    return "\n".join([*head, *table, *_titled("How", how), *_titled("Stirring", _stirred(sheet))])


def _titled(title: str, lines: list[str]) -> list[str]:
    return ["", f"{title}:", *(f"  {line}" for line in lines)] if lines else []


def _stirred(sheet: Mapping[str, Any]) -> list[str]:
    found = []
    for name, sides in sheet["stirring"].items():
        for what, before in sides["from"].items():
            after, unit = sides["to"].get(what), _UNITS[what]
            told = "-" if after is None else f"{after:.4g}"
            found.append(f"{name}: {what} {before:.4g} to {told} {unit}".rstrip())
    return found
