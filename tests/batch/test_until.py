"""An `until` that looks back, at the plant: it begins anew whenever nobody watched."""

from collections.abc import Callable

import pytest

from bioctl.phases.states import State

from .cell import Cell, recipe
from .test_hold import CHARGE, LIFE

CALM = "stable(weight, 0.5 kg, 10 min)"
GROW = f"{{grow: grow, with: {{{LIFE}}}, until: '{CALM}', timeout: 2 h}}"


def growing() -> Cell:
    cell = Cell.started(recipe(CHARGE, GROW))
    cell.until(lambda: cell.step_of("u/o/grow") == "begin")
    return cell


def test_until_that_looks_back_ends_its_phase_when_it_was_calm_for_so_long() -> None:
    cell = growing()
    before = cell.t
    cell.until_state(State.COMPLETE)
    assert 600 <= cell.t - before < 660


def hold(cell: Cell) -> Cell:
    cell.command("hold")
    return cell


@pytest.mark.promise(4)
@pytest.mark.promise(6)
@pytest.mark.parametrize("interrupted", [hold, Cell.killed])
def test_hold_and_crash_begin_the_window_anew(interrupted: Callable[[Cell], Cell]) -> None:
    cell = growing()
    for _ in range(50):
        cell.turn()
    cell = interrupted(cell)
    cell.until_state(State.HELD)
    cell.command("restart")
    cell.until_state(State.RUNNING)
    before = cell.t
    cell.until_state(State.COMPLETE)
    assert 600 <= cell.t - before < 660
