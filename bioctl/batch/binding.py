"""Binding: a master recipe and units become a control recipe, or a list of what does not fit."""

from collections.abc import Mapping

from bioctl.batch.control_recipe import BoundStep, ControlRecipe
from bioctl.equipment.unit import UnitConfig
from bioctl.errors import InputError, InputErrors
from bioctl.language.nearest import suggest
from bioctl.language.quantity import compatible
from bioctl.phases.library import PHASES
from bioctl.recipe.canonical import recipe_hash
from bioctl.recipe.grammar import PhaseStep, Recipe
from bioctl.recipe.ramps import points
from bioctl.values import Scalar


def bind(
    recipe: Recipe,
    units: Mapping[str, UnitConfig],
    chosen: Mapping[str, str],
    *,
    master_hash: str = "",
) -> ControlRecipe:
    """Return the control recipe for these units.

    Args:
        recipe: checked master recipe with the formula of this batch already applied.
        units: the site's units by name.
        chosen: unit by equipment role; a role with exactly one unit of its class needs no choice.
        master_hash: of the recipe as it was approved; "" where nothing was applied to it.

    Raises:
        InputErrors: everything that does not fit this site, in one pass.
    """
    errors: list[InputError] = []
    bound = {
        role: unit
        for role, class_name in recipe.equipment.items()
        if (unit := _choose(role, class_name, units, chosen, errors))
    }
    errors.extend(_unknown_roles(recipe, chosen))
    if not errors:
        errors.extend(_check_setpoints(recipe, units, bound))
        errors.extend(_check_results(recipe, units, bound))
    if errors:
        raise InputErrors(errors)
    return ControlRecipe(
        recipe=recipe.id,
        version=recipe.version,
        product=recipe.product,
        master_hash=master_hash or recipe_hash(recipe),
        units=bound,
        formula=_formula(recipe),
        steps=tuple(_steps(recipe, bound)),
    )


def _choose(
    role: str,
    class_name: str,
    units: Mapping[str, UnitConfig],
    chosen: Mapping[str, str],
    errors: list[InputError],
) -> str | None:
    fitting = [name for name, unit in units.items() if unit.class_name == class_name]
    name = chosen.get(role)
    if name is None and len(fitting) == 1:
        return fitting[0]
    if name in fitting:
        return name
    listed = ", ".join(fitting) or "none at this site"
    said = f"unit {name!r} is not a" if name else f"choose a unit for role {role!r}: a"
    errors.append(InputError(f"{said} {class_name}", help=f"units of this class: {listed}"))
    return None


def _unknown_roles(recipe: Recipe, chosen: Mapping[str, str]) -> list[InputError]:
    return [
        InputError(
            f"recipe {recipe.id} has no equipment role {role!r}",
            help=suggest(role, recipe.equipment, "role"),
        )
        for role in chosen
        if role not in recipe.equipment
    ]


def _steps(recipe: Recipe, bound: Mapping[str, str]) -> list[BoundStep]:
    roles = {up.name: up.unit for up in recipe.unit_procedures()}
    return [
        _step(recipe, path, step, bound[roles[path.split("/")[0]]], bound)
        for path, step in recipe.steps()
    ]


def _step(
    recipe: Recipe, path: str, step: PhaseStep, unit: str, bound: Mapping[str, str]
) -> BoundStep:
    parameters: dict[str, Scalar] = {
        name: bound.get(str(p.value), p.value) if name == "to" else p.value
        for name, p in step.parameters.items()
    }
    numeric = {name: (entry.value, entry.eu) for name, entry in recipe.formula.items()}
    return BoundStep(
        path=path,
        phase=step.phase,
        unit=unit,
        parameters=parameters,
        eus={name: p.eu for name, p in step.parameters.items() if p.eu},
        until=step.until,
        formula=numeric if step.until else {},
        timeout_s=step.timeout_s,
        suppress=step.suppress,
        orders=step.orders,
        ramps={name: tuple(points(p.ramp)) for name, p in step.parameters.items() if p.ramp},
    )


def _formula(recipe: Recipe) -> dict[str, dict[str, Scalar]]:
    return {
        name: {
            "value": entry.value,
            "eu": entry.eu,
            "criticality": entry.criticality,
            "low": entry.low,
            "high": entry.high,
        }
        for name, entry in recipe.formula.items()
    }


def _check_results(
    recipe: Recipe, units: Mapping[str, UnitConfig], bound: Mapping[str, str]
) -> list[InputError]:
    """A result that an instrument is compared with needs an eu of the same kind."""
    roles = {up.name: up.unit for up in recipe.unit_procedures()}
    errors = []
    for path, step in recipe.steps():
        names = PHASES[step.phase].spec.result if step.phase in PHASES else ()
        if not names:
            continue
        name, eu = (str(step.parameters[one].value) for one in names)
        for one in units[bound[roles[path.split("/")[0]]]].instruments.values():
            if one.sample and name == one.sample.of and not compatible(eu, one.eu):
                message = f"{path}: {name} is in {eu or 'plain numbers'}, and compared with "
                message += f"{one.tag} in {one.eu}"
                errors.append(InputError(message, where=step.where, help=f"enter it in {one.eu}"))
    return errors


def _check_setpoints(
    recipe: Recipe, units: Mapping[str, UnitConfig], bound: Mapping[str, str]
) -> list[InputError]:
    """A setpoint outside what the unit can hold would only be found on day nine."""
    roles = {up.name: up.unit for up in recipe.unit_procedures()}
    errors = []
    for path, step in recipe.steps():
        unit = units[bound[roles[path.split("/")[0]]]]
        for name, parameter in step.parameters.items():
            loop = unit.loops.get(name)
            if loop and parameter.value not in loop.sp_range:
                low, high = loop.sp_range
                message = f"{path}: {name} {parameter.value} {parameter.eu} is not for {unit.name}"
                remedy = f"it holds {low:g} .. {high:g} {parameter.eu}"
                errors.append(InputError(message, where=step.where, help=remedy))
    return errors
