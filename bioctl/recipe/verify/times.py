"""Rules about clocks: they begin and end, and what lies between can be done in time."""

from bioctl.language.nearest import suggest
from bioctl.language.quantity import format_quantity
from bioctl.recipe.grammar import Clock, Moment
from bioctl.recipe.levels import LONGEST_S
from bioctl.recipe.schedule import schedule
from bioctl.recipe.verify.context import Context
from bioctl.recipe.verify.course import Course
from bioctl.recipe.verify.satisfiable import Verdict


def check_clocks(context: Context) -> None:
    """Note clocks that never run, and limits that can't be met."""
    if not context.recipe.clocks:
        return
    course = Course(schedule(context.recipe, context.able, least=True))
    for clock in context.recipe.clocks.values():
        if clock.while_:
            _condition(clock, context)
        elif clock.begins and clock.ends:
            _between(clock, clock.begins, clock.ends, course, context)


def _condition(clock: Clock, context: Context) -> None:
    if context.verdict(clock.while_, clock.on, LONGEST_S) is Verdict.NEVER:
        message = f"clock '{clock.name}': `while: {clock.while_}` can't become TRUE."
        context.found("dead-transition", message, clock.where)


def _between(clock: Clock, begins: Moment, ends: Moment, course: Course, context: Context) -> None:
    for moment in (begins, ends):
        if moment.path not in course.spans:
            message = f"clock '{clock.name}': there is no '{moment.path}'."
            help_ = suggest(moment.path, course.spans, "paths")
            context.found("clock-never-runs", message, clock.where, help_)
            return
    least = course.least_s(begins, ends)
    if course.backwards(begins, ends):
        message = f"clock '{clock.name}' ends before it begins."
        context.found("clock-never-runs", message, clock.where)
    elif least > clock.limit_s:
        shown, limit = (format_quantity(round(one), "s") for one in (least, clock.limit_s))
        message = f"clock '{clock.name}' allows {limit}; what lies between takes {shown} at least."
        context.found("hold-time-cannot-be-met", message, clock.where)
