"""Interlocks that would chase each other or themselves are known before they run."""

import pytest

from bioctl.control.interlock_check import flaws, notes
from bioctl.control.interlock_config import InterlockConfig, Reset
from bioctl.language.condition import compile_condition
from bioctl.values import Range

OUTPUTS = {name: Range(0.0, 100.0) for name in ("pump", "valve", "gas", "stirrer")}
EU = {
    **dict.fromkeys(OUTPUTS, ""),
    **{f"{name}.deviation": "" for name in OUTPUTS},
    "level": "", "pressure": "",
}  # fmt: skip


def lock(
    name: str, when: str, reset: str = "auto", back: str = "", **forces: float
) -> InterlockConfig:
    limits = {k.removeprefix("max_"): v for k, v in forces.items() if k.startswith("max_")}
    fixed = {k: v for k, v in forces.items() if not k.startswith("max_")}
    return InterlockConfig(
        name=name, when=compile_condition(when, EU), then=fixed, at_most=limits, text="x",
        reset=Reset(reset), reset_when=compile_condition(back, EU) if back else None,
    )  # fmt: skip


def found(*locks: InterlockConfig) -> dict[str, tuple[str, str]]:
    return flaws({one.name: one for one in locks}, OUTPUTS)


LOOPS = {
    "forces its own condition TRUE": ([lock("a", "valve == 1", valve=1)], "never be reset"),
    "forces it TRUE for a person as well": (
        [lock("a", "valve == 1", "person", valve=1)], "never be reset"),
    "clears itself": ([lock("a", "pump > 0 and gas > 0", pump=0)], "let go and trip again"),
    "clears its deviation": ([lock("a", "valve.deviation > 0.5", valve=0)], "trip again"),
    "limit clears itself": ([lock("a", "stirrer > 50", max_stirrer=30)], "trip again"),
    "limit keeps it TRUE": ([lock("a", "stirrer < 50", max_stirrer=30)], "never be reset"),
    "two trip each other": (
        [lock("a", "pump == 0", valve=1), lock("b", "valve == 1", pump=0)],
        "what a and b forces keeps `pump == 0` TRUE"),
    "three in a ring": (
        [lock("a", "pump == 0", valve=1), lock("b", "valve == 1", gas=5),
         lock("c", "gas > 4", pump=0)], "never be reset"),
    "one lets the other go": (
        [lock("a", "pump > 10", valve=1), lock("b", "valve == 1", pump=0)], "trip again"),
    "reset_when that its own output gives": (
        [lock("a", "pump > 10", back="pump < 1", pump=0)], "trip again"),
}  # fmt: skip


@pytest.mark.parametrize("why", LOOPS)
def test_interlock_loop_is_found(why: str) -> None:
    locks, said = LOOPS[why]
    assert said in found(*locks)["a"][0]


RIGHT = {
    "a measurement decides": [lock("a", "level < 1 and pump > 0", "person", pump=0)],
    "a person resets what clears itself": [lock("a", "pump > 0 and gas > 0", "person", pump=0)],
    "the process decides the reset": [lock("a", "pump > 10", back="level > 5", pump=0)],
    "a chain without a ring": [lock("a", "level < 1", valve=1), lock("b", "valve == 1", gas=0)],
    "a measurement alone": [lock("a", "pressure > 80", back="pressure < 10", gas=0)],
    "a limit the condition may reach or not": [lock("a", "stirrer > 20", max_stirrer=30)],
    "another output": [lock("a", "valve.deviation > 0.5", pump=0)],
}


@pytest.mark.parametrize("why", RIGHT)
def test_what_the_process_decides_is_no_loop(why: str) -> None:
    assert found(*RIGHT[why]) == {}


@pytest.mark.parametrize(
    ("when", "back", "wrong"),
    [("pressure > 80", "pressure > 10", True), ("pressure > 80", "pressure < 90", True),
     ("pressure > 80", "pressure < 80", False), ("pressure > 80", "pressure < 10", False),
     ("pressure < 2 or pressure > 8", "pressure > 3 and pressure < 7", False),
     ("abs(pressure - 5) > 3", "abs(pressure - 5) > 1", True),
     ("pressure > 80 or level < 1", "pressure < 90", False)],
)  # fmt: skip
def test_reversed_hysteresis_is_found(when: str, back: str, wrong: bool) -> None:  # noqa: FBT001
    told = found(lock("a", when, back=back, gas=0))
    assert ("hysteresis is reversed" in told["a"][0]) if wrong else told == {}


def test_two_values_for_one_output_are_noted_with_who_wins() -> None:
    locks = [lock("a", "level < 1", gas=0, pump=0), lock("b", "level > 9", gas=5, pump=0)]
    (note,) = notes({one.name: one for one in locks})
    assert note == "a forces gas to 0, b to 5: a is declared first and wins"
