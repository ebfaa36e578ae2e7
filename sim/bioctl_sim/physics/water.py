"""Water and gases dissolved in it: vapour pressure, oxygen and carbon dioxide solubility.

Temperatures in degC, pressures in Pa absolute, concentrations in mmol/L.
"""

from math import exp
from typing import Final

ATMOSPHERE: Final = 101325.0
AIR_O2: Final = 0.2095
AIR_CO2: Final = 0.0004
GAS_CONSTANT: Final = 8314.46
"""Pa L/(mol K)."""
MOLAR_VOLUME: Final = 22.414
"""L/mol at 0 degC and 1 atm, the reference of the flow controllers."""
LATENT_HEAT: Final = 43_500.0
"""J/mol of water at 37 degC (2415 J/g; steam tables)."""
_SALT: Final = 0.955
"""Oxygen solubility of medium, part of that of water (assumed)."""


def water_vapour(temperature: float) -> float:
    """Return the saturation pressure of water in Pa (Buck 1981, coefficients of 1996)."""
    return 611.21 * exp((18.678 - temperature / 234.5) * (temperature / (257.14 + temperature)))


def oxygen_saturation(temperature: float) -> float:
    """Return oxygen in medium under moist air of 1 atm, mmol/L (Benson and Krause 1984)."""
    r = 1.0 / (temperature + 273.15)
    milligrams = exp(
        -139.34411 + r * (1.575701e5 - r * (6.642308e7 - r * (1.2438e10 - r * 8.621949e11)))
    )
    return milligrams / 31.998 * _SALT


def oxygen_solubility(temperature: float) -> float:
    """Return Henry's constant of oxygen in medium, mmol/L/Pa."""
    dry = ATMOSPHERE - water_vapour(temperature)
    return oxygen_saturation(temperature) / (AIR_O2 * dry)


def co2_solubility(temperature: float) -> float:
    """Return Henry's constant of CO2, mmol/L/Pa (Kelman 1967, given in mmol/L/mmHg)."""
    d = 37.0 - temperature
    return (0.0307 + 0.00057 * d + 0.00002 * d * d) / 133.322


def gas_energy(temperature: float) -> float:
    """Return R T in Pa L/mol."""
    return GAS_CONSTANT * (temperature + 273.15)
