"""Whether a condition can be TRUE at all, told by asking it at every value that could matter.

Without arithmetic a condition changes its answer only where a reading meets a number of its text,
the end of its range or a formula value. So it is asked at all of these, and just beside them, in
all combinations, and that decides. One comparison of sums and differences is decided at the ends of
the ranges, being linear. Anything else is taken as sometimes TRUE: a right recipe is never refused.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from itertools import pairwise, product

from bioctl.language.condition import Condition, Truth
from bioctl.language.eu import resolve
from bioctl.language.quantity import convert
from bioctl.language.tokens import Token, tokenise
from bioctl.values import Range, Reading

MOST_ASKED = 20_000
"""More combinations are not asked: such a condition is taken as satisfiable."""

BESIDE = 1e-6
"""Just beside a number, relative to it."""

_UNLIMITED = Range(-1e12, 1e12)
_PHYSICAL = {
    "pH": Range(0.0, 14.0),
    "%": Range(0.0, 1000.0),
    "degC": Range(-273.15, 1e4),
    "rpm": Range(0.0, 1e12),
    "vials": Range(0.0, 1e12),
}
_NEVER_NEGATIVE = ("amount", "capacitance", "conductance", "area")


class Verdict(Enum):
    """What a condition can be."""

    NEVER = "never TRUE"
    ALWAYS = "always TRUE"
    SOMETIMES = "sometimes TRUE"


def physical(eu: str) -> Range:
    """Return the range outside of which no value of this eu exists, generously."""
    if eu in _PHYSICAL:
        return _PHYSICAL[eu]
    first = dict(resolve(eu).dimension)
    positive = any(first.get(name, 0) > 0 for name in _NEVER_NEGATIVE) or eu.startswith("1e")
    return Range(0.0, 1e12) if positive else _UNLIMITED


def verdict(
    condition: Condition,
    names: Mapping[str, str],
    ranges: Mapping[str, Range],
    formula: Mapping[str, Range],
) -> Verdict:
    """Return whether a condition can be TRUE.

    Args:
        condition: compiled.
        names: eu of every name.
        ranges: what a reading can be, by name; a physical range where nothing is said.
        formula: range of a formula entry, by name, in its eu. A condition that is dead at one end
            of a range is dead: a batch may choose that value.
    """
    if _plainly_sometimes(condition.text, names, ranges, formula):
        return Verdict.SOMETIMES
    fixed = [name for name in condition.names if name in formula]
    free = [name for name in condition.names if name not in formula]
    numbers = _numbers(condition.text)
    answers: set[Verdict] = set()
    for ends in product(*(sorted(set(formula[name])) for name in fixed)):
        known = dict(zip(fixed, ends, strict=True))
        marks = [*numbers, *((value, names[name]) for name, value in known.items())]
        candidates = [
            _candidates(ranges.get(name, physical(names[name])), names[name], marks)
            for name in free
        ]
        answers.add(_ask(condition, free, candidates, known))
    if not answers <= _decided(condition.text):
        return Verdict.SOMETIMES
    if Verdict.NEVER in answers:
        return Verdict.NEVER
    return Verdict.ALWAYS if answers == {Verdict.ALWAYS} else Verdict.SOMETIMES


def _plainly_sometimes(
    text: str,
    names: Mapping[str, str],
    ranges: Mapping[str, Range],
    formula: Mapping[str, Range],
) -> bool:
    """Return whether a condition is one of the usual kind, which needs no asking.

    The usual kind: readings compared with numbers or formula values well inside their range, joined
    by and/or, each reading once. Then every comparison can go either way, whatever the others do.
    """
    words = tokenise(text)
    seen: set[str] = set()
    for name, sign, value, joint in zip(*(words[n::4] for n in range(4)), strict=False):
        if name.kind != "name" or name.text in formula or name.text in seen or sign.text == "(":
            return False
        eu = names[name.text]
        limits = ranges.get(name.text) or physical(eu)
        ends = _ends(value, names, formula)
        if sign.text not in _ORDER or joint.text not in _JOINTS or not ends:
            return False
        if not all(limits.low < convert(end, other, eu) < limits.high for end, other in ends):
            return False
        seen.add(name.text)
    return len(words) % 4 == 0


_ORDER = ("<", "<=", ">", ">=")
_JOINTS = ("and", "or", "")


def _ends(
    token: Token, names: Mapping[str, str], formula: Mapping[str, Range]
) -> list[tuple[float, str]]:
    """Return the number of a token, or both ends of a formula value, each with its eu."""
    if token.quantity is not None:
        return [(token.quantity.value, token.quantity.eu)]
    return [(end, names[token.text]) for end in formula.get(token.text, ())]


def _decided(text: str) -> set[Verdict]:
    """Return the verdicts that asking at the marks proves for a text."""
    tokens = tokenise(text)
    words = {token.text for token in tokens if token.kind == "operator"}
    if any((one.text, two.text) == ("abs", "(") for one, two in pairwise(tokens)):
        return set()
    if not words & {"+", "-", "*", "/"}:
        return set(Verdict)
    if words & {"*", "/", "and", "not", "==", "!="}:
        return set()
    return {Verdict.NEVER, Verdict.SOMETIMES} if "or" in words else set(Verdict)


def _numbers(text: str) -> list[tuple[float, str]]:
    found = (token.quantity for token in tokenise(text))
    return [(one.value, one.eu) for one in found if one is not None]


def _candidates(limits: Range, eu: str, marks: Iterable[tuple[float, str]]) -> list[float]:
    dimension = resolve(eu).dimension
    found = {limits.low, limits.high}
    for value, other in marks:
        if resolve(other).dimension != dimension:
            continue
        at = convert(value, other, eu)
        step = max(abs(at), 1.0) * BESIDE
        found.update(one for one in (at - step, at, at + step) if one in limits)
    return sorted(found)


def _ask(
    condition: Condition,
    free: list[str],
    candidates: list[list[float]],
    known: Mapping[str, float],
) -> Verdict:
    answers: set[Truth] = set()
    for count, readings in enumerate(_combinations(free, candidates, known)):
        answers.add(condition.evaluate(readings.__getitem__))
        if len(answers) > 1 or count == MOST_ASKED:
            return Verdict.SOMETIMES
    return _CLEAR.get(answers.pop(), Verdict.SOMETIMES)


_CLEAR = {Truth.TRUE: Verdict.ALWAYS, Truth.FALSE: Verdict.NEVER}
"""INVALID on good readings: what the condition looks back at can't be told beforehand."""


def _combinations(
    free: list[str], candidates: list[list[float]], known: Mapping[str, float]
) -> Iterator[dict[str, Reading]]:
    fixed = {name: Reading(value) for name, value in known.items()}
    for values in product(*candidates):
        yield {**fixed, **{name: Reading(v) for name, v in zip(free, values, strict=True)}}
