"""What people ask of loops: who may, what it does, how it is given back; and every refusal."""

from typing import Any

import pytest

from bioctl.audit.entry import Entry
from bioctl.errors import BioctlError

from ..batch.cell import recipe  # noqa: TID252  tests are no package
from ..batch.test_hold import GROW  # noqa: TID252
from .desk import Desk
from .setting import kinds

LOOP = {"unit": "BR101", "loop": "temperature"}


def filled(desk: Desk) -> None:
    """Let the vessel weigh as if there were liquid: a dry one is neither stirred nor heated."""
    desk.run.line.bench.plant.set_fault("BR101.WT101.offset", 4.0)


async def loop_entries(desk: Desk) -> list[Entry]:
    found = kinds(await desk.run.entries(), "loop.set")
    return [entry for entry in found if entry.actor["type"] == "person"]


async def test_a_person_takes_a_loop_and_gives_it_back_and_the_journal_says_who(desk: Desk) -> None:
    await desk.start(recipe(GROW))
    await desk.give("ada", "loop.set", args=LOOP | {"sp": 33.0})
    answer = await desk.give("ada", "loop.mode", args=LOOP | {"mode": "auto"})
    assert answer.message == "BR101.temperature: mode AUTO, setpoint 33"
    await desk.run.turn(3)
    assert desk.run.core.memory["BR101"].loops["temperature"].target == 33.0
    assert (await loop_entries(desk))[-1].actor["id"] == "ada"
    await desk.give("ada", "loop.mode", args=LOOP | {"mode": "recipe"})
    assert desk.run.core.state.units["BR101"].loops["temperature"].held == ""


async def test_the_recipe_moves_no_loop_a_person_has_taken(desk: Desk) -> None:
    filled(desk)
    await desk.start(recipe(GROW))
    await desk.give("ada", "loop.mode", args=LOOP | {"mode": "man"})
    await desk.run.turn(10)
    assert desk.run.core.memory["BR101"].loops["temperature"].mode == "MAN"
    await desk.give("ada", "loop.set", args=LOOP | {"u": 31.5})
    await desk.run.turn(3)
    assert desk.run.core.outputs()["BR101.TC101"] == 31.5


async def test_a_new_tuning_is_journaled_with_the_old_one(desk: Desk) -> None:
    await desk.start(recipe(GROW))
    await desk.give("kim", "loop.tune", args=LOOP | {"gain": 9.0, "integral": 700.0})
    entry = (await loop_entries(desk))[-1]
    assert entry.data["tuning"] == {"gain": 9.0, "integral": 700.0}
    assert entry.data["old_tuning"]["gain"] == 7.0
    await desk.run.turn(3)
    tuned = desk.run.core.memory["BR101"].loops["temperature"].tuned
    assert tuned is not None
    assert (tuned.kc, tuned.ti_s) == (9.0, 700.0)
    await desk.give("kim", "loop.tune", args=LOOP | {"site": True})
    await desk.run.turn(3)
    assert desk.run.core.memory["BR101"].loops["temperature"].tuned is None


@pytest.mark.parametrize(
    ("user", "name", "args", "said"),
    [
        ("ada", "loop.mode", LOOP | {"mode": "atuo"}, "did you mean 'AUTO'"),
        ("ada", "loop.mode", LOOP | {"mode": "cas"}, "no source"),
        (
            "ada",
            "loop.mode",
            {"unit": "BR1O1", "loop": "pH", "mode": "off"},
            "did you mean 'BR101'",
        ),
        ("ada", "loop.set", {"unit": "BR101", "loop": "ph", "sp": 7}, "did you mean 'pH'"),
        ("ada", "loop.set", LOOP | {"sp": 99}, "outside 4 .. 40"),
        ("ada", "loop.set", LOOP | {"sp": "nan"}, "expected a number"),
        ("ada", "loop.set", LOOP, "nothing to set"),
        ("ada", "loop.tune", LOOP | {"gain": 9}, "role operator may not"),
        ("kim", "loop.tune", LOOP | {"gain": 0}, "kc is 0"),
        ("kim", "loop.tune", LOOP | {"gian": 9}, "did you mean 'gain'"),
        ("kim", "loop.tune", LOOP | {"test": "relai"}, "did you mean 'relay'"),
        ("kim", "loop.tune", LOOP | {"test": "relay", "amplitude": 3}, "needs guard"),
    ],
)
async def test_what_a_loop_cannot_do_is_refused_in_a_sentence_and_journaled(
    desk: Desk, user: str, name: str, args: dict[str, Any], said: str
) -> None:
    await desk.start(recipe(GROW))
    with pytest.raises(BioctlError) as caught:
        await desk.give(user, name, args=args)
    assert said in str(caught.value)
    assert not await loop_entries(desk)
    assert kinds(await desk.run.entries(), "command.rejected")


async def test_a_tuning_test_ends_under_its_guard_and_its_end_is_an_entry_with_samples(
    desk: Desk,
) -> None:
    filled(desk)
    await desk.start(recipe(GROW))
    await desk.run.turn(3)
    limits = {"test": "step", "amplitude": 1.0, "guard": 50, "longest_s": 100, "settle_s": 20}
    await desk.give("kim", "loop.set", args=LOOP | {"sp": 30.0})
    await desk.run.turn(5)
    answer = await desk.give("kim", "loop.tune", args=LOOP | limits)
    assert answer.message == "the step test of BR101.temperature has begun"
    before = desk.run.core.memory["BR101"].loops["temperature"].u
    await desk.run.turn(15)
    (tested,) = kinds(await desk.run.entries(), "loop.tested")
    assert tested.data["by"] == "kim"
    assert "longer than 100 s" in str(tested.data["reason"])
    assert str(tested.data["samples"]).count(";") >= 8
    after = desk.run.core.memory["BR101"].loops["temperature"]
    assert after.mode == "AUTO"
    assert before is not None


async def test_the_view_shows_what_the_law_does_and_who_leads(desk: Desk) -> None:
    from bioctl.cli.loop import _row  # noqa: PLC0415  what `bioctl loop list` prints of it

    await desk.start(recipe(GROW))
    await desk.run.turn(3)
    await desk.give("ada", "loop.set", args=LOOP | {"sp": 33.0})
    await desk.run.turn(2)
    loop = desk.pipeline.view()["units"]["BR101"]["loops"]["temperature"]
    assert (loop["mode"], loop["sp"], loop["held"]) == ("AUTO", 33.0, "ada")
    assert sum(loop["parts"].values()) == pytest.approx(loop["parts"]["p"] + loop["parts"]["i"])
    assert loop["tuning"] == {"gain": 7.0, "integral": 840.0}
    row = _row("BR101.temperature", loop)
    assert row[:4] == ["BR101.temperature", "AUTO", "ada", "33"]
    assert len(row) == 10
