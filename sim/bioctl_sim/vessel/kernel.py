"""The whole vessel, second by second: what the plant calls and the accelerator compiles."""

from typing import Final

from bioctl_sim.actuators import Actuators
from bioctl_sim.faults import effects
from bioctl_sim.physics import heat
from bioctl_sim.physics.cell import Cell
from bioctl_sim.physics.mixing import DENSITY, stirrer_power
from bioctl_sim.vessel import culture, flows, foam, gassing, loops, outputs, probes
from bioctl_sim.vessel.parameters import VesselParameters
from bioctl_sim.vessel.state import (
    AGITATOR,
    HEAT_JACKET,
    HEAT_LOST,
    HEAT_POWER,
    JACKET,
    OXYGEN_USED,
    TEMPERATURE,
    VOLUME,
    State,
)

AMBIENT: Final = 20.0
"""degC of the room."""
_GAS_S: Final = 5
"""s between two looks at oxygen, carbon dioxide and pH."""
_CELLS_S: Final = 10
"""s between two looks at the cells."""


def advance(
    s: State,
    u: list[float],
    e: list[float],
    k: list[float],
    p: VesselParameters,
    a: Actuators,
    cell: Cell,
    first: int,
    seconds: int,
) -> None:
    """Step through the simulated seconds after `first`.

    Args:
        s: state, changed.
        u: outputs, changed by local loops that are on.
        e: effects.
        k: what the bottles hold, see `flows`.
        p: parameters.
        a: actuators.
        cell: kinetics.
        first: simulated second at which the state stands.
        seconds: how many to step.
    """
    for second in range(first + 1, first + seconds + 1):
        loops.every_second(s, u, e, p)
        _stir(s, u, e, a)
        flows.pump(s, u, e, k, p, a)
        _heat(s, u, e, p, a)
        gassing.open_valves(s, u, e, p, a)
        gassing.breathe(s, u, e, p)
        probes.temperature(s, p)
        if second % _GAS_S == 0:
            dissipation = gassing.power_density(s, e, p) / DENSITY
            flows.mix(s, p, dissipation, a.tubing, float(_GAS_S))
            gassing.exchange(s, e, p, cell.k_oxygen, float(_GAS_S))
            probes.others(s, p)
            loops.every_five_seconds(s, u, e, p)
            if second % _CELLS_S == 0:
                culture.step(s, e, p, cell, _CELLS_S / 3600.0)
                foam.step(s, e, p, _CELLS_S / 3600.0)


def _stir(s: State, u: list[float], e: list[float], a: Actuators) -> None:
    wanted = u[outputs.AGITATOR_SP] * a.agitator_gain * e[effects.AGITATOR]
    if wanted < s[AGITATOR]:
        s[AGITATOR] = max(wanted, s[AGITATOR] - a.agitator_ramp)
    else:
        s[AGITATOR] = min(wanted, s[AGITATOR] + a.agitator_ramp)


def _heat(s: State, u: list[float], e: list[float], p: VesselParameters, a: Actuators) -> None:
    room = AMBIENT + e[effects.ROOM]
    lost = e[effects.JACKET_LOST]
    asked = max(a.jacket_low, min(a.jacket_high, u[outputs.JACKET_SP]))
    asked += (room - asked) * lost
    if abs(asked - s[JACKET]) > a.jacket_dead or lost > 0.0:
        s[JACKET] = heat.jacket_step(s[JACKET], asked, p.tcu_lag)
    wetted = s[VOLUME] / p.working
    jacket = heat.conductance(p.jacket_ua, wetted) * (1.0 - lost) * (s[JACKET] - s[TEMPERATURE])
    bare = p.wall_area - p.jacket_area * (1.0 - lost)
    out = heat.LOSS * bare * (s[TEMPERATURE] - room)
    power = s[OXYGEN_USED] * heat.HEAT_OF_RESPIRATION / 3600.0
    if s[VOLUME] > p.covered:
        speed = s[AGITATOR] / 60.0 * e[effects.COUPLING]
        power += stirrer_power(p.power_number, speed, p.impeller)
    s[HEAT_JACKET] += jacket
    s[HEAT_POWER] += power
    s[HEAT_LOST] += out
    capacity = heat.HEAT_CAPACITY * (s[VOLUME] + p.wall)
    s[TEMPERATURE] += (jacket - out + power) / capacity
