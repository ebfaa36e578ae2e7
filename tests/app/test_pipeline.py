"""The one way in: who may, when, once, with which signature; and every refusal is an entry."""

import asyncio
import re
from typing import Any

import pytest
from pydantic import SecretStr

import bioctl.app.pipeline as pipeline_module
from bioctl.app.pipeline import IDLE_S
from bioctl.equipment.driver import Link
from bioctl.errors import InputError, RefusedError, StorageError, UnreachableError
from bioctl.phases.states import State
from bioctl.port.messages import Answer, Command, Signing

from ..batch.cell import BATCH, recipe  # noqa: TID252  tests are no package
from ..batch.test_hold import CHARGE, GROW  # noqa: TID252
from .desk import PASSWORD, ROLES, TYPO, Desk
from .setting import kinds

ASKS = recipe("{ask: confirm, with: {question: ready?}, timeout: 1 h}", CHARGE, GROW)
ENDLESS = recipe(re.sub(r", until: [^,]+", "", GROW))
LOOP = recipe(f"{{repeat: twice, at most: 2, phases: [{CHARGE}]}}")
DECIDES = recipe("{decide: decide, with: {question: go on?}, timeout: 1 h}", GROW)


async def test_login_is_journaled_and_a_wrong_password_too(desk: Desk) -> None:
    session = await desk.pipeline.login("ada", PASSWORD)
    assert (session.user, session.role) == ("ada", "operator")
    with pytest.raises(RefusedError):
        await desk.pipeline.login("ada", TYPO)
    told = [(e.kind, e.data["user"]) for e in await desk.run.entries() if e.kind[:5] == "login"]
    assert told == [("login.accepted", "ada"), ("login.failed", "ada")]
    assert TYPO not in str([e.body for e in await desk.run.entries()])


@pytest.mark.promise(11)
async def test_without_a_session_nothing_happens_and_the_try_is_an_entry(desk: Desk) -> None:
    command = Command(id="x", name="batch.hold", args={"batch": BATCH}, reason="r")
    for token in (None, "", "made up"):
        with pytest.raises(RefusedError, match="not logged in"):
            await desk.pipeline.command(token, command)
    assert len(kinds(await desk.run.entries(), "command.rejected")) == 3
    assert kinds(await desk.run.entries(), "command.intent") == []


async def test_session_ends_when_nobody_uses_it(desk: Desk) -> None:
    await desk.login("ada")
    desk.run.clock.now += IDLE_S + 1.0
    entry = await desk.refused("ada", "batch.hold")
    assert "session is over" in entry.data["reason"]


@pytest.mark.promise(11)
async def test_batch_is_started_by_a_person_whose_intent_comes_first(desk: Desk) -> None:
    answer = await desk.start(recipe(GROW))
    assert (answer.outcome, answer.data) == ("done", {"batch": BATCH})
    assert desk.run.batch.state is State.RUNNING
    entries = await desk.run.entries()
    order = [e.kind for e in entries if e.kind in ("command.intent", "batch.created")]
    assert order == ["command.intent", "batch.created"]
    (intent,) = kinds(entries, "command.intent")
    assert "recipe" not in intent.data["args"], "the recipe stands in batch.created"
    assert intent.actor["id"] == "ada"
    (outcome,) = kinds(entries, "command.outcome")
    assert (outcome.data["id"], outcome.data["outcome"]) == ("c1", "done")


ROLE_TABLE = {
    "batch.start": "ada kim", "batch.hold": "ada kim", "batch.stop": "ada kim",
    "batch.abort": "ada kim", "batch.restart": "ada kim", "batch.pause": "ada kim",
    "batch.answer": "ada kim", "batch.sign": "ada kim quinn", "user.add": "kim",
    "batch.release": "quinn", "no.such": "",
}  # fmt: skip


@pytest.mark.promise(11)
@pytest.mark.parametrize("name", ROLE_TABLE)
async def test_only_the_roles_of_the_table_may(desk: Desk, name: str) -> None:
    for user in ("ada", "kim", "quinn"):
        entry = await desk.refused(user, name, args={"batch": "none", "recipe": ""})
        forbidden = f"role {ROLES[user]} may not {name}" in entry.data["reason"]
        assert forbidden is (user not in ROLE_TABLE[name].split())
        assert entry.actor["id"] == user


@pytest.mark.promise(8)
async def test_command_that_does_not_fit_is_refused_in_words(desk: Desk) -> None:
    await desk.start(recipe(GROW))
    for more, said in (
        ({"name": "batch.hold", "args": {"batch": "B-2"}}, "there is no batch B-2"),
        ({"name": "batch.hold", "reason": "  "}, "needs a reason"),
        ({"name": "batch.answer", "args": {"prompt": "P9", "value": "yes"}}, "no prompt P9"),
        ({"name": "batch.start", "args": {"batch": "../x", "recipe": ""}}, "can't be a batch id"),
        ({"name": "batch.start", "args": {"batch": "BR101", "recipe": recipe(GROW)}}, "is a unit"),
        ({"name": "batch.start", "args": {"recipe": recipe(CHARGE)}}, "there is a batch B-1"),
        ({"name": "batch.start", "args": {"batch": "B-2", "recipe": recipe(GROW)}}, "in use by"),
        ({"name": "batch.start", "args": {"batch": "B-2", "recipe": "recipe: ["}}, "recipe"),
        ({"name": "batch.start", "args": {"batch": "B-2", "recipe": recipe(GROW),
                                          "values": {"grow": "1 h"}}}, "grow"),
        ({"name": "batch.start", "args": {"batch": "B-2", "recipe": ENDLESS}}, "[unbounded-wait]"),
        ({"name": "batch.start", "args": {"batch": "B-2", "recipe": LOOP}},
         "recipe test can't be started by this version: it uses repeat"),
    ):  # fmt: skip
        assert said in (await desk.refused("ada", **more)).data["reason"]
    assert desk.run.batch.state is State.RUNNING
    assert list(desk.run.core.state.batches) == [BATCH]


@pytest.mark.fault("OP-01")
async def test_same_command_id_acts_once_and_gets_the_same_answer(desk: Desk) -> None:
    await desk.start(recipe(GROW))
    first = await desk.give("ada", "batch.hold", id="same")
    await desk.run.until_state(State.HELD)
    await desk.give("ada", "batch.restart")
    await desk.run.until_state(State.RUNNING)
    again = await desk.give("ada", "batch.hold", id="same")
    assert (first.outcome, again.outcome) == ("done", "done")
    assert "already given" in again.message
    assert desk.run.batch.state is State.RUNNING
    late = await desk.give("ada", "batch.restart", id="late")
    assert late.outcome == (await desk.give("ada", "batch.restart", id="late")).outcome
    assert late.outcome == "rejected"


@pytest.mark.fault("OP-01")
async def test_double_click_starts_one_batch(desk: Desk) -> None:
    token = await desk.login("ada")
    text = recipe(CHARGE)
    twice = [
        Command(id=name, name="batch.start", args={"batch": BATCH, "recipe": text}, reason="r")
        for name in ("one", "one", "two")
    ]
    answers = await desk.answered(*(desk.pipeline.command(token, one) for one in twice))
    outcomes = sorted(one.outcome for one in answers if isinstance(one, Answer))
    assert outcomes in (["accepted", "done"], ["accepted", "done", "rejected"])
    assert len(kinds(await desk.run.entries(), "batch.created")) == 1
    await desk.run.until_state(State.COMPLETE)
    assert desk.run.line.bench.dosed == {("BR101", "medium"): pytest.approx(1000.0, abs=1.0)}


async def test_batch_whose_start_was_lost_can_be_started_again(desk: Desk) -> None:
    text = recipe(GROW)
    token = await desk.login("ada")
    args: dict[str, Any] = {"batch": BATCH, "recipe": text}
    task = asyncio.create_task(
        desk.pipeline.command(token, Command(id="s1", name="batch.start", args=args))
    )
    async with asyncio.timeout(10):
        while not desk.run.core.requests.get(BATCH):
            await asyncio.to_thread(bool)
    desk.run.core.requests.clear()  # the controller died here
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert desk.run.batch.state is State.IDLE
    assert (await desk.start(text)).outcome == "done"
    assert desk.run.batch.state is State.RUNNING


@pytest.mark.promise(3)
async def test_command_after_its_deadline_is_refused(desk: Desk) -> None:
    await desk.start(recipe(GROW))
    entry = await desk.refused("ada", "batch.hold", deadline=desk.run.clock.utc())
    assert "after its deadline" in entry.data["reason"]
    assert desk.run.batch.state is State.RUNNING


@pytest.mark.fault("OP-02")
async def test_command_on_an_old_view_is_rejected_with_what_to_do(desk: Desk) -> None:
    await desk.start(recipe(GROW))
    seen = desk.run.batch.version - 1
    answer = await desk.give("ada", "batch.stop", seen=seen)
    assert answer.outcome == "rejected"
    assert "look again" in answer.message
    assert (await desk.give("ada", "batch.abort", seen=seen)).outcome == "done"


@pytest.mark.fault("OP-06")
async def test_prompt_is_answered_once(desk: Desk) -> None:
    await desk.start(ASKS)
    await desk.run.turn()
    (prompt,) = desk.pipeline.view()["prompts"]
    args = {"prompt": prompt["id"], "value": "yes"}
    refusal = await desk.refused("ada", "batch.answer", args={**args, "value": "perhaps"})
    assert "yes, no" in refusal.data["reason"]
    assert (await desk.give("ada", "batch.answer", args=args)).outcome == "done"
    refusal = await desk.refused("kim", "batch.answer", args=args)
    assert "already answered by ada" in refusal.data["reason"]


def signing(user: str = "kim", password: str = PASSWORD, meaning: str = "approved") -> Signing:
    return Signing(user=user, password=SecretStr(password), meaning=meaning)


@pytest.mark.promise(11)
async def test_decision_is_signed_by_the_person_of_the_role_and_by_nobody_else(desk: Desk) -> None:
    await desk.start(DECIDES)
    await desk.run.turn()
    (prompt,) = desk.pipeline.view()["prompts"]
    args = {"prompt": prompt["id"], "value": "approved"}
    for user, name, signature, said in (
        ("kim", "batch.answer", None, "batch sign"),
        ("kim", "batch.sign", None, "answered by a signature"),
        ("ada", "batch.sign", signing("ada"), "to be signed by a supervisor"),
        ("ada", "batch.sign", signing("kim"), "to be signed by a supervisor"),
        ("kim", "batch.sign", signing("kit"), "can't sign as kit"),
        ("kim", "batch.sign", signing(password=TYPO), ""),
        ("kim", "batch.sign", signing(meaning="looks fine"), "approved, rejected"),
    ):
        entry = await desk.refused(user, name, args=args, signature=signature)
        assert said in entry.data["reason"]
        assert entry.actor["id"] == user
    assert kinds(await desk.run.entries(), "signature") == []
    assert TYPO not in str([e.body for e in await desk.run.entries()])
    given = await desk.give("kim", "batch.sign", args=args, signature=signing())
    assert given.outcome == "done"
    entries = await desk.run.entries()
    (signature,) = kinds(entries, "signature")
    (answered,) = kinds(entries, "prompt.answered")
    assert (signature.actor["id"], answered.data["by"]) == ("kim", "kim")
    assert signature.data["meaning"] == "approved"
    assert PASSWORD not in str([entry.body for entry in entries])


@pytest.mark.promise(9)
async def test_finished_record_takes_no_more_entries(desk: Desk) -> None:
    await desk.start(recipe(GROW))
    await desk.give("ada", "batch.abort")
    await desk.run.until(lambda: desk.run.batch.sealed)
    count = len([e for e in await desk.run.entries() if e.batch == BATCH])
    for verb in ("abort", "hold", "restart"):
        entry = await desk.refused("ada", f"batch.{verb}")
        assert "is over: it is ABORTED" in entry.data["reason"]
        assert entry.batch is None
    assert len([e for e in await desk.run.entries() if e.batch == BATCH]) == count


@pytest.mark.promise(7)
async def test_without_a_journal_only_the_safe_direction_is_accepted(desk: Desk) -> None:
    await desk.start(recipe(GROW))
    await desk.login("ada")
    await desk.run.break_disk()
    for name in ("batch.pause", "batch.start"):
        with pytest.raises((StorageError, RefusedError, InputError)):
            await desk.give("ada", name, args={"recipe": recipe(CHARGE)})
    answer = await desk.give("ada", "batch.hold")
    assert answer.outcome == "done", "told at once, although its entry is late"
    assert desk.run.batch.state is State.HELD
    await desk.run.mend_disk()
    held = [e for e in await desk.run.entries() if e.data.get("id") == f"c{desk.given}"]
    assert [(e.kind, e.late) for e in held] == [
        ("command.intent", True), ("command.outcome", True),
    ]  # fmt: skip


async def test_nothing_is_started_over_a_connection_that_is_down_and_people_see_why(
    desk: Desk,
) -> None:
    desk.run.line.cut()
    await desk.run.turn(2)
    with pytest.raises(UnreachableError, match="timed out"):
        await desk.start(recipe(GROW))
    view = desk.pipeline.view()
    assert view["links"]["plant"] == {"link": Link.DOWN, "reason": "timed out"}
    assert len(await desk.pipeline.entries(0, None, 0.0, 500)) >= 3


async def test_entries_are_handed_out_page_by_page_with_sentences(desk: Desk) -> None:
    await desk.start(recipe(GROW))
    every = await desk.pipeline.entries(0, None, 0.0, 1000)
    assert [e["seq"] for e in every] == list(range(1, len(every) + 1))
    assert all(e["sentence"].endswith((".", "?")) for e in every)
    page = await desk.pipeline.entries(2, None, 0.0, 2)
    assert [e["seq"] for e in page] == [3, 4]
    mine = await desk.pipeline.entries(0, BATCH, 0.0, 1000)
    assert {e["batch"] for e in mine} == {BATCH}


async def test_entries_wait_for_news(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    last = (await desk.run.entries())[-1].seq
    waiting = asyncio.create_task(desk.pipeline.entries(last + 1, None, 30.0, 10))
    await asyncio.sleep(0)
    await desk.start(recipe(GROW))
    async with asyncio.timeout(10):
        found = await waiting
    assert found[0]["seq"] == last + 2
    monkeypatch.setattr(pipeline_module, "OUTCOME_S", 0.0)
    assert await desk.pipeline.entries(10**6, None, 0.01, 10) == []


async def test_command_whose_scan_does_not_come_is_accepted_and_told_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.start(recipe(GROW))
    monkeypatch.setattr(pipeline_module, "OUTCOME_S", 0.0)
    token = await desk.login("ada")
    command = Command(id="slow", name="batch.hold", args={"batch": BATCH}, reason="r")
    answer = await desk.pipeline.command(token, command)
    assert (answer.outcome, desk.run.batch.state) == ("accepted", State.RUNNING)
    await desk.run.turn()
    assert desk.run.batch.state is not State.RUNNING
