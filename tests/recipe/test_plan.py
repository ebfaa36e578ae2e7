"""Plans: expected durations add up, the text reads well, the SVG is one well-formed chart."""

import xml.etree.ElementTree as ET

import pytest

from bioctl.cli.recipe_files import good_recipe
from bioctl.phases.library import capabilities
from bioctl.recipe.library import recipe_names
from bioctl.recipe.load import load_recipe
from bioctl.recipe.plan import duration, plan_text
from bioctl.recipe.plan_svg import plan_svg
from bioctl.recipe.schedule import Span, schedule, total_s

ABLE = capabilities()
HEAD = """\
recipe: plan
version: "1.0"
product: none
description: A plan.
equipment:
  reactor: packed_bed_bioreactor
procedure:
  - unit procedure: run
    on: reactor
    operations:
      - operation: go
        phases:
"""


def fill(name: str, minutes: int) -> str:
    volume = minutes * 100
    values = f"{{source: medium, volume: {volume} mL, rate: 100 mL/min}}"
    return f"{{{name}: charge, with: {values}, timeout: 9 h}}"


def spans(*phases: str, least: bool = False) -> dict[str, Span]:
    text = HEAD + "".join(f"          - {phase}\n" for phase in phases)
    recipe = load_recipe(text, "r.yaml", ABLE)
    return {span.name or span.kind: span for span in schedule(recipe, ABLE, least=least)}


def minutes(span: Span) -> tuple[float, float]:
    return span.start_s / 60, span.end_s / 60


def test_phases_follow_each_other() -> None:
    found = spans(fill("a", 10), fill("b", 20))
    assert [minutes(found[name]) for name in ("a", "b", "go", "run")] == [
        (0, 10), (10, 30), (0, 30), (0, 30),
    ]  # fmt: skip


def test_branches_start_together_and_the_longest_decides() -> None:
    branches = ", ".join(f"{{branch: b{n}, phases: [{fill(f'p{n}', n)}]}}" for n in (10, 30, 20))
    found = spans(f"{{parallel: all, branches: [{branches}]}}", fill("after", 5))
    assert minutes(found["all"]) == (0, 30)
    assert minutes(found["p20"]) == (0, 20)
    assert minutes(found["after"]) == (30, 35)


def test_branches_wait_for_each_other_at_a_point() -> None:
    point = "{synchronise: meet, timeout: 1 h}"
    one = f"{{branch: one, phases: [{fill('short', 5)}, {point}, {fill('then', 10)}]}}"
    two = f"{{branch: two, phases: [{fill('long', 25)}, {point}]}}"
    found = spans(f"{{parallel: both, branches: [{one}, {two}]}}")
    assert minutes(found["then"]) == (25, 35)
    assert minutes(found["both"]) == (0, 35)


def test_loop_counts_all_rounds_and_at_least_one_where_a_condition_ends_it() -> None:
    loop = f"{{repeat: loop, at most: 4, phases: [{fill('a', 10)}], until: weight > 3 kg}}"
    assert minutes(spans(loop)["loop"]) == (0, 40)
    assert minutes(spans(loop, least=True)["loop"]) == (0, 10)
    assert spans(loop)["a"].times == 4


def test_choice_counts_its_longest_way_and_surely_its_shortest() -> None:
    ways = f"{{when: pH < 7, phases: [{fill('long', 30)}]}}, {{otherwise: nothing}}"
    choice = f"{{choose: way, alternatives: [{ways}]}}"
    assert minutes(spans(choice)["way"]) == (0, 30)
    assert minutes(spans(choice, least=True)["way"]) == (0, 0)


@pytest.mark.parametrize(
    ("extra", "source", "long"),
    [
        ("until: elapsed > 2 h or pH < 7, timeout: 9 h", "condition", 120),
        ("until: elapsed > 12 h, timeout: 9 h", "condition", 540),
        ("until: elapsed > 2 h, takes: 90 min, timeout: 9 h", "author", 90),
        ("until: pH < 7, timeout: 9 h", "unknown", 0),
    ],
)
def test_who_says_how_long_a_wait_takes(extra: str, source: str, long: float) -> None:
    span = spans(f"{{a: wait, {extra}}}")["a"]
    assert span.expected is not None
    assert span.expected.source == source
    assert minutes(span) == (0, long)


def test_person_is_a_guess_in_a_plan_and_nothing_for_sure() -> None:
    ask = "{a: confirm, with: {question: x}, timeout: 1 h}"
    assert minutes(spans(ask)["a"]) == (0, 15)
    assert minutes(spans(ask, least=True)["a"]) == (0, 0)


@pytest.mark.parametrize("name", recipe_names())
def test_every_shipped_recipe_has_a_plan_that_ends(name: str) -> None:
    recipe = good_recipe(name, ABLE)
    found = schedule(recipe, ABLE)
    text, chart = plan_text(recipe, found), plan_svg(recipe, found)
    assert {span.path for span in found if span.kind == "phase"} == {
        path for path, _ in recipe.steps() if path.count("/") == 2
    }
    assert f"expected {duration(total_s(found))}" in text
    assert max(len(line) for line in text.splitlines()) < 140
    bars = [one for one in ET.fromstring(chart).iter() if one.tag.endswith("}title")]  # noqa: S314
    assert len(bars) == len(found)


def test_expected_course_of_the_first_library_recipes() -> None:
    day = 86400.0
    times = {name: total_s(schedule(good_recipe(name, ABLE), ABLE)) for name in recipe_names()}
    assert times["autologous_cart_24h"] < day
    assert 7 * day < times["packed_bed_expansion"] < 9 * day
    assert 7 * day < times["t_cell_expansion_7d"] < 8 * day
    assert 11 * day < times["cho_fed_batch"] < 12 * day


def test_durations_are_shown_in_their_two_largest_parts() -> None:
    shown = [duration(seconds) for seconds in (0, 59, 450, 1955, 86400 * 3 + 3600 * 4 + 1800)]
    assert shown == ["0 s", "59 s", "7 min 30 s", "33 min", "3 d 4 h"]
