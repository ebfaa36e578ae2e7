"""From the samples of a tuning test to a process: least squares over both forms, better one wins.

The model is simulated on the u that was really in force, so the same fit serves a step, a relay and
any other movement. Free: gain, dead time, one or two time constants, start and drift.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares
from scipy.signal import lfilter

from bioctl.control.process import Process
from bioctl.errors import InputError

Floats = npt.NDArray[np.float64]
GRID = 1200
"""Steps of the simulation over the whole test."""
TOLD = 0.5
"""Relative standard error of the slope up to which a form tells what rules need."""
AS_GOOD = 0.02
"""Share of the variance by which such a form may explain less than the best one."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A process with what speaks for it.

    Attributes:
        process: the better of both forms.
        rms: of what the model leaves unexplained, measurement eu.
        r2: share of the measurement's variance it explains.
        t, seen, model: the samples and the model at their times.
        unsure: by `gain`, `time constant`, `dead time` and `slope`, how far each may be off: the
            standard error as a share of it, infinity where the test does not tell.
    """

    process: Process
    rms: float
    r2: float
    t: Floats
    seen: Floats
    model: Floats
    unsure: Mapping[str, float] = field(default_factory=dict)


def fit(samples: Sequence[tuple[float, float, float]]) -> Fit:
    """Return the process that explains (seconds, u in force until then, measurement) best.

    A dead time of less than two samples can't be seen: two samples are taken for it, so that no
    rule is tighter than the test can tell.

    Raises:
        InputError: too few samples, u never moved, or no model explains half of the variance.
    """
    if len(samples) < 12:
        raise InputError(f"tuning test: {len(samples)} samples can't show a process.")
    t, u, y = (np.array(column, dtype=np.float64) for column in zip(*samples, strict=True))
    if float(np.ptp(u)) == 0.0:
        raise InputError("tuning test: u never moved.")
    found = [one for one in (_fitted(t, u, y, form) for form in (1, 2, -1)) if one is not None]
    clear = max((one.r2 for _, one in found), default=0.0) - AS_GOOD
    told = [one for one in found if one[1].r2 >= clear and one[1].unsure["slope"] <= TOLD]
    best = min(told or found, key=lambda one: one[0], default=None)
    if best is None or best[1].r2 < 0.5:
        raise InputError(
            "tuning test: no model explains what was seen; it is drift or noise.",
            help="Give more amplitude, or wait until the loop is quiet.",
        )
    seen = 2.0 * float(np.median(np.diff(t)))
    process = best[1].process
    return replace(best[1], process=replace(process, theta_s=max(process.theta_s, seen)))


def _fitted(t: Floats, u: Floats, y: Floats, form: int) -> tuple[float, Fit] | None:
    """Return Akaike's criterion and the fit; form: -1 integrating, 1 first order, 2 second."""
    span, base = float(t[-1] - t[0]), u - u[0]
    step = span / GRID
    grid = t[0] + np.arange(GRID + 1) * step
    held = base[np.clip(np.searchsorted(t, grid), 0, len(t) - 1)]
    guess = float((y.max() - y.min()) / np.ptp(u))
    best = None
    for theta in (0.02, 0.08, 0.2):
        for sign in (1.0, -1.0):
            slow = 0.3 if form > 0 else 1.0
            first = [math.log(theta * span), math.log(slow * span), math.log(0.05 * span)]
            scale = sign * guess / (span * 0.3 if form < 0 else 1.0)

            def residual(x: Floats) -> Floats:
                return _model(x, scale, grid, held, t, y, form)[0] - y  # noqa: B023

            x0 = np.array([*first, 1.0])
            low = np.array([math.log(step / 4), math.log(step), math.log(step / 2), 0.02])
            high = np.array([math.log(span), math.log(30 * span), math.log(span), 50.0])
            answer = least_squares(residual, x0, bounds=(low, high), x_scale=[1, 1, 1, 0.3])
            if best is None or answer.cost < best[0]:
                best = (answer.cost, answer.x, scale, answer.jac)
    if best is None:
        return None
    cost, x, scale, jac = best
    model, process = _model(x, scale, grid, held, t, y, form)
    rms = math.sqrt(2.0 * cost / len(t))
    variance = float(np.var(y))
    free = {-1: 4, 1: 5, 2: 6}[form]
    criterion = len(t) * math.log(max(rms, 1e-12) ** 2) + 2.5 * free
    r2 = 1.0 - rms**2 / variance if variance else 0.0
    return criterion, Fit(process, rms, r2, t, y, model, _unsure(x, jac, y - model, form))


def _unsure(x: Floats, jac: Floats, rest: Floats, form: int) -> dict[str, float]:
    """Return relative standard errors, widened for residuals that follow one another."""
    used = {-1: [0, 3], 1: [0, 1, 3], 2: [0, 1, 2, 3]}[form]
    free = jac[:, used].T @ jac[:, used]
    if np.linalg.cond(free) > 1e14:
        return dict.fromkeys(("gain", "time constant", "dead time", "slope"), math.inf)
    r = float(np.corrcoef(rest[1:], rest[:-1])[0, 1]) if np.ptp(rest) else 0.0
    wide = (1.0 + max(r, 0.0)) / (1.0 - min(max(r, 0.0), 0.99))
    cov = np.zeros((4, 4))
    cov[np.ix_(used, used)] = np.linalg.inv(free) * wide * float(rest @ rest) / len(rest)
    cov[3] /= x[3]
    cov[:, 3] /= x[3]
    slow = 2 if form == 2 and x[2] > x[1] else 1
    slope = cov[3, 3] + cov[slow, slow] - 2.0 * cov[3, slow]
    found = {"gain": cov[3, 3], "dead time": cov[0, 0], "slope": slope}
    found |= {"time constant": cov[slow, slow]} if form > 0 else {}
    return {name: math.sqrt(max(value, 0.0)) for name, value in found.items()}


def _model(
    x: Floats, scale: float, grid: Floats, held: Floats, t: Floats, y: Floats, form: int
) -> tuple[Floats, Process]:
    """Return the model's measurement at the sample times; where it began, by linear regression.

    A process that was not at rest when the test began still goes there: an integrating one
    drifts, another decays with its time constant.
    """
    theta, tau, tau2 = (math.exp(value) for value in x[:3])
    gain, step = float(scale * x[3]), float(grid[1] - grid[0])
    moved = np.interp(grid - theta, grid, held, left=0.0)
    if abs(form) == 2:
        a = math.exp(-step / tau2)
        moved = lfilter([1.0 - a], [1.0, -a], moved)
    if form < 0:
        raw = gain * np.concatenate(([0.0], np.cumsum(moved[:-1]) * step))
        process = Process(gain, theta)
    else:
        a = math.exp(-step / tau)
        raw = gain * lfilter([0.0, 1.0 - a], [1.0, -a], moved)
        slow, quick = (tau, 0.0) if form == 1 else (max(tau, tau2), min(tau, tau2))
        process = Process(gain, theta, slow, quick)
    at = np.interp(t, grid, raw)
    rest = y - at
    drift = t if form < 0 else np.exp(-(t - t[0]) / process.tau_s)
    base = np.column_stack((np.ones_like(t), drift))
    fitted: Floats = at + base @ np.linalg.lstsq(base, rest, rcond=None)[0]
    return fitted, process
