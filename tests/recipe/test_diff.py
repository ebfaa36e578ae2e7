"""Differences: what changed in the process, in its words; nothing for layout."""

import pytest

from bioctl.phases.library import capabilities
from bioctl.recipe.diff import differences
from bioctl.recipe.grammar import Recipe
from bioctl.recipe.library import find_recipe
from bioctl.recipe.load import load_recipe

from .test_blocks import TEXT

ABLE = capabilities()
R1 = find_recipe("packed_bed_expansion").read_text("utf-8")


def load(text: str) -> Recipe:
    return load_recipe(text, "r.yaml", ABLE)


def told(text: str, *changes: tuple[str, str]) -> tuple[str, ...]:
    changed = text
    for old, new in changes:
        assert old in changed
        changed = changed.replace(old, new, 1)
    return differences(load(text), load(changed))


CHANGES = [
    ("7.0 .. 7.4 pH", "7.1 .. 7.4 pH", "range of growth ph 7 .. 7.4 pH → 7.1 .. 7.4 pH"),
    ("value: 8 d", "value: 7 d", "latest harvest 8 → 7 d in perfuse"),
    ("criticality: CPP", "criticality: KPP", "criticality of growth temperature CPP → KPP"),
    ("timeout: 80 h", "timeout: 90 h", "timeout 3 d 8 h → 3 d 18 h in expand/culture/grow"),
    ("contact: 15 min", "contact: 20 min", "contact 15 min → 20 min in expand/harvest/detach"),
    ("or elapsed > 72 h", "", "until glucose < perfuse_below or elapsed > 72 h → glucose < perf"),
    ("pH: growth_ph", "pH: 7.2", "pH 7.25 pH (growth ph) → 7.2 pH in expand/prepare/equilibrate"),
    ("- rinse_3:", "- rinse_four:", "expand/harvest/rinse_3 (charge) removed"),
    ("- rinse_3:", "- rinse_four:", "expand/harvest/rinse_four (charge) added"),
    ('"1.0"\nproduct', '"1.1"\nproduct', "version 1.0 → 1.1"),
    ("batch size: 4 L", "batch size: 5 L", "batch size 4 L → 5 L"),
]


@pytest.mark.parametrize(("old", "new", "expected"), CHANGES)
def test_change_is_told_in_words_of_the_process(old: str, new: str, expected: str) -> None:
    assert any(change.startswith(expected) for change in told(R1, (old, new)))


def test_formula_value_is_told_with_the_steps_it_reaches() -> None:
    (change,) = told(R1, ("{value: 37.0 degC", "{value: 36.5 degC"))
    steps = "equilibrate, back_in_band, inoculate, attach, grow, perfuse"
    assert change == f"growth temperature 37 → 36.5 degC in {steps}"


def test_value_in_another_eu_is_no_difference() -> None:
    same = ("{value: 200 mL, range: 100 .. 300 mL", "{value: 0.2 L, range: 0.1 .. 0.3 L")
    assert told(R1, same) == ()
    (change,) = told(
        R1, ("{value: 200 mL, range: 100 .. 300 mL", "{value: 0.25 L, range: 0.1 .. 0.3 L")
    )
    assert change == "inoculum volume 0.2 → 0.25 L in inoculate"


def test_part_that_is_left_out_is_told_by_its_phases() -> None:
    entry = next(line for line in R1.splitlines(keepends=True) if "  fill_volume:" in line)
    changes = told(R1, ("  - include: fill\n", ""), (entry, ""))
    assert "fill/fill_vials/count (sample) removed" in changes
    assert "formula: fill volume (5 mL) removed" in changes


BLOCKS = [
    ("at most: 3", "at most: 4", ("at most 3 times", "at most 4 times", "in loop expand/prepare")),
    ("- to 33 degC over", "- to 34 degC over", ("→ 33 degC over 12 h", "→ 34 degC over 12 h")),
    ("limit: 8 h", "limit: 7 h", ("limit of clock set up time 8 h → 7 h",)),
    ("for: 15 min", "for: 10 min", ("for 900 s", "for 600 s", "in exception expand/too_cold")),
    ("after 1 h", "after 2 h", ("remind supervisor after 1 h → supervisor after 2 h in expand",)),
    ("[perfusion]", "[capacitance]", ("needs of reactor perfusion → capacitance",)),
    ("offline_ph < 7", "offline_ph < 6", ("when offline_ph < 7 → when offline_ph < 6 in way 1",)),
]


@pytest.mark.parametrize(("old", "new", "expected"), BLOCKS)
def test_change_of_structure_is_told(old: str, new: str, expected: tuple[str, ...]) -> None:
    (change,) = told(TEXT, (old, new))
    assert [word for word in expected if word not in change] == []


def test_order_is_told_and_nothing_else() -> None:
    text = R1.replace("- drain_prime: drain", "- drain_twice: drain")
    first, second = text.index("          - prime:"), text.index("          - drain_twice:")
    third = text.index("          - fill_medium:")
    swapped = text[:first] + text[second:third] + text[first:second] + text[third:]
    changes = differences(load(text), load(swapped))
    assert len(changes) == 1
    assert changes[0].startswith("order in expand/prepare: set_up, leak, drain_twice, prime, fill_")


def test_layout_and_comments_are_no_difference() -> None:
    assert told(R1, ("# Seven to eight days", "# About a week")) == ()
