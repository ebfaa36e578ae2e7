"""One tuning scheme for every size: from what is on the vessel's data sheet to each loop's law.

Nothing is tuned by hand between 0.5 and 2000 L. Each loop's process follows from the sheet, its
gain from the process and from the noise of its probe:

    temperature  tau = C / UA, the jacket's lag as second lag           SIMC PID
    pH           base and carbon dioxide against the closed buffer      SIMC PI, calmed by noise
    oxygen       what gas and stirrer supply at each demand             SIMC PI, scheduled by demand

Sources: heat balance of a stirred jacketed tank and plug-flow gas over a mixed liquid (Doran,
*Bioprocess Engineering Principles*); van't Riet, *Ind. Eng. Chem. Process Des. Dev.* 18 (1979) 357
(kLa); Nienow, *Chem. Eng. Sci.* 52 (1997) 2557 (mixing time); Skogestad 2003 (SIMC).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bioctl.control.check import above_zero, finite, not_negative
from bioctl.control.process import Process
from bioctl.control.rules import calm, simc
from bioctl.control.schedule import DEMAND, Schedule
from bioctl.control.segment import Segment
from bioctl.control.structure import Structure
from bioctl.control.tuning import Tuning

HEAT_CAPACITY: Final = 4150.0
"""J/(L K), culture medium."""
RT: Final = 2.5786e6
"""Pa L/mol at 37 degC."""
OXYGEN: Final = 1.008e-5
"""mmol/L/Pa, solubility in medium at 37 degC."""
SATURATION: Final = 0.2008
"""mmol/L, medium at 37 degC under moist air."""
VAPOUR: Final = 6280.0
"""Pa, water at 37 degC."""
ATMOSPHERE: Final = 101_325.0
CARBON_DIOXIDE: Final = 2.303e-4
"""mmol/L/Pa, solubility at 37 degC."""
BUFFER: Final = 5.1
"""mmol/L a pH that base meets before gas answers (closed; bicarbonate medium at pH 7.2)."""
CALM_PH: Final = 4.0
"""u that a standard deviation of the pH probe's noise may ask for, before smoothing."""
CALM_OXYGEN: Final = 0.6
"""The same of the oxygen probe, inside the dead band."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A vessel's data sheet.

    Attributes:
        volume: liquid, L.
        diameter: m.
        impeller: diameter, m.
        power_number: sum over all impellers; 0 for none.
        sparger: kLa relative to a drilled ring.
        jacket: W/K between jacket and liquid.
        jacket_lag: s, first order.
        wall: heat capacity of the wall, as L of liquid.
        base: mol/L of hydroxide.
        probes: lag in s of the probe, by measurement.
        noise: standard deviation of the probe, by measurement, in its eu.
    """

    volume: float
    diameter: float
    impeller: float
    power_number: float
    sparger: float
    jacket: float
    jacket_lag: float
    wall: float
    base: float
    probes: Mapping[str, float]
    noise: Mapping[str, float]

    def __post_init__(self) -> None:
        for name in ("volume", "diameter", "impeller", "jacket", "base"):
            finite("scale", name, getattr(self, name))
            above_zero("scale", name, getattr(self, name))
        for name in ("power_number", "sparger", "jacket_lag", "wall"):
            not_negative("scale", name, getattr(self, name))
        for table in (self.probes, self.noise):
            for name, value in table.items():
                not_negative("scale", name, value)

    @property
    def area(self) -> float:
        """Cross-section, m2."""
        return math.pi * self.diameter**2 / 4.0

    def power(self, rpm: float) -> float:
        """Return W/m3 of the stirrer; 0.5 at least, from gas and convection."""
        speed = rpm / 60.0
        watts = self.power_number * 1005.0 * speed**3 * self.impeller**5
        return max(0.5, watts / self.volume * 1000.0)

    def mixing_s(self, rpm: float) -> float:
        """Return the 95 % mixing time in s."""
        dissipation = self.power(rpm) / 1005.0
        shape = (self.impeller / self.diameter) ** (-1 / 3)
        return float(5.9 * self.diameter ** (2 / 3) * dissipation ** (-1 / 3) * shape)

    def transfer(self, rpm: float, gas: float, solubility: float) -> float:
        """Return how fast gas and liquid come to rest, 1/h; `gas` in standard L/min."""
        if gas <= 0.0:
            return 0.0
        middle = ATMOSPHERE + 4930.0 * self.volume / self.area / 1000.0
        actual = gas * (310.15 / 273.15) * (ATMOSPHERE / middle)
        kla = self.sparger * 93.6 * self.power(rpm) ** 0.4 * math.sqrt(actual / 60_000 / self.area)
        turnover = 60.0 * actual / self.volume
        reached = 1.0 - math.exp(-kla * solubility * 1e-3 * RT / turnover)
        return turnover * 1e3 / RT * reached / solubility


def temperature(scale: Scale, scan_s: float) -> Tuning:
    """Return the law from a temperature error (K) to the jacket's setpoint (degC).

    Series SIMC PID with a closed-loop lag of the jacket's own: the jacket slews, so its lag is
    cancelled in part only, and noise must not drive it.
    """
    process = heated(scale)
    wish = process.tau2_s + 1.5 * (process.theta_s + scan_s / 2.0)
    law = Tuning(process.tau_s / wish, 3.0 * wish, td_s=0.6 * wish, n=8.0, smooth_s=0.3 * wish)
    return calm(law, scale.noise["temperature"], scan_s, band=3.0, inside=0.15, learns=12.0)


def heated(scale: Scale) -> Process:
    """Return jacket setpoint -> temperature."""
    tau = HEAT_CAPACITY * (scale.volume + scale.wall) / scale.jacket
    return Process(1.0, scale.probes["temperature"], tau, scale.jacket_lag)


def acidity(scale: Scale, structure: Structure, rpm: float, scan_s: float) -> Tuning:
    """Return the law from a pH error to u.

    SIMC would move base and carbon dioxide with the probe's noise, against each other; the noise
    sets the gain, and the product of gain and integral time stays SIMC's.
    """
    law = simc(based(scale, structure, rpm), scan_s)
    kc = min(law.kc, CALM_PH / max(scale.noise["pH"], 1e-9))
    ti_s, smooth_s = 0.5 * law.ti_s * law.kc / kc, 3.0 * scale.probes["pH"]
    law = replace(law, kc=kc, ti_s=ti_s, smooth_s=smooth_s)
    return calm(law, scale.noise["pH"], scan_s, band=2.5, inside=0.25, learns=8.0)


def based(scale: Scale, structure: Structure, rpm: float) -> Process:
    """Return u -> pH in the segment that doses base."""
    one = next(s for s in structure.segments if s.u_high > 0)
    per_u = (one.value_high - one.value_low) / (one.u_high - one.u_low)
    slope = scale.base * per_u / 60.0 / (BUFFER * scale.volume)
    return Process(slope, scale.mixing_s(rpm) / 3.0 + scale.probes["pH"])


def oxygen(
    scale: Scale, structure: Structure, setpoint: float, scan_s: float
) -> tuple[Tuning, Schedule]:
    """Return the law from an oxygen error (%) to u, and its factors by demand.

    The law is that of the strongest segment; elsewhere the gain rises with what is missing, as far
    as the probe's noise allows.
    """
    points = []
    for one in structure.segments:
        for part in (0.05, 0.5, 0.95):
            u = one.u_low + part * (one.u_high - one.u_low)
            points.append((u, _slope(scale, structure, one, u, setpoint)))
    strongest = max(slope for _, slope in points)
    theta = scale.probes["dissolved_oxygen"] + scan_s / 2.0
    noise = scale.noise["dissolved_oxygen"]
    law = simc(Process(strongest, theta), scan_s)
    law = replace(law, kc=0.7 * law.kc, smooth_s=0.6 * theta)
    law = calm(law, noise, scan_s, band=4.0, inside=0.2, learns=4.0)
    most = max(1.0, CALM_OXYGEN / max(law.inside * noise * law.kc, 1e-9))
    factors = tuple((u, min(strongest / slope, most), 1.0) for u, slope in points)
    return law, Schedule(DEMAND, factors)


def _slope(scale: Scale, structure: Structure, one: Segment, u: float, setpoint: float) -> float:
    """Return how fast oxygen rises for a unit of u, %/s."""
    step = 0.02 * (one.u_high - one.u_low)
    low, high = (_supply(scale, structure, u + way * step, setpoint)[0] for way in (-1, 1))
    return max((high - low) / (2.0 * step) / 3600.0, 1e-9)


def _supply(scale: Scale, structure: Structure, u: float, setpoint: float) -> tuple[float, float]:
    """Return what the gas supplies at a demand, %/h of air saturation, and its rate, 1/h."""
    values = structure.values(u)
    air, pure = values.get("air", 0.0), values.get("oxygen", 0.0)
    gas = air + pure + values.get("nitrogen", 0.0)
    if gas <= 0.0:
        return 0.0, 0.0
    rate = scale.transfer(values.get("agitation", 0.0), gas, OXYGEN)
    middle = ATMOSPHERE + 4930.0 * scale.volume / scale.area / 1000.0
    partial = (0.2095 * air + pure) / gas * (middle - VAPOUR)
    return rate * (100.0 * OXYGEN * partial / SATURATION - setpoint), rate
