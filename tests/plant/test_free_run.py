"""Promises 3 and 4 while process time does not wait: the plant runs freely, 75 times faster."""

import pytest

from .cell import Cell
from .test_killed import AIMED, check_whole, in_transfer, is_step, kill_and_recover

SPEED = 75.0
QUICK = {"medium_volume": "800 mL", "grow_for": "1 min"}


def start(cell: Cell) -> None:
    cell.edit("mode: lockstep, waiting_pace: 60", "mode: wall")
    cell.start_plant(SPEED)
    cell.start()
    cell.begin(**QUICK)


@pytest.mark.promise(4)
def test_killed_in_a_dose_and_in_a_transfer(cell: Cell) -> None:
    start(cell)
    cell.follow(is_step("fill_medium", "dosing"), "dosing")
    kill_and_recover(cell)
    in_transfer(cell)
    assert cell.controller
    assert cell.plant
    cell.controller.kill()
    cell.plant.until(lambda: "fallback:" in str(cell.plant_log()[-1]), "fallback of the plant")
    kill_and_recover(cell)
    check_whole(cell, 3, slack_kg=0.25)


@pytest.mark.campaign
@pytest.mark.timeout(600)
@pytest.mark.promise(4)
def test_killed_at_its_worst_moments_in_free_run(cell: Cell) -> None:
    start(cell)
    for moment in AIMED:
        moment(cell)
        kill_and_recover(cell)
    check_whole(cell, len(AIMED) + 1, slack_kg=0.25)
