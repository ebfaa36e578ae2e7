"""What happens when the journal can't be written (promise 7), and after."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from bioctl.app.store import PATIENCE_S
from bioctl.audit.chain import Row
from bioctl.audit.entry import Entry, Event
from bioctl.audit.store import Snapshot
from bioctl.audit.verify import verify
from bioctl.errors import StorageError
from bioctl.phases.states import State

from ..batch.cell import recipe  # noqa: TID252  tests are no package
from ..batch.dry_setting import ADA, who  # noqa: TID252
from ..batch.test_hold import CHARGE, DRAIN, GROW, PERFUSE  # noqa: TID252
from .setting import Running, kinds


async def growing(run: Running, *phases: str, until: str) -> None:
    await run.create(recipe(CHARGE, *phases))
    path, _, step = until.partition(":")
    await run.until_step(f"u/o/{path}", step)
    await run.turn()


@pytest.mark.promise(1)
async def test_decision_is_part_of_the_state_only_when_it_is_durable(run: Running) -> None:
    await growing(run, GROW, until="grow:begin")
    assert await run.folded() == run.core.state


@pytest.mark.promise(7)
@pytest.mark.fault("ST-01")
async def test_without_a_journal_nothing_starts_and_nothing_goes_on(run: Running) -> None:
    await run.create(recipe(CHARGE))
    await run.break_disk()
    await run.turn(20)
    assert run.batch.state is State.IDLE
    assert run.line.sent == []
    await run.mend_disk()
    await run.turn(2)
    assert run.batch.state is State.RUNNING
    assert len(run.line.sent) == 1


@pytest.mark.promise(7)
@pytest.mark.fault("ST-01")
async def test_without_a_journal_procedures_stand_still_and_loops_go_on(run: Running) -> None:
    await growing(run, GROW, until="grow:begin")
    before, jacket = run.core.state, set()
    await run.break_disk()
    for _ in range(90):  # longer than `grow` has to do
        await run.turn()
        jacket.add(run.core.outputs()["BR101.TC101"])
    assert run.core.state == before
    assert len(jacket) > 5, "the temperature loop moves"
    await run.mend_disk()
    await run.until_state(State.COMPLETE)
    assert await run.folded() == run.core.state


@pytest.mark.promise(7)
@pytest.mark.parametrize("verb", ["hold", "stop", "abort"])
async def test_hold_stop_and_abort_act_at_once_and_become_late_entries(
    run: Running, verb: str, tmp_path: Path
) -> None:
    await growing(run, GROW, DRAIN, until="drain:pump")
    assert run.core.outputs()["BR101.PC104"] == 200.0
    await run.break_disk()
    name = run.ask(verb)
    await run.turn()
    assert run.batch.state not in (State.RUNNING, State.COMPLETE)
    assert run.core.outputs()["BR101.PC104"] == 0.0
    assert run.core.state.commands[name] == "done"
    await run.turn(2)
    assert run.line.bench.plant.units["BR101"].outputs["PC04"] == 0.0
    await run.mend_disk()
    late = [entry for entry in await run.entries() if entry.late]
    assert [e.data["id"] for e in kinds(late, "command.outcome")] == [name]
    assert kinds(late, "batch.state")
    await run.turn(5)
    assert await run.folded() == run.core.state
    assert (await asyncio.to_thread(verify, tmp_path / "journal.db")).ok


@pytest.mark.promise(7)
@pytest.mark.parametrize("verb", ["restart", "resume", "pause", "start", "answer"])
async def test_what_would_go_on_waits_for_the_journal(run: Running, verb: str) -> None:
    await growing(run, GROW, until="grow:begin")
    run.ask("hold" if verb == "restart" else "pause" if verb == "resume" else "resume")
    await run.turn(3)
    state = run.batch.state
    await run.break_disk()
    run.ask(verb, prompt="P1", value="yes")
    await run.turn(5)
    assert run.batch.state is state


@pytest.mark.promise(7)
async def test_after_ten_seconds_without_a_journal_feeds_take_their_hold_outputs(
    run: Running,
) -> None:
    await growing(run, GROW, PERFUSE, until="perfuse:level")
    assert run.core.outputs()["BR101.PC102"] == 2.0
    await run.break_disk()
    await run.turn()
    start = run.clock.now
    while run.clock.now - start < PATIENCE_S - 1.0:
        await run.turn()
    assert run.line.bench.plant.units["BR101"].outputs["PC02"] == 2.0
    run.clock.now += 2.0
    await run.turn(2)
    assert run.line.bench.plant.units["BR101"].outputs["PC02"] == 0.0
    assert run.core.outputs()["BR101.SC101"] >= 60.0
    await run.mend_disk()
    await run.turn(2)
    assert run.line.bench.plant.units["BR101"].outputs["PC02"] == 2.0
    told = [
        entry.kind for entry in await run.entries() if entry.data.get("alarm") == "cell.journal"
    ]
    assert [kind for kind in told if kind != "alarm.escalated"] == ["alarm.raised", "alarm.cleared"]


@pytest.mark.promise(7)
async def test_after_ten_seconds_without_a_journal_a_dose_is_stopped(run: Running) -> None:
    await run.create(recipe(CHARGE))
    await run.until_step("u/o/charge", "dosing")
    await run.break_disk()
    for _ in range(4):
        assert run.batch.state is State.RUNNING
        run.clock.now += PATIENCE_S / 3
        await run.turn()
    assert run.line.bench.executed[-1][1] == "STOP_DOSE"
    assert run.batch.state is State.HOLDING
    await run.mend_disk()
    await run.until_state(State.HELD)
    causes = [e.data["cause"] for e in kinds(await run.entries(), "batch.state")]
    assert "the journal can't be written" in causes
    run.ask("restart")
    await run.until_state(State.COMPLETE)
    assert run.line.bench.dosed == {("BR101", "medium"): pytest.approx(1000.0, abs=1.0)}


@pytest.mark.promise(1)
@pytest.mark.fault("ST-03")
async def test_commit_that_only_seemed_to_fail_is_believed_once_the_journal_can_be_read(
    run: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk reports an error although the transaction is in the file."""
    await run.create(recipe(CHARGE))
    store = run.store.journal._store
    commit = store.commit

    def lie(rows: Sequence[Row], snapshots: Sequence[Snapshot]) -> None:
        commit(rows, snapshots)
        if any(row.kind == "call.intent" for row in rows):
            monkeypatch.setattr(store, "commit", commit)
            raise StorageError("disk I/O error")

    monkeypatch.setattr(store, "commit", lie)
    await run.turn()
    assert run.batch.state is State.IDLE
    assert run.store.doubt
    await run.tidy_until(lambda: not run.store.doubt)
    assert run.batch.state is State.RUNNING
    assert await run.folded() == run.core.state
    assert run.line.sent == [], "its dose was not sent, and is not sent behind its back"
    run.clock.now += 10.0  # the call's deadline is over: it is known that it never came
    await run.shell.tidy()
    await run.until_state(State.HELD)
    run.ask("restart")
    await run.until_state(State.COMPLETE)
    assert run.line.bench.dosed == {("BR101", "medium"): pytest.approx(1000.0, abs=1.0)}


async def test_late_hold_survives_the_journal_being_folded_anew(run: Running) -> None:
    await growing(run, GROW, until="grow:begin")
    await run.break_disk()
    with pytest.raises(StorageError):
        await run.store.commit([Event("result", who(ADA), {"name": "x"})])
    run.ask("hold")
    await run.turn(2)
    held = run.core.state
    run.disk.broken = False
    await run.tidy_until(lambda: not run.store.doubt)
    assert run.batch.state in (State.HOLDING, State.HELD)
    assert run.core.state.batches == held.batches


@pytest.mark.promise(7)
async def test_hold_given_while_the_journal_is_folded_anew_stands(run: Running) -> None:
    await growing(run, GROW, until="grow:begin")
    await run.break_disk()
    with pytest.raises(StorageError):
        await run.store.commit([Event("result", who(ADA), {"name": "x"})])
    await run.mend_disk_only()
    read, refolding = run.store.journal.read, asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly() -> list[Entry]:
        found = list(read())
        loop.call_soon_threadsafe(refolding.set)
        given.result()
        return found

    async def hold() -> None:
        await refolding.wait()
        await run.break_disk()
        run.ask("hold")
        await run.turn()

    given = asyncio.run_coroutine_threadsafe(hold(), loop)
    run.store.journal.read = slowly  # type: ignore[method-assign,assignment]
    await run.shell.tidy()
    assert not run.store.doubt
    assert run.batch.state in (State.HOLDING, State.HELD)
    await run.mend_disk()
    assert await run.folded() == run.core.state


@pytest.mark.fault("OP-01")
async def test_request_that_comes_during_a_commit_is_not_lost(wall: Running) -> None:
    await wall.create(recipe(GROW))
    decided = wall.shell.tick()
    name = wall.ask("hold")
    for batch, events in decided.items():
        await wall.shell._act(batch, events)
    await wall.tick(2)
    assert wall.core.state.commands[name] == "done"
    assert wall.batch.state is State.HELD
