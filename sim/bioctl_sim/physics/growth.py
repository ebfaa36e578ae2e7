"""Growth and death of cells in the liquid that surrounds them.

Growth is the product of what each condition leaves of it (0 to 1): Monod limitation (Monod 1949),
Hill brakes by waste and neighbours, a Gaussian in temperature, a two-pK bell in pH (Bailey and
Ollis, *Biochemical Engineering Fundamentals*, ch. 3). Medium *capacity* stands for the amino acids,
vitamins and factors that are not followed one by one (a liquid's nutrient a litre): 1 in fresh
medium, spent by growth and upkeep.
"""

from math import exp

from bioctl_sim.physics.cell import Cell
from bioctl_sim.physics.curves import brake, monod, onset, ten_to


def growth_rate(
    cell: Cell,
    glucose: float,
    glutamine: float,
    lactate: float,
    ammonium: float,
    oxygen: float,
    capacity: float,
    osmolality: float,
    temperature: float,
    ph: float,
    pco2_mmhg: float,
    age_h: float,
    density: float,
) -> float:
    """Return mu in 1/h, 0 or more.

    Concentrations in mmol/L; capacity in litres of fresh medium left a litre; osmolality in
    mOsm/kg; temperature in degC; age in h since inoculation; density as in `cell`.
    """
    food = monod(glucose, cell.k_glucose) * monod(oxygen, cell.k_oxygen)
    food *= monod(capacity, cell.k_capacity)
    if cell.k_glutamine > 0.0:
        food *= monod(glutamine, cell.k_glutamine)
    if food <= 0.0:
        return 0.0
    return (
        cell.mu_max
        * food
        * onset(age_h, cell.lag)
        * brake(age_h, cell.slow_after, cell.slow_power)
        * crowding(cell, density)
        * waste(cell, lactate, ammonium, osmolality, pco2_mmhg)
        * comfort(cell, temperature, ph)
    )


def crowding(cell: Cell, density: float) -> float:
    """Return what neighbours leave of growth, 1 to 0 at `crowd_top`."""
    filled = density / cell.crowd_top
    if filled >= 1.0:
        return 0.0
    return (1.0 - filled * filled) * brake(density, cell.crowd_half, cell.crowd_power)


def waste(
    cell: Cell, lactate: float, ammonium: float, osmolality: float, pco2_mmhg: float
) -> float:
    """Return what waste, salt and CO2 leave of growth, 1 to 0."""
    left = brake(lactate, cell.k_lactate, cell.waste_power)
    left *= brake(ammonium, cell.k_ammonium, cell.waste_power)
    left *= brake(pco2_mmhg, cell.k_pco2, 3.0)
    off = osmolality - cell.osmolality_best
    return left * (brake(off, cell.osmolality_high, 3.0) * brake(-off, cell.osmolality_low, 3.0))


def comfort(cell: Cell, temperature: float, ph: float) -> float:
    """Return what temperature in degC and pH leave of growth, 1 to 0."""
    d = temperature - cell.temperature_best
    d /= cell.warm_width if d > 0.0 else cell.cool_width
    best = 1.0 + 2.0 * ten_to(0.5 * (cell.ph_low - cell.ph_high))
    bell = best / (1.0 + ten_to(cell.ph_low - ph) + ten_to(ph - cell.ph_high))
    return exp(-d * d) * bell


def death_rate(
    cell: Cell,
    lactate: float,
    ammonium: float,
    temperature: float,
    ph: float,
    osmolality: float,
    hungry_h: float,
    shear: float,
    capacity: float,
) -> float:
    """Return kd in 1/h.

    Args:
        cell: the cell type.
        lactate: mmol/L.
        ammonium: mmol/L.
        temperature: degC.
        ph: pH.
        osmolality: mOsm/kg.
        hungry_h: h of starvation, from `hunger`.
        shear: 1/h of damage by eddies, from `attachment.shear_damage`.
        capacity: litres of fresh medium left a litre.
    """
    kd = cell.death + shear
    kd += cell.death_waste * (1.0 - brake(lactate, cell.death_lactate, 2.0))
    kd += cell.death_waste * (1.0 - brake(ammonium, cell.death_ammonium, 2.0))
    kd += cell.death_spent * (1.0 - monod(capacity, cell.k_capacity))
    kd += cell.starved * onset(hungry_h, cell.starved_after)
    return kd + stress(cell, temperature, ph, osmolality)


def stress(cell: Cell, temperature: float, ph: float, osmolality: float) -> float:
    """Return the death rate in 1/h by heat, pH and salt outside what the cells bear (assumed)."""
    heat = max(0.0, temperature - cell.heat_limit)
    off = max(0.0, cell.acid_limit - ph, ph - cell.alkali_limit)
    salt = osmolality - cell.osmolality_best
    over = max(0.0, salt / cell.osmolality_high - 1.0, -salt / cell.osmolality_low - 1.0)
    return 0.05 * heat * heat + 0.3 * off * off + 0.01 * over * over


def hunger(cell: Cell, hungry_h: float, glucose: float, oxygen: float, hours: float) -> float:
    """Return the hours of starvation after `hours` more; food makes up for it twice as fast."""
    if glucose < cell.hungry_glucose or oxygen < cell.hungry_oxygen:
        return hungry_h + hours
    return max(0.0, hungry_h - 2.0 * hours)
