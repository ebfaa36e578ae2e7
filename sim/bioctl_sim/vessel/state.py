"""What a vessel remembers: places in one list of floats, the first ones as in `liquid`.

Amounts of the liquid in their units of `liquid`; all else as said here.
"""

from typing import Final

from bioctl_sim.liquid import COUNT

State = list[float]

MAX_SEGMENTS: Final = 10

_AMOUNTS: Final = (
    "GLUCOSE",
    "LACTATE",
    "AMMONIUM",
    "SID",
    "TIC",
    "PHOSPHATE",
    "AMINO",
    "OXYGEN",
    "ENZYME",
    "PROTEIN",
    "DMSO",
    "GLUTAMINE",
    "HEPES",
    "OSMOLES",
    "NUTRIENT",
    "PRODUCT",
    "ANTIFOAM",
    "ACTIVATOR",
    "VECTOR",
    "SUCROSE",
    "LIVE",
    "DEAD",
    "RESTING",
    "TRANSDUCED",
)
"""In the order of `liquid`."""
_NAMES: Final = (
    "VOLUME",  # L
    "TEMPERATURE",  # degC
    "JACKET",  # degC
    "POOL_SID",  # mmol added, not mixed in yet
    "POOL_TIC",
    "PH",
    "CO2",  # dissolved, mmol/L
    "HEAD_O2",  # mol, dry
    "HEAD_CO2",
    "HEAD_N2",
    "PRESSURE",  # Pa absolute
    "VAPOUR",  # Pa, of water at the liquid's temperature
    "RT",  # Pa L/mol
    "AGITATOR",  # rpm
    "FLOW_AIR",  # L/min at 0 degC and 1 atm
    "FLOW_O2",
    "FLOW_N2",
    "FLOW_CO2",
    "FLOW_PERMEATE",  # mL/min
    "KLA",  # 1/h, of oxygen from bubbles
    "SURFACE",  # 1/h, of oxygen from the surface
    "OXYGEN_USED",  # mmol/h
    "SHEAR",  # 1/h, death by it
    "FOAM",  # cm
    "WET",  # of the vent filter, 0 dry
    "FOULING",  # of the perfusion membrane, 1 clean
    "TMP",  # mbar
    "BOTTLE_BASE",  # L
    "BOTTLE_FEED",
    "BOTTLE_ANTIFOAM",
    "RUN_BASE",  # h the pump ran since power-up
    "RUN_FEED",
    "RUN_PERMEATE",
    "TOTAL_BASE",  # mL by pump turns since power-up
    "TOTAL_FEED",
    "TOTAL_PERMEATE",
    "TOTAL_ANTIFOAM",
    "GERMS",  # 1e9 contaminating bacteria
    "AGE",  # h since cells came
    "HUNGRY",  # h, of suspended cells
    "DRY",  # h without liquid
    "MU",  # 1/h, of all cells
    "DEMAND",  # mmol/h of oxygen, suspended cells and bacteria
    "GLUCOSE_USED",  # mmol/h
    "PROBE_T",  # degC
    "PROBE_PH",
    "PROBE_O2",  # % of air saturation
    "PROBE_XO2",  # %, exhaust
    "PROBE_XCO2",
    "PROBE_CAPACITANCE",  # pF/cm
    "LOOP_T",  # integral of each local loop, in its output
    "LOOP_PH",
    "LOOP_O2",
    "LOOP_FOAM",  # s the foam stands high
    "WAS_T",  # 1: the loop was on at its last step
    "WAS_PH",
    "WAS_O2",
    "HEAT_JACKET",  # J since power-up
    "HEAT_POWER",  # J from stirrer and cells
    "HEAT_LOST",  # J to the room and by evaporation
    "EVAPORATED",  # L since power-up
    "GAS_O2",  # mol that came in less what went out, since power-up
    "GAS_CO2",
    "OXYGEN_TOTAL",  # mmol the cells took up, since power-up
    "LEAKED",  # L of liquid since power-up
)
(
    VOLUME,
    TEMPERATURE,
    JACKET,
    POOL_SID,
    POOL_TIC,
    PH,
    CO2,
    HEAD_O2,
    HEAD_CO2,
    HEAD_N2,
    PRESSURE,
    VAPOUR,
    RT,
    AGITATOR,
    FLOW_AIR,
    FLOW_O2,
    FLOW_N2,
    FLOW_CO2,
    FLOW_PERMEATE,
    KLA,
    SURFACE,
    OXYGEN_USED,
    SHEAR,
    FOAM,
    WET,
    FOULING,
    TMP,
    BOTTLE_BASE,
    BOTTLE_FEED,
    BOTTLE_ANTIFOAM,
    RUN_BASE,
    RUN_FEED,
    RUN_PERMEATE,
    TOTAL_BASE,
    TOTAL_FEED,
    TOTAL_PERMEATE,
    TOTAL_ANTIFOAM,
    GERMS,
    AGE,
    HUNGRY,
    DRY,
    MU,
    DEMAND,
    GLUCOSE_USED,
    PROBE_T,
    PROBE_PH,
    PROBE_O2,
    PROBE_XO2,
    PROBE_XCO2,
    PROBE_CAPACITANCE,
    LOOP_T,
    LOOP_PH,
    LOOP_O2,
    LOOP_FOAM,
    WAS_T,
    WAS_PH,
    WAS_O2,
    HEAT_JACKET,
    HEAT_POWER,
    HEAT_LOST,
    EVAPORATED,
    GAS_O2,
    GAS_CO2,
    OXYGEN_TOTAL,
    LEAKED,
) = range(COUNT, COUNT + len(_NAMES))

ATTACHED: Final = COUNT + len(_NAMES)
"""1e9 cells spread on each segment of the bed, first segment first."""
LOOSE: Final = ATTACHED + MAX_SEGMENTS
"""1e9 cells rounded up by enzyme, still on the segment."""
STARVED: Final = LOOSE + MAX_SEGMENTS
"""h the segment's cells have gone hungry."""
SEGMENT_O2: Final = STARVED + MAX_SEGMENTS
"""Oxygen at the segment's cells, mmol/L."""
SEGMENT_DEMAND: Final = SEGMENT_O2 + MAX_SEGMENTS
"""Oxygen the segment's cells would take up where there is plenty, mmol/h."""
SIZE: Final = SEGMENT_DEMAND + MAX_SEGMENTS


def names() -> tuple[str, ...]:
    """Return the name of every place in order, for the plant's ground truth."""
    segments = ("attached", "loose", "starved", "segment_o2", "segment_demand")
    rows = [f"{name}_{i + 1}" for name in segments for i in range(MAX_SEGMENTS)]
    return (
        *(f"amount_{name.lower()}" for name in _AMOUNTS),
        *(name.lower() for name in _NAMES),
        *rows,
    )
