"""Rules about the way through a recipe: what is reached, what can end, what is known when."""

from typing import Any

from bioctl.errors import Where
from bioctl.language.nearest import visible
from bioctl.recipe.blocks import (
    Alternative,
    Body,
    Choose,
    Parallel,
    Repeat,
    Synchronise,
)
from bioctl.recipe.grammar import Operation, PhaseStep, UnitProcedure, Watch
from bioctl.recipe.levels import LONGEST_S
from bioctl.recipe.verify.context import Context
from bioctl.recipe.verify.inside import inner_of
from bioctl.recipe.verify.satisfiable import Verdict

Known = frozenset[str]
"""Results that are set on every way to a place."""


def check_flow(context: Context) -> None:
    """Note unreachable phases, dead transitions, waits without end and results used too early."""
    procedure, points = context.recipe.procedure, dict[str, Known]()
    if any(isinstance(part, Synchronise) for part, _ in inner_of(procedure, "")):
        _Flow(context, points, told=False).body(procedure, "", frozenset())  # who knows what there
    _Flow(context, points, told=True).body(procedure, "", frozenset())


class _Flow:
    """One walk through the procedure, in the order things run."""

    def __init__(self, context: Context, points: dict[str, Known], *, told: bool) -> None:
        self.context = context
        self.points = points
        self.told = told
        self.dead = ""
        """Why nothing after this place is reached, "" while it is."""

    def found(self, rule: str, message: str, where: Where, help_: str = "") -> None:
        """Note a finding, in the second walk."""
        if self.told:
            self.context.found(rule, message, where, help_)

    def body(self, body: Body, role: str, known: Known) -> Known:
        """Walk a list; return what is known behind it."""
        for part in body:
            known = self.part(part, role, known)
        return known

    def part(self, part: Any, role: str, known: Known) -> Known:  # noqa: ANN401  any element
        match part:
            case PhaseStep():
                return self.phase(part, role, known)
            case Operation():
                self.watch(part.watch, role, known)
                return self.body(part.phases, role, known)
            case UnitProcedure():
                self.watch(part.watch, part.unit, known)
                return self.body(part.operations, part.unit, known)
            case Parallel():
                return self.parallel(part, role, known)
            case Choose():
                return self.choose(part, role, known)
            case Repeat():
                return self.repeat(part, role, known)
            case Synchronise():
                self.points[part.name] = self.points.get(part.name, known) | known
                return known | self.points[part.name]
        raise TypeError(part)

    def phase(self, step: PhaseStep, role: str, known: Known) -> Known:
        spec, found = self.context.spec(step), self.found
        if self.dead:
            message = f"'{step.name}' is never reached: {self.dead}."
            found("unreachable-phase", message, step.where)
            self.dead = ""  # told once; what follows is judged by itself
        if step.until is not None and spec.ends != "until":
            message = f"phase '{step.phase}' ends by itself; nobody asks `until`."
            found("until-ignored", message, step.where)
        elif step.until is not None:
            self.condition("until", step.until, role, step.where, known, step.timeout_s)
        elif spec.ends == "until":
            message = f"phase '{step.phase}' ends only by its `until`, and has none."
            help_ = "add a line `until:` with the condition that ends it."
            found("unbounded-wait", message, step.where, help_)
            self.dead = f"'{step.name}' before it has no end"
        result = self.context.result_of(step)
        return known | {result[0]} if result else known

    def parallel(self, part: Parallel, role: str, known: Known) -> Known:
        after, dead = known, ""
        for branch in part.branches:
            after |= self.body(branch.body, role, known)
            dead, self.dead = dead or self.dead, ""
        self.dead = dead
        return after

    def choose(self, part: Choose, role: str, known: Known) -> Known:
        ways: list[Known] = []
        wins = ""
        for one in part.alternatives:
            if wins:
                self.dead = wins
            verdict = self.alternative(one, role, known)
            ways.append(self.body(one.body, role, known))
            if self.dead == wins and wins and not one.body:
                message = f"an alternative of '{part.name}' is never reached: {wins}."
                self.found("unreachable-phase", message, one.where)
            self.dead = ""
            if one.when is None or verdict is Verdict.ALWAYS:
                wins = wins or _always(one)
        if not wins:
            message = f"the choice '{part.name}' has no `otherwise`."
            self.found("no-otherwise", message, part.where)
        return frozenset.intersection(*ways) if ways and wins else known

    def alternative(self, one: Alternative, role: str, known: Known) -> Verdict:
        if one.when is None:
            return Verdict.ALWAYS
        return self.condition("when", one.when, role, one.where, known, LONGEST_S)

    def repeat(self, part: Repeat, role: str, known: Known) -> Known:
        after = self.body(part.body, role, known)
        if part.until is not None:
            self.condition("until", part.until, role, part.where, after, LONGEST_S)
        return after

    def watch(self, watch: tuple[Watch, ...], role: str, known: Known) -> None:
        for one in watch:
            self.condition("when", one.when, role, one.where, known, LONGEST_S)
            inner = _Flow(self.context, self.points, told=self.told)
            inner.body(one.phases, role, known)

    def condition(
        self, word: str, text: str, role: str, where: Where, known: Known, longest_s: float
    ) -> Verdict:
        """Check one condition; return whether it can be TRUE."""
        for name in self.context.condition(text, role).names:
            if name in self.context.results and name not in known:
                message = f"'{name}' in `{word}` is not known here: its sample comes later, "
                message += "or not on every way."
                self.found("used-before-set", message, where)
        verdict = self.context.verdict(text, role, longest_s)
        if verdict is Verdict.NEVER:
            message = f"`{word}: {visible(text)}` can't become TRUE."
            self.found("dead-transition", message, where)
        return verdict


def _always(one: Alternative) -> str:
    if one.when is None:
        return "it stands behind `otherwise`"
    return f"`when: {visible(one.when)}` before it is always TRUE"
