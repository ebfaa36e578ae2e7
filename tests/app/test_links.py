"""What a connection's state means for batches: gaps are told, long ones and restarts hold."""

from dataclasses import replace

import pytest

from bioctl.app.links import Links, holds
from bioctl.equipment.driver import Link, Snapshot
from bioctl.phases.states import State

from ..batch.cell import BATCH, Cell, first_expansion  # noqa: TID252  tests are no package

UP = Snapshot({}, Link.UP, "first", 1)
DOWN = Snapshot({}, Link.DOWN, "timed out", 1)


class Line:
    """One connection seen over time."""

    def __init__(self) -> None:
        self.links = Links()
        self.kinds: list[str] = []

    def see(self, snap: Snapshot, mono: float) -> dict[str, str]:
        events = self.links.changes({"plant": snap}, 0.0, mono)
        self.kinds += [event.kind for event in events]
        return self.links.must_hold({"plant": snap}, mono)

    def watch(self, snap: Snapshot, start: float, end: float) -> dict[str, str]:
        """See it every half second; return the holds."""
        found: dict[str, str] = {}
        for half in range(int(start * 2), int(end * 2) + 1):
            found |= self.see(snap, half / 2)
        return found


def test_short_gap_is_told_and_holds_nothing() -> None:
    line = Line()
    assert line.watch(UP, 0, 10) == {}
    assert line.watch(DOWN, 10, 14) == {}
    assert line.watch(replace(UP, reason="resumed", epoch=2), 15, 30) == {}
    assert line.kinds == ["link.up", "link.down", "link.up"]


def test_loss_of_more_than_the_watchdog_holds_while_it_lasts_and_when_it_ends() -> None:
    line = Line()
    line.watch(UP, 0, 10)
    assert line.watch(DOWN, 10, 15) == {}
    assert "plant was lost for 6 s" in line.see(DOWN, 15.5)["plant"]
    line.watch(DOWN, 15.5, 20)
    resumed = replace(UP, reason="resumed", epoch=2)
    assert "lost" in line.see(resumed, 20.5)["plant"]
    assert line.watch(resumed, 21, 40) == {}


def test_restart_of_the_server_holds_however_short_it_was() -> None:
    line = Line()
    line.watch(UP, 0, 10)
    again = replace(UP, reason="server restarted", epoch=2)
    assert "was restarted" in line.see(again, 10.5)["plant"]
    assert line.watch(again, 11, 30) == {}


@pytest.mark.fault("CR-07")
def test_controller_that_stood_still_holds() -> None:
    line = Line()
    line.watch(UP, 0, 10)
    assert line.see(UP, 11.0) == {}
    assert line.see(UP, 16.0) == {}
    assert "stood still" in line.see(UP, 21.5)["plant"]


def test_first_connection_holds_nothing() -> None:
    line = Line()
    never = Snapshot({}, Link.DOWN, "not started", 0)
    assert line.watch(never, 0, 3) == {}
    assert line.watch(UP, 3.5, 20) == {}


def test_only_batches_with_a_unit_there_are_held() -> None:
    cell = Cell.started(first_expansion()).core.state
    running = replace(cell.batches[BATCH], state=State.RUNNING)
    cell = replace(cell, batches={BATCH: running})
    assert holds(cell, {"OTHER": "lost"}, "r") == {}
    held = holds(cell, {"BR101": "lost", "CW201": "lost"}, "r")[BATCH]
    assert (held.name, held.reason, held.actor["type"]) == ("hold", "lost", "rule")
    for state in (State.IDLE, State.HOLDING, State.HELD, State.STOPPING, State.COMPLETE):
        other = replace(cell, batches={BATCH: replace(running, state=state)})
        assert holds(other, {"BR101": "lost"}, "r") == {}
