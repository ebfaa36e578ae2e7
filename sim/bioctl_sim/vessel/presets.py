"""One parameter set a cell type.

Where a number has no source beside it, it is fitted to the published runs in `tests/sim/published`
or is a typical value; each set is one for all runs of its cell type.
"""

from typing import Final

from bioctl_sim.physics.cell import Cell

MSC_PLACENTAL: Final = Cell(
    adherent=1,
    mu_max=0.032,
    lag=14.0,
    k_glucose=0.1,
    k_oxygen=0.002,
    k_capacity=0.03,
    capacity_yield=1.6,
    crowd_half=2.8e4,
    crowd_power=2.8,
    crowd_top=2e5,
    k_lactate=40.0,
    k_ammonium=3.5,
    waste_power=4.0,
    death=0.0002,
    starved=0.10,
    starved_after=20.0,
    lysis=0.02,
    anoikis=0.06,
    glucose_idle=0.09,
    glucose_grow=0.35,
    glutamine_idle=0.002,
    glutamine_grow=0.03,
    lactate_yield=1.7,
    ammonium_yield=0.7,
    ammonium_idle=0.003,
    oxygen_idle=0.080,
    oxygen_grow=0.100,
    attach=0.5,
    a_max=5e4,
)
"""Placental stromal cells on a packed bed; area, uptake: Stem Cells Int 2018:2547098, Table 1."""

MSC_MURINE: Final = MSC_PLACENTAL._replace(
    mu_max=0.046, crowd_half=6.0e4, crowd_top=7.8e4, a_max=7.7e4
)
"""Murine bone marrow stromal cells on plastic."""

VERO: Final = Cell(
    adherent=1,
    mu_max=0.0412,
    lag=12.0,
    k_capacity=0.15,
    capacity_yield=1.30,
    crowd_half=5e5,
    crowd_power=2.0,
    crowd_top=1e6,
    k_lactate=80.0,
    k_ammonium=5.0,
    death=0.0005,
    anoikis=0.06,
    glucose_idle=0.09,
    glucose_grow=0.61,
    lactate_yield=1.8,
    lactate_rest=0.8,
    oxygen_idle=0.10,
    oxygen_grow=0.20,
    attach=0.5,
    a_max=5e5,
)
"""Vero cells on carriers in animal-free medium."""

T_CELL: Final = Cell(
    mu_max=0.053,
    lag=12.0,
    slow_after=240.0,
    k_capacity=0.10,
    capacity_yield=7.0,
    crowd_half=150.0,
    crowd_power=3.0,
    crowd_top=500.0,
    k_lactate=40.0,
    k_ammonium=4.0,
    death=0.0008,
    glucose_idle=0.03,
    glucose_grow=0.17,
    lactate_yield=1.5,
    lactate_rest=0.8,
    oxygen_idle=0.06,
    oxygen_grow=0.18,
    activate=0.08,
    transduce=0.0055,
    slow_power=6.0,
)
"""Human T cells activated once."""

CHO: Final = Cell(
    mu_max=0.044,
    lag=2.0,
    k_glucose=0.15,
    k_capacity=0.21,
    capacity_yield=16.0,
    capacity_idle=0.00055,
    crowd_half=80.0,
    crowd_power=2.0,
    crowd_top=250.0,
    k_lactate=43.0,
    k_ammonium=8.0,
    osmolality_high=200.0,
    death=0.0003,
    death_waste=0.003,
    death_ammonium=12.0,
    death_spent=0.00147,
    starved=0.122,
    starved_after=12.0,
    glucose_idle=0.035,
    glucose_grow=0.20,
    glutamine_grow=0.03,
    lactate_yield=0.75,
    lactate_rest=0.1,
    lactate_uptake=0.03,
    ammonium_idle=0.0007,
    oxygen_idle=0.20,
    oxygen_grow=0.30,
    product=0.8,
)
"""CHO-K1 producing an antibody, in fed-batch."""

HEK293: Final = Cell(
    mu_max=0.036,
    lag=8.0,
    k_capacity=0.15,
    capacity_yield=7.5,
    crowd_half=40.0,
    crowd_power=2.0,
    crowd_top=150.0,
    k_lactate=60.0,
    k_ammonium=8.0,
    death=0.0008,
    death_spent=0.006,
    glucose_idle=0.03,
    glucose_grow=0.17,
    lactate_yield=1.2,
    lactate_rest=0.3,
    oxygen_idle=0.15,
    oxygen_grow=0.28,
    ammonium_yield=0.5,
    glutamine_grow=0.025,
)
"""HEK293 in suspension."""

PLANT: Final = Cell(
    mu_max=0.009,
    lag=2.0,
    k_glucose=3.3,
    k_oxygen=0.012,
    k_capacity=1e-6,
    capacity_yield=1e9,
    crowd_half=40.0,
    crowd_power=3.0,
    crowd_top=60.0,
    k_lactate=1e6,
    k_ammonium=1e6,
    osmolality_best=250.0,
    osmolality_high=400.0,
    osmolality_low=300.0,
    temperature_best=26.0,
    warm_width=5.0,
    cool_width=9.0,
    ph_low=3.8,
    ph_high=8.0,
    heat_limit=34.0,
    acid_limit=4.2,
    alkali_limit=7.5,
    death=0.0002,
    death_waste=0.0,
    starved=0.004,
    starved_after=48.0,
    hungry_glucose=0.1,
    lysis=0.002,
    shear_length=20.0,
    glucose_idle=0.035,
    glucose_grow=0.185,
    glutamine_idle=0.0,
    glutamine_grow=0.0,
    lactate_yield=0.0,
    ammonium_yield=0.0,
    ammonium_idle=0.0,
    oxygen_idle=0.16,
    oxygen_grow=0.50,
)
"""Rice and tobacco cells; amounts in g dry weight, glucose for all hexoses."""

PRESETS: Final = {
    "msc_placental": MSC_PLACENTAL,
    "msc_murine": MSC_MURINE,
    "vero": VERO,
    "t_cell": T_CELL,
    "cho": CHO,
    "hek293": HEK293,
    "plant": PLANT,
}
