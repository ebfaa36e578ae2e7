"""Interlocks over the simulated plant: its faults trip them, and what they force helps."""

import pytest

from bioctl.control.interlock import Person, reset
from bioctl.phases.states import State

from .cell import Cell, recipe
from .test_engine import kinds
from .test_hold import CHARGE, GROW

ADA = Person("Ada", "operator")


def growing() -> Cell:
    long = GROW.replace("elapsed > 10 min", "elapsed > 20 h").replace(
        "timeout: 2 h", "timeout: 30 h"
    )
    cell = Cell.started(recipe(CHARGE, long))
    cell.until(lambda: cell.step_of("u/o/grow") == "begin")
    for _ in range(30):
        cell.turn()
    return cell


def trips(cell: Cell) -> list[object]:
    return [data["interlock"] for data in kinds(cell, "interlock.tripped")]


def let_go(cell: Cell, name: str) -> None:
    memory, config = cell.core.memory["BR101"], cell.site.units["BR101"].interlocks[name]
    memory.interlocks[name], _ = reset(config, memory.interlocks[name], ADA)


@pytest.mark.requirement("I1")
def test_blocked_vent_shuts_the_gas_and_the_pressure_falls() -> None:
    cell = growing()
    cell.bench.plant.set_fault("BR101.vent_blocked", 1.0)
    cell.until(lambda: bool(trips(cell)), turns=3000)
    assert trips(cell) == ["pressure_high"]
    high = cell.readings["BR101.PT101"].number
    assert high > 80.0
    assert [cell.outputs[f"BR101.FC10{n}"] for n in (1, 2, 3, 4)] == [0.0] * 4
    cell.bench.plant.clear_fault("BR101.vent_blocked")
    cell.until(lambda: cell.readings["BR101.PT101"].number < 10.0, turns=600)
    cell.turn()
    assert cell.core.memory["BR101"].interlocks["pressure_high"].tripped
    let_go(cell, "pressure_high")
    cell.turn()
    assert cell.outputs["BR101.FC101"] > 0.0
    assert cell.batch.state is State.RUNNING


@pytest.mark.requirement("I4")
@pytest.mark.requirement("I5")
def test_probes_that_drop_out_take_their_fallbacks_and_give_the_loops_back() -> None:
    cell = growing()
    for probe in ("AT101", "AT102"):
        cell.bench.plant.set_fault(f"BR101.{probe}.dropout")
    began = cell.t
    cell.until(lambda: len(kinds(cell, "loop.fallback")) == 2, turns=400)
    assert 600.0 <= cell.t - began <= 620.0
    assert [e["loop"] for e in kinds(cell, "loop.fallback")] == ["pH", "dissolved_oxygen"]
    assert (cell.outputs["BR101.FC104"], cell.outputs["BR101.PC101"]) == (0.0, 0.0)
    assert (cell.outputs["BR101.FC101"], cell.outputs["BR101.FC102"]) == (0.3, 0.0)
    for probe in ("AT101", "AT102"):
        cell.bench.plant.clear_fault(f"BR101.{probe}.dropout")
    cell.until(lambda: len(kinds(cell, "loop.recovered")) == 2, turns=20)


@pytest.mark.requirement("I7")
def test_base_that_is_used_up_locks_the_pump_and_carbon_dioxide_goes_on() -> None:
    cell = growing()
    cell.bench.plant.set_fault("BR101.AT101.offset", -3.0)
    cell.turn()
    cell.bench.plant.set_fault("BR101.AT101.stuck")
    cell.until(lambda: "pH.dose" in trips(cell), turns=6000)
    cell.turn()
    assert cell.outputs["BR101.PC101"] == 0.0
    assert cell.core.memory["BR101"].loops["pH"].dose.used >= 400.0
    cell.bench.plant.clear_fault("BR101.AT101.stuck")
    cell.bench.plant.clear_fault("BR101.AT101.offset")
    cell.bench.plant.set_fault("BR101.AT101.offset", 1.0)
    cell.until(lambda: cell.outputs["BR101.FC104"] > 0.0, turns=600)
    assert cell.outputs["BR101.PC101"] == 0.0


@pytest.mark.requirement("I2")
def test_vessel_that_loses_its_liquid_is_not_stirred_or_heated() -> None:
    cell = growing()
    cell.bench.plant.set_fault("BR101.liquid_leak", 20.0)
    cell.until(lambda: "level_low" in trips(cell), turns=3000)
    assert (cell.outputs["BR101.SC101"], cell.outputs["BR101.TC101"]) == (0.0, 20.0)
    assert [cell.outputs[f"BR101.FC10{n}"] for n in (1, 2, 3, 4)] == [0.0] * 4
