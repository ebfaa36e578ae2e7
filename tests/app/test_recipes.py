"""Recipes through the command pipeline: signed, journaled, and asked for where a batch starts."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bioctl.app.store import fact
from bioctl.audit.sentence import sentence
from bioctl.audit.signature import record_hash
from bioctl.batch.apply import fold
from bioctl.errors import InputError, IntegrityError, RefusedError
from bioctl.phases.library import capabilities
from bioctl.phases.states import State
from bioctl.port.messages import Signing
from bioctl.recipe.canonical import recipe_hash, to_dict
from bioctl.recipe.lifecycle import MEANING, Move, Status
from bioctl.recipe.load import load_recipe
from bioctl.recipe.scale_sheet import make_sheet
from bioctl.recipe.vessel import Vessel

from ..batch.cell import BATCH, recipe  # noqa: TID252  tests are no package
from ..batch.test_hold import CHARGE, GROW  # noqa: TID252
from .desk import PASSWORD, TYPO, Desk
from .setting import kinds

TEXT = recipe(CHARGE, GROW)
NAME = "test@1"


def signing(user: str, meaning: str, password: str = PASSWORD) -> Signing:
    return Signing(user=user, password=SecretStr(password), meaning=meaning)


async def step(desk: Desk, verb: str, user: str, text: str = TEXT, **more: Any) -> Any:
    meaning = MEANING[Move(verb)] if verb in set(Move) else "approved"
    given = {"signature": signing(user, meaning), "args": {"recipe": text}} | more
    return await desk.give(user, f"recipe.{verb}", **given)


async def effective(desk: Desk, text: str = TEXT) -> None:
    await step(desk, "submit", "kim", text)
    await step(desk, "approve", "quinn", text)
    await step(desk, "release", "quinn", text)


def strict(desk: Desk) -> None:
    """Make it a gmp site."""
    desk.run.core.site = replace(desk.run.core.site, profile="gmp")


@pytest.mark.promise(11)
async def test_life_of_a_recipe_is_signed_and_journaled(desk: Desk) -> None:
    await effective(desk)
    entries = await desk.run.entries()
    content = recipe_hash(load_recipe(TEXT, "r.yaml", capabilities()))
    signed = [
        (e.data["meaning"], e.data["signer"], e.data["record"]) for e in kinds(entries, "signature")
    ]
    assert signed == [
        ("authored", "kim", f"recipe:{NAME}"),
        ("approved", "quinn", f"recipe:{NAME}"),
        ("released", "quinn", f"recipe:{NAME}"),
    ]
    assert {e.data["hash"] for e in kinds(entries, "signature")} == {content}
    told = [sentence(e) for e in kinds(entries, "recipe.status")]
    assert told[1] == (
        f"Quinn (quinn, qa) brought recipe test version 1 from in review to approved, "
        f"content {content[:12]}."
    )
    assert desk.pipeline.view()["recipes"][0]["status"] == "effective"
    assert fold(fact(entry) for entry in entries).recipes == desk.run.core.state.recipes


async def test_what_was_submitted_stands_in_the_journal_whole(desk: Desk) -> None:
    await step(desk, "submit", "kim")
    (entry,) = kinds(await desk.run.entries(), "recipe.status")
    content = to_dict(load_recipe(TEXT, "r.yaml", capabilities()))
    assert record_hash(entry.data["content"]) == record_hash(content) == entry.data["hash"]


async def test_author_can_not_approve_even_with_another_role(desk: Desk) -> None:
    await step(desk, "submit", "kim")
    await desk.refused(
        "kim", "recipe.approve", args={"recipe": TEXT}, signature=signing("kim", "approved")
    )


@pytest.mark.parametrize(
    ("user", "verb", "more", "told"),
    [
        ("ada", "submit", {}, "role operator may not recipe.submit"),
        ("quinn", "submit", {}, "role qa may not recipe.submit"),
        ("kim", "approve", {}, "role supervisor may not recipe.approve"),
        ("kim", "submit", {"signature": None}, "recipe.submit is given by a signature"),
        ("kim", "submit", {"signature": signing("kim", "authored", TYPO)}, "password is wrong"),
        ("kim", "submit", {"signature": signing("kit", "authored")}, "can't sign as kit"),
        (
            "kim",
            "submit",
            {"signature": signing("kim", "approved")},
            "means authored, not approved",
        ),
        ("kim", "submit", {"args": {"recipe": "recipe: [\n"}}, "this is not YAML"),
        ("quinn", "approve", {}, "test@1 is draft: approve is not possible now"),
        ("quinn", "retire", {"reason": " "}, "recipe.retire needs a reason"),
    ],
)
async def test_move_that_can_not_be_is_refused_and_journaled(
    desk: Desk, user: str, verb: str, more: dict[str, Any], told: str
) -> None:
    given = {"signature": signing(user, MEANING[Move(verb)]), "args": {"recipe": TEXT}} | more
    entry = await desk.refused(user, f"recipe.{verb}", **given)
    assert told in entry.data["reason"]
    assert not desk.run.core.state.recipes


@pytest.mark.fault("RX-19")
async def test_altered_file_is_not_approved_and_never_started(desk: Desk) -> None:
    altered = TEXT.replace("37 degC", "37.5 degC")
    await step(desk, "submit", "kim")
    with pytest.raises(IntegrityError, match="this is not recipe test@1 as it was submitted"):
        await step(desk, "approve", "quinn", altered)
    await step(desk, "approve", "quinn", TEXT + "\n# a comment is no part of it\n")
    with pytest.raises(IntegrityError, match="give the change a version of its own"):
        await desk.start(altered)


@pytest.mark.fault("RX-18")
async def test_gmp_starts_what_is_effective_and_nothing_else(desk: Desk) -> None:
    strict(desk)
    for verb, user in (("", ""), ("submit", "kim"), ("approve", "quinn")):
        if verb:
            await step(desk, verb, user)
        with pytest.raises(RefusedError, match="profile gmp runs effective ones"):
            await desk.start(TEXT)
    await step(desk, "release", "quinn")
    assert (await desk.start(TEXT)).outcome == "done"
    (created,) = kinds(await desk.run.entries(), "batch.created")
    assert created.data["status"] == "effective"
    assert desk.run.core.state.batches[BATCH].state is State.RUNNING


async def test_release_supersedes_the_version_before(desk: Desk) -> None:
    await effective(desk)
    await effective(desk, TEXT.replace('version: "1"', 'version: "2"'))
    found = {name: one.status for name, one in desk.run.core.state.recipes.items()}
    assert found == {"test@1": Status.SUPERSEDED, "test@2": Status.EFFECTIVE}
    strict(desk)
    with pytest.raises(RefusedError, match="test@1 is superseded"):
        await desk.start(TEXT)


async def test_same_command_twice_moves_once(desk: Desk) -> None:
    await step(desk, "submit", "kim", id="once")
    again = await step(desk, "submit", "kim", id="once")
    assert "already given and is done" in again.message
    assert len(kinds(await desk.run.entries(), "recipe.status")) == 1


@pytest.mark.fault("RX-17")
async def test_batch_runs_what_it_was_started_with_whatever_becomes_of_the_file(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "test.yaml"
    file.write_text(TEXT)
    await desk.start(file.read_text(), file=str(file))
    before = desk.run.core.state.batches[BATCH].control.hash()
    file.write_text(TEXT.replace("37 degC", "25 degC"))
    await desk.run.turn()
    assert desk.run.core.state.batches[BATCH].control.hash() == before
    folded = fold(fact(entry) for entry in await desk.run.entries())
    assert folded.batches[BATCH].control.hash() == before


FORMULA = "formula:\n  medium: {value: 1000 mL, range: 800 .. 1200 mL, scale: per volume}\n"
SCALABLE = TEXT.replace("volume: 1000 mL", "volume: medium").replace(
    "equipment:", f"{FORMULA}equipment:"
)
SMALL, LARGE = Vessel("one", 1e-3), Vessel("three", 3e-3)


def sheet() -> dict[str, Any]:
    made = make_sheet(load_recipe(SCALABLE, "r.yaml", capabilities()), SMALL, LARGE)
    return dict(json.loads(json.dumps(made)))  # as it comes over the wire


async def test_batch_at_another_size_has_the_values_of_the_sheet(desk: Desk) -> None:
    await desk.start(SCALABLE, scale=sheet())
    control = desk.run.core.state.batches[BATCH].control
    assert control.formula["medium"]["value"] == 3000.0
    assert control.step("u/o/charge").parameters["volume"] == 3000.0
    (created,) = kinds(await desk.run.entries(), "batch.created")
    assert created.data["scale"] == record_hash(sheet())
    assert control.master_hash == recipe_hash(load_recipe(SCALABLE, "r.yaml", capabilities()))


async def test_gmp_wants_the_sheet_signed(desk: Desk) -> None:
    strict(desk)
    await effective(desk, SCALABLE)
    with pytest.raises(RefusedError, match="nobody has signed this scale sheet"):
        await desk.start(SCALABLE, scale=sheet())
    args = {"recipe": SCALABLE, "sheet": sheet()}
    answer = await step(desk, "scale", "kim", args=args)
    assert answer.message == "the scale sheet of test@1, one to three, is signed"
    assert (await desk.start(SCALABLE, scale=sheet())).outcome == "done"
    (entry,) = kinds(await desk.run.entries(), "recipe.scaled")
    assert entry.data["sheet"] == sheet()
    assert sentence(entry).startswith("Kim (kim, supervisor) signed the scale sheet of recipe test")


@pytest.mark.fault("RX-19")
async def test_sheet_whose_numbers_were_edited_is_refused(desk: Desk) -> None:
    edited = sheet()
    edited["rows"][0]["new"][0] = 3100.0
    with pytest.raises(InputError, match="are not those that follow from its sizes"):
        await desk.start(SCALABLE, scale=edited)
    with pytest.raises(InputError, match="are not those that follow from its sizes"):
        await step(desk, "scale", "kim", args={"recipe": SCALABLE, "sheet": edited})
