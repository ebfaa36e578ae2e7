"""What can be told of interlocks before they run: those that would chase each other or themselves.

A condition may read the unit's own outputs, and an interlock forces outputs. So each is tried with
the outputs that it, and all it trips on the way, force; everything else is unknown, and what an
unknown decides is no flaw:

    condition surely TRUE    it could never be reset
    condition surely FALSE   by itself it would let go, and trip again as soon as it had
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import combinations

from bioctl.control.interlock import forced_outputs, limited_outputs
from bioctl.control.interlock_config import DEVIATION, InterlockConfig, InterlockState, Reset
from bioctl.language.condition import Condition, Lookup, Truth
from bioctl.language.expression import Constant
from bioctl.values import Range, Reading, bad

Known = dict[str, float]
Configs = Mapping[str, InterlockConfig]


def flaws(configs: Configs, outputs: Mapping[str, Range]) -> dict[str, tuple[str, str]]:
    """Return what is wrong with the interlocks of one unit, by name: message and remedy.

    Args:
        configs: all interlocks of the unit, in the order of the site file.
        outputs: range of each output, in its eu.
    """
    checks: tuple[Callable[[str], tuple[str, str] | None], ...] = (
        lambda name: _chases(name, configs, outputs),
        lambda name: _reversed(configs[name]),
    )
    found = {name: [flaw for one in checks if (flaw := one(name))] for name in configs}
    return {name: some[0] for name, some in found.items() if some}


def notes(configs: Configs) -> list[str]:
    """Return in words where two interlocks force one output to different values."""
    return [
        f"{one.name} forces {output} to {value:g}, {other.name} to {other.then[output]:g}: "
        f"{one.name} is declared first and wins"
        for one, other in combinations(configs.values(), 2)
        for output, value in one.then.items()
        if other.then.get(output, value) != value
    ]


def _chases(name: str, configs: Configs, outputs: Mapping[str, Range]) -> tuple[str, str] | None:
    config, tripped = configs[name], _trips(name, configs, outputs)
    what = " and ".join(sorted(tripped, key=list(configs).index))
    truth = _surely(config.when, tripped, configs, outputs)
    if truth is Truth.TRUE:
        message = f"it could never be reset: what {what} forces keeps `{config.when.text}` TRUE."
        return message, "let the condition read a measurement, or force another output"
    back = config.reset_when
    free = back is None or _surely(back, tripped, configs, outputs) is Truth.TRUE
    if truth is Truth.FALSE and config.reset is Reset.AUTO and free:
        message = f"it would let go and trip again, for ever: what {what} forces "
        message += f"makes `{config.when.text}` FALSE."
        return message, "write reset: person, or a reset_when that the process decides"
    return None


def _trips(name: str, configs: Configs, outputs: Mapping[str, Range]) -> set[str]:
    """Return the interlocks that are surely tripped once `name` is."""
    tripped = {name}
    while True:
        more = {
            other
            for other in configs.keys() - tripped
            if _surely(configs[other].when, tripped, configs, outputs) is Truth.TRUE
        }
        if not more:
            return tripped
        tripped |= more


def _surely(
    condition: Condition, tripped: set[str], configs: Configs, outputs: Mapping[str, Range]
) -> Truth:
    """Return the truth as far as forced outputs decide it; INVALID where they do not."""
    acting = {name: InterlockState(tripped=True) for name in configs if name in tripped}
    forced, limits = forced_outputs(configs, acting), limited_outputs(configs, acting)
    free = limits.keys() - forced.keys()
    ends: list[Known] = [
        {**forced, **{name: limits[name] for name in free}},
        {**forced, **{name: outputs[name].low for name in free}},
    ]
    answers = {condition.evaluate(_lookup(known)) for known in ends}
    return answers.pop() if len(answers) == 1 else Truth.INVALID


def _lookup(known: Known) -> Lookup:
    def read(name: str) -> Reading:
        if name.removesuffix(DEVIATION) in known:
            return Reading(0.0 if name.endswith(DEVIATION) else known[name])
        return bad("not known beforehand")

    return read


def _reversed(config: InterlockConfig) -> tuple[str, str] | None:
    """Return what is wrong where one reading alone shows that the hysteresis is the wrong way."""
    back = config.reset_when
    if back is None or len(config.when.names) != 1 or back.names != config.when.names:
        return None
    for value in sorted(_marks(config.when) | _marks(back)):
        reading = Reading(value)
        both = [one.evaluate(lambda _, it=reading: it) for one in (config.when, back)]  # type: ignore[misc]
        if both == [Truth.TRUE, Truth.TRUE]:
            message = f"reset_when is TRUE while it trips, as at {config.when.names[0]} {value:.6g}"
            return f"{message}: its hysteresis is reversed.", "let it reset farther inside"
    return None


def _marks(condition: Condition) -> set[float]:
    """Return every number of a condition, and what is just beside it."""
    found = set(_constants(condition.read.claim))
    step = {one: max(abs(one), 1.0) * 1e-6 for one in found}
    return {one + side * step[one] for one in found for side in (-1.0, 0.0, 1.0)}


def _constants(node: object) -> Iterator[float]:
    if isinstance(node, Constant):
        yield node.value
    elif isinstance(node, tuple):
        for one in node:
            yield from _constants(one)
    elif is_dataclass(node):
        for one in fields(node):
            yield from _constants(getattr(node, one.name))
