"""Adherent cells and their surface: attaching, loosening by enzyme, coming off by agitation.

Rates in 1/h; speed is that of the impeller's tip in m/s, because it is what carries over from one
vessel size to another. Protein stops the enzyme, as in a real harvest. Numbers without source are
engineering guesses ("assumed").
"""

from math import exp, sqrt
from typing import Final

from bioctl_sim.physics.cell import Cell

_PROTEIN_STOPS: Final = 0.005
"""Part of full-strength medium whose protein halves the enzyme's work (assumed)."""
_VISCOSITY: Final = 0.7e-6
"""m2/s, kinematic, of medium at 37 degC."""
_LOCAL: Final = 20.0
"""Dissipation near the impeller over the mean (10 to 50 in stirred tanks)."""


def enzyme_activity(enzyme: float, protein: float, temperature: float) -> float:
    """Return the enzyme's activity, 1 at full strength and 37 degC without protein.

    Args:
        enzyme: litres of full-strength enzyme solution a litre.
        protein: litres of full-strength medium's protein a litre.
        temperature: degC.
    """
    if enzyme <= 1e-9:
        return 0.0
    d = (temperature - 37.0) / 12.0
    return 1.3 * enzyme / (0.3 + enzyme) * exp(-d * d) / (1.0 + protein / _PROTEIN_STOPS)


def attach_rate(cell: Cell, density: float, tip_speed: float, activity: float) -> float:
    """Return the rate in 1/h at which suspended cells attach to a surface.

    First order towards a surface full at `a_max`; agitation and enzyme hinder it.

    Args:
        cell: the cell type.
        density: cells/cm2 already there.
        tip_speed: m/s.
        activity: of the enzyme.
    """
    room = max(0.0, 1.0 - density / cell.a_max)
    s = tip_speed / cell.calm_speed
    free = 1.0 - min(1.0, 5.0 * activity)
    return cell.attach * room * free / (1.0 + s * s)


def loosen_rate(cell: Cell, activity: float) -> float:
    """Return the rate in 1/h at which enzyme rounds up attached cells."""
    return cell.loosen * activity


def release_rate(cell: Cell, tip_speed: float) -> float:
    """Return the rate in 1/h at which rounded cells come off; agitation multiplies it."""
    s = tip_speed / cell.calm_speed
    return cell.release + cell.burst * s * s / (1.0 + s * s)


def settle_rate(cell: Cell, activity: float) -> float:
    """Return the rate in 1/h at which rounded cells spread again when the enzyme is gone."""
    return cell.attach if activity < 0.05 else 0.0


def enzyme_death(cell: Cell, activity: float) -> float:
    """Return the death rate in 1/h by enzyme."""
    return cell.enzyme_harm * activity


def kolmogorov_um(dissipation: float) -> float:
    """Return the size of the smallest eddies in um at a dissipation in W/kg (Kolmogorov 1941)."""
    if dissipation <= 0.0:
        return 1e6
    return 1e6 * sqrt(sqrt(_VISCOSITY * _VISCOSITY * _VISCOSITY / dissipation))


def shed_rate(kolmogorov: float, carrier_um: float) -> float:
    """Return the rate in 1/h at which eddies strip cells off carriers.

    None while the Kolmogorov length is above two thirds of the carrier's diameter (Croughan et al.
    1987, Biotechnol Bioeng 29:130), then rising; 0.02 1/h at half of it (assumed).

    Args:
        kolmogorov: um, from the mean dissipation.
        carrier_um: diameter in um; 0: no carriers.
    """
    if carrier_um <= 0.0:
        return 0.0
    excess = max(0.0, 0.667 * carrier_um / kolmogorov - 1.0)
    return 0.18 * excess * excess


def shear_damage(cell: Cell, dissipation: float) -> float:
    """Return the death rate in 1/h by eddies smaller than the cells bear.

    Args:
        cell: the cell type.
        dissipation: mean, in W/kg.
    """
    excess = max(0.0, cell.shear_length / kolmogorov_um(_LOCAL * dissipation) - 1.0)
    return 0.05 * excess * excess
