"""What a process does when u moves, in four numbers, and how a tuned loop would do on it.

self-regulating   k e^(-theta s) / ((tau s + 1)(tau2 s + 1))
integrating       k e^(-theta s) / (s (tau2 s + 1))
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bioctl.control import pid
from bioctl.control.check import above_zero, finite, not_negative
from bioctl.control.tuning import Tuning
from bioctl.errors import InputError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Process:
    """A process near one working point.

    Attributes:
        gain: measurement eu per unit of u; of an integrating one, measurement eu/s per unit of u.
        theta_s: dead time, s.
        tau_s: time constant, s; infinity for an integrating process.
        tau2_s: second time constant, s, 0 for none.
    """

    gain: float
    theta_s: float
    tau_s: float = math.inf
    tau2_s: float = 0.0

    def __post_init__(self) -> None:
        finite("process", "gain", self.gain)
        if self.gain == 0:
            raise InputError("process: its gain is 0; u does not move the measurement.")
        not_negative("process", "theta_s", self.theta_s)
        not_negative("process", "tau2_s", self.tau2_s)
        above_zero("process", "tau_s", self.tau_s)

    @property
    def integrating(self) -> bool:
        """Whether it has no rest of its own."""
        return math.isinf(self.tau_s)

    @property
    def slope(self) -> float:
        """Initial slope after a step of u, measurement eu/s per unit of u."""
        return self.gain if self.integrating else self.gain / self.tau_s


@dataclass(frozen=True, slots=True)
class Promise:
    """What a tuning would do on a process.

    Attributes:
        ms: greatest sensitivity; 1.2 is calm, 2.0 the usual limit, infinity unstable.
        iae: integral of |error| after a step of the load of 1 unit of u, measurement eu s.
        peak: greatest |error| after it, measurement eu.
        response: (seconds, measurement, u) after a setpoint step of 1 eu at 0 and that load step
            in the middle.
    """

    ms: float
    iae: float
    peak: float
    response: tuple[Floats, Floats, Floats]


def promise(process: Process, tuning: Tuning, scan_s: float, span_s: float = 0.0) -> Promise:
    """Return what a tuning would do, computed with the law itself at the scan's period.

    Args:
        process: near the working point.
        tuning: of the loop.
        scan_s: its period, s.
        span_s: time the response shows, s; 0 takes as long as this tuning needs.
    """
    span = span_s or _span(process, tuning)
    t, y, u = _run(process, tuning, span, max(scan_s, span / 4000))
    half = len(t) // 2
    error = np.abs(y[half:] - 1.0)
    iae = float(error.sum() * (t[1] - t[0]))
    return Promise(sensitivity(process, tuning, scan_s), iae, float(error.max()), (t, y, u))


def sensitivity(process: Process, tuning: Tuning, scan_s: float = 0.0) -> float:
    """Return Ms = max |1 / (1 + L)|; the output held over a scan counts as half of it dead time."""
    theta = process.theta_s + scan_s / 2.0
    slow = 1.0 / max(tuning.ti_s if math.isfinite(tuning.ti_s) else 0.0, _rest(process), 1.0)
    fast = math.pi / max(theta, process.tau2_s / 10, scan_s, 1e-3)
    w = np.geomspace(slow / 30.0, fast * 3.0, 3000)
    s = 1j * w
    sign = math.copysign(1.0, process.gain)
    control = abs(tuning.gain) + abs(tuning.gain * tuning.rate_i) / s
    control = control + abs(tuning.gain_d) * s / (1.0 + tuning.filter_s * s)
    lag = s if process.integrating else process.tau_s * s + 1.0
    loop = control * sign * process.gain * np.exp(-theta * s) / (lag * (process.tau2_s * s + 1.0))
    if not _stable(loop):
        return math.inf
    return float(np.abs(1.0 / (1.0 + loop)).max())


def _stable(loop: npt.NDArray[np.complex128]) -> bool:
    """Whether |L| is below 1 wherever its phase has passed -180 degrees."""
    phase = np.unwrap(np.angle(loop))
    phase += -2 * math.pi * round((phase[0] + math.pi / 2) / (2 * math.pi))
    beyond = phase < -math.pi
    first = int(beyond.argmax()) if beyond.any() else len(loop)
    return bool((np.abs(loop[first:]) < 1.0).all())


def _rest(process: Process) -> float:
    return process.theta_s + process.tau2_s + (0.0 if process.integrating else process.tau_s)


def _span(process: Process, tuning: Tuning) -> float:
    """Return long enough a time for both steps, s."""
    ti = tuning.ti_s if math.isfinite(tuning.ti_s) else 0.0
    closed = 1.0 / max(abs(process.slope) * tuning.kc, 1e-12)
    return 2.0 * (12.0 * (process.theta_s + process.tau2_s) + 5.0 * ti + 4.0 * closed)


def _run(
    process: Process, tuning: Tuning, span: float, step: float
) -> tuple[Floats, Floats, Floats]:
    """Simulate a setpoint step and, at half time, a load step that adds 1 to u."""
    n = max(8, int(span / step))
    t: Floats = np.arange(n, dtype=np.float64) * step
    y: Floats = np.zeros(n)
    u: Floats = np.zeros(n)
    delay = round(process.theta_s / step)
    tau = 0.0 if process.integrating else math.exp(-step / process.tau_s)
    tau2 = math.exp(-step / process.tau2_s) if process.tau2_s > 0 else 0.0
    state, inner, level, output = pid.start(tuning, 0.0, 0.0, 0.0), 0.0, 0.0, 0.0
    for at in range(n):
        y[at] = level
        output, state = pid.step(tuning, state, 1.0, level, step, -1e9, 1e9, output)
        u[at] = output
        moved = (u[at - delay] if at >= delay else 0.0) + (1.0 if at >= n // 2 else 0.0)
        inner = tau2 * inner + (1.0 - tau2) * moved
        if process.integrating:
            level += process.gain * inner * step
        else:
            level = tau * level + (1.0 - tau) * process.gain * inner
    return t, y, u
