"""The gas side: flow controllers, headspace and vent each second; transfer and pH every few.

What the liquid takes, the gas loses; both follow dC/dt = k (C* - C) - uptake, solved implicitly.
"""

from typing import Final

from bioctl_sim.actuators import Actuators
from bioctl_sim.faults import effects
from bioctl_sim.liquid import AMINO, ANTIFOAM, HEPES, OXYGEN, PHOSPHATE, SID, TIC
from bioctl_sim.physics import acid_base, water
from bioctl_sim.physics.heat import HEAT_CAPACITY
from bioctl_sim.physics.mixing import stirrer_power
from bioctl_sim.physics.transfer import bubble_conductance, kla_bubbles, warm_factor
from bioctl_sim.vessel import bed, outputs
from bioctl_sim.vessel.parameters import VesselParameters
from bioctl_sim.vessel.state import (
    AGITATOR,
    CO2,
    EVAPORATED,
    FLOW_AIR,
    FLOW_CO2,
    FLOW_N2,
    FLOW_O2,
    GAS_CO2,
    GAS_O2,
    HEAD_CO2,
    HEAD_N2,
    HEAD_O2,
    HEAT_LOST,
    KLA,
    OXYGEN_TOTAL,
    OXYGEN_USED,
    PH,
    PRESSURE,
    RT,
    SURFACE,
    TEMPERATURE,
    VAPOUR,
    VOLUME,
    WET,
    State,
)

_TO_MOL: Final = 1.0 / 60.0 / water.MOLAR_VOLUME
_RESPIRATORY_QUOTIENT: Final = 1.0
_CO2_SLOWER: Final = 0.9
"""kLa of CO2 relative to that of oxygen (square root of the diffusivities)."""
_HYDROSTATIC: Final = 4930.0
"""Pa a m of liquid, at half its depth."""
_SHALLOW: Final = 0.002
"""Part of the working volume below which the liquid's chemistry stands still."""
_ANTIFOAM_HALF: Final = 0.02
"""mL/L of antifoam at which half of its effect on kLa is reached (assumed)."""
_ANTIFOAM_EFFECT: Final = 0.3
"""Part of kLa that antifoam takes (kLa falls to 0.6 to 0.8; assumed)."""
_DRIES: Final = 1.0 / 86_400.0
"""1/s, a wet vent filter drying in a day (assumed)."""


def open_valves(
    s: State, u: list[float], e: list[float], p: VesselParameters, a: Actuators
) -> None:
    """Move the four flow controllers on by a second; a starved one gives, and shows, less."""
    s[FLOW_AIR] = _flow(
        s[FLOW_AIR], u[outputs.AIR_SP], a.air_gain * e[effects.AIR_FLOW], p.gas_max, p, a
    )
    s[FLOW_O2] = _flow(
        s[FLOW_O2], u[outputs.O2_SP], a.oxygen_gain * e[effects.OXYGEN_FLOW], p.gas_max, p, a
    )
    s[FLOW_N2] = _flow(
        s[FLOW_N2], u[outputs.N2_SP], a.nitrogen_gain * e[effects.NITROGEN_FLOW], p.gas_max, p, a
    )
    s[FLOW_CO2] = _flow(
        s[FLOW_CO2], u[outputs.CO2_SP], a.co2_gain * e[effects.CO2_FLOW], p.co2_max, p, a
    )


def _flow(
    flow: float, setpoint: float, gain: float, full: float, p: VesselParameters, a: Actuators
) -> float:
    target = 0.0
    if setpoint >= a.mfc_turndown * full:
        target = gain * (setpoint + a.mfc_zero * full)
    flow += (target - flow) * p.mfc_lag
    return target if abs(target - flow) < 1e-6 * full else flow


def inflow(s: State, e: list[float]) -> tuple[float, float, float]:
    """Return O2, CO2 and N2 that come in, mol/s."""
    oxygen = water.AIR_O2 * e[effects.AIR_OXYGEN]
    o2 = s[FLOW_O2] + oxygen * s[FLOW_AIR]
    co2 = s[FLOW_CO2] + water.AIR_CO2 * s[FLOW_AIR]
    n2 = s[FLOW_N2] + (1.0 - oxygen - water.AIR_CO2) * s[FLOW_AIR]
    return o2 * _TO_MOL, co2 * _TO_MOL, n2 * _TO_MOL


def breathe(s: State, u: list[float], e: list[float], p: VesselParameters) -> None:
    """Let a second's gas into the headspace and through the vent, which also carries water off.

    The vent is solved implicitly, so that any conductance is stable.
    """
    o2, co2, n2 = inflow(s, e)
    s[HEAD_O2] += o2
    s[HEAD_CO2] += co2
    s[HEAD_N2] += n2
    s[GAS_O2] += o2
    s[GAS_CO2] += co2
    per_mol = s[RT] / (p.total - s[VOLUME])
    vent = p.vent * u[outputs.VENT_VALVE] * (1.0 - e[effects.VENT_BLOCK]) / (1.0 + s[WET])
    s[WET] -= s[WET] * _DRIES
    open_to_room = p.tight + e[effects.LEAK] + vent
    dry = s[HEAD_O2] + s[HEAD_CO2] + s[HEAD_N2]
    after = (dry + open_to_room * (water.ATMOSPHERE - s[VAPOUR])) / (1.0 + open_to_room * per_mol)
    s[PRESSURE] = after * per_mol + s[VAPOUR]
    if s[PRESSURE] > p.relief:
        s[PRESSURE] = p.relief
        after = (p.relief - s[VAPOUR]) / per_mol
    if after <= dry:
        _let_out(s, dry, after, p)
    else:
        _let_in(s, after - dry)


def _let_out(s: State, dry: float, after: float, p: VesselParameters) -> None:
    keep = after / dry
    s[GAS_O2] -= s[HEAD_O2] * (1.0 - keep)
    s[GAS_CO2] -= s[HEAD_CO2] * (1.0 - keep)
    s[HEAD_O2] *= keep
    s[HEAD_CO2] *= keep
    s[HEAD_N2] *= keep
    cold = water.water_vapour(min(p.condenser, s[TEMPERATURE]))
    litres = (dry - after) * cold / (water.ATMOSPHERE - cold) * 0.018016
    if s[VOLUME] > litres:
        s[VOLUME] -= litres
        s[EVAPORATED] += litres
        heat = (dry - after) * s[VAPOUR] / (water.ATMOSPHERE - s[VAPOUR]) * water.LATENT_HEAT
        s[HEAT_LOST] += heat + HEAT_CAPACITY * litres * s[TEMPERATURE]
        s[TEMPERATURE] -= heat / (HEAT_CAPACITY * (s[VOLUME] + p.wall))


def _let_in(s: State, moles: float) -> None:
    o2, co2 = moles * water.AIR_O2, moles * water.AIR_CO2
    s[HEAD_O2] += o2
    s[HEAD_CO2] += co2
    s[HEAD_N2] += moles - o2 - co2
    s[GAS_O2] += o2
    s[GAS_CO2] += co2


def power_density(s: State, e: list[float], p: VesselParameters) -> float:
    """Return the stirrer's power that reaches the liquid, W/m3, with a floor for mixing by gas."""
    speed = s[AGITATOR] / 60.0 * e[effects.COUPLING]
    covered = min(1.0, s[VOLUME] / p.covered)
    power = covered * stirrer_power(p.power_number, speed, p.impeller)
    return max(p.idle_power, power / max(1e-3, s[VOLUME]) * 1000.0)


def exchange(s: State, e: list[float], p: VesselParameters, half: float, seconds: float) -> None:
    """Advance dissolved oxygen, carbon dioxide and pH by some seconds.

    Args:
        s: state.
        e: effects.
        p: parameters.
        half: Monod constant of oxygen uptake, mmol/L.
        seconds: length of the step.
    """
    t = s[TEMPERATURE]
    s[VAPOUR], s[RT] = water.water_vapour(t), water.gas_energy(t)
    if s[VOLUME] < _SHALLOW * p.working:
        s[OXYGEN_USED] = 0.0
        return
    h_o2, h_co2 = water.oxygen_solubility(t), water.co2_solubility(t)
    depth = s[VOLUME] / p.area / 1000.0
    middle = s[PRESSURE] + _HYDROSTATIC * depth
    stirred = min(1.0, s[AGITATOR] * e[effects.COUPLING] / p.surface_half)
    s[SURFACE] = (p.surface_calm + p.surface_stirred * stirred) / depth
    o2_in, co2_in, n2_in = inflow(s, e)
    moles = o2_in + co2_in + n2_in
    bubbles_o2 = bubbles_co2 = part_o2 = part_co2 = s[KLA] = 0.0
    if p.sparger > 0.0 and moles > 0.0:
        gas = moles * s[RT] / middle
        s[KLA] = _kla(s, e, p, gas)
        turnover = gas * 3600.0 / s[VOLUME]
        bubbles_o2 = bubble_conductance(s[KLA], h_o2, turnover, s[RT])
        bubbles_co2 = bubble_conductance(_CO2_SLOWER * s[KLA], h_co2, turnover, s[RT])
        part_o2 = o2_in / moles * (middle - s[VAPOUR])
        part_co2 = co2_in / moles * (middle - s[VAPOUR])
    hours = seconds / 3600.0
    _oxygen(s, e, p, half, h_o2, bubbles_o2, part_o2, hours)
    _carbon(s, p, h_co2, bubbles_co2, part_co2, hours)


def _kla(s: State, e: list[float], p: VesselParameters, gas: float) -> float:
    velocity = gas / 1000.0 / p.area
    kla = kla_bubbles(power_density(s, e, p), velocity) * warm_factor(s[TEMPERATURE])
    oil = s[ANTIFOAM] / s[VOLUME]
    return p.sparger * kla * (1.0 - _ANTIFOAM_EFFECT * oil / (oil + _ANTIFOAM_HALF))


def _oxygen(
    s: State,
    e: list[float],
    p: VesselParameters,
    half: float,
    solubility: float,
    bubbles: float,
    partial: float,
    hours: float,
) -> None:
    v = s[VOLUME]
    pressure = s[HEAD_O2] * s[RT] / (p.total - v)
    surface = s[SURFACE]
    supply = bubbles * partial + surface * solubility * pressure
    rate = bubbles / solubility + surface
    before = max(0.0, s[OXYGEN] / v)
    uptake = bed.uptake(s, e, p, half, before) / v
    after = (before + hours * supply) / (1.0 + hours * (rate + uptake))
    used = uptake * after * v * hours
    s[HEAD_O2] -= ((after - before) * v + used) * 1e-3
    s[OXYGEN] = after * v
    s[TIC] += used * _RESPIRATORY_QUOTIENT
    s[OXYGEN_USED] = used / hours
    s[OXYGEN_TOTAL] += used


def _carbon(
    s: State, p: VesselParameters, solubility: float, bubbles: float, partial: float, hours: float
) -> None:
    v, t = s[VOLUME], s[TEMPERATURE]
    tic = s[TIC] / v
    s[PH] = acid_base.solve(tic, s[SID] / v, s[PHOSPHATE] / v, s[AMINO] / v, s[HEPES] / v, t, s[PH])
    s[CO2] = acid_base.dissolved_co2(tic, t, s[PH])
    pressure = s[HEAD_CO2] * s[RT] / (p.total - v)
    surface = _CO2_SLOWER * s[SURFACE]
    supply = bubbles * partial + surface * solubility * pressure
    rate = bubbles / solubility + surface
    moved = hours * (supply - rate * s[CO2]) / (1.0 + hours * rate) * v
    s[TIC] += moved
    s[HEAD_CO2] -= moved * 1e-3
