"""Gas laws of the vessel: solubility, mass transfer from bubbles and surface, and the headspace.

Pressures in Pa absolute, temperatures in degC, concentrations in mmol/L, gas amounts in mol.
"""

import math
from typing import Final, NamedTuple

from bioctl_sim.process.ph import co2_solubility

ATMOSPHERE: Final = 101325.0
AIR_O2: Final = 0.2095
AIR_CO2: Final = 0.0004
MOLAR_VOLUME: Final = 22.414
"""L/mol at 0 degC and 1 atm, the reference of the flow controllers."""
_R: Final = 8314.46
"""Pa L/(mol K)."""
_SALT: Final = 0.955
"""Oxygen solubility of medium, part of that of water."""


def water_vapour(temperature: float) -> float:
    """Return the saturation pressure of water in Pa (Buck 1981, coefficients of 1996)."""
    return 611.21 * math.exp(
        (18.678 - temperature / 234.5) * (temperature / (257.14 + temperature))
    )


def oxygen_saturation(temperature: float) -> float:
    """Return oxygen in medium under moist air of 1 atm, mmol/L (Benson and Krause 1984)."""
    k = temperature + 273.15
    milligrams = math.exp(
        -139.34411 + 1.575701e5 / k - 6.642308e7 / k**2 + 1.2438e10 / k**3 - 8.621949e11 / k**4
    )
    return milligrams / 31.998 * _SALT


class Properties(NamedTuple):
    """What depends on temperature only."""

    temperature: float
    water: float
    """Vapour pressure in Pa."""
    saturation: float
    """Oxygen under air, mmol/L."""
    h_o2: float
    """mmol/L/Pa."""
    h_co2: float
    """mmol/L/Pa."""
    rt: float
    """R T in Pa L/mol."""
    kla_factor: float
    """kLa relative to 37 degC."""


def properties(temperature: float) -> Properties:
    """Return solubilities, vapour pressure, R T and the temperature factor of kLa (1.024^dT)."""
    water = water_vapour(temperature)
    saturation = oxygen_saturation(temperature)
    return Properties(
        temperature=temperature,
        water=water,
        saturation=saturation,
        h_o2=saturation / (AIR_O2 * (ATMOSPHERE - water)),
        h_co2=co2_solubility(temperature),
        rt=_R * (temperature + 273.15),
        kla_factor=1.024 ** (temperature - 37.0),
    )


def kla_bubbles(power_density: float, gas_velocity: float) -> float:
    """Return kLa of oxygen in 1/h for coalescing bubbles at 37 degC.

    van't Riet (1979), Ind Eng Chem Process Des Dev 18:357.

    Args:
        power_density: stirrer power in W/m3.
        gas_velocity: superficial gas velocity in m/s.
    """
    if gas_velocity <= 0.0:
        return 0.0
    result: float = 93.6 * power_density**0.4 * math.sqrt(gas_velocity)
    return result


def bubble_conductance(kla: float, solubility: float, turnover: float, rt: float) -> float:
    """Return what plug-flow bubbles transfer, as mmol/L/h a Pa of driving pressure.

    A bubble of inlet pressure p rising through a mixed liquid loses exp(-kLa H R T / (Fg/V)) of its
    driving force (plug-flow gas, mixed liquid; Doran, *Bioprocess Engineering Principles*).

    Args:
        kla: 1/h.
        solubility: mmol/L/Pa.
        turnover: actual gas flow a liquid volume, 1/h.
        rt: R T in Pa L/mol.
    """
    if turnover <= 0.0:
        return 0.0
    return turnover * 1e3 / rt * (1.0 - math.exp(-kla * solubility * 1e-3 * rt / turnover))


class Headspace:
    """The dry gas over the liquid, in mol; starts as room air at atmospheric pressure."""

    __slots__ = ("co2", "n2", "o2", "pressure")

    def __init__(self, volume: float, props: Properties) -> None:
        total = (ATMOSPHERE - props.water) * volume / props.rt
        self.o2 = total * AIR_O2
        self.co2 = total * AIR_CO2
        self.n2 = total - self.o2 - self.co2
        self.pressure = ATMOSPHERE

    def step(
        self, inflow: tuple[float, float, float], volume: float, props: Properties, vent: float
    ) -> float:
        """Take in a second's gas and let the vent breathe.

        The vent is solved implicitly, so that any conductance is stable.

        Args:
            inflow: O2, CO2 and N2 in mol/s.
            volume: of the gas, L.
            props: at the temperature of the gas.
            vent: conductance to the room in mol/s/Pa.

        Returns:
            Dry gas that left, mol (negative: room air came in).
        """
        o2, co2, n2 = inflow
        self.o2 += o2
        self.co2 += co2
        self.n2 += n2
        before = self.o2 + self.co2 + self.n2
        pressure_per_mol = props.rt / volume
        after = (before + vent * (ATMOSPHERE - props.water)) / (1.0 + vent * pressure_per_mol)
        self.pressure = after * pressure_per_mol + props.water
        out = before - after
        if out >= 0.0:
            keep = after / before
            self.o2 *= keep
            self.co2 *= keep
            self.n2 *= keep
        else:
            self.o2 -= out * AIR_O2
            self.co2 -= out * AIR_CO2
            self.n2 -= out * (1.0 - AIR_O2 - AIR_CO2)
        return out

    def relieve(self, limit: float, volume: float, props: Properties) -> None:
        """Blow off what is above a relief pressure in Pa absolute."""
        if self.pressure > limit:
            total = self.o2 + self.co2 + self.n2
            keep = (limit - props.water) * volume / props.rt / total
            self.o2 *= keep
            self.co2 *= keep
            self.n2 *= keep
            self.pressure = limit
