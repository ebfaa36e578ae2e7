"""What people ask of a batch: the state table at work, refusals that change nothing, prompts."""

from dataclasses import replace
from typing import Any

import pytest

from bioctl.audit.entry import Event
from bioctl.batch.apply import fold
from bioctl.batch.engine import decide
from bioctl.batch.log import fact_of
from bioctl.batch.prompts import plausible
from bioctl.batch.requests import Request
from bioctl.batch.state import BatchState, CellState, PhaseState, Prompt
from bioctl.batch.world import World
from bioctl.errors import InputError
from bioctl.phases.phase import Ask
from bioctl.phases.states import TABLE, Command, State, after

from .cell import BATCH, SITE, Cell, first_expansion

ADA = {"type": "person", "id": "ada"}
BOB = {"type": "person", "id": "bob"}
PATH = "expand/prepare/equilibrate"
START = Cell.started(first_expansion()).core.state


def cell_in(state: State, phase: State | None = None) -> CellState:
    """Return a cell whose batch is in a state, with one phase in another."""
    phases = {PATH: PhaseState(PATH, phase, 0.0, "wait")} if phase else {}
    started = None if state is State.IDLE else 0.0
    batch = replace(START.batches[BATCH], state=state, phases=phases, started=started)
    units = batch.control.units.values() if started is not None else ()
    events = [Event("unit.acquired", ADA, {}, BATCH, unit) for unit in units]
    return replace(fold(map(fact_of, events), START), batches={BATCH: batch})


def same(one: CellState, other: CellState) -> CellState:
    """Return a state with the commands, messages and time of another."""
    return replace(one, commands=other.commands, messages=other.messages, t=other.t)


def ask(name: str, who: dict[str, str] = ADA, **more: Any) -> Request:
    return Request(f"id-{name}-{who['id']}", name, who, "because", **more)


def decided(cell: CellState, *requests: Request, utc: float = 0.0) -> tuple[CellState, list[Event]]:
    events = decide(cell, BATCH, World(SITE.units, {}, 10.0, utc), requests)
    return fold((fact_of(event) for event in events), cell), events


def batch_of(cell: CellState) -> BatchState:
    return cell.batches[BATCH]


PAIRS = [(state, command) for state in State for command in Command]


@pytest.mark.parametrize(("state", "command"), PAIRS)
def test_command_moves_batch_and_phase_as_the_table_says_or_changes_nothing(
    state: State, command: Command
) -> None:
    inside = state if TABLE[state].done or state in (State.PAUSED, State.HELD) else None
    cell = cell_in(state, inside)
    target = None if command is Command.RESET else after(state, command)
    _, silent = decided(cell)
    after_all, events = decided(cell, ask(command.value))
    (outcome,) = [event.data for event in events if event.kind == "command.outcome"]
    moved = [e for e in events if e.kind == "batch.state" and e.actor == ADA]
    if target is None:
        assert outcome["outcome"] == "rejected"
        assert not moved
        rest = [event for event in events if event.kind != "command.outcome"]
        assert [e.kind for e in rest] == [e.kind for e in silent]
        assert same(after_all, cell) == same(decided(cell)[0], cell)
    else:
        assert outcome["outcome"] == "done"
        assert [event.data["state"] for event in moved] == [target]
        if inside:
            follows = [e.data["state"] for e in events if e.kind == "phase.state"]
            assert follows[0] == after(inside, command)


@pytest.mark.fault("OP-04")
def test_abort_wins_over_stop_over_hold_over_pause_in_one_scan() -> None:
    order = ["pause", "hold", "stop", "abort"]
    for count in (2, 3, 4):
        met = [ask(name) for name in order[:count]]
        state, events = decided(cell_in(State.RUNNING, State.RUNNING), *met)
        first = next(event for event in events if event.kind == "batch.state")
        assert first.data["state"] == after(State.RUNNING, Command(order[count - 1]))
        outcomes = {e.data["id"]: e.data["outcome"] for e in events if e.kind == "command.outcome"}
        assert outcomes[f"id-{order[count - 1]}-ada"] == "done"
        assert len(outcomes) == count
        assert batch_of(state).state is not State.RUNNING


@pytest.mark.fault("OP-02")
@pytest.mark.fault("OP-03")
def test_command_on_an_outdated_view_is_refused_but_abort_is_not() -> None:
    cell = cell_in(State.RUNNING, State.RUNNING)
    version = batch_of(cell).version
    for command, seen, outcome in (
        ("hold", version, "done"),
        ("hold", version - 1, "rejected"),
        ("stop", version + 1, "rejected"),
        ("abort", version - 1, "done"),
    ):
        _, events = decided(cell, ask(command, seen=seen))
        (told,) = [event.data for event in events if event.kind == "command.outcome"]
        assert told["outcome"] == outcome, command
        assert outcome == "done" or "has changed since you looked" in told["message"]


@pytest.mark.promise(3)
def test_command_after_its_deadline_is_refused_also_in_the_scan() -> None:
    for utc, outcome in ((99.0, "done"), (100.0, "rejected")):
        cell = cell_in(State.RUNNING, State.RUNNING)
        _, events = decided(cell, ask("hold", deadline=100.0), utc=utc)
        assert [e.data["outcome"] for e in events if e.kind == "command.outcome"] == [outcome]


def with_prompt(state: State = State.RUNNING) -> CellState:
    cell = cell_in(state, State.RUNNING if state is State.RUNNING else None)
    prompt = Prompt("P1", BATCH, PATH, Ask("confirm", "choice", "Ready?", ("yes", "no")))
    return replace(cell, batches={BATCH: replace(batch_of(cell), prompts={"P1": prompt})})


def answer(value: str, who: dict[str, str] = ADA) -> Request:
    return ask("answer", who, args={"prompt": "P1", "value": value})


@pytest.mark.fault("OP-06")
def test_first_answer_wins_and_the_second_is_told_who_gave_it() -> None:
    for requests in ((answer("yes"), answer("no", BOB)), (answer("yes"),)):
        cell, events = decided(with_prompt(), *requests)
        if len(requests) == 1:
            cell, events = decided(cell, answer("no", BOB))
        assert batch_of(cell).prompts["P1"].answer == "yes"
        assert batch_of(cell).prompts["P1"].by == "ada"
        refused = [e.data for e in events if e.data.get("outcome") == "rejected"]
        assert ["already answered by ada" in one["message"] for one in refused] == [True]


def test_prompt_of_a_batch_that_ends_is_void() -> None:
    for state in (State.STOPPING, State.ABORTING, State.STOPPED, State.ABORTED, State.COMPLETE):
        cell, events = decided(with_prompt(state), answer("yes"))
        assert batch_of(cell).prompts["P1"].answer is None
        assert "void" in next(e for e in events if e.kind == "command.outcome").data["message"]


def test_unit_of_another_batch_is_not_taken() -> None:
    cell = cell_in(State.IDLE)
    taken = fold([fact_of(Event("unit.acquired", ADA, {}, BATCH, "VF301"))], cell)
    other = replace(taken.units["VF301"], owner="B-0")
    cell = replace(taken, units={"VF301": other})
    after_all, events = decided(cell, ask("start"))
    assert "in use by batch B-0" in events[-1].data["message"]
    assert batch_of(after_all).state is State.IDLE
    assert {unit.owner for unit in after_all.units.values()} == {"B-0"}


@pytest.mark.fault("OP-10")
def asked(
    kind: str,
    choices: tuple[str, ...] = (),
    low: float | None = None,
    high: float | None = None,
) -> Ask:
    return Ask("key", kind, "?", choices, low=low, high=high)


@pytest.mark.parametrize(
    ("text", "low", "high", "said"),
    [
        ("7,2", 6.5, 8.0, "not a number"),
        ("72", 6.5, 8.0, "6.5 .. 8"),
        ("nan", 6.5, 8.0, "not plausible"),
        ("inf", None, None, "any .. any"),
        ("", None, None, "not a number"),
        ("-1", 0.0, None, "0 .. any"),
    ],
)
def test_number_that_can_not_be_is_refused_in_words(
    text: str, low: float | None, high: float | None, said: str
) -> None:
    with pytest.raises(InputError, match=said.replace(".", r"\.")):
        plausible(asked("number", low=low, high=high), text)


def test_answer_that_is_no_choice_is_refused() -> None:
    assert plausible(asked("choice", ("yes", "no")), "yes") == "yes"
    with pytest.raises(InputError, match="yes, no"):
        plausible(asked("choice", ("yes", "no")), "Yes")
