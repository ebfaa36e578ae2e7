"""The gas side of the bioreactor: flow controllers, sparger, headspace and vent.

Fast part each second (flows, headspace, pressure), slow part every few seconds (oxygen, carbon
dioxide and pH of the liquid).
"""

from collections.abc import Mapping
from typing import Final

from bioctl_sim.equipment.actuators import GasFlow
from bioctl_sim.liquid import AMINO, DENSITY, OXYGEN, PHOSPHATE, SID, TIC, Liquid
from bioctl_sim.process import ph as acid_base
from bioctl_sim.process.gas import (
    AIR_CO2,
    AIR_O2,
    ATMOSPHERE,
    MOLAR_VOLUME,
    Headspace,
    bubble_conductance,
    kla_bubbles,
    properties,
)

TOTAL: Final = 6.8
"""L inside the vessel, bed and tubes deducted."""
AREA: Final = 0.0206
"""m2, cross-section (diameter 0.162 m)."""
_IMPELLER: Final = 0.068
"""m, diameter."""
_POWER_NUMBER: Final = 1.5
"""Pitched blade, turbulent."""
_POWER_FLOOR: Final = 0.5
"""W/m3, mixing by the gas alone."""
_COVERED: Final = 0.8
"""L at which the impeller is covered."""
_VENT: Final = 1.5e-5
"""mol/s/Pa of a clean vent filter: 0.5 mbar at 1 L/min."""
LEAK: Final = "leak"
"""Pseudo output: more conductance of the headspace in mol/s/Pa."""
_TIGHT: Final = 2e-12
"""mol/s/Pa of a tight vessel: about 0.05 mbar in 20 min at 50 mbar."""
_RELIEF: Final = ATMOSPHERE + 15000.0
"""Pa, relief valve."""
_TO_MOL: Final = 1.0 / 60.0 / MOLAR_VOLUME
_RESPIRATORY_QUOTIENT: Final = 1.0
_CO2_SLOWER: Final = 0.9
"""kLa of CO2 relative to that of oxygen (square root of the diffusivities)."""
_PROPERTIES_EVERY: Final = 0.02
"""K of change after which solubilities are computed anew."""
_SHALLOW: Final = 0.01
"""L below which the liquid's chemistry stands still."""


def stirrer_power(rpm: float) -> float:
    """Return the stirrer's power in W (power-number law of a turbulent impeller)."""
    n = rpm / 60.0
    return _POWER_NUMBER * 1000.0 * DENSITY * n * n * n * _IMPELLER**5


class Gassing:
    """Gas supply, headspace and dissolved gases of one vessel.

    Attributes:
        ph: true pH of the liquid.
        oxygen_used: mmol/h the cells take up.
        dissolved_co2: mmol/L.
    """

    def __init__(self, temperature: float) -> None:
        self.air, self.oxygen, self.nitrogen = GasFlow(2.0), GasFlow(2.0), GasFlow(2.0)
        self.carbon_dioxide = GasFlow(0.5)
        self.props = properties(temperature)
        self.head = Headspace(TOTAL, self.props)
        self.ph = 7.4
        self.oxygen_used = 0.0
        self._inflow = (0.0, 0.0, 0.0)  # O2, CO2, N2 in mol/s
        self.dissolved_co2 = 0.0

    @property
    def inflow(self) -> float:
        """Dry gas into the vessel, mol/s."""
        o2, co2, n2 = self._inflow
        return o2 + co2 + n2

    def breathe(self, o: Mapping[str, float], volume: float) -> None:
        """Advance flows, headspace and pressure by one second; `volume` of liquid in L."""
        self._flow(o)
        vent = _TIGHT + o.get(LEAK, 0.0) + _VENT * o["XV03"]
        gas_volume = TOTAL - volume
        self.head.step(self._inflow, gas_volume, self.props, vent)
        if self.head.pressure > _RELIEF:
            self.head.relieve(_RELIEF, gas_volume, self.props)

    def _flow(self, o: Mapping[str, float]) -> None:
        air, oxygen, nitrogen = self.air, self.oxygen, self.nitrogen
        carbon = self.carbon_dioxide
        moved = air.step(o["FC01"])
        moved |= oxygen.step(o["FC02"])
        moved |= nitrogen.step(o["FC03"])
        moved |= carbon.step(o["FC04"])
        if moved:
            self._inflow = (
                (oxygen.flow + AIR_O2 * air.flow) * _TO_MOL,
                (carbon.flow + AIR_CO2 * air.flow) * _TO_MOL,
                (nitrogen.flow + (1.0 - AIR_O2 - AIR_CO2) * air.flow) * _TO_MOL,
            )

    def exchange(self, liquid: Liquid, rpm: float, demand: float, seconds: float) -> None:
        """Advance dissolved oxygen, carbon dioxide and pH by some seconds.

        Both gases follow dC/dt = k (C* - C) - uptake, solved implicitly; what the liquid takes the
        headspace loses.

        Args:
            liquid: of the vessel.
            rpm: agitator speed.
            demand: oxygen demand of the cells at full oxygen, mmol/h.
            seconds: length of the step.
        """
        if abs(liquid.temperature - self.props.temperature) > _PROPERTIES_EVERY:
            self.props = properties(liquid.temperature)
        if liquid.volume < _SHALLOW:
            self.oxygen_used = 0.0
            return
        bubbles_o2, bubbles_co2, surface = self._conductances(liquid.volume, rpm)
        hours = seconds / 3600.0
        self._oxygen(liquid, bubbles_o2, surface, demand, hours)
        self._carbon(liquid, bubbles_co2, surface, hours)

    def _conductances(self, volume: float, rpm: float) -> tuple[float, float, float]:
        """Return bubble conductances (mmol/L/h/Pa) of O2 and CO2 and the surface kLa (1/h)."""
        p = self.props
        depth = volume / AREA / 1000.0
        middle = self.head.pressure + 4930.0 * depth
        gas = self.inflow * p.rt / middle  # L/s, actual
        surface = (0.05 + 0.10 * min(1.0, rpm / 200.0)) / depth
        if gas <= 0.0:
            return 0.0, 0.0, surface
        covered = min(1.0, volume / _COVERED)
        power = max(_POWER_FLOOR, covered * stirrer_power(rpm) / volume * 1000.0)
        kla = kla_bubbles(power, gas / 1000.0 / AREA) * p.kla_factor
        turnover = gas * 3600.0 / volume
        return (
            bubble_conductance(kla, p.h_o2, turnover, p.rt),
            bubble_conductance(_CO2_SLOWER * kla, p.h_co2, turnover, p.rt),
            surface,
        )

    def _bubble_pressure(self, part: float, volume: float) -> float:
        """Return the partial pressure at which a gas enters, saturated with water, in Pa."""
        middle = self.head.pressure + 4930.0 * volume / AREA / 1000.0
        return part / self.inflow * (middle - self.props.water) if self.inflow > 0.0 else 0.0

    def _oxygen(
        self, liquid: Liquid, bubbles: float, surface: float, demand: float, hours: float
    ) -> None:
        head, h, v = self.head, self.props.h_o2, liquid.volume
        pressure = head.o2 * self.props.rt / (TOTAL - v)
        supply = bubbles * self._bubble_pressure(self._inflow[0], v) + surface * h * pressure
        rate = bubbles / h + surface
        before = liquid.amounts[OXYGEN] / v
        uptake = demand / v / (0.002 + max(0.0, before))
        after = (before + hours * supply) / (1.0 + hours * (rate + uptake))
        used = uptake * after * v * hours
        liquid.amounts[OXYGEN] = after * v
        head.o2 -= ((after - before) * v + used) * 1e-3
        liquid.amounts[TIC] += used * _RESPIRATORY_QUOTIENT
        self.oxygen_used = used / hours

    def _carbon(self, liquid: Liquid, bubbles: float, surface: float, hours: float) -> None:
        a, v, h = liquid.amounts, liquid.volume, self.props.h_co2
        self.ph, self.dissolved_co2 = acid_base.solve(
            a[TIC] / v,
            a[SID] / v,
            (a[PHOSPHATE] / v, a[AMINO] / v),
            liquid.temperature,
            self.ph,
        )
        pressure = self.head.co2 * self.props.rt / (TOTAL - v)
        supply = bubbles * self._bubble_pressure(self._inflow[1], v) + surface * h * pressure
        rate = bubbles / h + surface
        moved = hours * (supply - rate * self.dissolved_co2) / (1.0 + hours * rate) * v
        a[TIC] += moved
        self.head.co2 -= moved * 1e-3
