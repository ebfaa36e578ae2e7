"""Rules that need a site: what its units can hold and show, and what their interlocks forbid."""

from collections.abc import Iterable, Iterator, Mapping

from bioctl.errors import Where
from bioctl.language.quantity import compatible, convert, format_quantity
from bioctl.language.truth import Lookup, Truth
from bioctl.recipe.capabilities import Guard, UnitLimits
from bioctl.recipe.formula import show_range
from bioctl.recipe.grammar import Parameter, PhaseStep
from bioctl.recipe.ramps import points
from bioctl.recipe.verify.context import Context
from bioctl.tags import UnitClass
from bioctl.values import Reading, bad


def fitting(
    context: Context, units: Iterable[UnitLimits], chosen: Mapping[str, str]
) -> dict[str, list[UnitLimits]]:
    """Return the units each role may be bound to: the chosen one, or all of its class."""
    known, found = list(units), {}
    for role, unit_class in context.recipe.equipment.items():
        name = chosen.get(role)
        found[role] = [
            unit for unit in known if unit.unit_class == unit_class and name in (None, unit.name)
        ]
    return found


def check_site(context: Context, units: Mapping[str, list[UnitLimits]], file: Where) -> None:
    """Note what the units of a site can't do."""
    for role, some in units.items():
        if not some:
            message = f"the site has no {context.recipe.equipment[role]} for '{role}'."
            context.found("no-unit-of-class", message, file)
    for _, role, step in context.recipe.places():
        for unit in units.get(role, ()):
            _values(step, unit, context)
            _guards(step, unit, context)
            _orders(step, unit, context)


def _values(step: PhaseStep, unit: UnitLimits, context: Context) -> None:
    unit_class = context.able.classes[unit.unit_class]
    for name, parameter in step.parameters.items():
        limits = unit.setpoints.get(name) or unit.outputs.get(name)
        eu = unit_class.loops.get(name) or unit_class.outputs.get(name)
        if limits is None or eu is None or not _numeric(parameter, eu):
            continue
        for value in _all_values(parameter, eu):
            if value not in limits:
                message = f"{name} {format_quantity(value, eu)} is not for {unit.name}."
                help_ = f"it takes {show_range(limits.low, limits.high, eu)}."
                context.found("setpoint-outside-unit", message, step.where, help_)


def _orders(step: PhaseStep, unit: UnitLimits, context: Context) -> None:
    for loop, order in step.orders.items():
        known = unit.orders.get(loop, ())
        if order not in known:
            message = f"the loop {loop} of {unit.name} has no order '{order}'."
            listed = f"it has {', '.join(known)}." if known else "its site file gives it none."
            context.found("order-missing", message, step.where, listed)


def _numeric(parameter: Parameter, eu: str) -> bool:
    return not isinstance(parameter.value, str) and compatible(parameter.eu, eu)


def _all_values(parameter: Parameter, eu: str) -> Iterator[float]:
    """Yield every value a parameter takes, ramps too, in `eu`."""
    corners = points(parameter.ramp) if parameter.ramp else [(0.0, float(parameter.value))]
    for value in dict.fromkeys(value for _, value in corners):
        yield convert(value, parameter.eu, eu)


def _guards(step: PhaseStep, unit: UnitLimits, context: Context) -> None:
    """Ask every interlock what it says when the phase stands at its setpoints."""
    unit_class = context.able.classes[unit.unit_class]
    drives = set(context.spec(step).drives)
    for loop in drives & unit.moved.keys():
        drives |= set(unit.moved[loop])
    for guard in unit.guards:
        if not drives & set(guard.forces):
            continue  # it may trip: the phase needs nothing that it forces
        reached = _trips(guard, step, unit_class)
        if reached:
            message = f"interlock {guard.name} of {unit.name} trips when '{step.name}' reaches "
            message += f"{reached}: {guard.when.text}."
            context.found("interlock-forbids", message, step.where)


def _trips(guard: Guard, step: PhaseStep, unit_class: UnitClass) -> str:
    """Return the setpoint at which a guard is surely TRUE, whatever else is read; "" for none."""
    for name in guard.when.names:
        parameter = step.parameters.get(name)
        eu = unit_class.measurements.get(name, "")
        if parameter is None or not _numeric(parameter, eu):
            continue
        for value in _all_values(parameter, eu):
            if guard.when.evaluate(_only(name, value)) is Truth.TRUE:
                return f"{name} {format_quantity(value, eu)}"
    return ""


def _only(name: str, value: float) -> Lookup:
    """Return readings of which one is known."""
    return lambda one: Reading(value) if one == name else bad("unknown")
