"""T cells: activation, transduction, the end of growth."""

from math import exp

import pytest

from bioctl_sim.physics.growth import growth_rate
from bioctl_sim.physics.t_cell import (
    activation_rate,
    resting_oxygen,
    transduction_rate,
    vector_decay,
)
from bioctl_sim.vessel.presets import CHO, T_CELL


def transduced(moi: float, hours: float = 24.0, active: float = 1.0) -> float:
    """Part of the cells that carry the gene, vector dosed once."""
    part, vector, h = 0.0, moi, 0.05
    for _ in range(round(hours / h)):
        part += transduction_rate(T_CELL, vector) * (active - part) * h
        vector -= vector_decay(T_CELL, 37.0) * vector * h
    return part


def test_beads_activate_most_cells_within_a_day_and_half() -> None:
    assert 0.85 < 1.0 - exp(-activation_rate(T_CELL, 3.0) * 36.0) < 0.99
    assert activation_rate(T_CELL, 0.0) == 0.0
    assert activation_rate(CHO, 3.0) == 0.0


def test_five_to_ten_vectors_a_cell_transduce_about_37_percent() -> None:
    assert transduced(5.0) < 0.37 < transduced(10.0)
    assert transduced(7.5) == pytest.approx(0.37, abs=0.06)
    assert transduced(0.0) == transduced(7.5, active=0.0) == 0.0


def test_vector_halves_in_six_to_ten_hours_and_keeps_in_the_cold() -> None:
    assert exp(-vector_decay(T_CELL, 37.0) * 10.0) < 0.5 < exp(-vector_decay(T_CELL, 37.0) * 6.0)
    assert vector_decay(T_CELL, 4.0) < 0.2 * vector_decay(T_CELL, 37.0)


def test_growth_fades_after_ten_days() -> None:
    def mu(age: float) -> float:
        return growth_rate(T_CELL, 20, 4, 0, 0, 0.1, 1, 300, 37, 7.15, 40, age, 1.0)

    assert mu(240.0) == pytest.approx(0.5 * mu(72.0), rel=0.02)
    assert mu(480.0) < 0.02 * mu(72.0)


def test_resting_cells_breathe_little() -> None:
    assert resting_oxygen(T_CELL) < 0.5 * T_CELL.oxygen_idle
