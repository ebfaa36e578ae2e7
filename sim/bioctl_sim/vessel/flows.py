"""Liquid that comes and goes in a second: pumps, bottles, leaks; and mixing of what came in.

`k` holds what the bottles contain: a row for base, feed and antifoam, each the amounts a litre in
the order of `liquid` and then the temperature.
"""

from typing import Final

from bioctl_sim.actuators import Actuators
from bioctl_sim.faults import effects
from bioctl_sim.liquid import COUNT, DISSOLVED, SID, TIC
from bioctl_sim.physics.mixing import DENSITY, mixing_time
from bioctl_sim.vessel import outputs
from bioctl_sim.vessel.parameters import VesselParameters
from bioctl_sim.vessel.state import (
    BOTTLE_ANTIFOAM,
    BOTTLE_BASE,
    BOTTLE_FEED,
    FLOW_PERMEATE,
    FOULING,
    LEAKED,
    POOL_SID,
    POOL_TIC,
    RUN_BASE,
    RUN_FEED,
    RUN_PERMEATE,
    TEMPERATURE,
    TMP,
    TOTAL_ANTIFOAM,
    TOTAL_BASE,
    TOTAL_FEED,
    TOTAL_PERMEATE,
    VOLUME,
    State,
)

ROW: Final = COUNT + 1
_BASE_ROW: Final = 0
_FEED_ROW: Final = ROW
_ANTIFOAM_ROW: Final = 2 * ROW
_SECOND: Final = 1.0 / 3600.0
_PER_MINUTE: Final = 1.0 / 60_000.0
"""mL/min to L/s."""
_SLIPS: Final = 500.0
"""mbar of transmembrane pressure at which the permeate pump slips (assumed)."""
_SLOW_FOULING: Final = 0.005 / 24.0
"""1/h, rise of a perfused membrane's resistance in ordinary use (assumed)."""


def pump(
    s: State, u: list[float], e: list[float], k: list[float], p: VesselParameters, a: Actuators
) -> None:
    """Run all pumps of the vessel for a second; a totaliser counts what its pump turned."""
    if u[outputs.BASE_SP] > 0.0:
        _base(s, u, e, k, p, a)
    if u[outputs.FEED_SP] > 0.0:
        _feed(s, u, e, k, p, a)
    if u[outputs.PERMEATE_SP] > 0.0:
        _permeate(s, u, e, p, a)
    else:
        s[FLOW_PERMEATE] = s[TMP] = 0.0
    if u[outputs.ANTIFOAM_SP] > 0.0:
        _antifoam(s, u, k, p)
    if e[effects.LIQUID_LEAK] > 0.0:
        s[LEAKED] += _drop(s, e[effects.LIQUID_LEAK] * _SECOND, 0.0)


def mix(s: State, p: VesselParameters, dissipation: float, tubing: float, seconds: float) -> None:
    """Let base that was added spread: first order, three time constants are the mixing time."""
    if s[POOL_SID] == 0.0 and s[POOL_TIC] == 0.0:
        return
    lag = mixing_time(p.diameter, p.impeller, dissipation) / 3.0 + tubing
    part = seconds / (lag + seconds)
    for pool, place in ((POOL_SID, SID), (POOL_TIC, TIC)):
        moved = s[pool] * part
        s[pool] -= moved
        s[place] += moved


def worn(gain: float, wear: float, hours: float) -> float:
    """Return what a peristaltic pump delivers of its nominal flow after some hours of running."""
    return gain * max(0.5, 1.0 - wear * hours / 24.0)


def _turn(
    s: State, nominal: float, run: int, total: int, bottle: int, finite: float, gain: float
) -> float:
    """Turn a pump for a second at mL/min; return the L that its bottle gives.

    `run`, `total` and `bottle` are places; `gain` is what arrives of what the pump counts.
    """
    turned = nominal * _PER_MINUTE
    s[run] += _SECOND
    s[total] += 1000.0 * turned
    volume = turned * gain
    if finite > 0.0:
        volume = min(volume, s[bottle])
        s[bottle] -= volume
    return volume


def _base(
    s: State, u: list[float], e: list[float], k: list[float], p: VesselParameters, a: Actuators
) -> None:
    gain = worn(a.base_gain, a.wear, s[RUN_BASE]) * e[effects.BASE_FLOW]
    gain *= 1.0 - e[effects.BASE_EMPTY]
    wanted = u[outputs.BASE_SP]
    volume = _turn(s, wanted, RUN_BASE, TOTAL_BASE, BOTTLE_BASE, p.base_bottle, gain)
    sid, tic = s[SID], s[TIC]
    _pour(s, k, _BASE_ROW, min(volume, p.capacity - s[VOLUME]), p.wall, 1.0, 0.0)
    s[POOL_SID] += s[SID] - sid
    s[POOL_TIC] += s[TIC] - tic
    s[SID], s[TIC] = sid, tic


def _feed(
    s: State, u: list[float], e: list[float], k: list[float], p: VesselParameters, a: Actuators
) -> None:
    gain = worn(a.feed_gain, a.wear, s[RUN_FEED]) * e[effects.FEED_FLOW]
    gain *= 1.0 - e[effects.FEED_EMPTY]
    wanted = u[outputs.FEED_SP]
    volume = _turn(s, wanted, RUN_FEED, TOTAL_FEED, BOTTLE_FEED, p.feed_bottle, gain)
    volume = min(volume, p.capacity - s[VOLUME])
    _pour(s, k, _FEED_ROW, volume, p.wall, e[effects.FEED_STRENGTH], e[effects.FEED_WARMTH])


def _antifoam(s: State, u: list[float], k: list[float], p: VesselParameters) -> None:
    volume = u[outputs.ANTIFOAM_SP] * _PER_MINUTE
    s[TOTAL_ANTIFOAM] += 1000.0 * volume
    if p.antifoam_bottle:
        volume = min(volume, s[BOTTLE_ANTIFOAM])
        s[BOTTLE_ANTIFOAM] -= volume
    _pour(s, k, _ANTIFOAM_ROW, min(volume, p.capacity - s[VOLUME]), p.wall, 1.0, 0.0)


def _permeate(s: State, u: list[float], e: list[float], p: VesselParameters, a: Actuators) -> None:
    turned = u[outputs.PERMEATE_SP]
    s[RUN_PERMEATE] += _SECOND
    s[TOTAL_PERMEATE] += turned / 60.0
    wanted = turned * worn(a.permeate_gain, a.wear, s[RUN_PERMEATE]) * e[effects.PERMEATE_FLOW]
    s[FOULING] += s[FOULING] * _SLOW_FOULING * _SECOND
    resistance = 100.0 / p.membrane * (s[FOULING] + e[effects.FOULING])
    flow = min(wanted, _SLIPS / resistance)
    taken = _drop(s, min(flow * _PER_MINUTE, max(0.0, s[VOLUME] - p.heel)), p.retention)
    s[FLOW_PERMEATE] = taken / _PER_MINUTE
    s[TMP] = flow * resistance


def _pour(
    s: State, k: list[float], row: int, volume: float, wall: float, strength: float, warmer: float
) -> None:
    if volume <= 0.0:
        return
    total = s[VOLUME] + volume
    share = volume / (total + wall)
    s[TEMPERATURE] += (k[row + COUNT] + warmer - s[TEMPERATURE]) * share
    s[VOLUME] = total
    for i in range(COUNT):
        amount = k[row + i]
        if amount != 0.0:
            s[i] += volume * strength * amount


def _drop(s: State, volume: float, retention: float) -> float:
    """Take liquid out, its cells held back in part; return the L that went."""
    if s[VOLUME] <= 0.0 or volume <= 0.0:
        return 0.0
    part = min(1.0, volume / s[VOLUME])
    taken = s[VOLUME] * part
    for i in range(DISSOLVED):
        s[i] -= s[i] * part
    cells = part * (1.0 - retention)
    for i in range(DISSOLVED, COUNT):
        s[i] -= s[i] * cells
    s[POOL_SID] -= s[POOL_SID] * part
    s[POOL_TIC] -= s[POOL_TIC] * part
    s[VOLUME] -= taken
    return taken


def mass(s: State) -> float:
    """Return the mass of the liquid in kg."""
    return s[VOLUME] * DENSITY / 1000.0
