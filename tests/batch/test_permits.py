"""Interlocks and permissives at work on batches: what waits, what is held, what people must do."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from bioctl.app.views import cell_view
from bioctl.audit.people import Person, Role
from bioctl.batch.permits import blocking
from bioctl.batch.requests import Request
from bioctl.control.interlock_config import InterlockState
from bioctl.equipment.site import Site
from bioctl.phases.states import State
from bioctl.values import Reading, bad

from ..equipment.table_site import USUAL, table_site  # noqa: TID252  tests are no package
from .cell import BATCH, UTC0, Cell, recipe
from .dry_setting import answer, who
from .test_engine import ENDS, TRANSFER, WASHER, closed, kinds
from .test_hold import CHARGE, DETACH, FILL, GROW, LIFE

QUINN = Person("quinn", "Quinn Aas", Role.QA, active=True)
EQUILIBRATE = f"{{warm: equilibrate, with: {{{LIFE}, stable_for: 2 min}}, timeout: 20 h}}"
INOCULATE = f"{{cells: inoculate, with: {{{LIFE}, volume: 200 mL}}, timeout: 9 h}}"
SITE = table_site()
ROOM = ("ROOM1.particles_05um", "ROOM1.pressure_difference", "BR101.temperature_2")


@dataclass
class Watched(Cell):
    """A cell with a room, and readings that tests may put in place of the plant's."""

    site: Site = SITE
    seen: dict[str, Reading] = field(default_factory=dict)

    def read(self) -> None:
        """Take the image, with what the plant has not."""
        super().read()
        tags = {f"{n}.{p}": t for n, u in SITE.units.items() for p, t in u.measurements.items()}
        self.readings |= {tags[name].name: Reading(USUAL[name]) for name in ROOM}
        self.readings["BR101.TT109"] = self.readings["BR101.TT101"]
        self.readings |= self.seen

    def lock(self, name: str, unit: str = "BR101") -> InterlockState:
        """Return what an interlock remembers."""
        return self.core.memory[unit].interlocks[name]

    def let_go(self, name: str, unit: str = "BR101") -> None:
        """Let a person reset an interlock."""
        assert self.lock(name, unit).safe_since is not None
        self.core.memory[unit].interlocks[name] = InterlockState()

    def outcome(self) -> dict[str, object]:
        """Return the outcome of the last command."""
        self.turn()
        return kinds(self, "command.outcome")[-1]


def transferring() -> Watched:
    cell = Watched.started(recipe(CHARGE, TRANSFER, more=WASHER))
    cell.until(lambda: cell.step_of("u/o/move") == "pump")
    for _ in range(10):
        cell.turn()
    assert [cell.outputs[tag] for tag in ENDS.values()] == [400.0, 1.0, 1.0]
    assert isinstance(cell, Watched)
    return cell


@pytest.mark.requirement("I8")
@pytest.mark.parametrize(
    ("tag", "unit", "name"),
    [("BR101.XV101", "BR101", "harvest_valve_not_following"),
     ("CW201.XV201", "CW201", "inlet_valve_not_following")],
)  # fmt: skip
def test_valve_that_does_not_follow_closes_both_ends_and_a_person_goes_on(
    tag: str, unit: str, name: str
) -> None:
    cell = transferring()
    cell.seen[tag] = Reading(0.0)
    cell.until(lambda: cell.lock(name, unit).tripped, turns=4)
    assert closed(cell)
    cell.until_state(State.HELD)
    (failed,) = kinds(cell, "phase.failed")
    cause = held_by(cell)
    assert failed["text"] == cause
    cell.turn()
    assert cell.core.memory["BR101"].alarms["phase"].active
    assert cause == f"interlock {unit}.{name} has tripped: {name[:-14]}.deviation > 0.5"
    cell.seen.clear()
    cell.command("restart")
    refused = cell.outcome()
    assert refused["outcome"] == "rejected"
    assert f"{unit}.{name} has tripped" in str(refused["message"])
    cell.let_go(name, unit)
    cell.until(lambda: not blocking(cell.core.blocks(), cell.batch.control.steps[1]), turns=50)
    cell.command("restart")
    cell.until_state(State.COMPLETE)


@pytest.mark.requirement("I10")
@pytest.mark.parametrize("paused", [False, True])
def test_enzyme_that_is_in_for_too_long_is_quenched(paused: bool) -> None:  # noqa: FBT001
    late = DETACH.replace("contact: 2 min", "contact: 40 min, enzyme_limit: 6 min")
    cell = Watched.started(recipe(CHARGE, late))
    cell.until(lambda: cell.step_of("u/o/detach") == "contact")
    began = cell.t
    if paused:
        cell.command("pause")
        cell.until_state(State.PAUSED)
    cell.until_state(State.HELD)
    assert cell.t - began < 900.0
    assert cell.bench.dosed[("BR101", "quench")] == pytest.approx(200.0, abs=2.0)
    (failed,) = kinds(cell, "phase.failed")
    assert "enzyme was in the vessel for more than 6 min" in str(failed["text"])
    cell.command("restart")
    cell.until_state(State.COMPLETE)
    assert cell.bench.dosed[("BR101", "quench")] == pytest.approx(200.0, abs=2.0)


@pytest.mark.requirement("I10")
def test_enzyme_that_is_quenched_in_time_is_left_alone() -> None:
    cell = Watched.started(recipe(CHARGE, DETACH))
    cell.until_state(State.COMPLETE)
    assert not [one for one in kinds(cell, "batch.state") if one["state"] == "HOLDING"]


def filling() -> Watched:
    cell = Watched.started(recipe(FILL.replace("vials: 6", "vials: 60"), unit="vial_filler"))
    assert isinstance(cell, Watched)
    return cell


@pytest.mark.requirement("I12")
def test_particles_stop_filling_and_the_last_vials_go_to_quarantine() -> None:
    cell = filling()
    cell.bench.plant.units["VF301"].bulk.volume = 1.0  # type: ignore[attr-defined]
    cell.until(lambda: cell.readings.get("VF301.NT301", Reading(0)).number >= 20)
    cell.seen["ROOM1.PC001"] = Reading(5000.0)
    cell.until_state(State.HELD)
    assert cell.readings["VF301.XS301"].value == 11, "the machine is Held"
    (told,) = [one for one in kinds(cell, "result") if one["name"] == "vials_quarantined"]
    last = int(cell.readings["VF301.NT301"].number)
    assert int(str(told["value"])) >= 10
    assert f"numbers {last - int(str(told['value'])) + 1} to {last}" in str(told["text"])
    assert "ROOM1.particles_05um > 3520 1/m3" in str(told["text"])
    cell.seen.clear()
    for _ in range(30):
        cell.turn()
    cell.command("restart")
    assert "environment_lost has tripped" in str(cell.outcome()["message"])
    cell.let_go("environment_lost", "VF301")
    cell.turn()
    cell.command("restart")
    cell.until_state(State.COMPLETE)


def test_filling_waits_for_something_to_fill() -> None:
    cell = Watched.started(recipe(CHARGE, unit="packed_bed_bioreactor"))
    cell.until_state(State.COMPLETE)
    empty = Watched(seen={"VF301.WT301": Reading(0.0)})
    assert [one.name for one in empty.core.blocks()["VF301"]] == [
        "VF301.inlet_valve_follows", "VF301.something_to_fill",
    ]  # fmt: skip


@pytest.mark.requirement("I13")
def test_inoculation_waits_says_for_what_and_goes_on_by_itself() -> None:
    cell = Watched.started(recipe(CHARGE, EQUILIBRATE, INOCULATE, GROW))
    cell.until(lambda: bool(cell.batch.waits))
    assert cell.step_of("u/o/cells") == ""
    (told,) = kinds(cell, "permissive.missing")
    assert told["permissive"] == "BR101.ready_for_cells"
    assert "must hold for" in str(told["text"])
    waits = cell_view(cell.core)["batches"][0]["waits"]
    assert waits.startswith("u/o/cells: permissive BR101.ready_for_cells is missing: ")
    assert cell.bench.dosed.get(("BR101", "inoculum"), 0.0) == 0.0
    cell.until(lambda: cell.step_of("u/o/grow") != "")
    assert cell.core.state.units["BR101"].cultured == pytest.approx(cell.t, abs=20.0)
    cell.until_state(State.COMPLETE)
    assert len(kinds(cell, "permissive.missing")) == len(kinds(cell, "permissive.given")) == 1
    assert cell.bench.dosed[("BR101", "inoculum")] == pytest.approx(200.0, abs=2.0)
    assert cell.core.state.units["BR101"].cultured is None


@pytest.mark.requirement("I13")
@pytest.mark.promise(4)
def test_restart_of_the_controller_counts_the_half_hour_anew() -> None:
    cell = Watched.started(recipe(CHARGE, EQUILIBRATE, INOCULATE))
    cell.until(lambda: bool(cell.batch.waits))
    for _ in range(20):
        cell.turn()
    assert cell.batch.waits
    stopped = cell.t
    again = Watched(cell.bench, journal=list(cell.journal))
    again.read()
    assert not again.core.memory["BR101"].permissives
    again.until_state(State.HELD)
    again.command("restart")
    again.until(lambda: bool(again.batch.waits))
    again.until(lambda: again.step_of("u/o/cells") != "")
    assert again.t - stopped == pytest.approx(1800.0, abs=60.0)


@pytest.mark.requirement("I13")
def test_bypass_lets_cells_in_and_charge_of_medium_never_waits() -> None:
    cell = Watched.started(recipe(CHARGE, EQUILIBRATE, INOCULATE))
    cell.until(lambda: bool(cell.batch.waits))
    states = cell.core.memory["BR101"].permissives
    states["ready_for_cells"] = type(states["ready_for_cells"])(bypassed_until=cell.t + 600.0)
    cell.until(lambda: cell.step_of("u/o/cells") != "", turns=8)


@pytest.mark.requirement("I13")
def test_cells_that_are_half_in_do_not_wait_again() -> None:
    cell = Watched.started(recipe(CHARGE, EQUILIBRATE, INOCULATE))
    cell.until(lambda: cell.step_of("u/o/cells") == "dosing_cells")
    cell.command("hold")
    cell.until_state(State.HELD)
    cell.seen["BR101.AT101"] = Reading(6.9)
    cell.turn()
    assert blocking(cell.core.blocks(), cell.batch.control.steps[2])
    cell.command("restart")
    assert cell.outcome()["outcome"] == "done"
    cell.seen.clear()
    cell.until_state(State.COMPLETE)
    assert cell.bench.dosed[("BR101", "inoculum")] == pytest.approx(200.0, abs=2.0)


STERILITY = (
    "{hold: sterility_hold, with: {settle: 10 min, duration: 20 min, oxygen_drop: 1 %,"
    " pH_drift: 0.02 pH}, timeout: 20 h}"
)


def failed_hold() -> Watched:
    cell = Watched.started(recipe(CHARGE, EQUILIBRATE, STERILITY, INOCULATE), people=False)
    cell.until(lambda: cell.step_of("u/o/hold") == "watch")
    cell.seen["BR101.AT102"] = Reading(5.0)
    cell.until_state(State.HELD)
    cell.seen.clear()
    assert isinstance(cell, Watched)
    return cell


def held_by(cell: Cell) -> str:
    """Return why a phase was held last."""
    return [str(e["cause"]) for e in kinds(cell, "phase.state") if e["state"] == "HOLDING"][-1]


def decide(cell: Watched, word: str) -> None:
    """Let QA sign what shall be."""
    (prompt,) = cell.batch.open_prompts()
    assert (prompt.ask.kind, prompt.ask.role) == ("signature", "qa")
    _, args = answer(prompt, {"hold": word}, UTC0 + cell.t)
    cell.core.request(BATCH, Request("q1", "answer", who(QUINN), "test", args=args))
    assert cell.outcome()["outcome"] == "done"


@pytest.mark.requirement("I14")
def test_failed_sterility_hold_blocks_inoculation_until_qa_has_signed() -> None:
    cell = failed_hold()
    (quarantine,) = [one for one in kinds(cell, "result") if one["name"] == "quarantine"]
    assert "sterility hold failed: DO fell" in str(quarantine["text"])
    cell.command("restart")
    cell.turn()
    cell.until_state(State.HELD)
    assert "QA has not decided" in held_by(cell)
    decide(cell, "released")
    cell.command("restart")
    cell.people = True
    cell.until(lambda: "u/o/hold" in cell.batch.done)
    assert "QA released medium" in str(kinds(cell, "result"))


@pytest.mark.requirement("I14")
def test_sterility_hold_that_qa_rejects_stays_held_and_one_to_repeat_is_watched_again() -> None:
    cell = failed_hold()
    decide(cell, "rejected")
    cell.command("restart")
    cell.turn()
    cell.until_state(State.HELD)
    assert "QA has rejected it" in held_by(cell)
    other = failed_hold()
    decide(other, "reviewed")
    other.command("restart")
    other.until(lambda: other.step_of("u/o/hold") == "watch")


@pytest.mark.promise(6)
def test_phase_does_not_start_while_the_protection_of_its_unit_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("odd")

    cell = Watched.started(recipe(CHARGE, EQUILIBRATE, INOCULATE))
    cell.until(lambda: bool(cell.batch.waits))
    monkeypatch.setattr("bioctl.equipment.protect.evaluate", failing)
    for _ in range(400):
        cell.turn()
    assert cell.step_of("u/o/cells") == ""
    assert "the unit's protection failed" in cell_view(cell.core)["batches"][0]["waits"]


def test_read_back_that_is_bad_gives_no_permissive() -> None:
    cell = Watched.started(recipe(CHARGE, TRANSFER, more=WASHER))
    cell.until(lambda: cell.t > 30.0)
    cell.seen["CW201.XV201"] = bad("wire break")
    cell.until(lambda: bool(cell.batch.waits))
    assert "CW201.inlet_valve_follows" in cell.batch.waits
    assert "inlet_valve.deviation is not Good (wire break)" in str(
        kinds(cell, "permissive.missing")[0]["text"]
    )
