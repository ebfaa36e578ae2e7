"""Heat balance of the jacketed vessel and its temperature control unit (TCU).

Lumped energy balance of a stirred jacketed tank (Doran, *Bioprocess Engineering Principles*).
"""

from typing import Final

from bioctl_sim.liquid import HEAT_CAPACITY

AMBIENT: Final = 20.0
"""degC."""
UA_FULL: Final = 14.0
"""W/K between jacket and liquid at 5 L."""
FULL: Final = 5.0
"""L at which the whole jacket is wetted."""
WALL: Final = 0.25
"""The vessel wall's heat capacity, as litres of liquid."""
_UA_DRY: Final = 0.05
"""Part of UA that is left when the jacket is not wetted."""
_LOSS: Final = 0.6
"""W/K to the room."""
_TCU_LAG: Final = 120.0
"""s."""
_TCU_SLEW: Final = 1.0 / 60.0
"""K/s, 1 K/min."""
HEAT_OF_RESPIRATION: Final = 460.0
"""J/mmol oxygen (oxycaloric equivalent; Gnaiger and Kemp 1990, BBA 1016:328)."""


def jacket_step(jacket: float, setpoint: float) -> float:
    """Return the jacket temperature a second later: first-order lag within the slew limit."""
    change = (setpoint - jacket) / _TCU_LAG
    return jacket + max(-_TCU_SLEW, min(_TCU_SLEW, change))


def conductance(volume: float) -> float:
    """Return UA in W/K for a liquid volume in L: the wetted part of the jacket."""
    wetted = min(1.0, volume / FULL)
    return UA_FULL * (_UA_DRY + (1.0 - _UA_DRY) * wetted)


def heat_capacity(volume: float) -> float:
    """Return the heat capacity of liquid and wall in J/K."""
    return HEAT_CAPACITY * (volume + WALL)


def vessel_step(temperature: float, jacket: float, volume: float, power: float) -> float:
    """Return the liquid's temperature a second later.

    Args:
        temperature: of the liquid, degC.
        jacket: degC.
        volume: L.
        power: stirrer and metabolic heat, W.
    """
    flow = conductance(volume) * (jacket - temperature) - _LOSS * (temperature - AMBIENT) + power
    return temperature + flow / heat_capacity(volume)
