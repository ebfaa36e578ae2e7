"""Ten thousand spoilt recipes: each loads, or is refused in sentences.

`python3 run.py campaign` runs all; a fiftieth of them runs with every change. The seeds are the
shipped recipes; what spoils them are random bytes, edited text, flipped bytes, and values put where
others belong.
"""

from functools import cache

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bioctl.errors import InputErrors
from bioctl.language.findings import render
from bioctl.phases.library import capabilities
from bioctl.recipe.library import find_recipe, recipe_names
from bioctl.recipe.load import load_recipe

from .test_fuzz import EDIT, edited

NAMES = st.sampled_from(recipe_names())
VALUES = st.one_of(
    st.sampled_from(
        (
            "37 degC",
            "7,2",
            "nan",
            ".inf",
            "-1 h",
            "1e999 L",
            "10 .. 3 L",
            "on",
            "12:30",
            "CON",
            "..",
            "../../x",
            "growth_temperature",
            "a" * 300,
            "stable(pH, 0.05, 10 min)",
            "mean(x, 1 s) > 1",
            "9**9**9",
            "__import__('os')",
            "(" * 50,
            "not " * 99,
            "\u202e",
            "gr\u043ew",
            "",
            "~",
        )
    ),
    st.text(max_size=20),
    st.lists(st.text(max_size=4), max_size=3),
    st.dictionaries(st.text("abc_", min_size=1), st.text(max_size=4), max_size=3),
)


@cache
def shipped(name: str) -> str:
    return find_recipe(name).read_text("utf-8")


def check(content: str | bytes) -> None:
    """A recipe, or errors with place and sentence: no other exception, no traceback, no noise."""
    refused: InputErrors | None = None
    try:
        load_recipe(content, "r.yaml", capabilities())
    except InputErrors as errors:
        refused = errors
    for one in refused.errors if refused else ():
        assert one.where is not None, one
        assert one.where.file.endswith(".yaml")
        assert one.message.endswith((".", "]")), one.message
        assert len(str(one)) < 2000, one.message
    shown = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    assert refused is None or "error: " in render(refused, shown)


@cache
def tree_of(name: str) -> object:
    return yaml.load(shipped(name), Loader=yaml.CBaseLoader)  # noqa: S506  texts only


def spoil(tree: object, place: int, value: object) -> object:
    """Put a value in place of one node, or under one key, counted through the whole tree."""
    count = 0

    def walk(node: object) -> object:
        nonlocal count
        count += 1
        if count == place:
            return value
        if isinstance(node, dict):
            return {key: walk(child) for key, child in node.items()}
        return [walk(child) for child in node] if isinstance(node, list) else node

    return walk(tree)


def spoilt_tree(name: str, changes: list[tuple[int, object]]) -> str:
    tree = tree_of(name)
    for place, value in changes:
        tree = spoil(tree, place, value)
    written: str = yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
    return written


def flipped(name: str, place: float, data: bytes) -> bytes:
    raw = shipped(name).encode()
    start = int(place * len(raw))
    return raw[:start] + data + raw[start + len(data) :]


RANDOM = st.binary(max_size=2000) | st.text(max_size=2000)
EDITED = st.builds(
    lambda name, edits: edited(shipped(name), edits), NAMES, st.lists(EDIT, min_size=1, max_size=6)
)
FLIPPED = st.builds(flipped, NAMES, st.floats(0, 1), st.binary(min_size=1, max_size=4))
SPOILT = st.builds(
    spoilt_tree, NAMES, st.lists(st.tuples(st.integers(1, 400), VALUES), min_size=1, max_size=3)
)
PLAN = {
    "random": (RANDOM, 2000),
    "edited": (EDITED, 4000),
    "flipped": (FLIPPED, 1500),
    "spoilt": (SPOILT, 2500),
}


def fuzz(kind: str, share: float) -> None:
    strategy, count = PLAN[kind]
    tries = max(20, int(count * share))

    @settings(
        max_examples=tries,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def one(content: str | bytes) -> None:
        check(content)

    one()


def test_campaign_is_ten_thousand() -> None:
    assert sum(count for _, count in PLAN.values()) == 10_000


@pytest.mark.fault("RX-16")
@pytest.mark.promise(8)
@pytest.mark.parametrize("kind", PLAN)
def test_sample_of_spoilt_recipes_is_refused_cleanly(kind: str) -> None:
    fuzz(kind, 0.02)


@pytest.mark.campaign
@pytest.mark.promise(8)
@pytest.mark.parametrize("kind", PLAN)
def test_ten_thousand_spoilt_recipes_are_refused_cleanly(kind: str) -> None:
    fuzz(kind, 1.0)
