"""Whatever a recipe with every word of the grammar becomes: it is read whole, or refused cleanly.

What loads is verified, laid out as a plan, compared and written as its canonical form.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bioctl.errors import InputErrors
from bioctl.language.findings import render
from bioctl.phases.library import capabilities
from bioctl.recipe.canonical import canonical, from_dict, to_dict
from bioctl.recipe.diff import differences
from bioctl.recipe.grammar import Recipe
from bioctl.recipe.library import find_recipe
from bioctl.recipe.load import load_recipe
from bioctl.recipe.plan import plan_text
from bioctl.recipe.plan_svg import plan_svg
from bioctl.recipe.schedule import schedule
from bioctl.recipe.verify.verifier import verify

from .test_blocks import TEXT
from .test_fuzz import EDIT, edited

ABLE = capabilities()
RIGHT = load_recipe(TEXT, "r.yaml", ABLE)
TEXTS = (TEXT, find_recipe("autologous_cart_24h").read_text("utf-8"))
WORDS = (
    "parallel", "choose", "repeat", "synchronise", "include", "otherwise", "nothing", "when",
    "until", "at most", "branches", "alternatives", "phases", "watch", "exception", "clocks",
    "start of ", "end of ", "expand/prepare", "at ", "to ", "stay ", "over ", " after ", "elapsed",
    "offline_ph", "cells_counted", "1e6/mL", "degC", "0", "-1", "1e9", ": ", "- ", "{", "}", "[",
)  # fmt: skip


def use(text: str) -> None:
    """Load a text and do everything with it that commands do."""
    try:
        recipe = load_recipe(text, "r.yaml", ABLE)
    except InputErrors as refused:
        told = render(refused, text)
    else:
        told = ""
        use_whole(recipe)
    assert not told or ": error: " in told


def use_whole(recipe: Recipe) -> None:
    for finding in verify(recipe, ABLE, "r.yaml"):
        assert finding.message
    spans = schedule(recipe, ABLE)
    assert plan_text(recipe, spans)
    assert plan_svg(recipe, spans).endswith("</svg>\n")
    differences(RIGHT, recipe)
    assert canonical(from_dict(to_dict(recipe))) == canonical(recipe)


slow = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.fault("RX-05")
@slow
@given(st.sampled_from(TEXTS), st.lists(EDIT, min_size=1, max_size=4))
def test_mutated_recipe_is_used_or_refused_cleanly(
    text: str, edits: list[tuple[float, int, str | float]]
) -> None:
    use(edited(text, edits))


@slow
@given(st.sampled_from(TEXTS), st.integers(0, 10_000), st.sampled_from(WORDS), st.data())
def test_word_in_another_place_is_used_or_refused_cleanly(
    text: str, at: int, word: str, data: st.DataObject
) -> None:
    words = text.split(" ")
    at %= len(words)
    action = data.draw(st.sampled_from(["replace", "insert", "drop", "swap"]))
    if action == "insert":
        words.insert(at, word)
    elif action == "drop":
        del words[at]
    elif action == "swap":
        other = data.draw(st.integers(0, len(words) - 1))
        words[at], words[other] = words[other], words[at]
    else:
        words[at] = word
    use(" ".join(words))


@slow
@given(st.sampled_from(TEXTS), st.data())
def test_lines_dropped_doubled_or_moved_are_used_or_refused_cleanly(
    text: str, data: st.DataObject
) -> None:
    lines = text.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        line = lines.pop(at) if data.draw(st.booleans()) else lines[at]
        if data.draw(st.booleans()):
            lines.insert(data.draw(st.integers(0, len(lines))), line)
    use("\n".join(lines) + "\n")
