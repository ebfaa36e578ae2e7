"""Promises 5 and 6 in free run: a plant that is frozen or cut off, a controller that is frozen."""

import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from .cell import BATCH, Cell, Entry, new_cell
from .programs import done
from .wire import Way, Wire
from .witness import feeds, pumped

RECIPE = Path(__file__).parent / "culture.yaml"
WATCHDOG_S = 5.0
SPEED = 60.0


@pytest.fixture(scope="module")
def wired(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cell, Wire]]:
    """A free-running cell with a culture under life support, and the cable to its plant."""
    with new_cell(template, tmp_path_factory.mktemp("cell")) as cell:
        cell.edit("mode: lockstep, waiting_pace: 60", "mode: wall")
        cell.edit("period: 10 s", "period: 1 s")
        cell.edit("hold: 60 s", "hold: 1 s")
        cell.edit("hold: 10 min", "hold: 1 s")
        cell.start_plant(SPEED)
        with Wire(cell.port) as wire:
            cell.edit(f":{cell.port}/", f":{wire.port}/")
            cell.start()
            cell.begin(RECIPE)
            cell.follow(
                lambda e: "grow" in e.get("path", "") and e["kind"] == "phase.state", "grow"
            )
            yield cell, wire
            assert cell.controller
            cell.controller.kill()


def running(cell: Cell) -> None:
    """Let the person restart what an earlier test left HELD."""
    cell.until(lambda: cell.link()["link"] == "up", "link")
    if cell.batch()["state"] == "HELD":
        cell.command("batch.restart", reason="all in order")
    cell.until(lambda: cell.batch()["state"] == "RUNNING", "RUNNING batch")
    cell.until(lambda: good(cell) and loops(cell) == {"AUTO"}, "loops in AUTO on GOOD readings")
    cell.skip()


def values(cell: Cell) -> list[dict[str, Any]]:
    return [r for unit in cell.view()["units"].values() for r in unit["readings"].values()]


def good(cell: Cell) -> bool:
    return all(one["quality"] == "GOOD" for one in values(cell))


def bad(cell: Cell) -> bool:
    return all(one["quality"] == "BAD" and one["reason"] for one in values(cell))


def loops(cell: Cell) -> set[str]:
    return {
        "fallback" if loop["fallback"] else loop["mode"]
        for loop in cell.view()["units"]["BR101"]["loops"].values()
    }


def since(cell: Cell, kind: str) -> list[Entry]:
    return [e for e in cell.entries() if e["seq"] > cell.seen and e["kind"] == kind]


def cause(cell: Cell) -> str:
    return str(next(e for e in since(cell, "batch.state"))["data"]["cause"])


def utc(line: Entry) -> float:
    return datetime.fromisoformat(line["utc"]).timestamp()


def fallbacks(cell: Cell) -> list[Entry]:
    return [e for e in cell.plant_log() if "fallback:" in str(e.get("result"))]


def check_lost(cell: Cell, began: float) -> None:
    """BAD within 3 s, loops in their declared fallback, batch HELD after the plant's 5 s."""
    cell.until(lambda: bad(cell), "BAD readings", began + 3.0 - time.monotonic())
    cell.until(lambda: loops(cell) == {"fallback"}, "loops in fallback")
    assert {e["data"]["loop"] for e in since(cell, "loop.fallback")} == {
        "temperature",
        "pH",
        "dissolved_oxygen",
    }
    cell.until(lambda: cell.batch()["state"] == "HELD", "HELD batch")
    assert time.monotonic() - began > WATCHDOG_S
    assert "connection plant was lost" in cause(cell)
    (down,) = since(cell, "link.down")
    assert down["data"]["connection"] == "plant"
    assert "Connection plant is down" in done("batch", "list", "--site", str(cell.site))


def check_back(cell: Cell) -> None:
    """The link is up, readings are GOOD, loops control, nothing moved, the batch waits."""
    cell.until(lambda: good(cell), "GOOD readings")
    cell.until(lambda: loops(cell) == {"AUTO"}, "loops that control")
    cell.until(lambda: feeds(cell) == {0.0}, "feeds at 0")
    assert cell.batch()["state"] == "HELD"
    assert since(cell, "link.up")
    assert cell.controller
    assert cell.controller.line_with("Connection plant is up.")
    assert cell.controller.line_with("Connection plant is down: ")


@pytest.mark.fault("NW-03")
@pytest.mark.promise(6)
def test_frozen_plant(wired: tuple[Cell, Wire]) -> None:
    cell, _ = wired
    running(cell)
    assert cell.plant
    before, began = len(fallbacks(cell)), time.monotonic()
    cell.plant.freeze()
    try:
        check_lost(cell, began)
    finally:
        cell.plant.thaw()
    check_back(cell)
    assert len(fallbacks(cell)) == before + 1


@pytest.mark.fault("NW-02")
@pytest.mark.promise(5)
@pytest.mark.requirement("I11")
def test_plant_cut_off(wired: tuple[Cell, Wire]) -> None:
    cell, wire = wired
    running(cell)
    began, cut = time.monotonic(), cell.now()
    before = len(fallbacks(cell))
    wire.set(Way.LOST)
    try:
        check_lost(cell, began)
        cell.until(lambda: len(fallbacks(cell)) > before, "fallback of the plant by itself")
    finally:
        wire.set(Way.OPEN)
    assert WATCHDOG_S - 1.0 < utc(fallbacks(cell)[-1]) - cut < WATCHDOG_S + 1.5
    check_back(cell)


@pytest.mark.fault("CR-07")
@pytest.mark.promise(5)
@pytest.mark.requirement("I11")
def test_frozen_controller(wired: tuple[Cell, Wire]) -> None:
    cell, _ = wired
    running(cell)
    assert cell.controller
    assert cell.plant
    before, lines = len(fallbacks(cell)), len(cell.plant_log())
    cell.controller.freeze()
    try:
        cell.plant.until(lambda: len(fallbacks(cell)) > before, "fallback of the plant by itself")
    finally:
        cell.controller.thaw()
    cell.until(lambda: cell.batch()["state"] == "HELD", "HELD batch")
    assert "stood still" in cause(cell)
    assert not pumped(cell.plant_log()[lines:])
    cell.until(lambda: good(cell) and loops(cell) == {"AUTO"}, "life support")
    assert cell.view()["health"]["late_ticks"] >= 3 * WATCHDOG_S


@pytest.mark.fault("NW-04")
@pytest.mark.promise(4)
def test_restarted_plant(wired: tuple[Cell, Wire]) -> None:
    """It comes back with its own defaults and its clock at 0: nothing goes on, time goes on."""
    cell, _ = wired
    running(cell)
    assert cell.plant
    cell.plant.kill()
    cell.start_plant(SPEED)
    cell.until(lambda: cell.batch()["state"] == "HELD", "HELD batch")
    assert "was restarted" in cause(cell) or "was lost" in cause(cell)
    cell.until(lambda: good(cell) and loops(cell) == {"AUTO"}, "life support")
    assert feeds(cell) == {0.0}
    times = [e["t"] for e in cell.entries()]
    assert times == sorted(times)
    before = cell.view()["cell"]["t"]
    cell.until(lambda: cell.view()["cell"]["t"] > before + SPEED, "process time that goes on")


def test_record_shows_the_gaps(wired: tuple[Cell, Wire], tmp_path: Path) -> None:
    cell, _ = wired
    running(cell)
    cell.command("batch.abort", reason="enough")
    cell.finish("ABORTED")
    file = tmp_path / "record.json"
    done("record", BATCH, "--format", "json", "--out", str(file), "--site", str(cell.site))
    rules = [finding["rule"] for finding in json.loads(file.read_text())["findings"]]
    assert rules.count("link") >= 3
    assert "gap" in rules
