"""What a vessel's state looks like from outside: to probes, and to who may see the truth."""

from collections.abc import Sequence
from typing import Final

from bioctl_sim.liquid import (
    AMINO,
    AMMONIUM,
    DEAD,
    GLUCOSE,
    GLUTAMINE,
    HEPES,
    LACTATE,
    LIVE,
    OXYGEN,
    PHOSPHATE,
    PRODUCT,
    RESTING,
    SID,
    TIC,
    TRANSDUCED,
)
from bioctl_sim.physics import acid_base, water
from bioctl_sim.physics.cell import Cell
from bioctl_sim.vessel import bed, culture, outputs, state
from bioctl_sim.vessel.flows import mass
from bioctl_sim.vessel.parameters import VesselParameters

MOVED: Final = tuple(
    (point, place)
    for point, place in outputs.POINTS.items()
    if place < outputs.HARVEST_SP or place == outputs.ANTIFOAM_SP
)
"""Outputs that local loops move, with their places."""
_MMHG: Final = 133.322
_BOTTLE: Final = 1.02
"""kg/L in the bottles."""


def measure(s: Sequence[float], p: VesselParameters) -> dict[str, float]:
    """Return what probes see by point without series, before errors and noise."""
    volume = s[state.VOLUME]
    wet = volume >= p.wetted
    cells = s[LIVE] + s[DEAD]
    return {
        "TT01": s[state.PROBE_T],
        "TT02": s[state.JACKET],
        "AT01": s[state.PROBE_PH],
        "AT02": s[state.PROBE_O2],
        "AT05": s[state.PROBE_CAPACITANCE] if wet else 0.0,
        "AT06": s[state.PROBE_XO2],
        "AT07": s[state.PROBE_XCO2],
        "AT08": cells / volume if wet else 0.0,
        "AT09": 100.0 * s[LIVE] / cells if wet and cells > 1e-9 else 0.0,
        "WT01": mass(s),  # type: ignore[arg-type]
        "WT02": s[state.BOTTLE_BASE] * _BOTTLE,
        "WT03": s[state.BOTTLE_FEED] * _BOTTLE,
        "PT01": (s[state.PRESSURE] - water.ATMOSPHERE) / 100.0,
        "PT02": s[state.TMP],
        "LT01": s[state.FOAM],
        "ST01": s[state.AGITATOR],
        "FT01": s[state.FLOW_AIR],
        "FT02": s[state.FLOW_O2],
        "FT03": s[state.FLOW_N2],
        "FT04": s[state.FLOW_CO2],
        "FQ01": s[state.TOTAL_BASE],
        "FQ02": s[state.TOTAL_FEED],
        "FQ03": s[state.TOTAL_PERMEATE],
        "FQ06": s[state.TOTAL_ANTIFOAM],
    }


def truth(s: Sequence[float], p: VesselParameters, cell: Cell) -> dict[str, float]:
    """Return everything the model knows, by name: first the usual quantities, then the state.

    Cells are those a sample of the liquid holds, with their carriers; a bed's own cells stand in
    `on_bed`, 1e9.
    """
    volume = max(s[state.VOLUME], 1e-9)
    temperature = s[state.TEMPERATURE]
    surface = bed.on_surface(s, p)  # type: ignore[arg-type]
    live = s[LIVE] + (0.0 if p.bed > 0.0 else surface)
    cells = live + s[DEAD]
    ph = acid_base.solve(
        s[TIC] / volume,
        s[SID] / volume,
        s[PHOSPHATE] / volume,
        s[AMINO] / volume,
        s[HEPES] / volume,
        temperature,
        s[state.PH],
    )
    known = {
        "ph": ph,
        "vcd": live / volume,
        "viability": 100.0 * live / cells if cells > 1e-9 else 0.0,
        "glucose": s[GLUCOSE] / volume,
        "lactate": s[LACTATE] / volume,
        "glutamine": s[GLUTAMINE] / volume,
        "ammonium": s[AMMONIUM] / volume,
        "product": s[PRODUCT] / volume,
        "pco2": acid_base.dissolved_co2(s[TIC] / volume, temperature, ph)
        / water.co2_solubility(temperature)
        / _MMHG,
        "osmolality": culture.liquid_osmolality(s),  # type: ignore[arg-type]
        "oxygen": 100.0 * s[OXYGEN] / volume / water.oxygen_saturation(temperature),
        "our": s[state.OXYGEN_USED] / volume,
        "on_bed": surface,
        "per_cm2": surface * 1e9 / p.surface if p.surface > 0.0 else 0.0,
        "resting": s[RESTING] / live if live > 1e-9 else 0.0,
        "transduced": s[TRANSDUCED] / live if live > 1e-9 else 0.0,
        "mu_max": cell.mu_max,
    }
    named = zip(state.names(), s, strict=True)
    return known | {name: float(value) for name, value in named if name not in known}
