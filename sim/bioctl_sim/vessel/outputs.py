"""What can be set from outside: places in one list of floats, in the eu of the tag list."""

from typing import Final

Outputs = list[float]

_NAMES: Final = (
    "JACKET_SP",  # degC
    "AGITATOR_SP",  # rpm
    "AIR_SP",  # L/min
    "O2_SP",
    "N2_SP",
    "CO2_SP",
    "BASE_SP",  # mL/min
    "FEED_SP",
    "PERMEATE_SP",
    "HARVEST_SP",
    "ANTIFOAM_SP",
    "HARVEST_VALVE",
    "DRAIN_VALVE",
    "VENT_VALVE",
    "LOCAL_T",  # 1: the vessel's own loop is on
    "LOCAL_PH",
    "LOCAL_O2",
    "LOCAL_W",
    "LOCAL_FOAM",
    "SET_T",  # degC
    "SET_PH",
    "SET_O2",  # %
    "SET_W",  # kg
)
(
    JACKET_SP,
    AGITATOR_SP,
    AIR_SP,
    O2_SP,
    N2_SP,
    CO2_SP,
    BASE_SP,
    FEED_SP,
    PERMEATE_SP,
    HARVEST_SP,
    ANTIFOAM_SP,
    HARVEST_VALVE,
    DRAIN_VALVE,
    VENT_VALVE,
    LOCAL_T,
    LOCAL_PH,
    LOCAL_O2,
    LOCAL_W,
    LOCAL_FOAM,
    SET_T,
    SET_PH,
    SET_O2,
    SET_W,
) = range(len(_NAMES))
COUNT: Final = len(_NAMES)

POINTS: Final = {
    "TC01": JACKET_SP,
    "SC01": AGITATOR_SP,
    "FC01": AIR_SP,
    "FC02": O2_SP,
    "FC03": N2_SP,
    "FC04": CO2_SP,
    "PC01": BASE_SP,
    "PC02": FEED_SP,
    "PC03": PERMEATE_SP,
    "PC04": HARVEST_SP,
    "PC05": ANTIFOAM_SP,
    "XV01": HARVEST_VALVE,
    "XV02": DRAIN_VALVE,
    "XV03": VENT_VALVE,
    "XC01": LOCAL_T,
    "XC02": LOCAL_PH,
    "XC03": LOCAL_O2,
    "XC04": LOCAL_W,
    "XC05": LOCAL_FOAM,
    "TS01": SET_T,
    "AS01": SET_PH,
    "AS02": SET_O2,
    "WS01": SET_W,
}
"""Point of the tag list without its series -> place, in the order of the places."""
