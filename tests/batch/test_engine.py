"""The engine at the plant: failing phases, time-outs, conditions, transfers, what is written."""

import pytest

from bioctl.batch.apply import fold
from bioctl.batch.log import fact_of
from bioctl.batch.state import CellState
from bioctl.equipment.scan import Decisions
from bioctl.phases.library import PHASES
from bioctl.phases.states import State
from bioctl.values import Reading

from .cell import BATCH, Cell, recipe
from .test_hold import CHARGE, GROW, LIFE, running

WASHER = "  washer: concentrate_wash\n"
TRANSFER = (
    "{move: transfer, with: {to: washer, rate: 400 mL/min, down_to: 0.2 kg}, timeout: 30 min}"
)
ENDS = {"pump": "BR101.PC104", "out": "BR101.XV101", "in": "CW201.XV201"}


def kinds(cell: Cell, kind: str) -> list[dict[str, object]]:
    return [dict(event.data) for event in cell.journal if event.kind == kind]


def transferring() -> Cell:
    cell = Cell.started(recipe(CHARGE, TRANSFER, more=WASHER))
    cell.until(lambda: cell.step_of("u/o/move") == "pump")
    for _ in range(10):
        cell.turn()
    assert [cell.outputs[tag] for tag in ENDS.values()] == [400.0, 1.0, 1.0]
    return cell


def closed(cell: Cell) -> bool:
    return [cell.outputs[tag] for tag in ENDS.values()] == [0.0, 0.0, 0.0]


@pytest.mark.requirement("I9")
@pytest.mark.promise(6)
@pytest.mark.parametrize("weight", ["BR101.WT101", "CW201.WT201"])
def test_transfer_closes_both_ends_in_the_scan_in_which_a_weight_goes_bad(weight: str) -> None:
    cell = transferring()
    cell.bad.add(weight)
    cell.turn()
    assert closed(cell)
    cell.until_state(State.HELD)
    cell.turn()
    assert "a weight is BAD: both ends are closed" in str(kinds(cell, "alarm.raised"))


@pytest.mark.requirement("I9")
def test_transfer_closes_both_ends_when_the_masses_do_not_fit_and_can_be_restarted() -> None:
    cell = transferring()
    cell.bench.plant.units["CW201"].feed.volume -= 0.1  # a leak
    cell.turn()
    assert closed(cell)
    cell.until_state(State.HELD)
    cell.turn()
    assert "mass balance" in str(kinds(cell, "alarm.raised"))
    cell.command("restart")
    cell.until_state(State.COMPLETE)
    (moved,) = [one for one in kinds(cell, "result") if one["name"] == "transferred"]
    assert moved["value"] == pytest.approx(0.7, abs=0.02)


def test_held_transfer_closes_both_ends_at_once() -> None:
    cell = transferring()
    cell.command("hold")
    cell.turn()
    assert closed(cell)


def test_both_units_of_a_transfer_are_scanned_at_the_shorter_period() -> None:
    cell = transferring()
    before = cell.t
    cell.turn()
    assert cell.t - before == cell.site.units["CW201"].period_s


@pytest.mark.promise(6)
def test_until_on_a_bad_reading_never_fires() -> None:
    grow = f"{{grow: grow, with: {{{LIFE}}}, until: glucose < 60 mmol/L, timeout: 2 h}}"
    cell = Cell.started(recipe(CHARGE, grow), bad={"BR101.AT103"})
    cell.until(lambda: cell.step_of("u/o/grow") == "begin")
    for _ in range(100):
        cell.turn()
    assert cell.step_of("u/o/grow") == "begin"
    cell.bad.clear()
    cell.turn()
    assert cell.batch.state is State.COMPLETE


def test_readings_behind_a_transition_stand_in_the_journal() -> None:
    """The values used are kept, so that replay never asks the plant again."""
    grow = f"{{grow: grow, with: {{{LIFE}}}, until: glucose < 60 mmol/L, timeout: 2 h}}"
    cell = Cell.started(recipe(CHARGE, grow))
    cell.until_state(State.COMPLETE)
    (used,) = [e.data["used"] for e in cell.journal if e.path == "u/o/grow" and e.data.get("used")]
    assert used["BR101.AT103"] == [cell.readings["BR101.AT103"].value, "GOOD"]


@pytest.mark.fault("CR-08")
def test_phase_that_fails_holds_its_batch() -> None:
    decide = "{decide: decide, with: {question: go on?}, timeout: 1 h}"
    cell = Cell.started(recipe(decide, GROW), answers={"decide": "rejected"})
    cell.until_state(State.HELD)
    assert kinds(cell, "batch.state")[-1]["from"] == State.HOLDING
    cell.turn()
    assert "decision: rejected" in str(kinds(cell, "alarm.raised"))
    cell.answers = {}
    cell.command("restart")
    cell.until(lambda: "u/o/grow" in cell.batch.phases)


def test_phase_that_takes_too_long_is_held_with_an_alarm() -> None:
    """R-88-02."""
    cell = running(CHARGE, GROW.replace("timeout: 2 h", "timeout: 5 min"), until="grow:begin")
    start = cell.t
    cell.until_state(State.HELD)
    assert cell.t - start == pytest.approx(300.0, abs=21.0)
    cell.turn()
    (alarm,) = [one for one in kinds(cell, "alarm.raised") if one["alarm"] == "phase"]
    assert "did not finish within" in str(alarm["text"])


def test_hold_logic_that_does_not_end_is_alarmed_once() -> None:
    cell = running(CHARGE, until="charge:dosing")
    cell.bad.add("BR101.XS101")
    cell.command("hold")
    start = cell.t
    cell.until(lambda: cell.t > start + 900)
    assert cell.batch.state is State.HOLDING
    late = [one for one in kinds(cell, "alarm.raised") if "not responding" in str(one["text"])]
    assert len(late) == 1
    cell.bad.clear()
    cell.until_state(State.HELD)


def test_demand_beyond_the_equipment_is_cut_and_told() -> None:
    drain = "{drain: drain, with: {down_to: 0.2 kg, agitation: 200 rpm}, timeout: 1 h}"
    cell = Cell.started(recipe(CHARGE, drain))
    tag = cell.site.units["BR101"].outputs["agitation"]
    object.__setattr__(tag, "range", tag.range._replace(high=150.0))
    try:
        cell.until(lambda: cell.step_of("u/o/drain") == "pump")
        (told,) = [one for one in kinds(cell, "output.set") if one.get("asked")]
    finally:
        object.__setattr__(tag, "range", tag.range._replace(high=250.0))
    assert (told["value"], told["asked"], told["tag"]) == (150.0, 200.0, "BR101.SC101")


def test_complete_batch_gives_units_back_with_loops_off_and_idle_outputs() -> None:
    cell = Cell.started(recipe(CHARGE, GROW))
    cell.until_state(State.COMPLETE)
    unit = cell.core.state.units["BR101"]
    assert unit.owner is None
    assert {loop.mode for loop in unit.loops.values()} == {"OFF"}
    assert unit.outputs.items() >= cell.site.units["BR101"].idle.items()


@pytest.mark.promise(1)
def test_live_state_is_the_fold_of_the_journal() -> None:
    cell = Cell.started(recipe(CHARGE, GROW))
    cell.until(lambda: cell.step_of("u/o/grow") == "begin")
    cell.command("hold")
    cell.until_state(State.HELD)
    assert fold((fact_of(event) for event in cell.journal), CellState()) == cell.core.state


@pytest.mark.promise(11)
def test_every_entry_has_a_person_a_recipe_or_a_rule_behind_it() -> None:
    cell = Cell.started(recipe(CHARGE, GROW))
    cell.until_state(State.COMPLETE)
    for event in cell.journal:
        system = event.kind in ("cell.started", "call.outcome")
        assert event.actor["type"] in (("system",) if system else ("person", "recipe", "rule"))
        assert event.actor["id"]


def broken(cell: Cell) -> Decisions[object]:
    """Take turns without asking that nothing breaks, as the shell holds what broke."""
    decided = cell.turn()
    if BATCH in decided.broken:
        cell.rule("hold")
    return decided


@pytest.mark.fault("CR-08")
def test_error_in_a_phase_closes_its_pumps_at_once_and_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cell = transferring()

    def fail(_view: object) -> tuple[()]:
        raise KeyError("odd")

    monkeypatch.setattr(PHASES["transfer"], "running", fail, raising=True)
    decided = broken(cell)
    assert decided.broken == {BATCH: "KeyError: 'odd'"}
    assert closed(cell)
    broken(cell)
    assert cell.batch.state is State.HELD
    assert closed(cell)
    assert cell.core.faulty == set()


def test_event_the_journal_would_refuse_is_the_batchs_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cell = running(CHARGE, GROW, until="grow:begin")
    odd = {"agitation": float("nan")}
    monkeypatch.setattr(PHASES["grow"], "outputs", lambda _view: odd)
    decided = cell.turn()
    assert "no finite number" in decided.broken[BATCH]
    assert cell.outputs["BR101.SC101"] == 60.0


def test_image_without_a_reading_is_bad_everywhere() -> None:
    cell = running(CHARGE, GROW, until="grow:begin")
    cell.core.scan({"BR101.TT101": Reading(37.0)}, cell.t + 10, 0.0, 0.0)
    assert cell.core.world.image["BR101.AT103"].reason == "not read yet"
