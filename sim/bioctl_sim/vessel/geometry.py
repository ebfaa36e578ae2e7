"""From a vessel of the plant file to its parameters: similar vessels of any size.

Rules of thumb of bioreactor design (Doran, *Bioprocess Engineering Principles*, ch. 7 and 8): heat
transfer 110 to 150 W/m2/K through a jacket on 55 to 70 % of the wetted wall, an impeller of 0.42
vessel diameters, power number 1.5 (pitched blades). All sizes follow from volume and slenderness.
"""

import math
from itertools import pairwise
from typing import Final

from bioctl_sim.actuators import IDEAL
from bioctl_sim.physics.water import ATMOSPHERE
from bioctl_sim.plantfile.spec import SPARGERS, VesselSpec
from bioctl_sim.vessel.parameters import VesselParameters

_JACKET: Final = (
    (0.5, 110.0, 0.70),
    (5.0, 140.0, 0.70),
    (50.0, 150.0, 0.60),
    (2000.0, 150.0, 0.55),
)
"""Volume in L, heat transfer in W/m2/K and covered part of the wall; by log(volume)."""
CARRIERS: Final = {
    "cytodex_1": (190e-6, 4400.0),
    "cytodex_3": (175e-6, 2700.0),
    "hillex_2": (180e-6, 515.0),
    "synthemax_2": (170e-6, 360.0),
    "cultispher_s": (255e-6, 3500.0),
}
"""Diameter in m and cm2/g, as their makers state."""
_CAPACITANCE: Final = {"msc_placental": 10.0, "msc_murine": 10.0, "vero": 1.0, "t_cell": 0.15}
"""pF/cm a 1e6 viable cells/mL; others 0.6 (grows with the third power of the cell's radius)."""
_BED_SPEED: Final = 7.0
"""cm/s through a bed a m/s of impeller tip (2 cm/s at 80 rpm in 5 L; assumed)."""
_BED_REST: Final = 0.02
"""cm/s of convection at rest (assumed)."""
SEGMENTS: Final = 6
_BAG_DEPTH: Final = 0.04
"""m of liquid in a rocked bag."""
_FIBRE_DEPTH: Final = 0.01
"""m: L of circulating medium to m2 of fibre surface for gas."""


def parameters(spec: VesselSpec) -> VesselParameters:
    """Return the parameters of a vessel."""
    v = spec.volume
    diameter = (4.0 * v / 1000.0 / (math.pi * spec.height_to_diameter)) ** (1.0 / 3.0)
    height = spec.height_to_diameter * diameter
    transfer, covered = _jacket(v)
    wall = math.pi * diameter * height + math.pi * diameter * diameter / 4.0
    impeller = 0.42 * diameter
    own = {
        "working": v,
        "capacity": 1.26 * v,
        "total": 1.36 * v,
        "heel": 0.004 * v,
        "wetted": 0.1 * v,
        "area": math.pi * diameter * diameter / 4.0,
        "diameter": diameter,
        "impeller": impeller,
        "power_number": 1.5,
        "covered": 0.16 * v,
        "idle_power": 0.5,
        "sparger": SPARGERS[spec.sparger],
        "surface_calm": 0.05,
        "surface_stirred": 0.10,
        "surface_half": 60.0 * 0.7 / (math.pi * impeller),
        "jacket_ua": transfer * covered * wall,
        "jacket_area": covered * wall,
        "wall_area": wall + math.pi * diameter * diameter / 4.0,
        "wall": 0.02 * v,
        "tcu_lag": 120.0 * (v / 5.0) ** 0.15,
        "condenser": 12.0,
        "relief": ATMOSPHERE + 15_000.0,
    }
    parts = {**own, **_gas(spec), **_surface(spec, impeller), **_probes(spec), **_loops(spec, own)}
    if spec.kind in ("rocking", "hollow_fibre"):
        parts |= _without_impeller(spec)
    return VesselParameters(**parts)


def _jacket(volume: float) -> tuple[float, float]:
    if volume <= _JACKET[0][0]:
        return _JACKET[0][1:]
    for (v0, u0, f0), (v1, u1, f1) in pairwise(_JACKET):
        if volume <= v1:
            x = math.log(volume / v0) / math.log(v1 / v0)
            return u0 + (u1 - u0) * x, f0 + (f1 - f0) * x
    return _JACKET[-1][1:]


def _gas(spec: VesselSpec) -> dict[str, float]:
    return {
        "gas_max": spec.gas_max,
        "co2_max": spec.gas_max / 4.0,
        "mfc_lag": 1.0 - math.exp(-1.0 / IDEAL.mfc_tau),
        "vent": 0.75e-5 * spec.gas_max,
        "tight": 4e-13 * spec.volume,
        "retention": spec.retention,
        "base_bottle": int(spec.bottles.base_volume > 0.0),
        "feed_bottle": int(spec.bottles.feed_volume > 0.0),
        "antifoam_bottle": int(spec.bottles.antifoam_volume > 0.0),
    }


def _surface(spec: VesselSpec, impeller: float) -> dict[str, float]:
    """Say where cells can attach: a bed, carriers, or nowhere."""
    none = {"carrier": 0.0, "surface": 0.0, "segments": 0, "bed": 0.0}
    none |= {"bed_flow": 0.0, "bed_flow_rpm": 0.0}
    none |= {"cell_space": spec.fibres.volume if spec.fibres is not None else 0.0}
    if spec.bed is not None:
        litres_an_hour = spec.bed.volume * 1000.0 / spec.bed.height * 3.6
        return none | {
            "surface": spec.bed.area,
            "segments": SEGMENTS,
            "bed": spec.bed.volume,
            "bed_flow": litres_an_hour * _BED_REST,
            "bed_flow_rpm": litres_an_hour * _BED_SPEED * math.pi * impeller / 60.0,
        }
    if spec.carriers is not None:
        size, area = CARRIERS[spec.carriers.type]
        return none | {
            "carrier": size,
            "surface": area * spec.carriers.load * spec.volume,
            "segments": 1,
        }
    return none


def _probes(spec: VesselSpec) -> dict[str, float]:
    def part(step: float, lag: float) -> float:
        return 1.0 - math.exp(-step / lag)

    return {
        "lag_t": part(1.0, 10.0),
        "lag_ph": part(5.0, 20.0),
        "lag_o2": part(5.0, 13.0),
        "lag_exhaust": part(5.0, 60.0),
        "lag_capacitance": part(5.0, 30.0),
        "capacitance": _CAPACITANCE.get(spec.preset, 0.6),
    }


def _loops(spec: VesselSpec, own: dict[str, float]) -> dict[str, float]:
    """Return limits and SIMC settings of the local loops, scaled from 5 L."""
    v = spec.volume
    scale = v / 5.0
    suspension = spec.bed is None and spec.carriers is None
    low, high = (
        min(spec.agitator_max, speed_for(power, own)) if suspension else 0.0
        for power in (8.0, 25.0)
    )
    return {
        "jacket_low": 5.0,
        "jacket_high": 42.0,
        "gain_t": 7.0 * scale**0.1,
        "time_t": 840.0 * scale**0.25,
        "gain_ph": 0.74 * scale**-0.13,
        "time_ph": 1460.0 * scale**0.14,
        "base_max": 0.2 * v,
        "gain_o2": 0.5,
        "time_o2": 500.0,
        "agitator_low": low,
        "agitator_high": high,
        "gas_low": 0.05 * spec.gas_max,
        "gas_high": 0.5 * spec.gas_max,
        "gain_w": 50.0,
        **_perfusion(4.0 * v),
        "foam_high": 3.0,
        "antifoam_max": 0.1 * v,
    }


def _without_impeller(spec: VesselSpec) -> dict[str, float]:
    """Return what differs in a rocked bag and a fibre bundle: gas comes through a wide surface."""
    depth = _BAG_DEPTH if spec.kind == "rocking" else _FIBRE_DEPTH
    return {
        "area": spec.volume / 1000.0 / depth,
        "power_number": 0.0,
        "idle_power": 5.0,
        "sparger": 0.0,
        "surface_calm": 0.05 if spec.kind == "rocking" else 0.3,
        "surface_stirred": 0.6,
        "surface_half": spec.agitator_max,
        "condenser": 37.0,
        "relief": ATMOSPHERE + 10_000.0,
        "agitator_low": 0.0,
        "agitator_high": 0.0,
        "gas_low": 0.25 * spec.gas_max,
        "gas_high": 0.5 * spec.gas_max,
        **_perfusion(spec.volume * (40.0 if spec.kind == "hollow_fibre" else 4.0)),
    }


def _perfusion(most: float) -> dict[str, float]:
    """Return what follows from the greatest perfusion in mL/min."""
    return {"membrane": most, "feed_max": most}


def speed_for(power: float, sizes: dict[str, float]) -> float:
    """Return the speed in rpm at which an impeller puts `power` W/m3 into the working volume."""
    torque = sizes["power_number"] * 1005.0 * sizes["impeller"] ** 5
    return 60.0 * float((power * sizes["working"] / 1000.0 / torque) ** (1.0 / 3.0))
