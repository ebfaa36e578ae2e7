"""The one PID law: ISA form, two degrees of freedom, back-calculation from the real output.

Output = P + I + D + F in output eu (Astrom and Hagglund, Advanced PID Control, 2006, ch. 3):

    P  = K (e - (1 - beta) sp)                 e = sp - pv, made 0 inside the dead band
    dI = K / Ti e dt + (real - wanted) / Tt dt     the second part is the anti-windup
    D  = K Td s / (1 + Td/N s) (-pv)           on the measurement: a setpoint step gives no kick
    F                                          what a feed-forward adds

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
    """

    integral: float
    pv: float
    derivative: float
    wanted: float
    forward: float = 0.0

    @property
    def parts(self) -> Parts:
        """The parts of the last output before limits."""
        rest = self.wanted - self.integral - self.derivative - self.forward
        return Parts(rest, self.integral, self.derivative, self.forward)


def _error(tuning: Tuning, sp: float, pv: float) -> float:
    error = sp - pv
    band = tuning.dead_band
    if error > band:
        return error - band
    return error + band if error < -band else 0.0


def start(
    tuning: Tuning, sp: float, pv: float, actual_output: float, forward: float = 0.0
) -> PidState:
    """Return the state whose next output, at dt = 0, equals the actual output (bumpless)."""
    proportional = tuning.gain * _error(tuning, sp, pv) - tuning.gain_sp * sp
    return PidState(actual_output - proportional - forward, pv, 0.0, actual_output, forward)


def retune(state: PidState, tuning: Tuning, sp: float) -> PidState:
    """Return the state for a new tuning: the last output stays, the integral makes up for it.

    Unlike `start` it keeps the derivative, so gains may be scheduled at every scan.
    """
    proportional = tuning.gain * _error(tuning, sp, state.pv) - tuning.gain_sp * sp
    integral = state.wanted - proportional - state.derivative - state.forward
    return state._replace(integral=integral)


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
    integral, last_pv, derivative, wanted, _ = state
    if tuning.smooth_s and dt_s >= 0.0:
        pv = last_pv + (pv - last_pv) * dt_s / (tuning.smooth_s + dt_s)
    error = sp - pv
    if not (dt_s >= 0.0 and -_INFINITY < error + dt_s + forward < _INFINITY):
        return _limited(wanted, low, high), state
    band = tuning.dead_band
    if band:
        error = error - band if error > band else error + band if error < -band else 0.0
    if actual_output != actual_output:  # noqa: PLR0124  NaN
        actual_output = _limited(wanted, low, high)
    integral += (
        tuning.gain_i * error * dt_s
        + (actual_output - wanted) * dt_s / (tuning.tracking_s + dt_s)
    )  # fmt: skip
    if tuning.td_s and dt_s:
        filter_s = tuning.filter_s
        derivative = (filter_s * derivative - tuning.gain_d * (pv - last_pv)) / (filter_s + dt_s)
    total = tuning.gain * error - tuning.gain_sp * sp + integral + derivative + forward
    if not -_INFINITY < total < _INFINITY:
        return _limited(wanted, low, high), state
    output = low if total < low else high if total > high else total  # noqa: FURB136  twice as quick
    return output, _new(PidState, (integral, pv, derivative, total, forward))


def _limited(value: float, low: float, high: float) -> float:
    return low if value < low else min(value, high)
