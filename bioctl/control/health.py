"""How a loop did over a batch, from its curves: what a control engineer would compute and say.

Oscillation: Thornhill, Huang and Zhang, *J. Process Control* 13 (2003) 91 (regularity of the zero
crossings of the error). Stiction: Horch, *Control Eng. Practice* 7 (1999) 1221 (an odd
cross-correlation of output and measurement; for processes that come to rest by themselves).
"""

import math
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from bioctl.control.ways import Approach, Excursion, approaches, excursions, settling

Floats = npt.NDArray[np.float64]

REGULAR: Final = 1.0
"""Regularity above which an oscillation is one (Thornhill: 1)."""
ODD: Final = 2.0 / 3.0
"""Horch's measure: below, the cross-correlation is odd."""


@dataclass(frozen=True, slots=True)
class Curves:
    """A loop's time in control; rows in order of time, NaN where something is not known.

    Attributes:
        t: process time, s.
        pv: measurement.
        sp: setpoint asked for.
        u: demand that explains the outputs.
        low, high: ends of u.
        band: half width that counts as in band, measurement eu.
        noise: standard deviation of the probe, measurement eu; 0 takes it from the curve.
    """

    t: Floats
    pv: Floats
    sp: Floats
    u: Floats
    low: float
    high: float
    band: float
    noise: float = 0.0


@dataclass(frozen=True, slots=True)
class Health:
    """A loop's figures; way to a new setpoint is left out but for `iae` and `hours`.

    Attributes:
        hours: in control with a Good measurement.
        iae: integral of |error|, measurement eu x h.
        mean_error: of |error|, measurement eu.
        bias: mean of measurement less setpoint, measurement eu.
        spread: standard deviation of the error, measurement eu.
        noise: of the probe, standard deviation, measurement eu.
        worst: greatest |error|, measurement eu.
        worst_h: when that was, h after the first row.
        in_band: share of the time, %.
        approaches: how setpoints were reached.
        excursions: stretches out of band, the worst first.
        period_min: of an oscillation, min; 0 without one.
        amplitude: of it, half from top to bottom, measurement eu.
        u_swing: of u meanwhile, from top to bottom, % of its range.
        sticks: whether output and measurement look like a sticking actuator.
        at_low, at_high: share of the time at an end of u, %.
        travel: way of u in ranges an hour.
        reversals: changes of direction an hour, beyond half a % of the range.
    """

    hours: float
    iae: float
    mean_error: float
    bias: float
    spread: float
    noise: float
    worst: float
    worst_h: float
    in_band: float
    approaches: tuple[Approach, ...]
    excursions: tuple[Excursion, ...]
    period_min: float
    amplitude: float
    u_swing: float
    sticks: bool
    at_low: float
    at_high: float
    travel: float
    reversals: float

    @property
    def overshoot(self) -> float:
        """Greatest beyond a new setpoint, measurement eu; 0 without one."""
        return max((one.beyond for one in self.approaches), default=0.0)

    @property
    def settled_min(self) -> float:
        """Longest time to a new setpoint, min; NaN if one was never reached."""
        times = [one.reached_min for one in self.approaches]
        return math.nan if any(map(math.isnan, times)) else max(times, default=0.0)


def assess(c: Curves) -> Health | None:
    """Return the figures, None where the loop was never in control with a Good measurement."""
    known = np.isfinite(c.pv) & np.isfinite(c.sp)
    if known.sum() < 10:
        return None
    t, pv, sp, u = c.t[known], c.pv[known], c.sp[known], c.u[known]
    spans = np.diff(t, append=t[-1])
    usual = float(np.median(spans[:-1]))
    gaps = spans > 10.0 * usual
    spans = np.minimum(spans, 10.0 * usual)  # a gap counts for nothing
    error, hours = pv - sp, float(spans.sum()) / 3600.0
    ways, there = approaches(t - c.t[0], pv, sp, gaps, c.band)
    late = spans * there if there.any() else spans
    worst = int(np.where(late > 0, np.abs(error), 0.0).argmax())
    cycle = _cycle(t, error, u, c)
    range_ = c.high - c.low
    good_u = u[np.isfinite(u)]
    move = np.abs(np.diff(good_u)).sum() / range_ if len(good_u) > 1 else 0.0
    bias = _mean(error, late)
    return Health(
        hours=hours,
        iae=float((np.abs(error) * spans).sum()) / 3600.0,
        mean_error=_mean(np.abs(error), late),
        bias=bias,
        spread=math.sqrt(_mean((error - bias) ** 2, late)),
        noise=c.noise or _noise(error),
        worst=float(abs(error[worst])),
        worst_h=float(t[worst] - c.t[0]) / 3600.0,
        in_band=100.0 * _mean((np.abs(error) <= c.band) * 1.0, late),
        approaches=ways,
        excursions=excursions(t - c.t[0], error, (late > 0) & ~settling(t - c.t[0], ways), c.band),
        period_min=cycle.period_s / 60.0,
        amplitude=cycle.amplitude,
        u_swing=cycle.u_swing,
        sticks=cycle.period_s > 0 and _sticks(-error, u),
        at_low=_share(u <= c.low + 0.005 * range_, spans),
        at_high=_share(u >= c.high - 0.005 * range_, spans),
        travel=float(move) / max(hours, 1e-9),
        reversals=_reversals(good_u, 0.005 * range_) / max(hours, 1e-9),
    )


def _mean(values: npt.NDArray[np.floating[Any]], spans: Floats) -> float:
    return float((values * spans).sum()) / max(float(spans.sum()), 1e-9)


def _noise(error: Floats) -> float:
    """Return the probe's standard deviation from what changes between two rows."""
    return float(np.median(np.abs(np.diff(error)))) / 0.95


def _share(where: npt.NDArray[np.bool_], spans: Floats) -> float:
    return 100.0 * float((where * spans).sum()) / max(float(spans.sum()), 1e-9)


class _Cycle(NamedTuple):
    """A regular oscillation; all 0 without one."""

    period_s: float = 0.0
    amplitude: float = 0.0
    u_swing: float = 0.0


def _cycle(t: Floats, error: Floats, u: Floats, c: Curves) -> _Cycle:
    """Return the oscillation of the last 20 periods there is one in."""
    noise = c.noise or _noise(error)
    floor = max(3.0 * noise, 0.1 * c.band)
    centred = error - np.median(error)
    smooth = np.convolve(centred, np.ones(5) / 5.0, mode="same")
    signs, crossings, last = np.sign(smooth), [], 0
    for at in np.flatnonzero(np.diff(signs) != 0):
        swing = float(np.abs(smooth[last : at + 1]).max(initial=0.0))
        if swing > floor:
            crossings.append(float(t[at]))
        last = int(at) + 1
    gaps = np.diff(crossings)
    if len(gaps) < 8:
        return _Cycle()
    best = gaps[-40:]
    regularity = float(best.mean() / max(best.std(), 1e-9)) / 3.0
    if regularity < REGULAR:
        return _Cycle()
    inside = (t >= crossings[-len(best) - 1]) & (t <= crossings[-1])
    moved = _swing(t[inside], u[inside]) / (c.high - c.low)
    swing = _swing(t[inside], smooth[inside])
    return _Cycle(2.0 * float(best.mean()), swing / 2.0, 100.0 * moved)


def _swing(t: Floats, values: Floats) -> float:
    """Return how far values go from top to bottom beside their trend."""
    known = np.isfinite(values)
    if known.sum() < 3:
        return 0.0
    t, values = t[known], values[known]
    trend = np.polyval(np.polyfit(t - t[0], values, 1), t - t[0])
    low, high = np.percentile(values - trend, (2.0, 98.0))
    return float(high - low)


def _sticks(error: Floats, u: Floats) -> bool:
    """Whether the cross-correlation of u and measurement is odd: the mark of stiction (Horch)."""
    known = np.isfinite(u)
    if known.sum() < 100:
        return False
    a, b = u[known][-2000:], -error[known][-2000:]
    a, b = a - a.mean(), b - b.mean()
    full = np.correlate(a, b, mode="full")
    middle = len(full) // 2
    norm = float(np.abs(full).max())
    if norm == 0:
        return False
    right, left = full[middle:], full[middle::-1]
    zero_r, zero_l = _first_zero(right), _first_zero(left)
    if zero_r + zero_l == 0:
        return False
    spread = abs(zero_l - zero_r) / (zero_l + zero_r)
    height = abs(float(full[middle])) / norm
    return spread > ODD and height < 1.0 / 3.0


def _first_zero(curve: Floats) -> int:
    changes = np.flatnonzero(np.diff(np.sign(curve)))
    return int(changes[0]) + 1 if len(changes) else len(curve)


def _reversals(u: Floats, least: float) -> int:
    """Return how often u turned by more than `least`."""
    if len(u) < 3:
        return 0
    count, way, edge = 0, 0, float(u[0])
    for value in map(float, u):
        if way >= 0 and value < edge - least:
            count, way, edge = count + (way > 0), -1, value
        elif way <= 0 and value > edge + least:
            count, way, edge = count + (way < 0), 1, value
        else:
            edge = max(edge, value) if way > 0 else min(edge, value) if way < 0 else edge
    return count
