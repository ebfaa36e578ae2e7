"""A recipe the engine can't run whole is refused in one sentence; nothing of it starts."""

import pytest

from bioctl.batch.startable import beyond_engine, check_startable
from bioctl.cli.recipe_files import good_recipe
from bioctl.errors import RefusedError
from bioctl.phases.library import PHASES, capabilities
from bioctl.recipe.library import recipe_names
from bioctl.recipe.load import load_recipe

from .cell import recipe

ABLE = capabilities()

RUNS = {"first_expansion", "packed_bed_expansion"}
"""Serial recipes of phases that exist."""


@pytest.mark.parametrize("name", recipe_names())
def test_only_what_the_engine_knows_may_start(name: str) -> None:
    loaded = good_recipe(name, ABLE)
    if name in RUNS:
        check_startable(loaded, ABLE.phases)
        assert {step.phase for _, step in loaded.steps()} <= PHASES.keys()
        return
    with pytest.raises(RefusedError) as refused:
        check_startable(loaded, ABLE.phases)
    assert str(refused.value).startswith(f"recipe {name} can't be started by this version: it uses")
    assert "nothing was started" in refused.value.help


def test_result_of_a_sample_in_until_is_not_known_to_the_engine() -> None:
    text = recipe(
        '{ask: sample, with: {question: "?", result: count}, timeout: 1 h}',
        "{wait: wait, until: count > 3, timeout: 1 h}",
    )
    loaded = load_recipe(text, "r.yaml", ABLE)
    assert list(beyond_engine(loaded, ABLE.phases)) == ["results in `until`"]


def test_every_word_the_engine_does_not_know_is_named() -> None:
    found = {
        word
        for name in recipe_names()
        for word in beyond_engine(good_recipe(name, ABLE), ABLE.phases)
    }
    assert found == {
        "parallel", "choose", "repeat", "synchronise", "exceptions", "clocks",
        "`remind`", "`restart at`", "`checked by`",
        "phase freeze", "phase debulk", "phase isolate", "phase sterilise",
    }  # fmt: skip
