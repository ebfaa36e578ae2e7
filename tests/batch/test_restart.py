"""The controller dies anywhere in a batch: nothing goes on by itself, nothing is done twice."""

import random
from functools import cache
from typing import NamedTuple

import pytest

from bioctl.audit.entry import Event
from bioctl.batch.apply import apply, fold
from bioctl.batch.log import fact_of
from bioctl.batch.recovery import recover
from bioctl.batch.state import CellState
from bioctl.phases.states import State

from .cell import BATCH, SITE, Bench, Cell, begin_again, first_expansion

SEED = 20_260_105
SAMPLED = 3
"""Kill points of each group that run with every change; the campaign runs them all."""

WATCHED = {
    "dose": ("fill_medium", "inoculate", "rinse", "detach", "add_cryo_medium"),
    "transfer": ("to_washer", "to_filler"),
    "fill": ("fill",),
    "other": (),
}

GOES_TO = {
    State.IDLE: State.IDLE,
    State.RUNNING: State.HOLDING,
    State.PAUSING: State.HOLDING,
    State.PAUSED: State.HOLDING,
    State.RESTARTING: State.HOLDING,
    State.HOLDING: State.HOLDING,
    State.HELD: State.HELD,
    State.STOPPING: State.STOPPING,
    State.STOPPED: State.STOPPED,
    State.ABORTING: State.ABORTING,
    State.ABORTED: State.ABORTED,
    State.COMPLETE: State.COMPLETE,
}
"""Promise 4, written down once more by hand."""


class Kill(NamedTuple):
    """A moment at which the controller may die: what is durable then, and the plant."""

    name: str
    group: str
    entries: int
    bench: Bench


class Whole(NamedTuple):
    journal: list[Event]
    kills: list[Kill]
    bench: Bench


@cache
def whole_run() -> Whole:
    """Run the recipe once without a fault and take a picture of the plant at every commit."""
    kills: list[Kill] = []

    def note(cell: Cell, moment: str) -> None:
        path = next(iter(cell.batch.phases), "between")
        name = path.rpartition("/")[2]
        group = next((g for g, names in WATCHED.items() if name in names), "other")
        label = f"{len(cell.journal):03d}-{moment}-{name}-{cell.step_of(path)}"
        kills.append(Kill(label, group, len(cell.journal), cell.bench.copy()))

    cell = Cell.started(first_expansion(), at_durable=note)
    cell.until_state(State.COMPLETE)
    return Whole(cell.journal, kills, cell.bench)


def sample(group: str) -> list[Kill]:
    """Return the kill points of a group that are tried with every change, chosen by seed."""
    chance = random.Random(f"{SEED} {group}")  # noqa: S311  a choice, no secret
    return chance.sample([kill for kill in whole_run().kills if kill.group == group], SAMPLED)


def states(cell: CellState) -> dict[str, State]:
    batch = cell.batches.get(BATCH)
    if batch is None:
        return {}
    return {"": batch.state, **{path: phase.state for path, phase in batch.phases.items()}}


@pytest.mark.promise(4)
@pytest.mark.fault("CR-01")
def test_after_a_crash_at_any_entry_what_ran_is_holding_and_the_rest_stays() -> None:
    state = CellState()
    for event in whole_run().journal:
        state = apply(state, fact_of(event))
        after = fold((fact_of(e) for e in recover(state, state.t, state.t, SITE.units)), state)
        expected = {path: GOES_TO[one] for path, one in states(state).items()}
        assert states(after) == expected, f"after {event.kind} {event.path}"
        assert all(after.commands.values()), f"a command without outcome after {event.kind}"


@cache
def commanded_run() -> list[Event]:
    """Run a batch through every state that a person can bring it into."""
    cell = Cell.started(first_expansion())
    cell.until(lambda: cell.step_of("expand/prepare/fill_medium") == "dosing")
    for command, reached in (
        ("pause", State.PAUSED), ("resume", State.RUNNING), ("hold", State.HELD),
        ("restart", State.RUNNING), ("pause", State.PAUSED), ("stop", State.STOPPED),
    ):  # fmt: skip
        cell.command(command)
        cell.until_state(reached)
    return cell.journal


@pytest.mark.promise(4)
def test_after_a_crash_under_any_command_nothing_goes_on_by_itself() -> None:
    state, seen = CellState(), set()
    for event in commanded_run():
        state = apply(state, fact_of(event))
        after = fold((fact_of(e) for e in recover(state, state.t, state.t, SITE.units)), state)
        expected = {path: GOES_TO[one] for path, one in states(state).items()}
        assert states(after) == expected, f"after {event.kind} {event.data}"
        seen |= set(states(state).values())
    assert seen >= {*State} - {State.COMPLETE, State.ABORTING, State.ABORTED}


@pytest.mark.promise(4)
@pytest.mark.fault("CR-04")
def test_a_second_crash_while_recovering_changes_nothing_more() -> None:
    state = CellState()
    for event in whole_run().journal:
        state = apply(state, fact_of(event))
        events = recover(state, state.t, state.t, SITE.units)
        for cut in range(len(events)):
            halfway = fold((fact_of(e) for e in events[:cut]), state)
            rest = recover(halfway, state.t, state.t, SITE.units)
            end = fold((fact_of(e) for e in rest), halfway)
            assert states(end) == {p: GOES_TO[one] for p, one in states(state).items()}
            assert all(end.commands.values())


@pytest.mark.promise(1)
def test_the_same_entries_always_fold_to_the_same_state() -> None:
    facts = [fact_of(event) for event in whole_run().journal]
    assert fold(facts) == fold(facts)
    state = CellState()
    for at, one in enumerate(facts, 1):
        state = apply(state, one)
        assert at % 25 or fold(facts[:at]) == state


@pytest.mark.promise(4)
def test_feeds_are_closed_before_anything_is_sent_after_a_crash() -> None:
    state = CellState()
    for event in whole_run().journal:
        state = apply(state, fact_of(event))
        after = fold((fact_of(e) for e in recover(state, state.t, state.t, SITE.units)), state)
        for name, unit in after.units.items():
            hold = SITE.units[name].hold
            closed = {one: unit.outputs.get(one, rest) for one, rest in hold.items()}
            assert closed == hold, f"after {event.kind} {event.path}"


@pytest.mark.promise(3)
@pytest.mark.promise(4)
@pytest.mark.fault("CR-02")
@pytest.mark.fault("CR-03")
@pytest.mark.parametrize("group", WATCHED)
@pytest.mark.parametrize("number", range(SAMPLED))
def test_killed_anywhere_the_batch_is_held_and_one_restart_completes_it(
    group: str, number: int
) -> None:
    check_kill(sample(group)[number])


@pytest.mark.campaign
def test_killed_at_every_commit_the_batch_is_held_and_one_restart_completes_it() -> None:
    for kill in whole_run().kills:
        check_kill(kill)


def check_kill(kill: Kill) -> None:
    """Kill there, let the plant be alone, begin again, restart once, and look at the plant."""
    cell = begin_again(whole_run().journal[: kill.entries], kill.bench.copy())
    ended = cell.batch.state is State.COMPLETE
    cell.people = False
    cell.until(lambda: cell.batch.state in (State.HELD, State.COMPLETE))
    assert ended or cell.batch.state is State.HELD, kill.name
    sent = [e for e in cell.journal[kill.entries :] if e.kind == "call.intent"]
    new = {str(e.data["args"].get("source", e.data["command"])) for e in sent}
    assert new <= {"STOP_DOSE", "PACKML", "quench"}, f"{kill.name}: {new} without a person"
    if not ended:
        cell.people = True
        cell.command("restart")
        cell.until_state(State.COMPLETE)
    check_plant(cell.bench, kill.name)


def check_plant(bench: Bench, name: str) -> None:
    """Every source gave what the recipe asks for, once; the vials are all there."""
    usual = whole_run().bench
    for key, volume in usual.dosed.items():
        if key[1] != "enzyme":  # a hold quenches: it may have had less
            assert bench.dosed[key] == pytest.approx(volume, abs=1.0), (name, key)
    assert bench.dosed[("BR101", "enzyme")] <= usual.dosed[("BR101", "enzyme")] + 1.0
    assert bench.plant.units["VF301"].good == usual.plant.units["VF301"].good
