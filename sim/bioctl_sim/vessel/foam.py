"""Foam on the liquid, and the vent filter it wets.

dh/dt = made - h/tau: made by gas through protein and debris, broken by time and antifoam
(all numbers assumed; foam is what operators see, not what models predict).
"""

from typing import Final

from bioctl_sim.faults import effects
from bioctl_sim.liquid import ANTIFOAM, DEAD, PROTEIN
from bioctl_sim.vessel.parameters import VesselParameters
from bioctl_sim.vessel.state import (
    FLOW_AIR,
    FLOW_CO2,
    FLOW_N2,
    FLOW_O2,
    FOAM,
    VOLUME,
    WET,
    State,
)

_TAU_H: Final = 1.0 / 6.0
_MAKE: Final = 250.0
"""cm/h a vvm in full-strength protein."""
_DEBRIS: Final = 0.1
"""Protein equivalents a 1e6 dead cells/mL."""
_OIL_HALF: Final = 0.01
"""mL/L of antifoam that halves what stands."""
_OIL_DECAY: Final = 0.04
"""1/h, antifoam worn out (half in about 18 h)."""
_WETS: Final = 2.0
"""1/h, wetting of a filter that foam reaches."""


def step(s: State, e: list[float], p: VesselParameters, hours: float) -> None:
    """Advance foam, antifoam and the vent filter by some hours (10 s)."""
    v = s[VOLUME]
    if v < p.wetted:
        s[FOAM] = 0.0
        return
    gas = s[FLOW_AIR] + s[FLOW_O2] + s[FLOW_N2] + s[FLOW_CO2] if p.sparger > 0.0 else 0.0
    stuff = (s[PROTEIN] + _DEBRIS * s[DEAD]) / v
    made = _MAKE * gas / v * stuff / (1.0 + stuff) * e[effects.FOAM]
    oil = s[ANTIFOAM] / v
    broken = (1.0 + oil / _OIL_HALF) / _TAU_H
    s[FOAM] = (s[FOAM] + made * hours) / (1.0 + broken * hours)
    s[ANTIFOAM] -= s[ANTIFOAM] * _OIL_DECAY * hours
    room = 100.0 * max(0.0, p.total - v) / 1000.0 / p.area
    if s[FOAM] > room:
        s[WET] += _WETS * hours
