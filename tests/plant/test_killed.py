"""Promises 2, 3, 4: the controller is killed at its worst moments, in lockstep."""

import random
from collections.abc import Callable, Iterable

import pytest

from .cell import BATCH, Cell, Entry
from .programs import bioctl, done
from .witness import check_doses, check_loops, check_once, feeds, pumped, states

Moment = Callable[[Cell], None]


def is_step(path: str, step: str) -> Callable[[Entry], bool]:
    return lambda e: e["kind"] == "phase.step" and path in e["path"] and e["data"]["step"] == step


def after_intent(cell: Cell) -> None:
    cell.follow(lambda e: e["kind"] == "call.intent", "one-shot command")


def at_prompt(cell: Cell) -> None:
    cell.follow(
        lambda e: e["kind"] == "prompt.opened" and "harvest_decision" in e["path"], "decision"
    )


def in_transfer(cell: Cell) -> None:
    entry = cell.follow(is_step("to_washer", "pump"), "pumping")
    cell.until(lambda: cell.plant_log()[-1]["sim_time"] > entry["t"] + 15, "half a transfer")


def in_holding(cell: Cell) -> None:
    cell.follow(is_step("add_cryo_medium", "adding"), "dosing")
    cell.command("batch.hold", reason="looks odd")
    cell.follow(lambda e: e["data"].get("state") == "HOLDING", "HOLDING")


def in_filling(cell: Cell) -> None:
    cell.follow(is_step("fill_vials/fill", "filling"), "filling")


AIMED: tuple[Moment, ...] = (after_intent, at_prompt, in_transfer, in_holding, in_filling)


def kill(cell: Cell) -> None:
    assert cell.controller
    cell.controller.kill()


def kill_twice(cell: Cell) -> None:
    """Kill it again while it recovers: recovery can be repeated."""
    kill(cell)
    cell.start()
    kill(cell)


def stop(cell: Cell) -> None:
    """Stop it in order in the middle of a batch: it needs no person, and nothing is lost."""
    assert cell.controller
    assert cell.controller.stop() == 0
    last = [e["kind"] for e in cell.entries() if e["kind"] != "history.chunk"][-1]
    assert last == "cell.stopped"


ENDINGS = (kill, kill_twice, stop)


def kill_and_recover(cell: Cell, end: Moment = kill) -> None:
    """End the controller, start it, see that all is held; a person restarts the batch once.

    A batch that was complete before the end came stays complete.
    """
    end(cell)
    cell.start()
    cell.until(lambda: cell.link()["link"] == "up", "link to the plant")
    cell.until(lambda: cell.batch()["state"] in ("HELD", "COMPLETE"), "HELD batch")
    cell.until(lambda: feeds(cell) == {0.0}, "feeds at 0 by the plant's own read-back", 3.0)
    check_loops(cell)
    if cell.batch()["state"] == "COMPLETE":
        return
    logins = [i for i, line in enumerate(cell.plant_log()) if line["what"] == "login"]
    assert not pumped(cell.plant_log()[logins[-1] :]), "moved liquid before a person said so"
    cell.skip()
    cell.command("batch.restart", reason="checked: all in order")
    for prompt in cell.view()["prompts"]:
        cell.answer(prompt)


def check_whole(cell: Cell, starts: int, slack_kg: float = 0.08) -> None:
    """The run is complete, and both witnesses agree that nothing was done twice.

    Args:
        cell: its batch runs.
        starts: how often its controller was started in all.
        slack_kg: what a pump may move between the reading that stops it and its stop.
    """
    cell.finish()
    log = cell.plant_log()
    check_once(log)
    check_doses(cell, slack_kg)
    started = [e for e in cell.entries() if e["kind"] == "cell.started"]
    assert len(started) == starts
    assert states(cell.entries())[-1] == "COMPLETE"
    file = cell.folder / "record.json"
    done("record", BATCH, "--format", "json", "--out", str(file), "--site", str(cell.site))
    verdict = bioctl("audit", "verify", str(cell.journal))
    assert verdict.returncode == 0, verdict.stderr


@pytest.mark.promise(4)
def test_killed_at_its_worst_moments(cell: Cell) -> None:
    cell.start_plant()
    cell.start()
    cell.begin()
    for moment in AIMED:
        moment(cell)
        kill_and_recover(cell)
    check_whole(cell, len(AIMED) + 1)


def at_random(chance: random.Random) -> Moment:
    """Let some decisions and some process time pass, wherever the batch is then."""
    decided, seconds = chance.randrange(1, 12), chance.choice((0, 0, 3, 17, 60))

    def moment(cell: Cell) -> None:
        count = 0

        def enough(entry: Entry) -> bool:
            nonlocal count
            count += 1
            over = entry["kind"] == "batch.state" and entry["data"]["state"] == "COMPLETE"
            return count >= decided or over

        entry = cell.follow(enough, "decision")
        cell.until(lambda: cell.plant_log()[-1]["sim_time"] >= entry["t"] + seconds, "time")

    return moment


def run_random(cell: Cell, seed: int, endings: Iterable[Moment]) -> int:
    """End the controller at random moments; return how often it was started in all."""
    chance = random.Random(seed)  # noqa: S311  no secret
    cell.start_plant()
    cell.start()
    cell.begin()
    starts = 1
    for end in endings:
        at_random(chance)(cell)
        if cell.batch()["state"] == "COMPLETE":
            break
        kill_and_recover(cell, end)
        starts += 2 if end is kill_twice else 1
    return starts


@pytest.mark.promise(3)
def test_ended_at_random_moments(cell: Cell) -> None:
    check_whole(cell, run_random(cell, 7, (stop, kill_twice)))


@pytest.mark.campaign
@pytest.mark.timeout(900)
@pytest.mark.promise(3)
@pytest.mark.parametrize("seed", [42, 43, 44])
def test_ended_thirty_times(cell: Cell, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  no secret
    starts = run_random(cell, seed, chance.choices(ENDINGS, weights=(3, 1, 1), k=30))
    assert starts > 15
    check_whole(cell, starts)


@pytest.mark.fault("NW-04")
@pytest.mark.promise(4)
def test_plant_killed_and_started_again(cell: Cell) -> None:
    cell.start_plant()
    cell.start()
    cell.begin()
    cell.follow(lambda e: "grow" in e.get("path", "") and e["kind"] == "phase.state", "culture")
    assert cell.plant
    cell.plant.kill()
    cell.until(lambda: cell.link()["link"] == "down", "lost link")
    lines = len(cell.plant_log())
    cell.start_plant()
    cell.until(lambda: cell.batch()["state"] == "HELD", "HELD batch")
    cell.until(lambda: feeds(cell) == {0.0}, "feeds at 0")
    check_loops(cell)
    assert not pumped(cell.plant_log()[lines:]), "moved liquid before a person said so"
    times = [e["t"] for e in cell.entries()]
    assert times == sorted(times)
    cell.skip()
    cell.command("batch.restart", reason="the plant is as it should be")
    cell.follow(lambda e: e["data"].get("state") == "RUNNING", "RUNNING batch")
    assert cell.controller
    assert cell.controller.stop() == 0
    verdict = bioctl("audit", "verify", str(cell.journal))
    assert verdict.returncode == 0, verdict.stderr
