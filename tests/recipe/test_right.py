"""A right recipe is never refused: cases a hasty verifier would take for mistakes."""

import pytest

from bioctl.language.condition import compile_condition
from bioctl.phases.library import capabilities
from bioctl.recipe.capabilities import Guard, UnitLimits
from bioctl.recipe.load import load_recipe
from bioctl.recipe.verify.verifier import verify

from .test_plan import HEAD, fill

ABLE = capabilities()
MEET = "{synchronise: meet, timeout: 1 h}"
SAMPLE = "{take: sample, with: {question: x, result: density, unit: 1e6/mL}, timeout: 1 h}"
LIFE = "{temperature: 37 degC, pH: 7.2, dissolved_oxygen: 50 %, agitation: 60 rpm}"
GROW = f"{{g: grow, with: {LIFE}, until: elapsed > 5 h, timeout: 9 h}}"
USE = "{use: wait, until: density > 1 1e6/mL, timeout: 1 h}"


def found(*phases: str) -> set[str]:
    text = HEAD + "".join(f"          - {phase}\n" for phase in phases)
    return {one.rule.id for one in verify(load_recipe(text, "r.yaml", ABLE), ABLE, "r.yaml")}


def both(one: str, other: str) -> str:
    branches = f"{{branch: one, phases: [{one}]}}, {{branch: other, phases: [{other}]}}"
    return f"{{parallel: both, branches: [{branches}]}}"


def test_one_branch_doses_before_and_the_other_after_they_meet() -> None:
    assert found(both(f"{fill('a', 5)}, {MEET}", f"{MEET}, {fill('b', 5)}")) == set()
    assert found(both(f"{MEET}, {fill('a', 5)}", f"{fill('b', 5)}, {MEET}")) == set()
    assert found(both(f"{fill('a', 5)}, {MEET}", f"{fill('b', 5)}, {MEET}")) == {"unit-clash"}
    assert found(both(f"{MEET}, {fill('a', 5)}", f"{MEET}, {fill('b', 5)}")) == {"unit-clash"}


def test_branch_uses_what_the_other_measured_before_they_met() -> None:
    assert found(both(f"{SAMPLE}, {MEET}", f"{MEET}, {USE}")) == set()
    assert found(both(f"{MEET}, {USE}", f"{SAMPLE}, {MEET}")) == set()
    assert found(both(f"{MEET}, {SAMPLE}", f"{MEET}, {USE}")) == {"used-before-set"}
    assert found(both(SAMPLE, USE)) == {"used-before-set"}


def test_result_is_known_after_every_way_that_sets_it() -> None:
    again = SAMPLE.replace("take", "again")
    ways = "{{choose: way, alternatives: [{{when: pH < 7, phases: [{}]}}, {{otherwise: {}}}]}}"
    assert found(ways.format(SAMPLE, f"~, phases: [{again}]"), USE) == set()
    assert found(ways.format(SAMPLE, "nothing"), USE) == {"used-before-set"}


def test_result_is_known_behind_a_loop_that_sets_it() -> None:
    loop = f"{{repeat: loop, at most: 3, phases: [{SAMPLE}], until: density > 2 1e6/mL}}"
    assert found(loop, USE) == set()
    early = f"{{repeat: loop, at most: 3, phases: [{USE}, {SAMPLE}]}}"
    assert found(early) == {"used-before-set"}


@pytest.mark.parametrize(
    "until", ["elapsed > 59 min", "pH > 7 and pH < 7.1", "weight > 3 kg or elapsed > 30 min"]
)
def test_condition_that_can_come_true_in_time(until: str) -> None:
    assert found(f"{{a: wait, until: {until}, timeout: 1 h}}") == set()


@pytest.mark.parametrize(
    ("forces", "expected"), [("jacket", {"interlock-forbids"}), ("harvest_valve", set())]
)
def test_interlock_that_forces_nothing_the_phase_needs_may_trip(
    forces: str, expected: set[str]
) -> None:
    when = compile_condition("temperature > 36 degC", {"temperature": "degC"})
    unit = UnitLimits(
        "R1",
        "packed_bed_bioreactor",
        moved={"temperature": ("jacket",)},
        guards=(Guard("warm", when, (forces,)),),
    )
    text = HEAD + f"          - {GROW}\n"
    found = verify(load_recipe(text, "r.yaml", ABLE), ABLE, "r.yaml", (unit,))
    assert {one.rule.id for one in found} == expected


def test_branch_may_sample_and_ask_beside_a_culture() -> None:
    assert found(both(GROW, f"{SAMPLE}, {fill('feed', 5)}")) == set()
