"""Clocks: the least time between two moments, never more than a good day takes."""

import pytest

from bioctl.phases.library import capabilities
from bioctl.recipe.grammar import Moment
from bioctl.recipe.load import load_recipe
from bioctl.recipe.schedule import schedule
from bioctl.recipe.verify.course import Course
from bioctl.recipe.verify.verifier import verify

from .test_plan import HEAD, fill

ABLE = capabilities()

PHASES = (
    fill("first", 10),
    "{parallel: both, branches: [{branch: long, phases: [" + fill("a", 60) + ", " + fill("b", 5)
    + "]}, {branch: short, phases: [{wait: wait, until: pH < 7, timeout: 9 h}, " + fill("c", 20)
    + "]}]}",
    "{repeat: loop, at most: 3, phases: [" + fill("d", 7) + ", " + fill("e", 4) + "]}",
    "{choose: way, alternatives: [{when: pH < 7, phases: [" + fill("f", 30)
    + "]}, {otherwise: nothing}]}",
    fill("last", 15),
)  # fmt: skip
TEXT = HEAD + "".join(f"          - {phase}\n" for phase in PHASES)
COURSE = Course(schedule(load_recipe(TEXT, "r.yaml", ABLE), ABLE, least=True))


def moment(text: str) -> Moment:
    edge, name = text.split(" ")
    return Moment(edge, f"run/go/{name}" if name else "run/go")


@pytest.mark.parametrize(
    ("begins", "ends", "minutes"),
    [
        ("start first", "end first", 10),
        ("start first", "end last", 10 + 65 + 33 + 0 + 15),
        ("start first", "start c", 10),
        ("start a", "end b", 65),
        ("end a", "end last", 5 + 33 + 15),
        ("start c", "end last", 20 + 33 + 15),
        ("start c", "end a", 0),
        ("start d", "end e", 11),
        ("start d", "end last", 11 + 15),
        ("end d", "end last", 4 + 15),
        ("start e", "start f", 4),
        ("start f", "end last", 30 + 15),
    ],
)
def test_least_time_between_two_moments(begins: str, ends: str, minutes: float) -> None:
    least = COURSE.least_s(moment(begins), moment(ends)) / 60
    assert least <= minutes
    assert least == pytest.approx(minutes) or begins == "start f"


@pytest.mark.parametrize(
    ("begins", "ends", "backwards"),
    [
        ("start first", "end last", False),
        ("start last", "end first", True),
        ("start c", "end a", False),
        ("start a", "end c", False),
        ("start b", "start a", True),
        ("start a", "end ", False),
        ("start a", "start ", True),
    ],
)
def test_end_before_the_beginning(begins: str, ends: str, *, backwards: bool) -> None:
    assert COURSE.backwards(moment(begins), moment(ends)) is backwards


@pytest.mark.parametrize(
    ("limit", "found"), [("15 min", set()), ("14 min", {"hold-time-cannot-be-met"})]
)
def test_limit_is_held_against_the_least_time(limit: str, found: set[str]) -> None:
    clock = f"clocks:\n  c: {{from: start of run/go/last, to: end of run, limit: {limit}}}\n"
    recipe = load_recipe(TEXT.replace("equipment:", f"{clock}equipment:"), "r.yaml", ABLE)
    told = {one.rule.id for one in verify(recipe, ABLE, "r.yaml")}
    assert told - {"unit-clash"} == found  # both branches dose: that is another test
