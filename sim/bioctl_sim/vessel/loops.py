"""The vessel's own loops, for plants that close them in the equipment.

PI laws on what the sensors show (errors and failures included). A loop that is switched on begins
where its outputs stand, so that nothing is bumped. Structures as in common practice: jacket set
point by a cascade; pH by CO2 or base with a dead band; oxygen by nitrogen, then agitation, then gas
flow, then oxygen enrichment; feed by weight; antifoam by foam height.
"""

from typing import Final

from bioctl_sim.faults import effects
from bioctl_sim.vessel import outputs
from bioctl_sim.vessel.flows import mass
from bioctl_sim.vessel.parameters import VesselParameters
from bioctl_sim.vessel.state import (
    FOAM,
    LOOP_FOAM,
    LOOP_O2,
    LOOP_PH,
    LOOP_T,
    PROBE_O2,
    PROBE_PH,
    PROBE_T,
    TOTAL_ANTIFOAM,
    VOLUME,
    WAS_O2,
    WAS_PH,
    WAS_T,
    State,
)

_PH_BAND: Final = 0.02
"""pH on either side of the set point within which nothing is dosed."""
_N2_SPAN: Final = 30.0
"""% of the oxygen loop's output that blend nitrogen in."""
_O2_SPAN: Final = 40.0
"""% that enrich with oxygen."""
_FOAM_S: Final = 10.0
_PULSE_S: Final = 5.0
_PAUSE_S: Final = 300.0
_OIL_LIMIT: Final = 1.0
"""mL of antifoam a L of vessel, at most."""


def every_second(s: State, u: list[float], e: list[float], p: VesselParameters) -> None:
    """Run the loops for temperature, weight and foam."""
    _temperature(s, u, e, p)
    if u[outputs.LOCAL_W] > 0.0:
        seen = e[effects.WEIGHT_GAIN] * mass(s) + e[effects.WEIGHT_OFFSET]
        wanted = u[outputs.PERMEATE_SP] + p.gain_w * (u[outputs.SET_W] - seen)
        u[outputs.FEED_SP] = max(0.0, min(p.feed_max, wanted))
    if u[outputs.LOCAL_FOAM] > 0.0:
        _foam(s, u, e, p)


def every_five_seconds(s: State, u: list[float], e: list[float], p: VesselParameters) -> None:
    """Run the loops for pH and oxygen, unless the vessel is dry."""
    wet = s[VOLUME] >= p.wetted
    _ph(s, u, e, p, wet and u[outputs.LOCAL_PH] > 0.0)
    _oxygen(s, u, e, p, wet and u[outputs.LOCAL_O2] > 0.0)


def _temperature(s: State, u: list[float], e: list[float], p: VesselParameters) -> None:
    seen = e[effects.TEMPERATURE_GAIN] * s[PROBE_T] + e[effects.TEMPERATURE_OFFSET]
    error = u[outputs.SET_T] - seen
    if u[outputs.LOCAL_T] <= 0.0:
        s[WAS_T] = 0.0
        return
    if s[WAS_T] == 0.0:
        s[WAS_T], s[LOOP_T] = 1.0, u[outputs.JACKET_SP] - p.gain_t * error
    wanted = s[LOOP_T] + p.gain_t * error
    out = max(p.jacket_low, min(p.jacket_high, wanted))
    if out == wanted or (wanted > out) != (error > 0.0):
        s[LOOP_T] += p.gain_t * error / p.time_t
    u[outputs.JACKET_SP] = out


def _ph(s: State, u: list[float], e: list[float], p: VesselParameters, on: bool) -> None:  # noqa: FBT001
    seen = e[effects.PH_GAIN] * s[PROBE_PH] + e[effects.PH_OFFSET]
    error = u[outputs.SET_PH] - seen
    if -_PH_BAND < error < _PH_BAND:
        error = 0.0
    else:
        error -= _PH_BAND if error > 0.0 else -_PH_BAND
    if not on:
        s[WAS_PH] = 0.0
        return
    if s[WAS_PH] == 0.0:
        dosing = u[outputs.BASE_SP] / p.base_max - u[outputs.CO2_SP] / p.co2_max
        s[WAS_PH], s[LOOP_PH] = 1.0, dosing - p.gain_ph * error
    wanted = s[LOOP_PH] + p.gain_ph * error
    out = max(-1.0, min(1.0, wanted))
    if out == wanted or (wanted > out) != (error > 0.0):
        s[LOOP_PH] += p.gain_ph * error * 5.0 / p.time_ph
    u[outputs.BASE_SP] = p.base_max * max(0.0, out)
    u[outputs.CO2_SP] = p.co2_max * max(0.0, -out)


def _oxygen(s: State, u: list[float], e: list[float], p: VesselParameters, on: bool) -> None:  # noqa: FBT001
    if not on:
        s[WAS_O2] = 0.0
        return
    seen = e[effects.OXYGEN_GAIN] * s[PROBE_O2] + e[effects.OXYGEN_OFFSET]
    error = u[outputs.SET_O2] - seen
    stir = _N2_SPAN if p.agitator_high > p.agitator_low else 0.0
    gas = stir + (_N2_SPAN if p.gas_high > p.gas_low else 0.0)
    if s[WAS_O2] == 0.0:
        s[WAS_O2], s[LOOP_O2] = 1.0, _sequence_at(u, p, stir, gas) - p.gain_o2 * error
    wanted = s[LOOP_O2] + p.gain_o2 * error
    out = max(-_N2_SPAN, min(gas + _O2_SPAN, wanted))
    if out == wanted or (wanted > out) != (error > 0.0):
        s[LOOP_O2] += p.gain_o2 * error * 5.0 / p.time_o2
    if stir > 0.0:
        share = max(0.0, min(1.0, out / stir))
        u[outputs.AGITATOR_SP] = p.agitator_low + (p.agitator_high - p.agitator_low) * share
    share = max(0.0, min(1.0, (out - stir) / (gas - stir))) if gas > stir else 0.0
    total = p.gas_low + (p.gas_high - p.gas_low) * share
    oxygen = max(0.0, (out - gas) / _O2_SPAN)
    nitrogen = max(0.0, -out / _N2_SPAN)
    u[outputs.AIR_SP] = total * (1.0 - oxygen - nitrogen)
    u[outputs.O2_SP] = total * oxygen
    u[outputs.N2_SP] = total * nitrogen


def _sequence_at(u: list[float], p: VesselParameters, stir: float, gas: float) -> float:
    """Return where in its sequence the oxygen loop stands, by what is set now."""
    total = u[outputs.AIR_SP] + u[outputs.O2_SP] + u[outputs.N2_SP]
    if total <= 0.0:
        return 0.0
    if u[outputs.O2_SP] > 0.0:
        return gas + _O2_SPAN * u[outputs.O2_SP] / total
    if u[outputs.N2_SP] > 0.0:
        return -_N2_SPAN * u[outputs.N2_SP] / total
    if gas > stir and total > p.gas_low:
        return stir + (gas - stir) * min(1.0, (total - p.gas_low) / (p.gas_high - p.gas_low))
    if stir > 0.0:
        share = (u[outputs.AGITATOR_SP] - p.agitator_low) / (p.agitator_high - p.agitator_low)
        return stir * max(0.0, min(1.0, share))
    return 0.0


def _foam(s: State, u: list[float], e: list[float], p: VesselParameters) -> None:
    """Dose a pulse where foam stood high for 10 s, then wait five minutes."""
    seen = e[effects.FOAM_GAIN] * s[FOAM] + e[effects.FOAM_OFFSET]
    high = seen > p.foam_high and s[TOTAL_ANTIFOAM] < _OIL_LIMIT * p.working
    if s[LOOP_FOAM] < 0.0 or high:
        s[LOOP_FOAM] += 1.0
    else:
        s[LOOP_FOAM] = 0.0
    u[outputs.ANTIFOAM_SP] = 0.0
    if s[LOOP_FOAM] > _FOAM_S:
        u[outputs.ANTIFOAM_SP] = p.antifoam_max
        if s[LOOP_FOAM] > _FOAM_S + _PULSE_S:
            s[LOOP_FOAM] = -_PAUSE_S
