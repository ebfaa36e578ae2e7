"""Ways of a loop's measurement to its setpoint, and out of its band again."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

WINDOW_S: Final = 4 * 3600.0
"""How long after a setpoint was reached what happens still belongs to the way there, s."""
JOINED_S: Final = 600.0
"""Stretches out of band that are less apart are one, s."""


@dataclass(frozen=True, slots=True)
class Approach:
    """How a new setpoint, or one the loop began at, was reached.

    Attributes:
        at: when, s after the first row.
        sp: the setpoint, measurement eu.
        way: distance to it then, measurement eu.
        reached_min: until the measurement was in band, min; NaN if it never was.
        stayed_min: until it was in band for good, or for the rest of WINDOW_S, min.
        beyond: greatest on the other side within that, measurement eu.
        swing: greatest |error| after it was reached, measurement eu.
    """

    at: float
    sp: float
    way: float
    reached_min: float
    stayed_min: float
    beyond: float
    swing: float


@dataclass(frozen=True, slots=True)
class Excursion:
    """A stretch out of band after the setpoint had been reached.

    Attributes:
        at: its beginning, s after the first row.
        peak_at: its worst moment.
        minutes: its length, min; parts less than JOINED_S apart are one.
        peak: measurement less setpoint at its worst, measurement eu.
    """

    at: float
    peak_at: float
    minutes: float
    peak: float


def excursions(
    t: Floats, error: Floats, counts: npt.NDArray[np.bool_], band: float
) -> tuple[Excursion, ...]:
    """Return the stretches out of band among the rows that count, the worst first."""
    out = np.flatnonzero((np.abs(error) > band) & counts)
    if not len(out):
        return ()
    cuts = np.flatnonzero(np.diff(t[out]) > JOINED_S) + 1
    found = []
    for rows in np.split(out, cuts):
        peak = rows[int(np.abs(error[rows]).argmax())]
        minutes = float(t[rows[-1]] - t[rows[0]]) / 60.0
        found.append(Excursion(float(t[rows[0]]), float(t[peak]), minutes, float(error[peak])))
    return tuple(sorted(found, key=lambda one: -abs(one.peak)))


def settling(t: Floats, ways: tuple[Approach, ...]) -> npt.NDArray[np.bool_]:
    """Return the rows between a new setpoint and its staying in band: its own swing, no upset."""
    found = np.zeros(len(t), dtype=bool)
    for one in ways:
        if not math.isnan(one.stayed_min):
            found |= (t >= one.at) & (t <= one.at + 60.0 * one.stayed_min)
    return found


def approaches(
    t: Floats, pv: Floats, sp: Floats, gaps: npt.NDArray[np.bool_], band: float
) -> tuple[tuple[Approach, ...], npt.NDArray[np.bool_]]:
    """Return the ways to a new setpoint, and which rows are on none.

    A way begins where the setpoint steps by more than the band or the loop begins, and out of band.
    """
    steps = (np.abs(np.diff(sp)) > band) | gaps[:-1]
    starts = [0, *(int(at) + 1 for at in np.flatnonzero(steps))]
    there = np.ones(len(t), dtype=bool)
    found = []
    for number, begin in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(t)
        if abs(pv[begin] - sp[begin]) <= band:
            continue
        one, reached = _approach(t[begin:end], (pv - sp)[begin:end], float(sp[begin]), band)
        there[begin : begin + reached] = False
        found.append(one)
    return tuple(found), there


def _approach(t: Floats, error: Floats, sp: float, band: float) -> tuple[Approach, int]:
    """Return how it was reached, and at which row; row 0 where it never was: all of it counts."""
    inside = np.flatnonzero(np.abs(error) <= band)
    way, at = float(error[0]), float(t[0])
    if not len(inside):
        return Approach(at, sp, way, math.nan, math.nan, 0.0, 0.0), 0
    first = int(inside[0])
    window = error[first : int(np.searchsorted(t, t[first] + WINDOW_S, side="right"))]
    out = np.flatnonzero(np.abs(window) > band)
    stayed = t[min(first + (int(out[-1]) + 1 if len(out) else 0), len(t) - 1)]
    beyond = float((-math.copysign(1.0, way) * window).max(initial=0.0))
    swing = float(np.abs(window).max(initial=0.0))
    minutes = [float(one - t[0]) / 60.0 for one in (t[first], stayed)]
    return Approach(at, sp, way, minutes[0], minutes[1], beyond, swing), first
