"""Stirring: power, the smallest eddies, mixing time, and what lifts carriers off the floor.

SI units unless said; speeds in revolutions a second.
"""

import math
from typing import Final

from bioctl_sim.physics.curves import power

DENSITY: Final = 1005.0
"""kg/m3."""
VISCOSITY: Final = 0.7e-6
"""m2/s, kinematic, water at 37 degC."""
_GRAVITY: Final = 9.81


def stirrer_power(number: float, speed: float, diameter: float) -> float:
    """Return the power in W of turbulent impellers: Np rho N^3 d^5, `number` summed over them."""
    square = diameter * diameter
    return number * DENSITY * speed * speed * speed * square * square * diameter


def eddy_size(dissipation: float) -> float:
    """Return Kolmogorov's length in m for a dissipation in W/kg (Kolmogorov 1941)."""
    cubed = VISCOSITY * VISCOSITY * VISCOSITY
    return math.sqrt(math.sqrt(cubed / max(1e-9, dissipation)))


def mixing_time(vessel: float, impeller: float, dissipation: float) -> float:
    """Return the 95 % mixing time in s (Nienow 1997, Chem Eng Sci 52:2557).

    Args:
        vessel: diameter in m.
        impeller: diameter in m.
        dissipation: mean, W/kg.
    """
    return (
        5.9
        * power(vessel, 2.0 / 3.0)
        * power(max(1e-6, dissipation), -1.0 / 3.0)
        * power(impeller / vessel, -1.0 / 3.0)
    )


def just_suspended(carrier: float, excess: float, percent: float, impeller: float) -> float:
    """Return the speed in 1/s at which carriers just leave the floor (Zwietering 1958).

    Args:
        carrier: diameter in m.
        excess: relative density difference, for example 0.03.
        percent: g of carriers in 100 g of liquid.
        impeller: diameter in m.
    """
    return float(
        5.0
        * VISCOSITY**0.1
        * carrier**0.2
        * (_GRAVITY * excess) ** 0.45
        * percent**0.13
        / impeller**0.85
    )
