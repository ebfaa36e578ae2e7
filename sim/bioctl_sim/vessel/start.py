"""A vessel at power-up: empty, at room temperature, room air in the headspace."""

from bioctl_sim.physics import water
from bioctl_sim.plantfile.spec import VesselSpec
from bioctl_sim.vessel import state
from bioctl_sim.vessel.kernel import AMBIENT
from bioctl_sim.vessel.parameters import VesselParameters


def power_up(spec: VesselSpec, p: VesselParameters) -> list[float]:
    """Return the state of an empty vessel."""
    s = [0.0] * state.SIZE
    vapour, rt = water.water_vapour(AMBIENT), water.gas_energy(AMBIENT)
    dry = (water.ATMOSPHERE - vapour) * p.total / rt
    for place, value in {
        state.TEMPERATURE: AMBIENT,
        state.JACKET: AMBIENT,
        state.PROBE_T: AMBIENT,
        state.PH: 7.4,
        state.PROBE_PH: 7.4,
        state.PROBE_O2: 100.0,
        state.PROBE_XO2: 100.0 * water.AIR_O2,
        state.PROBE_XCO2: 100.0 * water.AIR_CO2,
        state.HEAD_O2: dry * water.AIR_O2,
        state.HEAD_CO2: dry * water.AIR_CO2,
        state.HEAD_N2: dry * (1.0 - water.AIR_O2 - water.AIR_CO2),
        state.PRESSURE: water.ATMOSPHERE,
        state.VAPOUR: vapour,
        state.RT: rt,
        state.FOULING: 1.0,
        state.BOTTLE_BASE: spec.bottles.base_volume,
        state.BOTTLE_FEED: spec.bottles.feed_volume,
        state.BOTTLE_ANTIFOAM: spec.bottles.antifoam_volume,
    }.items():
        s[place] = value
    return s
