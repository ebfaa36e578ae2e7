"""Adherent cells on the packed bed: attachment, growth, metabolism, death and detachment.

Preset `msc_placental`. Growth is Monod in glucose and oxygen (Monod 1949) with a Hill term for
contact inhibition and steep inhibition near 40 mM lactate and 2.4 mM ammonium (Schop et al. 2009,
Tissue Eng A 15:1877); attachment is first order towards a full bed; death follows starvation with
a Weibull-like onset. Cells in 1e9, so that 1 pmol/cell/h times 1e9 cells is 1 mmol/h.
"""

import math
from dataclasses import dataclass
from typing import Final

from bioctl_sim.liquid import (
    AMMONIUM,
    DEAD,
    ENZYME,
    GLUCOSE,
    LACTATE,
    LIVE,
    OXYGEN,
    PROTEIN,
    SID,
    Liquid,
)


@dataclass(frozen=True, slots=True)
class Preset:
    """Kinetics of one cell type; rates in 1/h, uptake in pmol/cell/h, concentrations in mmol/L."""

    mu_max: float = 0.030
    lag: float = 14.0
    """h."""
    area: float = 180_000.0
    """cm2 of bed."""
    a_max: float = 5e4
    """Cells/cm2 of a full bed."""
    a_c: float = 2.5e4
    """Cells/cm2 at which contact halves growth."""
    hill: float = 2.8
    k_glucose: float = 0.1
    k_oxygen: float = 0.002
    k_lactate: float = 40.0
    k_ammonium: float = 2.4
    glucose_idle: float = 0.09
    glucose_grow: float = 0.35
    lactate_yield: float = 1.7
    """mmol a mmol glucose."""
    oxygen_idle: float = 0.080
    oxygen_grow: float = 0.100
    ammonium: float = 0.008
    attach: float = 0.5
    anoikis: float = 0.06
    """Death rate of cells that find no surface."""
    death: float = 0.0002
    starved: float = 0.10
    starved_after: float = 20.0
    """h."""
    lysis: float = 0.02


MSC_PLACENTAL: Final = Preset()

_BURST: Final = 36.0
"""1/h, release of loosened cells at high agitation."""
_LOOSEN: Final = 13.0
"""1/h by full-strength enzyme at 37 degC."""
_PROTEIN_STOPS: Final = 0.005
"""Part of full-strength medium whose protein halves the enzyme's work."""
_ENZYME_HARM: Final = 0.08
"""1/h, death in full-strength enzyme."""
_WETTED: Final = 0.5
"""L below which the bed runs dry."""
_DRY_DEATH: Final = 3.0
"""1/h, death on a dry bed..."""
_DRY_AFTER: Final = 0.75
"""h, ... after this time."""


class Culture:
    """The cells on the bed; suspended cells live in the vessel's liquid.

    Attributes:
        attached: 1e9 cells spread on the bed.
        loose: 1e9 cells rounded up by enzyme, still on the bed.
        mu: growth rate in 1/h.
        oxygen_demand: mmol/h at full oxygen.
        glucose_uptake: mmol/h.
    """

    def __init__(self, preset: Preset = MSC_PLACENTAL) -> None:
        self.preset = preset
        self.attached = self.loose = 0.0
        self.mu = self.oxygen_demand = self.glucose_uptake = 0.0
        self._age = self._hungry = self._dry = 0.0

    @property
    def on_bed(self) -> float:
        """Live cells on the bed in 1e9."""
        return self.attached + self.loose

    def step(self, liquid: Liquid, ph: float, rpm: float, hours: float) -> None:
        """Advance by a short time (10 s); does nothing without cells."""
        suspended = liquid.amounts[LIVE]
        if self.on_bed + suspended < 1e-6:
            self._rest()
            return
        self._age += hours
        self.mu = self._growth_rate(liquid, ph)
        self._grow_and_die(liquid, ph, hours)
        self._attach(liquid, rpm, hours)
        self._detach(liquid, rpm, hours)
        self._feed(liquid, hours)

    def _rest(self) -> None:
        self._age = self._hungry = self._dry = self.mu = 0.0
        self.oxygen_demand = self.glucose_uptake = 0.0

    def _growth_rate(self, liquid: Liquid, ph: float) -> float:
        p = self.preset
        volume = liquid.volume
        if volume < _WETTED:
            return 0.0
        a = liquid.amounts
        glucose, lactate = max(0.0, a[GLUCOSE]) / volume, a[LACTATE] / volume
        oxygen, ammonium = a[OXYGEN] / volume, a[AMMONIUM] / volume
        food = glucose / (p.k_glucose + glucose) * oxygen / (p.k_oxygen + oxygen)
        waste = (1.0 + (lactate / p.k_lactate) ** 4) * (1.0 + (ammonium / p.k_ammonium) ** 4)
        crowd: float = 1.0 + (self.attached * 1e9 / p.area / p.a_c) ** p.hill
        lag = 1.0 - math.exp(-((self._age / p.lag) ** 2))
        return p.mu_max * lag * food * comfort(liquid.temperature, ph) / (waste * crowd)

    def _grow_and_die(self, liquid: Liquid, ph: float, hours: float) -> None:
        p = self.preset
        a = liquid.amounts
        kd = p.death + self._starvation(liquid, hours) + stress(liquid.temperature, ph)
        kd += self._drying(liquid, hours)
        kd += _ENZYME_HARM * enzyme_activity(liquid)
        dying = kd * hours
        dead_bed = self.on_bed * dying
        self.attached *= 1.0 + self.mu * hours - dying
        self.loose *= 1.0 - dying
        dead_suspended = a[LIVE] * (kd + p.anoikis) * hours
        a[LIVE] -= dead_suspended
        a[DEAD] += dead_bed + dead_suspended - a[DEAD] * p.lysis * hours

    def _starvation(self, liquid: Liquid, hours: float) -> float:
        v = liquid.volume
        a = liquid.amounts
        hungry = a[GLUCOSE] < 0.2 * v or a[OXYGEN] < 0.004 * v
        self._hungry = self._hungry + hours if hungry else max(0.0, self._hungry - 2.0 * hours)
        if self._hungry <= 0.0:
            return 0.0
        p = self.preset
        return p.starved * (1.0 - math.exp(-((self._hungry / p.starved_after) ** 2)))

    def _drying(self, liquid: Liquid, hours: float) -> float:
        if liquid.volume >= _WETTED:
            self._dry = max(0.0, self._dry - 5.0 * hours)
            return 0.0
        self._dry += hours
        return _DRY_DEATH * (1.0 - math.exp(-((self._dry / _DRY_AFTER) ** 2)))

    def _attach(self, liquid: Liquid, rpm: float, hours: float) -> None:
        p = self.preset
        live = liquid.amounts[LIVE]
        if live <= 0.0 or liquid.volume < _WETTED:
            return
        room = max(0.0, 1.0 - self.on_bed * 1e9 / p.area / p.a_max)
        calm = 1.0 / (1.0 + (rpm / 100.0) ** 2)
        free = 1.0 - min(1.0, 5.0 * enzyme_activity(liquid))
        moved = live * min(1.0, p.attach * room * calm * free * hours)
        liquid.amounts[LIVE] -= moved
        self.attached += moved

    def _detach(self, liquid: Liquid, rpm: float, hours: float) -> None:
        enzyme = enzyme_activity(liquid)
        if enzyme > 1e-4:
            loosened = self.attached * (1.0 - math.exp(-_LOOSEN * enzyme * hours))
            self.attached -= loosened
            self.loose += loosened
        if self.loose > 0.0 and liquid.volume >= _WETTED:
            shake = rpm * rpm
            rate = 1.0 + _BURST * shake / (shake + 1e4)
            released = self.loose * (1.0 - math.exp(-rate * hours))
            back = (self.loose - released) * 0.5 * hours if enzyme < 0.05 else 0.0
            self.loose -= released + back
            self.attached += back
            liquid.amounts[LIVE] += released

    def _feed(self, liquid: Liquid, hours: float) -> None:
        p = self.preset
        a = liquid.amounts
        volume = liquid.volume
        cells = self.on_bed + a[LIVE]
        glucose = max(0.0, a[GLUCOSE]) / volume if volume > 0.0 else 0.0
        growing = self.mu / p.mu_max * self.attached
        sugar = p.glucose_idle * cells + (p.glucose_grow - p.glucose_idle) * growing
        oxygen = p.oxygen_idle * cells + (p.oxygen_grow - p.oxygen_idle) * growing
        self.glucose_uptake = sugar * glucose / (p.k_glucose + glucose)
        self.oxygen_demand = oxygen if volume >= _WETTED else 0.0
        used = min(max(0.0, a[GLUCOSE]), self.glucose_uptake * hours)
        lactate, ammonium = used * p.lactate_yield, p.ammonium * cells * hours
        a[GLUCOSE] -= used
        a[LACTATE] += lactate
        a[AMMONIUM] += ammonium
        a[SID] += ammonium - lactate


def comfort(temperature: float, ph: float) -> float:
    """Return growth relative to its best at a temperature in degC and a pH (0 to 1).

    Gaussian in temperature, steeper above 37 degC; bell in pH with pK 6.0 and 8.3, normalised to 1
    at pH 7.15 (two-pK form, Bailey and Ollis, *Biochemical Engineering Fundamentals*, ch. 3).
    """
    d = temperature - 37.0
    warm = math.exp(-((d / (3.0 if d > 0.0 else 6.0)) ** 2))
    bell: float = 1.1413 / (1.0 + 10.0 ** (6.0 - ph) + 10.0 ** (ph - 8.3))
    return warm * min(1.0, bell)


def stress(temperature: float, ph: float) -> float:
    """Return the death rate in 1/h that heat above 39.5 degC and a pH outside 6.7 to 7.8 add."""
    heat = max(0.0, temperature - 39.5)
    acid = max(0.0, abs(ph - 7.25) - 0.55)
    return 0.05 * heat * heat + 0.3 * acid * acid


def enzyme_activity(liquid: Liquid) -> float:
    """Return the enzyme's activity, 1 at full strength and 37 degC; protein stops it."""
    enzyme = liquid.amounts[ENZYME]
    if enzyme <= 1e-9 or liquid.volume <= 0.0:
        return 0.0
    strength = enzyme / liquid.volume
    protein = liquid.amounts[PROTEIN] / liquid.volume
    warm = math.exp(-(((liquid.temperature - 37.0) / 12.0) ** 2))
    return 1.3 * strength / (0.3 + strength) * warm / (1.0 + protein / _PROTEIN_STOPS)
