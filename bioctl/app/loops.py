"""What a person asks of a loop: mode, setpoint, output, order, tuning, tuning test.

A loop a person has taken stays theirs (`held`) until they give it back with mode RECIPE; the
recipe's setpoints wait for them meanwhile.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bioctl.app.core import Core
from bioctl.control.experiment import Experiment, Method
from bioctl.control.loop_config import AnyLoop, LoopConfig, Mode
from bioctl.control.loop_state import (
    LoopState,
    set_experiment,
    set_manual,
    set_mode,
    set_order,
    set_setpoint,
)
from bioctl.control.tuning import Tuning
from bioctl.equipment.commanded import NOTHING, LoopDemand
from bioctl.equipment.tuning_fields import FIELDS, numbers_of, tuning_from
from bioctl.errors import InputError, RefusedError
from bioctl.language.nearest import suggest, visible

COMMANDS = ("loop.mode", "loop.set", "loop.tune")
RECIPE = "RECIPE"
"""The word by which a person gives a loop back."""

_WHERE = ("unit", "loop", "batch")
TEST_FIELDS = ("amplitude", "guard", "longest_s", "settle_s", "hysteresis", "enough", "swings")


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that may act.

    Attributes:
        unit: which unit's loop.
        batch: that owns the unit, or None.
        data: of the `loop.set` entry; empty where a test begins.
        test: the tuning test to begin, or None.
        said: the answer.
    """

    unit: str
    loop: str
    batch: str | None
    data: Mapping[str, Any] = field(default_factory=dict)
    test: Experiment | None = None
    said: str = ""


def asked(core: Core, name: str, args: Mapping[str, Any], person: str) -> Asked:
    """Return what a command makes of a loop, after every check.

    Raises:
        InputError: an unknown unit, loop, word or number.
        RefusedError: the loop can't do it now.
    """
    unit, config = find_loop(core, args)
    durable = core.state.units.get(unit, NOTHING)
    old = durable.loops.get(config.name, LoopDemand("OFF", None))
    state = core.memory[unit].loops.get(config.name, LoopState())
    given = {key: value for key, value in args.items() if key not in _WHERE}
    if name == "loop.tune" and "test" in given:
        test = _experiment(given)
        set_experiment(config, state, test, core.world.now, person)
        said = f"the {test.method} test of {unit}.{config.name} has begun"
        return Asked(unit, config.name, durable.owner, test=test, said=said)
    make = {"loop.mode": _mode, "loop.set": _set, "loop.tune": _tune}[name]
    change = make(config, state, old, given, person)
    data = {"loop": config.name, "mode": old.mode, "sp": old.sp, "old": old.sp} | change
    return Asked(unit, config.name, durable.owner, data, said=_said(unit, data))


def begin(core: Core, ask: Asked, person: str) -> None:
    """Begin the tuning test; the loop's next scan moves it."""
    if ask.test is None:
        return
    config, memory = core.site.units[ask.unit].loops[ask.loop], core.memory[ask.unit]
    state = memory.loops.get(ask.loop, LoopState())
    memory.loops[ask.loop] = set_experiment(config, state, ask.test, core.world.now, person)


def find_loop(core: Core, args: Mapping[str, Any]) -> tuple[str, AnyLoop]:
    """Return unit and loop a command is about.

    Raises:
        InputError: there is none of this name.
    """
    unit, loop = str(args.get("unit", "")), str(args.get("loop", ""))
    units = core.site.units
    if unit not in units:
        remedy = suggest(unit, units, "units")
        raise InputError(f"there is no unit {visible(unit)!r}.", help=remedy)
    loops = units[unit].loops
    if loop not in loops:
        remedy = suggest(loop, loops, "loops")
        raise InputError(f"{unit} has no loop {visible(loop)!r}.", help=remedy)
    return unit, loops[loop]


def _mode(
    config: AnyLoop, state: LoopState, old: LoopDemand, given: Mapping[str, Any], person: str
) -> dict[str, Any]:
    word = str(given.get("mode", "")).upper()
    if word == RECIPE:
        return {"mode": "OFF" if old.sp is None else "AUTO", "held": "", "u": None}
    if word not in set(Mode):
        remedy = suggest(word, [*Mode, RECIPE], "modes")
        raise InputError(f"there is no mode {visible(word)!r}.", help=remedy)
    ready = set_setpoint(config, state, old.sp) if old.sp is not None else state
    set_mode(config, ready, Mode(word))
    return {"mode": word, "held": person, "u": None}


def _set(
    config: AnyLoop, state: LoopState, old: LoopDemand, given: Mapping[str, Any], person: str
) -> dict[str, Any]:
    del old
    change: dict[str, Any] = {"held": person}
    if "sp" in given:
        change["sp"] = _number("sp", given["sp"])
        change["rate"] = _number("rate", given["rate"]) if "rate" in given else None
        set_setpoint(config, state, change["sp"], change["rate"])
    elif "rate" in given:
        raise InputError("a rate needs a setpoint to walk to.", help="give both.")
    if "u" in given:
        change["u"] = _number("u", given["u"])
        set_manual(config, state, change["u"])
    if "order" in given and isinstance(config, LoopConfig):
        change["order"] = str(given["order"])
        set_order(config, state, change["order"])
    if len(change) == 1:
        raise InputError("nothing to set.", help="give a setpoint, an output or an order.")
    return change


def _tune(
    config: AnyLoop, state: LoopState, old: LoopDemand, given: Mapping[str, Any], person: str
) -> dict[str, Any]:
    del person
    law = config.tuning if isinstance(config, LoopConfig) else None
    if not isinstance(law, Tuning):
        raise RefusedError(f"loop {config.name} has no gain that could be set here.")
    wanted = {name: _number(name, value) for name, value in given.items() if name != "site"}
    if not wanted and "site" not in given:
        raise InputError("no parameter is given.", help=f"Parameters: {', '.join(FIELDS)}.")
    tuning = {} if "site" in given else {**old.tuning, **wanted}
    tuning_from(law, tuning)
    before = numbers_of(state.tuned or law)
    return {"tuning": tuning, "old_tuning": before, "held": old.held}


def _experiment(given: Mapping[str, Any]) -> Experiment:
    word = str(given["test"])
    if word not in set(Method):
        remedy = suggest(word, list(Method), "tests")
        raise InputError(f"there is no test {visible(word)!r}.", help=remedy)
    numbers: dict[str, Any] = {}
    for name, value in given.items():
        if name == "test":
            continue
        if name not in TEST_FIELDS:
            remedy = suggest(name, TEST_FIELDS, "fields")
            raise InputError(f"a tuning test has no {visible(name)!r}.", help=remedy)
        numbers[name] = _number(name, value)
    for name in ("amplitude", "guard", "longest_s"):
        if name not in numbers:
            raise InputError(f"a tuning test needs {name}.", help="It runs under guard only.")
    numbers["swings"] = int(numbers.get("swings", 3))
    return Experiment(method=Method(word), **numbers)


def _number(name: str, value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"{name} is {visible(str(value))}; expected a number.")
    return number


def _said(unit: str, data: Mapping[str, Any]) -> str:
    parts = [f"mode {data['mode']}"]
    parts += [f"setpoint {data['sp']:g}"] if data.get("sp") is not None else []
    parts += [f"output {data['u']:g}"] if data.get("u") is not None else []
    parts += ["tuning changed"] if "tuning" in data else []
    return f"{unit}.{data['loop']}: {', '.join(parts)}"
