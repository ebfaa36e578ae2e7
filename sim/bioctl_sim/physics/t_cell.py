"""T cells: activation by beads, transduction by a vector, decay of the vector.

A culture has resting cells, which neither grow nor take up a vector, and activated ones. Growth of
the activated fades some days after activation (`Cell.slow_after`).
"""

from typing import Final

from bioctl_sim.physics.cell import Cell
from bioctl_sim.physics.curves import monod, ten_to

_LN2: Final = 0.6931471805599453


def activation_rate(cell: Cell, beads_per_cell: float) -> float:
    """Return the rate in 1/h at which resting cells become activated."""
    return cell.activate * monod(beads_per_cell, cell.beads_half)


def transduction_rate(cell: Cell, particles_per_cell: float) -> float:
    """Return the rate in 1/h at which activated cells not yet transduced become so.

    Args:
        cell: the cell type.
        particles_per_cell: infective particles left a cell (at start: multiplicity of infection).
    """
    return cell.transduce * max(0.0, particles_per_cell)


def vector_decay(cell: Cell, temperature: float) -> float:
    """Return the rate in 1/h at which vector loses its power; half in 10 K less."""
    return _LN2 / cell.vector_half_life * ten_to(0.0301 * (temperature - 37.0))


def resting_oxygen(cell: Cell) -> float:
    """Return the oxygen uptake of a resting cell in pmol/cell/h, a fifth of an idle blast's."""
    return 0.2 * cell.oxygen_idle
