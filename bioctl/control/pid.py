"""The one PID law: ISA form, two degrees of freedom, back-calculation from the real output.

Output = P + I + D in output eu (Astrom and Hagglund, Advanced PID Control, 2006, ch. 3):

    P  = K (e - (1 - beta) sp)                 e = sp - pv, made 0 inside the dead band
    dI = K / Ti e dt + (real - wanted) / Tt dt     the second part is the anti-windup
    D  = K Td s / (1 + Td/N s) (-pv)           on the measurement: a setpoint step gives no kick

K = kc for a reverse-acting loop (more output raises the measurement), -kc for a direct-acting one.
Both filters use the implicit Euler step, which is stable for every dt. `wanted` is the last output
before limits; `real` is what the plant reports in force, so a limit, an interlock, an actuator that
does not follow and a person at a local panel all stop the integral in the same way.
"""

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from bioctl.control.check import above_zero, finite, not_negative
from bioctl.errors import InputError


class Acting(StrEnum):
    """Which way the output must move when the measurement is too low."""

    REVERSE = "reverse"
    """Up: heating, base, oxygen."""
    DIRECT = "direct"
    """Down: cooling, a drain pump on level."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """Parameters of one PID law.

    Attributes:
        kc: gain in output eu per measurement eu, above 0; the sign is `acting`.
        ti_s: integral time in s; infinity switches the integral off.
        td_s: derivative time in s; 0 switches it off.
        beta: setpoint weight of the proportional part, 0 to 1.
        n: derivative filter; the filter time is td_s / n. The derivative of a step of the
            measurement never exceeds kc * n times that step.
        tt_s: tracking time of the anti-windup in s; 0 takes ti_s (PI) or sqrt(ti_s td_s) (PID).
        dead_band: half width around the setpoint, in measurement eu, inside which the error counts
            as 0: the integral is frozen and the output held. Outside, the error counts from the
            edge, so crossing the edge is bumpless.
        acting: reverse or direct.

    Raises:
        InputError: NaN, a gain or time that is not above 0, or a weight outside its range.
    """

    kc: float
    ti_s: float
    td_s: float = 0.0
    beta: float = 1.0
    n: float = 10.0
    tt_s: float = 0.0
    dead_band: float = 0.0
    acting: Acting = Acting.REVERSE
    gain: float = field(init=False, repr=False, compare=False)
    tracking_s: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._check()
        sign = 1.0 if self.acting is Acting.REVERSE else -1.0
        natural = math.sqrt(self.ti_s * self.td_s) if self.td_s else self.ti_s
        object.__setattr__(self, "gain", sign * self.kc)
        object.__setattr__(self, "tracking_s", self.tt_s or natural)

    def _check(self) -> None:
        finite("tuning", "kc", self.kc)
        above_zero("tuning", "kc", self.kc)
        above_zero("tuning", "ti_s", self.ti_s)
        for name in ("td_s", "tt_s", "dead_band"):
            not_negative("tuning", name, getattr(self, name))
        if not 0 <= self.beta <= 1:
            raise InputError(f"tuning: beta is {self.beta}; it must be between 0 and 1.")
        if not 1 <= self.n <= 100:
            raise InputError(f"tuning: n is {self.n}; it must be between 1 and 100.")


class Parts(NamedTuple):
    """What the output is made of, in output eu, for people to see."""

    p: float = 0.0
    i: float = 0.0
    d: float = 0.0


class PidState(NamedTuple):
    """What the law remembers. A tuple, because one is made for every loop at every scan.

    Attributes:
        integral: I part, output eu.
        pv: measurement of the last step.
        derivative: D part, output eu.
        wanted: last output before limits.
    """

    integral: float
    pv: float
    derivative: float
    wanted: float


def _error(tuning: Tuning, sp: float, pv: float) -> float:
    error = sp - pv
    band = tuning.dead_band
    if error > band:
        return error - band
    return error + band if error < -band else 0.0


def start(tuning: Tuning, sp: float, pv: float, actual_output: float) -> PidState:
    """Return the state whose next output, at dt = 0, equals the actual output (bumpless)."""
    proportional = tuning.gain * (_error(tuning, sp, pv) - (1.0 - tuning.beta) * sp)
    return PidState(actual_output - proportional, pv, 0.0, actual_output)


def step(
    tuning: Tuning,
    state: PidState,
    sp: float,
    pv: float,
    dt_s: float,
    low: float,
    high: float,
    actual_output: float,
) -> tuple[float, PidState, Parts]:
    """Return the output, the next state and its parts.

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

    A NaN or infinite setpoint, measurement or dt, or a negative dt, freezes the law: the state and
    the output stay. The output is always inside `low .. high`.
    """
    integral, last_pv, derivative, wanted = state
    if not (dt_s >= 0.0 and math.isfinite(sp + pv + dt_s)):
        return _frozen(state, low, high)
    gain = tuning.gain
    error = _error(tuning, sp, pv)
    if actual_output != actual_output:  # noqa: PLR0124  NaN
        actual_output = _limited(wanted, low, high)
    integral += gain / tuning.ti_s * error * dt_s
    integral += (actual_output - wanted) * dt_s / (tuning.tracking_s + dt_s)
    if tuning.td_s and dt_s:
        filter_s = tuning.td_s / tuning.n
        change = gain * tuning.td_s * (pv - last_pv)
        derivative = (filter_s * derivative - change) / (filter_s + dt_s)
    proportional = gain * (error - (1.0 - tuning.beta) * sp)
    wanted = proportional + integral + derivative
    if not math.isfinite(wanted):
        return _frozen(state, low, high)
    parts = Parts(proportional, integral, derivative)
    return _limited(wanted, low, high), PidState(integral, pv, derivative, wanted), parts


def _frozen(state: PidState, low: float, high: float) -> tuple[float, PidState, Parts]:
    proportional = state.wanted - state.integral - state.derivative
    parts = Parts(proportional, state.integral, state.derivative)
    return _limited(state.wanted, low, high), state, parts


def _limited(value: float, low: float, high: float) -> float:
    if value < low:
        return low
    return min(value, high)
