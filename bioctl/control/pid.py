"""The one PID law: ISA form, two degrees of freedom, back-calculation from the real output.

Output = P + I + D + F in output eu (Astrom and Hagglund, Advanced PID Control, 2006, ch. 3):

    P  = K (e - (1 - beta) sp)                 e = sp - pv, made small or 0 inside the dead band
    dI = K (e / Ti + trend) dt + (real - wanted) / Tt dt     the last part is the anti-windup
    D  = K Td s / (1 + Td/N s) (-pv)           on the measurement: a setpoint step gives no kick
    F                                          what a feed-forward adds

Inside the dead band the loop is slower by `inside` (gap action): P and D act with that share, I
with its square, so that its damping stays. The probe's noise moves little, an upset meets the full
gain. The trend of the load is learnt from what of the error lies inside, d trend = e / (Ti Tr) dt:
a load that grows steadily, as cells do, leaves no offset (a second integral follows a ramp without
error), and an upset teaches it little.

K = kc for a reverse-acting loop (more output raises the measurement), -kc for a direct-acting one.
The measurement may be smoothed first. All filters use the implicit Euler step, which is stable for
every dt. `wanted` is the last output before limits; `real` is what the plant reports in force, so a
limit, an interlock, an actuator that does not follow and a person at a local panel all stop the
integral in the same way.
"""

import math
from typing import Final, NamedTuple

from bioctl.control.tuning import Acting, Tuning

__all__ = ["Acting", "Parts", "PidState", "Tuning", "retune", "start", "step"]

_INFINITY: Final = math.inf
_new = tuple.__new__
"""What the generated constructor of a named tuple calls; one is made per loop and scan."""


class Parts(NamedTuple):
    """What the output is made of, in output eu, for people to see."""

    p: float = 0.0
    i: float = 0.0
    d: float = 0.0
    f: float = 0.0


class PidState(NamedTuple):
    """What the law remembers. A tuple, because one is made for every loop at every scan.

    Attributes:
        integral: I part, output eu.
        pv: measurement of the last step, smoothed.
        derivative: D part, output eu.
        wanted: last output before limits, the sum of all parts.
        forward: F part, output eu.
        trend: of the load, measurement eu/s; times the gain it is how fast the integral must go. In
            the measurement's eu, so it keeps its meaning where the gain is scheduled.
    """

    integral: float
    pv: float
    derivative: float
    wanted: float
    forward: float = 0.0
    trend: float = 0.0

    @property
    def parts(self) -> Parts:
        """The parts of the last output before limits."""
        rest = self.wanted - self.integral - self.derivative - self.forward
        return Parts(rest, self.integral, self.derivative, self.forward)


def _error(tuning: Tuning, sp: float, pv: float) -> float:
    """Return the error that P acts on: inside the dead band a share of it."""
    error, band = sp - pv, tuning.dead_band
    return error - tuning.muted * max(-band, min(error, band))


def start(
    tuning: Tuning, sp: float, pv: float, actual_output: float, forward: float = 0.0
) -> PidState:
    """Return the state whose next output, at dt = 0, equals the actual output (bumpless)."""
    proportional = tuning.gain * _error(tuning, sp, pv) - tuning.gain_sp * sp
    return PidState(actual_output - proportional - forward, pv, 0.0, actual_output, forward)


def retune(state: PidState, tuning: Tuning, sp: float) -> PidState:
    """Return the state for a new tuning: the last output stays, the integral makes up for it.

    Unlike `start` it keeps derivative and trend, so gains may be scheduled at every scan. A law
    that learns no trend keeps none: nothing would ever correct it.
    """
    proportional = tuning.gain * _error(tuning, sp, state.pv) - tuning.gain_sp * sp
    integral = state.wanted - proportional - state.derivative - state.forward
    return state._replace(integral=integral, trend=state.trend if tuning.trend_s else 0.0)


def step(
    tuning: Tuning,
    state: PidState,
    sp: float,
    pv: float,
    dt_s: float,
    low: float,
    high: float,
    actual_output: float,
    forward: float = 0.0,
) -> tuple[float, PidState]:
    """Return the output and the next state, which holds the parts.

    Args:
        tuning: the law's parameters.
        state: from `start` or the last step.
        sp: setpoint in measurement eu.
        pv: measurement.
        dt_s: seconds since the last step, 0 or more.
        low: least output now, at most `high`.
        high: greatest output now.
        actual_output: output in force as read back, in output eu; NaN where it can't be read (then
            the last output within limits is taken for it).
        forward: what a feed-forward adds to the output now.

    A NaN or infinite setpoint, measurement, dt or feed-forward, or a negative dt, freezes the law:
    the state and the output stay. The output is always inside `low .. high`.
    """
    integral, last_pv, derivative, wanted, _, trend = state
    if tuning.smooth_s and dt_s >= 0.0:
        pv = last_pv + (pv - last_pv) * dt_s / (tuning.smooth_s + dt_s)
    error = sp - pv
    if not (dt_s >= 0.0 and -_INFINITY < error + dt_s + forward < _INFINITY):
        return _limited(wanted, low, high), state
    band, gain_d, slow, learnt = tuning.dead_band, tuning.gain_d, error, error
    if band:
        if -band <= error <= band:
            within, gain_d = error, tuning.gain_d_inside
        else:
            within = band if error > band else -band
        learnt = within - tuning.muted_i * within
        slow, error = error - tuning.muted_i * within, error - tuning.muted * within
    if actual_output != actual_output:  # noqa: PLR0124  NaN
        actual_output = _limited(wanted, low, high)
    if tuning.trend_s and low < wanted < high:
        trend += tuning.rate_i * learnt * dt_s / tuning.trend_s
    integral += (
        tuning.gain * (tuning.rate_i * slow + trend) * dt_s
        + (actual_output - wanted) * dt_s / (tuning.tracking_s + dt_s)
    )  # fmt: skip
    if tuning.td_s and dt_s:
        filter_s = tuning.filter_s
        derivative = (filter_s * derivative - gain_d * (pv - last_pv)) / (filter_s + dt_s)
    total = tuning.gain * error - tuning.gain_sp * sp + integral + derivative + forward
    if not -_INFINITY < total < _INFINITY:
        return _limited(wanted, low, high), state
    output = low if total < low else high if total > high else total  # noqa: FURB136  twice as quick
    return output, _new(PidState, (integral, pv, derivative, total, forward, trend))


def _limited(value: float, low: float, high: float) -> float:
    return low if value < low else min(value, high)
