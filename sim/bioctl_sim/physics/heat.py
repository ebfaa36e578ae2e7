"""Heat of the jacketed vessel and its temperature control unit (TCU).

Lumped energy balance of a stirred jacketed tank (Doran, *Bioprocess Engineering Principles*).
Temperatures in degC, heat flows in W.
"""

from typing import Final

HEAT_CAPACITY: Final = 4150.0
"""J/(L K): water, 4180 J/(kg K) at 37 degC, times 0.993 kg/L."""
HEAT_OF_RESPIRATION: Final = 460.0
"""J/mmol oxygen (oxycaloric equivalent; Gnaiger and Kemp 1990, BBA 1016:328)."""
LOSS: Final = 8.0
"""W/(m2 K) from bare wall to the room (assumed)."""
_SLEW: Final = 1.0 / 60.0
"""K/s, 1 K/min (assumed)."""
_DRY: Final = 0.05
"""Part of the jacket's conductance that is left when it is not wetted (assumed)."""


def jacket_step(jacket: float, setpoint: float, lag: float) -> float:
    """Return the jacket temperature a second later: first-order lag in s within the slew limit."""
    change = (setpoint - jacket) / lag
    return jacket + max(-_SLEW, min(_SLEW, change))


def conductance(full: float, wetted: float) -> float:
    """Return UA in W/K where a part of the jacket is wetted."""
    return full * (_DRY + (1.0 - _DRY) * min(1.0, wetted))
