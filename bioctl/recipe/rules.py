"""The findings of a recipe: each with its id, severity, and words for its page.

A message ends with the id, `… [unbounded-wait]`; docs/reference/findings.md explains it, and
tests/recipe/bad/ has a recipe for each.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bioctl.errors import InputError, Where

Severity = Literal["error", "warning"]

_ID = re.compile(r" \[([a-z-]+)\]$")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a kind of finding means.

    Attributes:
        id: never changes; people search for it.
        severity: an error stops a batch from starting; a warning does not.
        says: what is wrong, in one sentence.
        why: what it would have done on day nine.
        mend: what to do.
        site: found only with a site file.
    """

    id: str
    severity: Severity
    says: str
    why: str
    mend: str
    site: bool = False


def _rules(*rules: Rule) -> dict[str, Rule]:
    return {rule.id: rule for rule in rules}


RULES = _rules(
    Rule(
        "unreachable-phase",
        "error",
        "No way through the recipe leads to this phase.",
        "Somebody meant it to run. It stands behind an alternative that always wins, or behind a "
        "phase that never ends.",
        "Move it, or mend the condition before it.",
    ),
    Rule(
        "dead-transition",
        "error",
        "A condition can't become TRUE, whatever is measured and whatever the formula allows.",
        "The phase waits until its time-out and the batch is held: an `until` that asks for more "
        "hours than `timeout` gives, a pH above 14, an `and` of two opposites.",
        "Mend the condition, the time-out, or the formula's range.",
    ),
    Rule(
        "unbounded-wait",
        "error",
        "Something may wait for ever.",
        "A phase that only ends by its `until`, without one; a wait without `timeout`; a loop "
        "without `at most`. Cells do not wait.",
        "Give it an end: `until`, `timeout` or `at most`.",
    ),
    Rule(
        "missing-convergence",
        "error",
        "Parallel branches do not come together.",
        "A synchronise point passes when every branch that names it is there. Named in one branch "
        "only, or outside of parallel branches, nobody else ever comes.",
        "Name the point in two branches of one `parallel`, once in each.",
    ),
    Rule(
        "unit-clash",
        "error",
        "Two branches that run at the same time drive the same thing of one unit.",
        "Two phases would set one pump or loop against each other; the last scan wins.",
        "Put one after the other, or give one of them another unit.",
    ),
    Rule(
        "resource-deadlock",
        "error",
        "Parallel branches wait for each other's units.",
        "Each holds its own unit and wants the other's for a transfer. Neither lets go.",
        "Move one of the transfers behind the parallel branches.",
    ),
    Rule(
        "hold-path-missing",
        "error",
        "The phase library does not say what this phase does when it is held, stopped or aborted.",
        "Nobody knows what a hold does to living cells until somebody gives one (R-88-15).",
        "Ask the author of the phase to declare `hold`, `stop` and `abort` in its specification.",
    ),
    Rule(
        "restart-point-missing",
        "error",
        "A held batch could not go on: the point where this phase restarts is not there.",
        "`restart at` names no step before this one in its list, or the phase library does not say "
        "where the phase restarts.",
        "Name this step or an earlier one of the same list.",
    ),
    Rule(
        "eu-mismatch",
        "error",
        "A value is in the engineering unit of something else.",
        "37 rpm is no temperature. Nothing is converted between kinds, and no eu is guessed.",
        "Write the value in the eu that the message names.",
    ),
    Rule(
        "used-before-set",
        "error",
        "A condition uses the result of a sample that is not taken before it on every way there.",
        "The condition is INVALID: a choice holds, a loop ends by its limit.",
        "Take the sample before, on every way.",
    ),
    Rule(
        "include-cycle",
        "error",
        "A part includes itself, perhaps through others.",
        "It would have no end.",
        "Take one of the includes out.",
    ),
    Rule(
        "hold-time-cannot-be-met",
        "error",
        "A clock runs out even when everything takes just as long as expected.",
        "Every batch would exceed its hold time: open time, DMSO exposure, time above -150 degC.",
        "Shorten what lies between, or justify a longer limit.",
    ),
    Rule(
        "clock-never-runs",
        "error",
        "A clock has no beginning or end in this recipe, or its end comes first.",
        "It would never alarm, and everybody would rely on it.",
        "Name the path of a step, an operation or a unit procedure; the end behind the beginning.",
    ),
    Rule(
        "capability-missing",
        "error",
        "The unit class lacks a capability that the recipe needs.",
        "The phase that needs it would find no pump or probe.",
        "Choose a class that has it; the message lists what this one can.",
    ),
    Rule(
        "expected-beyond-timeout",
        "error",
        "A phase is expected to take longer than its time-out.",
        "Every batch would be held there.",
        "Raise `timeout`, or mend `takes` or the parameters.",
    ),
    Rule(
        "until-ignored",
        "error",
        "The phase ends by itself and never looks at `until`.",
        "The author relies on a condition that nobody asks.",
        "Leave `until` out, or use a phase that waits for it.",
    ),
    Rule(
        "no-otherwise",
        "warning",
        "A choice may find no alternative TRUE, and has no `otherwise`.",
        "The batch is held there until a person decides.",
        "End the choice with `otherwise`, even if it has nothing to do.",
    ),
    Rule(
        "critical-alarm-suppressed",
        "warning",
        "Alarms of a measurement are suppressed while the phase controls it as a CPP.",
        "The one deviation that matters most would be silent.",
        "Leave the measurement out of `suppress alarms`.",
    ),
    Rule(
        "not-dated",
        "warning",
        "An approved or effective recipe has no version date or no history of this version.",
        "A reviewer can't tell what changed, when and by whom (R-88-10).",
        "Add `dated` and a line of `history` for this version.",
    ),
    Rule(
        "approval-of-another-text",
        "error",
        "An approval names the hash of another text than this one.",
        "The recipe was changed after it was approved.",
        "Have it approved again; nobody mends a hash.",
    ),
    Rule(
        "setpoint-outside-unit",
        "error",
        "A value is outside what the unit can hold or show.",
        "The loop would refuse the setpoint, or a condition would never be TRUE, on day nine.",
        "Change the recipe, or choose another unit.",
        site=True,
    ),
    Rule(
        "order-missing",
        "error",
        "The unit's loop has no such order of outputs.",
        "The loop would go on in another order than the cells need: stirring first, which shears.",
        "Have the integrator add the order to the site file, or choose another unit.",
        site=True,
    ),
    Rule(
        "interlock-forbids",
        "error",
        "An interlock of the unit trips by design when the phase reaches its setpoint.",
        "The phase and the interlock would fight until somebody holds the batch.",
        "Change the value, or have the integrator look at the interlock.",
        site=True,
    ),
    Rule(
        "no-unit-of-class",
        "error",
        "The site has no unit of a class that the recipe asks for.",
        "The batch could not be bound.",
        "Check against the right site.",
        site=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the verifier found."""

    rule: Rule
    message: str
    where: Where
    help: str = ""

    @property
    def severity(self) -> Severity:
        """Whether it stops a batch from starting."""
        return self.rule.severity

    def error(self) -> InputError:
        """Return it as an error that can be shown or raised."""
        return InputError(f"{self.message} [{self.rule.id}]", where=self.where, help=self.help)


def tagged(rule: str, message: str) -> str:
    """Return a message of the loader with the id of its rule."""
    return f"{message} [{RULES[rule].id}]"


def rule_of(message: str) -> str:
    """Return the id a message ends with, or ""."""
    found = _ID.search(message)
    return found[1] if found else ""


def errors_of(findings: Iterable[Finding]) -> list[InputError]:
    """Return those that stop a batch, as errors."""
    return [one.error() for one in findings if one.severity == "error"]
