"""How long a phase is expected to take: as the author says, as the library can tell, or a guess."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bioctl.language.quantity import compatible, convert
from bioctl.language.tokens import Token, tokenise
from bioctl.recipe.capabilities import PhaseSpec
from bioctl.recipe.grammar import FormulaEntry, PhaseStep
from bioctl.recipe.ramps import length_s

PERSON_S = 900.0
"""Planning assumption for a phase that asks a person, s."""

Source = Literal["author", "library", "condition", "person", "unknown"]


@dataclass(frozen=True, slots=True)
class Expected:
    """An expected duration in seconds, and who says so."""

    seconds: float
    source: Source


def expected(step: PhaseStep, spec: PhaseSpec, formula: Mapping[str, FormulaEntry]) -> Expected:
    """Return how long a phase is expected to take; 0 s and `unknown` where nobody can tell."""
    if step.takes_s is not None:
        return Expected(step.takes_s, "author")
    ramps = [length_s(one.ramp) for one in step.parameters.values() if one.ramp]
    told = _library(step, spec)
    if told is not None or ramps:
        return Expected(max([told or 0.0, *ramps]), "library")
    if step.until and (limit := _elapsed_limit(step.until, formula)):
        return Expected(min(limit, step.timeout_s), "condition")
    return Expected(PERSON_S, "person") if spec.asks else Expected(0.0, "unknown")


def _library(step: PhaseStep, spec: PhaseSpec) -> float | None:
    if spec.duration is None:
        return None
    return spec.duration({name: one.value for name, one in step.parameters.items()})


def _elapsed_limit(until: str, formula: Mapping[str, FormulaEntry]) -> float | None:
    """Return the time that `elapsed > …` names in a condition, s."""
    tokens = tokenise(until)
    for at in range(len(tokens) - 2):
        name, sign, value = tokens[at : at + 3]
        if name.text == "elapsed" and sign.text in (">", ">="):
            return _seconds(value, formula)
    return None


def _seconds(token: Token, formula: Mapping[str, FormulaEntry]) -> float | None:
    if token.quantity is not None:
        value, eu = token.quantity
    elif token.text in formula:
        value, eu = formula[token.text].value, formula[token.text].eu
    else:
        return None
    return convert(value, eu, "s") if compatible(eu, "s") else None
