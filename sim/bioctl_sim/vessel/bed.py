"""Where cells sit: segments of a packed bed one after the other, or carriers as a single one.

Liquid passes the bed in about a second, so that the concentrations along it follow at once from
what comes in (plug flow through mixed segments); only cells are remembered for each segment.
"""

from bioctl_sim.faults import effects
from bioctl_sim.physics.transfer import plug_flow_uptake
from bioctl_sim.vessel.parameters import VesselParameters
from bioctl_sim.vessel.state import (
    AGITATOR,
    ATTACHED,
    DEMAND,
    LOOSE,
    SEGMENT_DEMAND,
    SEGMENT_O2,
    State,
)


def on_surface(s: State, p: VesselParameters) -> float:
    """Return the live cells on all segments, 1e9."""
    cells = 0.0
    for i in range(int(p.segments)):
        cells += s[ATTACHED + i] + s[LOOSE + i]
    return cells


def flow(s: State, e: list[float], p: VesselParameters) -> float:
    """Return the liquid that passes the bed, L/h: convection at rest, and the impeller's part."""
    return p.bed_flow + p.bed_flow_rpm * s[AGITATOR] * e[effects.COUPLING]


def uptake(s: State, e: list[float], p: VesselParameters, half: float, oxygen: float) -> float:
    """Return the oxygen uptake of all cells as L/h of liquid emptied, and note what segments see.

    Args:
        s: state; `SEGMENT_O2` is set.
        e: effects.
        p: parameters.
        half: Monod constant, mmol/L.
        oxygen: in the mixed liquid, mmol/L.
    """
    cleared = s[DEMAND] / (half + oxygen)
    if p.segments == 0:
        return cleared
    if p.bed <= 0.0:
        s[SEGMENT_O2] = oxygen
        return cleared + s[SEGMENT_DEMAND] / (half + oxygen)
    passing = flow(s, e, p)
    c = oxygen
    for i in range(int(p.segments)):
        c = plug_flow_uptake(c, s[SEGMENT_DEMAND + i] / passing, half)
        s[SEGMENT_O2 + i] = c
    return cleared + (passing * (oxygen - c) / oxygen if oxygen > 1e-9 else 0.0)
