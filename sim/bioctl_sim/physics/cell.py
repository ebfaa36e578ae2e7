"""Kinetics of one cell type: the numbers that tell a culture of CHO from one of T cells.

The amount of cells is counted in 1e9 cells for animal cells and in g dry weight for plant cells,
so 1 pmol/cell/h is 1 mmol/h for each 1e9 cells, and the same equations serve both: where a field
says pmol/cell/h, plant cells have mmol/(g h). Concentrations are mmol/L in the liquid at the cells.

`density` is what crowds the cells: cells/cm2 for adherent cells, 1e6 cells/mL for those in
suspension, g/L for plant cells.
"""

from typing import NamedTuple


class Cell(NamedTuple):
    """One cell type (or one donor of it).

    Growth:
        adherent: 1 for cells that need a surface, 0 for suspension.
        mu_max: 1/h, growth rate with nothing in the way.
        lag: h, after inoculation until growth is 63 % of its rate.
        slow_after: h of age at which growth has fallen to half (T cells after one activation).
        slow_power: steepness of that fall.
        k_glucose, k_glutamine, k_oxygen: mmol/L at half growth; k_glutamine 0: needs none.
        k_capacity: litres of fresh medium left a litre, at half growth.
        capacity_yield: 1e9 cells made by a litre of fresh medium.
        capacity_idle: litres of fresh medium that 1e9 cells spend in an hour without growing.
        crowd_half, crowd_power: density at which neighbours halve growth, and steepness.
        crowd_top: density at which growth ends.
    Waste:
        k_lactate, k_ammonium: mmol/L at which growth is halved.
        waste_power: steepness of both.
        k_pco2: mmHg at which growth is halved, cubic.
        osmolality_best, osmolality_high, osmolality_low: mOsm/kg of best growth, and how far above
            and below it growth is halved, cubic.
    Comfort:
        temperature_best, warm_width, cool_width: degC of best growth, widths above and below.
        ph_low, ph_high: pK of the two groups of the pH bell.
        heat_limit: degC above which heat kills.
        acid_limit, alkali_limit: pH beyond which pH kills.
    Death:
        death: 1/h at rest in fresh medium.
        death_waste: 1/h more by lactate, and by ammonium, in excess.
        death_lactate, death_ammonium: mmol/L at half of that.
        death_spent: 1/h more in spent medium.
        starved: 1/h when starved for long. starved_after: h until 63 % of it.
        hungry_glucose, hungry_oxygen: mmol/L below which cells starve.
        lysis: 1/h at which dead cells vanish.
        anoikis: 1/h more for adherent cells that found no surface.
        shear_length: um, Kolmogorov length below which eddies harm.
    Metabolism, in pmol/cell/h:
        glucose_idle, glucose_grow: uptake at rest and at mu_max.
        glutamine_idle, glutamine_grow: the same.
        lactate_yield: mmol a mmol glucose in growth, at most 2.
        lactate_rest: part of that yield at rest, 0 to 1.
        lactate_uptake, k_lactate_uptake: greatest uptake at rest; mmol/L at half of it.
        ammonium_yield: mmol a mmol glutamine, at most 2.
        ammonium_idle: from other amino acids.
        oxygen_idle, oxygen_grow: uptake at rest and at mu_max, at full oxygen.
        product: pg/cell/h.
    Surface (adherent cells):
        attach: 1/h onto an empty calm surface. a_max: cells/cm2 of a full one.
        calm_speed: m/s of impeller tip at which half the contacts hold.
        loosen: 1/h by full-strength enzyme at 37 degC.
        release: 1/h of loosened cells in calm liquid. burst: 1/h more at high agitation.
        enzyme_harm: 1/h of death in full-strength enzyme.
    Activation and transduction (T cells):
        activate: 1/h with an excess of beads; 0: cells need no activation.
        beads_half: beads a cell at half of it.
        transduce: 1/h for each vector particle a cell. vector_half_life: h at 37 degC.
    """

    adherent: int = 0
    mu_max: float = 0.03
    lag: float = 12.0
    slow_after: float = 1e6
    slow_power: float = 4.0
    k_glucose: float = 0.1
    k_glutamine: float = 0.0
    k_oxygen: float = 0.002
    k_capacity: float = 0.05
    capacity_yield: float = 5.0
    capacity_idle: float = 0.0
    crowd_half: float = 1e6
    crowd_power: float = 2.0
    crowd_top: float = 1e9
    k_lactate: float = 40.0
    k_ammonium: float = 6.5
    waste_power: float = 2.0
    k_pco2: float = 200.0
    osmolality_best: float = 300.0
    osmolality_high: float = 150.0
    osmolality_low: float = 110.0
    temperature_best: float = 37.0
    warm_width: float = 3.0
    cool_width: float = 6.0
    ph_low: float = 6.0
    ph_high: float = 8.3
    heat_limit: float = 39.5
    acid_limit: float = 6.7
    alkali_limit: float = 7.8
    death: float = 0.0005
    death_waste: float = 0.004
    death_lactate: float = 60.0
    death_ammonium: float = 10.0
    death_spent: float = 0.0
    starved: float = 0.12
    starved_after: float = 12.0
    hungry_glucose: float = 0.2
    hungry_oxygen: float = 0.004
    lysis: float = 0.004
    anoikis: float = 0.0
    shear_length: float = 13.0
    glucose_idle: float = 0.05
    glucose_grow: float = 0.30
    glutamine_idle: float = 0.003
    glutamine_grow: float = 0.04
    lactate_yield: float = 1.5
    lactate_rest: float = 1.0
    lactate_uptake: float = 0.0
    k_lactate_uptake: float = 5.0
    ammonium_yield: float = 0.7
    ammonium_idle: float = 0.001
    oxygen_idle: float = 0.10
    oxygen_grow: float = 0.25
    product: float = 0.0
    attach: float = 0.0
    a_max: float = 1e5
    calm_speed: float = 0.36
    loosen: float = 13.0
    release: float = 1.0
    burst: float = 36.0
    enzyme_harm: float = 0.08
    activate: float = 0.0
    beads_half: float = 0.5
    transduce: float = 0.0
    vector_half_life: float = 8.0
