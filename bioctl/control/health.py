"""How a loop did over a batch, from its curves: what a control engineer would compute and say.

Oscillation: Thornhill, Huang and Zhang, *J. Process Control* 13 (2003) 91 (regularity of the zero
crossings of the error). Stiction: Horch, *Control Eng. Practice* 7 (1999) 1221 (an odd
cross-correlation of output and measurement; for processes that come to rest by themselves).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

REGULAR: Final = 1.0
"""Regularity above which an oscillation is one (Thornhill: 1)."""
ODD: Final = 2.0 / 3.0
"""Horch's measure: below, the cross-correlation is odd."""
LITTLE: Final = 80.0
"""% of the time in band below which a loop is not left alone."""


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
    """A loop's figures.

    Attributes:
        hours: in control with a Good measurement.
        iae: integral of |error|, measurement eu x h.
        mean_error: of |error|, measurement eu.
        worst: greatest |error| once the band had been reached, measurement eu.
        worst_h: when that was, h after the first row.
        overshoot: greatest beyond a new setpoint, measurement eu; 0 without a change.
        settled_min: longest time from a new setpoint into the band, min; NaN if it never got there.
        in_band: share of the time from the first arrival in the band, %.
        period_min: of an oscillation, min; 0 without one.
        amplitude: of it, measurement eu.
        sticks: whether output and measurement look like a sticking actuator.
        at_low, at_high: share of the time at an end of u, %.
        travel: way of u in ranges an hour.
        reversals: changes of direction an hour, beyond half a % of the range.
    """

    hours: float
    iae: float
    mean_error: float
    worst: float
    worst_h: float
    overshoot: float
    settled_min: float
    in_band: float
    period_min: float
    amplitude: float
    sticks: bool
    at_low: float
    at_high: float
    travel: float
    reversals: float


def assess(c: Curves) -> Health | None:
    """Return the figures, None where the loop was never in control with a Good measurement."""
    known = np.isfinite(c.pv) & np.isfinite(c.sp)
    if known.sum() < 10:
        return None
    t, pv, sp, u = c.t[known], c.pv[known], c.sp[known], c.u[known]
    spans = np.diff(t, append=t[-1])
    usual = float(np.median(spans[:-1]))
    spans = np.minimum(spans, 10.0 * usual)  # a gap counts for nothing
    error, hours = sp - pv, float(spans.sum()) / 3600.0
    arrived = _arrived(error, c.band)
    later = error[arrived:] if arrived is not None else error
    late_spans = spans[arrived:] if arrived is not None else spans
    inside = np.abs(later) <= c.band
    period, amplitude = _oscillation(t, error, c)
    over, settled = _steps(t, pv, sp, c.band)
    range_ = c.high - c.low
    good_u = u[np.isfinite(u)]
    move = np.abs(np.diff(good_u)).sum() / range_ if len(good_u) > 1 else 0.0
    return Health(
        hours=hours,
        iae=float((np.abs(error) * spans).sum()) / 3600.0,
        mean_error=float((np.abs(error) * spans).sum()) / max(float(spans.sum()), 1e-9),
        worst=float(np.abs(later).max()),
        worst_h=float(t[len(error) - len(later) + int(np.abs(later).argmax())] - c.t[0]) / 3600.0,
        overshoot=over,
        settled_min=settled,
        in_band=100.0 * float((inside * late_spans).sum()) / max(float(late_spans.sum()), 1e-9),
        period_min=period / 60.0,
        amplitude=amplitude,
        sticks=period > 0 and _sticks(error, u),
        at_low=_share(u <= c.low + 0.005 * range_, spans),
        at_high=_share(u >= c.high - 0.005 * range_, spans),
        travel=float(move) / max(hours, 1e-9),
        reversals=_reversals(good_u, 0.005 * range_) / max(hours, 1e-9),
    )


def _share(where: npt.NDArray[np.bool_], spans: Floats) -> float:
    return 100.0 * float((where * spans).sum()) / max(float(spans.sum()), 1e-9)


def _arrived(error: Floats, band: float) -> int | None:
    inside = np.flatnonzero(np.abs(error) <= band)
    return int(inside[0]) if len(inside) else None


def _steps(t: Floats, pv: Floats, sp: Floats, band: float) -> tuple[float, float]:
    """Return overshoot and longest settling time (min) over the changes of the setpoint."""
    starts = [0, *(int(i) + 1 for i in np.flatnonzero(np.diff(sp)))]
    over, longest = 0.0, 0.0
    for at, begin in enumerate(starts):
        end = starts[at + 1] if at + 1 < len(starts) else len(t)
        first, target = pv[begin], sp[begin]
        if abs(target - first) <= band:
            continue
        way = math.copysign(1.0, target - first)
        part = way * (pv[begin:end] - target)
        inside = np.flatnonzero(np.abs(part) <= band)
        if not len(inside):
            longest = math.nan
            continue
        settled = min(end, begin + int(inside[0]) + 1)
        hour = np.searchsorted(t, t[settled - 1] + 4 * 3600.0)
        reach = part[settled - begin - 1 : max(settled - begin, min(end, int(hour)) - begin)]
        over = max(over, float(reach.max(initial=0.0)))
        longest = max(longest, float(t[settled - 1] - t[begin]) / 60.0)
    return over, longest


def _oscillation(t: Floats, error: Floats, c: Curves) -> tuple[float, float]:
    """Return period (s) and amplitude of a regular oscillation; 0 and 0 without one."""
    noise = c.noise or float(np.median(np.abs(np.diff(error)))) / 0.95
    floor = max(3.0 * noise, 0.1 * c.band)
    centred = error - np.median(error)
    smooth = np.convolve(centred, np.ones(5) / 5.0, mode="same")
    signs, crossings, amplitude = np.sign(smooth), [], []
    last = 0
    for at in np.flatnonzero(np.diff(signs) != 0):
        swing = float(np.abs(smooth[last : at + 1]).max(initial=0.0))
        if swing > floor:
            crossings.append(float(t[at]))
            amplitude.append(swing)
        last = int(at) + 1
    gaps = np.diff(crossings)
    if len(gaps) < 8:
        return 0.0, 0.0
    best = gaps[-40:]
    regularity = float(best.mean() / max(best.std(), 1e-9)) / 3.0
    if regularity < REGULAR:
        return 0.0, 0.0
    return 2.0 * float(best.mean()), float(np.median(amplitude[-40:]))


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


def verdict(name: str, h: Health, eu: str, band: float) -> str:
    """Return what a control engineer would write about the loop, in a few sentences."""
    unit = f" {eu}" if eu not in ("", "pH") else ""
    held = f"{name} was within {band:g}{unit} of its setpoint for {h.in_band:.1f} %"
    error = f"mean |error| {h.mean_error:.2g}{unit}, worst {h.worst:.2g}{unit} at {h.worst_h:.1f} h"
    told = [f"{held} of {h.hours:.1f} h ({error})."]
    if math.isnan(h.settled_min):
        told.append("One setpoint was never reached.")
    elif h.settled_min > 0:
        told.append(
            f"A new setpoint was reached within {h.settled_min:.0f} min, "
            f"with {h.overshoot:.2g}{unit} beyond it."
        )
    told += _trouble(h, unit)
    return " ".join(told)


def _trouble(h: Health, unit: str) -> list[str]:
    told = []
    if h.period_min > 0:
        cause = (
            "an actuator that sticks is likely; look at it before the tuning"
            if h.sticks
            else "a lower gain or a longer integral time would calm it"
        )
        told.append(
            f"It oscillates with {h.amplitude:.2g}{unit} every {h.period_min:.0f} min: {cause}."
        )
    if h.at_high > 5 or h.at_low > 5:
        end, share = ("highest", h.at_high) if h.at_high >= h.at_low else ("lowest", h.at_low)
        told.append(f"The output stood at its {end} for {share:.0f} % of the time.")
    if h.reversals > 60:
        told.append(
            f"The output turned {h.reversals:.0f} times an hour; noise moves it, smooth the "
            "measurement or take less gain."
        )
    if not told and (math.isnan(h.settled_min) or h.in_band < LITTLE):
        told.append("The output had room left: it was given too little time, or too little gain.")
    return told or ["No oscillation, no saturation: leave it alone."]
