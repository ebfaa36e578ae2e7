"""Hold, stop and restart at the plant: what closes, what goes on, and what is asked for again."""

import pytest

from bioctl.phases.states import State

from .cell import Cell, recipe

LIFE = "temperature: 37 degC, pH: 7.2 pH, dissolved_oxygen: 50 %, agitation: 60 rpm"
CHARGE = "{charge: charge, with: {source: medium, volume: 1000 mL, rate: 500 mL/min}, timeout: 1 h}"
GROW = f"{{grow: grow, with: {{{LIFE}}}, until: elapsed > 10 min, timeout: 2 h}}"
PERFUSE = (
    f"{{perfuse: perfuse, with: {{{LIFE}, weight: 1 kg, rate: 2 mL/min, rate_limit: 4 mL/min}},"
    " until: elapsed > 10 h, timeout: 20 h}"
)
DRAIN = "{drain: drain, with: {down_to: 0.1 kg, rate: 200 mL/min}, timeout: 1 h}"
DETACH = (
    "{detach: detach, with: {enzyme: 500 mL, rate: 500 mL/min, contact: 2 min, bursts: 2,"
    " burst: 30 s, quench: 200 mL}, timeout: 2 h}"
)
FILL = "{fill: fill_vials, with: {vials: 6, volume: 5 mL, speed: 10 1/min}, timeout: 1 h}"


def running(*phases: str, until: str = "", unit: str = "packed_bed_bioreactor") -> Cell:
    """Return a cell that is in step `path:step`."""
    cell = Cell.started(recipe(*phases, unit=unit))
    path, _, step = until.partition(":")
    cell.until(lambda: cell.step_of(f"u/o/{path}") == step)
    return cell


def held(cell: Cell) -> Cell:
    cell.command("hold")
    cell.until_state(State.HELD)
    return cell


@pytest.mark.promise(4)
@pytest.mark.parametrize(
    ("phase", "step", "pumps"),
    [
        (PERFUSE, "perfuse:level", {"PC102": 2.0, "PC103": 2.0}),
        (DRAIN, "drain:pump", {"PC104": 200.0, "XV102": 1.0}),
    ],
)
@pytest.mark.parametrize("command", ["hold", "stop", "abort", "pause"])
def test_unit_that_is_held_stopped_or_paused_closes_its_pumps_in_that_scan(
    phase: str, step: str, pumps: dict[str, float], command: str
) -> None:
    cell = running(CHARGE, GROW, phase, until=step)
    cell.turn()
    assert {one: cell.outputs[f"BR101.{one}"] for one in pumps} == pumps
    cell.command(command)
    cell.turn()
    assert {one: cell.outputs[f"BR101.{one}"] for one in pumps} == dict.fromkeys(pumps, 0.0)
    closed = {f"BR101.{one}" for one in ("PC102", "PC103", "PC104", "XV101", "XV102")}
    assert {tag: cell.outputs[tag] for tag in closed} == dict.fromkeys(closed, 0.0)


@pytest.mark.promise(4)
def test_held_unit_keeps_its_loops_and_agitation() -> None:
    """R-88-16: hold for living cells is not `all off`."""
    cell = held(running(CHARGE, GROW, until="grow:begin"))
    loops = cell.core.state.units["BR101"].loops
    assert {name: one.mode for name, one in loops.items()} == {
        "temperature": "AUTO", "pH": "AUTO", "dissolved_oxygen": "AUTO",
    }  # fmt: skip
    start = cell.t
    cell.until(lambda: cell.t > start + 7200)
    assert cell.readings["BR101.TT101"].number == pytest.approx(37.0, abs=0.3)
    assert cell.readings["BR101.ST101"].number > 50
    assert cell.batch.state is State.HELD


def test_outputs_of_a_paused_phase_come_back_on_resume() -> None:
    cell = running(CHARGE, GROW, DRAIN, until="drain:pump")
    cell.command("pause")
    cell.turn()
    weight = cell.readings["BR101.WT101"].number
    for _ in range(20):
        cell.turn()
    assert cell.batch.state is State.PAUSED
    assert cell.readings["BR101.WT101"].number == pytest.approx(weight, abs=0.01)
    cell.command("resume")
    cell.until_state(State.COMPLETE)
    assert cell.readings["BR101.WT101"].number <= 0.1


@pytest.mark.promise(3)
@pytest.mark.parametrize("holds", [1, 3])
def test_restart_after_a_hold_asks_for_the_rest_of_the_dose_only(holds: int) -> None:
    cell = running(CHARGE, until="charge:dosing")
    for _ in range(holds):
        cell.turn()
        held(cell)
        cell.command("restart")
        cell.until(lambda: cell.step_of("u/o/charge") == "dosing")
    cell.until_state(State.COMPLETE)
    assert cell.bench.dosed == {("BR101", "medium"): pytest.approx(1000.0, abs=1.0)}
    (result,) = [e.data for e in cell.journal if e.kind == "result"]
    assert result["value"] == pytest.approx(1000.0, abs=1.0)


@pytest.mark.promise(4)
def test_stop_of_a_dose_that_got_lost_is_sent_again() -> None:
    cell = running(CHARGE, until="charge:dosing")
    cell.lost = ["STOP_DOSE"]
    held(cell)
    delivered = cell.bench.dosed["BR101", "medium"]
    assert delivered < 500
    for _ in range(30):
        cell.turn()
    assert cell.bench.dosed["BR101", "medium"] == delivered
    cell.command("restart")
    cell.until_state(State.COMPLETE)
    assert cell.bench.dosed["BR101", "medium"] == pytest.approx(1000.0, abs=1.0)


def test_dose_that_never_arrived_holds_and_is_asked_for_again() -> None:
    cell = Cell.started(recipe(CHARGE))
    cell.lost = ["DOSE"]
    cell.until_state(State.HELD)
    assert any("was not dosed" in str(e.data.get("text")) for e in cell.journal)
    cell.command("restart")
    cell.until_state(State.COMPLETE)
    assert cell.bench.dosed == {("BR101", "medium"): pytest.approx(1000.0, abs=1.0)}


@pytest.mark.promise(4)
@pytest.mark.parametrize("step", ["dosing_enzyme", "contact", "burst", "rest", "dosing_quench"])
@pytest.mark.parametrize("command", ["hold", "stop", "abort"])
def test_detachment_that_is_held_is_quenched(step: str, command: str) -> None:
    cell = running(CHARGE, DETACH, until=f"detach:{step}")
    if step == "dosing_enzyme":
        cell.turn()
    cell.command(command)
    ends = {"hold": State.HELD, "stop": State.STOPPED, "abort": State.ABORTED}
    cell.until_state(ends[command])
    assert cell.bench.dosed["BR101", "quench"] == pytest.approx(200.0, abs=1.0)
    if command == "hold":
        cell.command("restart")
        cell.until_state(State.COMPLETE)
        assert cell.bench.dosed["BR101", "quench"] == pytest.approx(200.0, abs=1.0)


def test_detachment_without_enzyme_is_not_quenched_and_begins_again() -> None:
    cell = running(CHARGE, DETACH, until="detach:")
    cell.lost = ["DOSE"]
    cell.until_state(State.HELD)
    assert ("BR101", "quench") not in cell.bench.dosed
    cell.command("restart")
    cell.until_state(State.COMPLETE)
    assert cell.bench.dosed["BR101", "enzyme"] == pytest.approx(500.0, abs=1.0)


@pytest.mark.promise(4)
@pytest.mark.parametrize("before", ["running", "holding"])
def test_quench_the_equipment_stopped_is_finished(before: str) -> None:
    cell = running(CHARGE, DETACH, until="detach:dosing_quench")
    if before == "holding":
        cell.command("hold")
        cell.turn()
    cell.bench.plant.units["BR101"].dose.stop()
    assert cell.bench.dosed.get(("BR101", "quench"), 0.0) < 199
    cell.until_state(State.HELD)
    assert cell.bench.dosed["BR101", "quench"] == pytest.approx(200.0, abs=1.0)


def test_quench_that_never_gets_through_is_left_to_a_person_after_three_times() -> None:
    cell = running(CHARGE, DETACH, until="detach:contact")
    cell.lost = ["DOSE"] * 3
    held(cell)
    assert not cell.lost
    assert ("BR101", "quench") not in cell.bench.dosed
    cell.command("restart")
    cell.until_state(State.COMPLETE)
    assert cell.bench.dosed["BR101", "quench"] == pytest.approx(200.0, abs=1.0)


def test_equilibration_that_was_held_has_to_be_stable_anew() -> None:
    equilibrate = f"{{wait: equilibrate, with: {{{LIFE}, stable_for: 10 min}}, timeout: 9 h}}"
    cell = running(CHARGE, equilibrate, until="wait:wait")
    timers = cell.core.world.scratch["B-1", "u/o/wait"]
    cell.until(lambda: cell.t - timers.get("band", cell.t) > 300)
    held(cell)
    cell.command("restart")
    cell.until_state(State.RUNNING)
    start = cell.t
    cell.until_state(State.COMPLETE)
    assert cell.t - start >= 600


def test_filler_is_held_and_goes_on_as_often_as_asked() -> None:
    cell = Cell.started(recipe(FILL, unit="vial_filler"))
    cell.bench.plant.units["VF301"].bulk.volume = 0.1
    for good in (1, 3):
        cell.until(lambda good=good: cell.bench.plant.units["VF301"].good >= good)  # type: ignore[misc]
        start = cell.t
        held(cell)
        assert cell.t - start < 15
        standing = cell.bench.plant.units["VF301"].good
        for _ in range(5):
            cell.turn()
        assert cell.bench.plant.units["VF301"].good == standing
        cell.command("restart")
        cell.until_state(State.RUNNING)
    cell.until_state(State.COMPLETE)
    assert cell.bench.plant.units["VF301"].good == 6


def test_filler_that_did_not_take_a_command_is_asked_again_after_one_restart() -> None:
    for count in (1, 2):
        cell = Cell.started(recipe(FILL, unit="vial_filler"))
        cell.bench.plant.units["VF301"].bulk.volume = 0.1
        if count == 2:
            cell.until(lambda cell=cell: cell.step_of("u/o/fill") == "ready")  # type: ignore[misc]
        cell.lost = ["PACKML"]
        cell.until_state(State.HELD)
        assert any("did not take" in str(e.data.get("text")) for e in cell.journal)
        cell.command("restart")
        cell.until_state(State.COMPLETE)
        assert cell.bench.plant.units["VF301"].good == 6
