"""Promise 3 at its narrowest: killed between a durable intent and what comes of it."""

from collections.abc import Iterator

import pytest

from .cell import Cell
from .test_killed import check_whole, kill_and_recover
from .wire import Way, Wire
from .witness import executed

ON_ITS_WAY_S = 1.0
"""Host seconds a message takes to the plant: long enough to die in between."""


@pytest.fixture
def wire(cell: Cell) -> Iterator[Wire]:
    """Return the cable of a cell whose batch is about to send its first one-shot command."""
    cell.start_plant()
    with Wire(cell.port) as cable:
        cell.edit(f":{cell.port}/", f":{cable.port}/")
        cell.start()
        cell.begin()
        yield cable
        assert cell.controller
        cell.controller.kill()


def send_and_die(cell: Cell, wire: Wire) -> str:
    """Answer the prompt, and kill the controller while its first command is in the cable."""
    cell.follow(lambda e: e["kind"] == "prompt.opened", "question", answer=False)
    wire.delay_s = ON_ITS_WAY_S
    cell.answer(cell.view()["prompts"][0])
    intent = cell.follow(lambda e: e["kind"] == "call.intent", "one-shot command")
    wire.set(Way.KEPT)
    assert cell.controller
    cell.controller.kill()
    wire.delay_s = 0.0
    call: str = intent["data"]["id"]
    assert call not in {line["id"] for line in executed(cell.plant_log())}
    return call


def outcome(cell: Cell, call: str) -> str:
    """Return what the journal says became of a command."""
    found = [e for e in cell.entries() if e["kind"] == "call.outcome" and e["data"]["id"] == call]
    assert len(found) == 1
    return str(found[0]["data"]["state"])


def answer(cell: Cell, call: str) -> str:
    """Return what the plant itself did with a command, "" if it never heard of it."""
    found = [line for line in executed(cell.plant_log()) if line["id"] == call]
    assert len(found) <= 1
    return str(found[0]["result"][0]) if found else ""


@pytest.mark.fault("CR-03")
@pytest.mark.promise(3)
def test_command_that_arrives_while_the_next_controller_asks_counts_once(
    cell: Cell, wire: Wire
) -> None:
    call = send_and_die(cell, wire)
    cell.start()
    cell.until(lambda: call in cell.view()["health"]["open_calls"], "open call")
    cell.until(lambda: cell.view()["cell"]["t"] > 0 and cell.link()["link"] == "up", "link")
    asked = cell.view()["cell"]["t"] + 70.0  # it asks every second, while a second is a minute
    cell.until(lambda: cell.view()["cell"]["t"] > asked, "question to the plant")
    wire.set(Way.OPEN)
    kill_and_recover(cell)
    assert answer(cell, call) in ("accepted", "refused")  # refused only on a very slow machine
    assert outcome(cell, call) == answer(cell, call)
    check_whole(cell, 3)


@pytest.mark.campaign
@pytest.mark.fault("CR-02")
@pytest.mark.promise(3)
def test_command_that_arrives_after_its_deadline_is_not_executed(cell: Cell, wire: Wire) -> None:
    call = send_and_die(cell, wire)
    cell.start()
    cell.until(lambda: cell.batch()["state"] == "HELD", "HELD batch")
    assert outcome(cell, call) == "never arrived"
    assert answer(cell, call) == ""
    wire.set(Way.OPEN)
    cell.until(lambda: answer(cell, call), "command at the plant")
    assert answer(cell, call) == "refused"
    kill_and_recover(cell)
    check_whole(cell, 3)
