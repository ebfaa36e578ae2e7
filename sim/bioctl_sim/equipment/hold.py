"""What waiting does to cells in suspension: they drift towards the room and die slowly."""

import math
from typing import Final

from bioctl_sim.liquid import DEAD, DMSO, LIVE, RESTING, TRANSDUCED, Liquid

_DEATH_20: Final = 0.015
"""1/h at 20 degC in a protein-containing buffer (assumed; plain saline is several times worse)."""
_DEATH_DMSO_20: Final = 0.10
"""1/h more in 10 % v/v DMSO at 20 degC (assumed)."""
_Q10: Final = 2.0
"""Factor for 10 K (assumed)."""


def death_rate(temperature: float, dmso_percent: float) -> float:
    """Return the death rate in 1/h of suspended cells at a temperature in degC."""
    warm: float = _Q10 ** ((temperature - 20.0) / 10.0)
    return (_DEATH_20 + _DEATH_DMSO_20 * dmso_percent / 10.0) * warm


def age(liquid: Liquid, surroundings: float, time_constant_s: float, seconds: float) -> None:
    """Let a bag stand for some seconds: temperature lag and death, exact for constant rates."""
    liquid.temperature += (surroundings - liquid.temperature) * (
        1.0 - math.exp(-seconds / time_constant_s)
    )
    live = liquid.amounts[LIVE]
    if live > 0.0:
        rate = death_rate(liquid.temperature, liquid.concentration(DMSO) / 10.0)
        stay = math.exp(-rate * seconds / 3600.0)
        liquid.amounts[DEAD] += live * (1.0 - stay)
        for cells in (LIVE, RESTING, TRANSDUCED):
            liquid.amounts[cells] *= stay
