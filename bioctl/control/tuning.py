"""Parameters of the PID law, checked once, with what the law computes from them at every scan."""

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum

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
    """Parameters of one PID law (ISA form).

    Attributes:
        kc: gain in output eu per measurement eu, above 0; the sign is `acting`.
        ti_s: integral time in s; infinity switches the integral off.
        td_s: derivative time in s; 0 switches it off.
        beta: setpoint weight of the proportional part, 0 to 1.
        n: derivative filter; the filter time is td_s / n. The derivative of a step of the
            measurement never exceeds kc * n times that step.
        tt_s: tracking time of the anti-windup in s; 0 takes ti_s (PI) or sqrt(ti_s td_s) (PID).
        smooth_s: first-order filter of the measurement before everything else, s; 0 for none.
        dead_band: half width around the setpoint, in measurement eu, inside which the error counts
            as 0: the integral is frozen and the output held. Outside, the error counts from the
            edge, so crossing the edge is bumpless.
        acting: reverse or direct.
        gain: kc with its sign.
        gain_i: gain / ti_s, in output eu per measurement eu and second.
        gain_d: gain * td_s.
        gain_sp: gain * (1 - beta).
        filter_s: td_s / n.
        tracking_s: tt_s, or what 0 stands for.

    Raises:
        InputError: NaN, a gain or time that is not above 0, or a weight outside its range.
    """

    kc: float
    ti_s: float
    td_s: float = 0.0
    beta: float = 1.0
    n: float = 10.0
    tt_s: float = 0.0
    smooth_s: float = 0.0
    dead_band: float = 0.0
    acting: Acting = Acting.REVERSE
    gain: float = field(init=False, repr=False, compare=False)
    gain_i: float = field(init=False, repr=False, compare=False)
    gain_d: float = field(init=False, repr=False, compare=False)
    gain_sp: float = field(init=False, repr=False, compare=False)
    filter_s: float = field(init=False, repr=False, compare=False)
    tracking_s: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._check()
        gain = self.kc if self.acting is Acting.REVERSE else -self.kc
        natural = math.sqrt(self.ti_s * self.td_s) if self.td_s else self.ti_s
        derived = {
            "gain": gain,
            "gain_i": gain / self.ti_s,
            "gain_d": gain * self.td_s,
            "gain_sp": gain * (1.0 - self.beta),
            "filter_s": self.td_s / self.n,
            "tracking_s": self.tt_s or natural,
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def _check(self) -> None:
        finite("tuning", "kc", self.kc)
        above_zero("tuning", "kc", self.kc)
        above_zero("tuning", "ti_s", self.ti_s)
        for name in ("td_s", "tt_s", "smooth_s", "dead_band"):
            not_negative("tuning", name, getattr(self, name))
        if not 0 <= self.beta <= 1:
            raise InputError(f"tuning: beta is {self.beta}; it must be between 0 and 1.")
        if not 1 <= self.n <= 100:
            raise InputError(f"tuning: n is {self.n}; it must be between 1 and 100.")

    def scaled(self, gain: float, time: float = 1.0) -> "Tuning":
        """Return this tuning with kc times `gain`, and Ti, Td and Tt times `time`."""
        return replace(
            self,
            kc=self.kc * gain,
            ti_s=self.ti_s * time,
            td_s=self.td_s * time,
            tt_s=self.tt_s * time,
            smooth_s=self.smooth_s * time,
        )
