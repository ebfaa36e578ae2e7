"""The ISA-88 table against one written down by hand (R-88-01, R-88-03)."""

import itertools

import pytest

from bioctl.phases.states import PRIORITY, TABLE, Command, Nature, State, after, by_priority, final

MATRIX = """
IDLE      |        |RUNNING|        |       |          |        |    |       |
RUNNING   |COMPLETE|       |STOPPING|HOLDING|          |ABORTING|    |PAUSING|
PAUSING   |PAUSED  |       |STOPPING|HOLDING|          |ABORTING|    |       |
PAUSED    |        |       |STOPPING|HOLDING|          |ABORTING|    |       |RUNNING
HOLDING   |HELD    |       |STOPPING|       |          |ABORTING|    |       |
HELD      |        |       |STOPPING|       |RESTARTING|ABORTING|    |       |
RESTARTING|RUNNING |       |STOPPING|HOLDING|          |ABORTING|    |       |
STOPPING  |STOPPED |       |        |       |          |ABORTING|    |       |
STOPPED   |        |       |        |       |          |ABORTING|IDLE|       |
ABORTING  |ABORTED |       |        |       |          |        |    |       |
ABORTED   |        |       |        |       |          |        |IDLE|       |
COMPLETE  |        |       |        |       |          |        |IDLE|       |
"""
"""State, where it goes when its logic is done, and where each of COMMANDS takes it."""

COMMANDS = ("start", "stop", "hold", "restart", "abort", "reset", "pause", "resume")


def rows() -> dict[str, list[str]]:
    lines = [line.split("|") for line in MATRIX.strip().splitlines()]
    return {name.strip(): [cell.strip() for cell in cells] for name, *cells in lines}


EXPECTED = {
    (state, command): target or None
    for state, (_, *targets) in rows().items()
    for command, target in zip(COMMANDS, targets, strict=True)
}


def test_table_has_every_state_and_every_command() -> None:
    assert list(rows()) == [state.value for state in TABLE] == [state.value for state in State]
    assert set(COMMANDS) == {command.value for command in Command}
    assert len(EXPECTED) == 12 * 8


@pytest.mark.parametrize(("state", "command"), EXPECTED)
def test_every_command_in_every_state_leads_where_isa_88_says(state: str, command: str) -> None:
    assert after(State(state), Command(command)) == EXPECTED[state, command]


@pytest.mark.parametrize("state", rows())
def test_a_state_whose_logic_is_done_goes_where_isa_88_says(state: str) -> None:
    done = rows()[state][0]
    assert TABLE[State(state)].done == (done or None)
    assert (TABLE[State(state)].nature is Nature.ACTING) is bool(done)


def test_final_states_are_those_a_batch_ends_in() -> None:
    assert {state.value for state in State if final(state)} == {"STOPPED", "ABORTED", "COMPLETE"}


@pytest.mark.fault("OP-04")
def test_of_commands_that_meet_the_most_protective_goes_first() -> None:
    for met in itertools.permutations((Command.PAUSE, Command.HOLD, Command.STOP, Command.ABORT)):
        assert by_priority(met) == [Command.ABORT, Command.STOP, Command.HOLD, Command.PAUSE]
    assert set(PRIORITY) == set(Command)
