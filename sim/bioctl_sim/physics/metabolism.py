"""What cells take up and give off, from growth rate and what there is.

Uptake is upkeep plus a part in proportion to growth (Pirt 1965). Lactate is at most two a glucose,
ammonium at most two a glutamine, so that neither carbon nor nitrogen is made from nothing; the
ammonium of other amino acids comes out of the medium's capacity.
"""

from bioctl_sim.physics.cell import Cell
from bioctl_sim.physics.curves import monod, ten_to

Rates = tuple[float, float, float, float, float, float]
"""Glucose, glutamine, net lactate, ammonium, oxygen in pmol/cell/h; product in pg/cell/h."""


def uptake(cell: Cell, mu: float, glucose: float, glutamine: float, lactate: float) -> Rates:
    """Return what cells take up (glucose, glutamine, oxygen) and give off (the others).

    Net lactate is negative where cells consume it. Oxygen is what cells would take at full oxygen.

    Args:
        cell: the cell type.
        mu: growth rate in 1/h.
        glucose: mmol/L.
        glutamine: mmol/L.
        lactate: mmol/L.
    """
    g = min(1.0, mu / cell.mu_max)
    sugar = cell.glucose_idle + (cell.glucose_grow - cell.glucose_idle) * g
    sugar *= monod(glucose, cell.k_glucose)
    made = cell.lactate_yield * (cell.lactate_rest + (1.0 - cell.lactate_rest) * g) * sugar
    eaten = cell.lactate_uptake * (1.0 - g) * monod(lactate, cell.k_lactate_uptake)
    glut = cell.glutamine_idle + (cell.glutamine_grow - cell.glutamine_idle) * g
    glut *= monod(glutamine, 0.1)
    oxygen = cell.oxygen_idle + (cell.oxygen_grow - cell.oxygen_idle) * g
    ammonium = cell.ammonium_yield * glut + cell.ammonium_idle
    return sugar, glut, made - eaten, ammonium, oxygen, cell.product


def capacity_uptake(cell: Cell, mu: float) -> float:
    """Return the litres of fresh medium that 1e9 cells spend in an hour."""
    return mu / cell.capacity_yield + cell.capacity_idle


def glutamine_decay(temperature: float, ph: float) -> float:
    """Return the rate in 1/h at which glutamine in solution turns into ammonium (one a glutamine).

    0.0035 1/h at 37 degC and pH 7.2, twice in 10 K, half again for 0.3 pH, within the 0.0025 to
    0.005 1/h reported for culture media.
    """
    return 0.0035 * ten_to(0.0301 * (temperature - 37.0) + 0.6 * (ph - 7.2))
