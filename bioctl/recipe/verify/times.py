"""Rules about clocks: they begin and end, and what lies between can be done in time."""

from bioctl.language.nearest import suggest
from bioctl.language.quantity import format_quantity
from bioctl.recipe.grammar import Clock, Moment
from bioctl.recipe.levels import LONGEST_S
from bioctl.recipe.schedule import Span, schedule
from bioctl.recipe.verify.context import Context
from bioctl.recipe.verify.satisfiable import Verdict


def check_clocks(context: Context) -> None:
    """Note clocks that never run, and limits that can't be met."""
    if not context.recipe.clocks:
        return
    spans = {span.path: span for span in schedule(context.recipe, context.able, least=True)}
    for clock in context.recipe.clocks.values():
        if clock.while_:
            _condition(clock, context)
        elif clock.begins and clock.ends:
            _between(clock, clock.begins, clock.ends, spans, context)


def _condition(clock: Clock, context: Context) -> None:
    if context.verdict(clock.while_, clock.on, LONGEST_S) is Verdict.NEVER:
        message = f"clock '{clock.name}': `while: {clock.while_}` can't become TRUE."
        context.found("dead-transition", message, clock.where)


def _between(
    clock: Clock, begins: Moment, ends: Moment, spans: dict[str, Span], context: Context
) -> None:
    times = []
    for moment in (begins, ends):
        span = spans.get(moment.path)
        if span is None:
            message = f"clock '{clock.name}': there is no '{moment.path}'."
            help_ = suggest(moment.path, spans, "paths")
            context.found("clock-never-runs", message, clock.where, help_)
            return
        times.append(span.start_s if moment.edge == "start" else span.end_s)
    order = list(spans)
    backwards = order.index(ends.path) < order.index(begins.path)
    if backwards and not begins.path.startswith(f"{ends.path}/"):
        message = f"clock '{clock.name}' ends before it begins."
        context.found("clock-never-runs", message, clock.where)
    elif times[1] - times[0] > clock.limit_s:
        least = format_quantity(round(times[1] - times[0]), "s")
        limit = format_quantity(clock.limit_s, "s")
        message = f"clock '{clock.name}' allows {limit}; what lies between takes {least} at least."
        context.found("hold-time-cannot-be-met", message, clock.where)
