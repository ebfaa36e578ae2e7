"""What probes see: the true value, late. Errors, noise and failures come when a sensor is read."""

from bioctl_sim.liquid import LIVE, OXYGEN
from bioctl_sim.physics import water
from bioctl_sim.vessel import bed
from bioctl_sim.vessel.parameters import VesselParameters
from bioctl_sim.vessel.state import (
    HEAD_CO2,
    HEAD_N2,
    HEAD_O2,
    PH,
    PROBE_CAPACITANCE,
    PROBE_O2,
    PROBE_PH,
    PROBE_T,
    PROBE_XCO2,
    PROBE_XO2,
    TEMPERATURE,
    VOLUME,
    State,
)


def temperature(s: State, p: VesselParameters) -> None:
    """Move the temperature probe on by a second."""
    s[PROBE_T] += (s[TEMPERATURE] - s[PROBE_T]) * p.lag_t


def others(s: State, p: VesselParameters) -> None:
    """Move all other probes on by five seconds; those of a dry vessel keep what they saw."""
    gas = s[HEAD_O2] + s[HEAD_CO2] + s[HEAD_N2]
    s[PROBE_XO2] += (100.0 * s[HEAD_O2] / gas - s[PROBE_XO2]) * p.lag_exhaust
    s[PROBE_XCO2] += (100.0 * s[HEAD_CO2] / gas - s[PROBE_XCO2]) * p.lag_exhaust
    if s[VOLUME] < p.wetted:
        return
    saturation = water.oxygen_saturation(s[TEMPERATURE])
    oxygen = 100.0 * s[OXYGEN] / s[VOLUME] / saturation
    s[PROBE_O2] += (oxygen - s[PROBE_O2]) * p.lag_o2
    s[PROBE_PH] += (s[PH] - s[PROBE_PH]) * p.lag_ph
    s[PROBE_CAPACITANCE] += (biovolume(s, p) - s[PROBE_CAPACITANCE]) * p.lag_capacitance


def biovolume(s: State, p: VesselParameters) -> float:
    """Return the capacitance that live cells cause, pF/cm: those on the bed, else all."""
    if p.bed > 0.0:
        return p.capacitance * bed.on_surface(s, p) / p.bed
    return p.capacitance * (s[LIVE] + bed.on_surface(s, p)) / s[VOLUME]
