"""Stirring: its power, and how long it takes to mix.

SI units unless said; speeds in revolutions a second.
"""

from typing import Final

from bioctl_sim.physics.curves import power

DENSITY: Final = 1005.0
"""kg/m3."""


def stirrer_power(number: float, speed: float, diameter: float) -> float:
    """Return the power in W of turbulent impellers: Np rho N^3 d^5, `number` summed over them."""
    square = diameter * diameter
    return number * DENSITY * speed * speed * speed * square * square * diameter


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
