"""What all rules look at: recipe, phase library, names and ranges, and the findings so far."""

from dataclasses import dataclass, field

from bioctl.errors import Where
from bioctl.language.condition import Condition, compile_condition
from bioctl.recipe.capabilities import Capabilities, PhaseSpec
from bioctl.recipe.grammar import PhaseStep, Recipe
from bioctl.recipe.rules import RULES, Finding
from bioctl.recipe.scope import condition_names
from bioctl.recipe.verify.satisfiable import Verdict, verdict
from bioctl.values import Range


@dataclass(slots=True)
class Context:
    """One verification.

    Attributes:
        ranges: what a unit's readings can be, by role and name; {} without a site.
    """

    recipe: Recipe
    able: Capabilities
    ranges: dict[str, dict[str, Range]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)
    _names: dict[str, dict[str, str]] = field(default_factory=dict)
    _conditions: dict[tuple[str, str], Condition] = field(default_factory=dict)
    _verdicts: dict[tuple[str, str, float], Verdict] = field(default_factory=dict)
    _formula: dict[str, Range] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Collect what conditions may name."""
        entries = self.recipe.formula.values()
        self._formula = {one.name: Range(one.low, one.high) for one in entries}
        for _, step in self.recipe.steps():
            if result := self.result_of(step):
                self.results[result[0]] = result[1]

    def found(self, rule: str, message: str, where: Where, help_: str = "") -> None:
        """Note a finding; without help, that of its rule."""
        mend = RULES[rule].mend
        self.findings.append(
            Finding(RULES[rule], message, where, help_ or mend[:1].lower() + mend[1:])
        )

    def spec(self, step: PhaseStep) -> PhaseSpec:
        """Return the specification of a phase; the loader has seen to it that there is one."""
        return self.able.phases[step.phase]

    def result_of(self, step: PhaseStep) -> tuple[str, str] | None:
        """Return name and eu of the result a phase sets."""
        spec = self.able.phases[step.phase]
        if not spec.result:
            return None
        name, eu = (str(step.parameters[one].value) for one in spec.result)
        return name, eu

    def names(self, role: str) -> dict[str, str]:
        """Return every name a condition on this role may use, with its eu."""
        if role not in self._names:
            unit_class = self.able.classes.get(self.recipe.equipment.get(role, ""))
            self._names[role] = condition_names(unit_class, dict(self.recipe.formula), self.results)
        return self._names[role]

    def condition(self, text: str, role: str) -> Condition:
        """Return a condition of the recipe, compiled."""
        key = (role, text)
        if key not in self._conditions:
            self._conditions[key] = compile_condition(text, self.names(role))
        return self._conditions[key]

    def verdict(self, text: str, role: str, longest_s: float) -> Verdict:
        """Return whether a condition can be TRUE within `longest_s` of elapsed time."""
        key = (role, text, longest_s)
        if key not in self._verdicts:
            ranges = {**self.ranges.get(role, {}), "elapsed": Range(0.0, longest_s)}
            condition, names = self.condition(text, role), self.names(role)
            self._verdicts[key] = verdict(condition, names, ranges, self._formula)
        return self._verdicts[key]
