"""Rules about one phase: hold and restart, its time-out, and alarms that must not be silent."""

from bioctl.language.quantity import format_quantity
from bioctl.recipe.blocks import bodies
from bioctl.recipe.expected import expected
from bioctl.recipe.grammar import Operation, PhaseElement, PhaseStep, operations_of
from bioctl.recipe.verify.context import Context


def check_phases(context: Context) -> None:
    """Note what is missing or can't be in every phase."""
    for _, step in context.recipe.steps():
        _hold(step, context)
        _timeout(step, context)
        _alarms(step, context)
    for unit_procedure in context.recipe.unit_procedures():
        for operation in operations_of(unit_procedure):
            _restarts(operation, context)


def _hold(step: PhaseStep, context: Context) -> None:
    spec = context.spec(step)
    if not spec.hold:
        message = f"phase '{step.phase}' does not say what a hold does to it."
        context.found("hold-path-missing", message, step.where)
    if not spec.restart and not step.restart_at:
        message = f"phase '{step.phase}' does not say where it restarts."
        context.found("restart-point-missing", message, step.where)


def _timeout(step: PhaseStep, context: Context) -> None:
    told = expected(step, context.spec(step), context.recipe.formula)
    if told.source in ("author", "library") and told.seconds > step.timeout_s:
        message = f"'{step.name}' is expected to take {format_quantity(round(told.seconds), 's')}"
        message += f", its time-out is {format_quantity(step.timeout_s, 's')}."
        context.found("expected-beyond-timeout", message, step.where)
    if step.remind and step.remind.after_s >= step.timeout_s:
        message = f"'{step.name}' reminds the {step.remind.role} after its time-out."
        context.found("expected-beyond-timeout", message, step.where, "remind earlier.")


def _alarms(step: PhaseStep, context: Context) -> None:
    for name in step.suppress:
        parameter = step.parameters.get(name)
        entry = context.recipe.formula.get(parameter.formula or "") if parameter else None
        if entry is not None and entry.criticality == "CPP":
            message = f"'{step.name}' controls {name} by the CPP '{entry.name}', and suppresses "
            message += "its alarms."
            context.found("critical-alarm-suppressed", message, step.where)


def _restarts(operation: Operation, context: Context) -> None:
    """Check that every `restart at` names this step or one before it in the same list."""
    _list(operation.phases, context)
    for one in operation.watch:
        _list(one.phases, context)


def _list(body: tuple[PhaseElement, ...], context: Context) -> None:
    before: list[str] = []
    for part in body:
        if isinstance(part, PhaseStep):
            before.append(part.name)
            if part.restart_at and part.restart_at not in before:
                message = f"'{part.name}' restarts at '{part.restart_at}', which is no step of "
                message += "this list up to here."
                listed = f"name one of {', '.join(before)}."
                context.found("restart-point-missing", message, part.where, listed)
        for inner in bodies(part):
            _list(inner, context)
