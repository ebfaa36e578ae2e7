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
        dead_band: half width around the setpoint, in measurement eu, inside which the loop is
            slower by `inside`. Outside, the error counts from the edge: crossing it is bumpless.
        inside: 0 to 1. Inside the dead band P and D act with this share, I with its square. 0: the
            integral is frozen and the output held; above: gap action, against noise.
        trend_s: Tr, how slowly the trend of the load is learnt, s; 0: not at all.
        acting: reverse or direct.
        gain: kc with its sign.
        rate_i: 1 / ti_s.
        gain_d: gain * td_s.
        gain_sp: gain * (1 - beta).
        muted, muted_i: what does not count inside: 1 - inside, and 1 - inside ** 2.
        gain_d_inside: gain_d * inside.
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
    inside: float = 0.0
    trend_s: float = 0.0
    acting: Acting = Acting.REVERSE
    gain: float = field(init=False, repr=False, compare=False)
    rate_i: float = field(init=False, repr=False, compare=False)
    gain_d: float = field(init=False, repr=False, compare=False)
    gain_sp: float = field(init=False, repr=False, compare=False)
    muted: float = field(init=False, repr=False, compare=False)
    muted_i: float = field(init=False, repr=False, compare=False)
    gain_d_inside: float = field(init=False, repr=False, compare=False)
    filter_s: float = field(init=False, repr=False, compare=False)
    tracking_s: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._check()
        gain = self.kc if self.acting is Acting.REVERSE else -self.kc
        natural = math.sqrt(self.ti_s * self.td_s) if self.td_s else self.ti_s
        derived = {
            "gain": gain,
            "rate_i": 1.0 / self.ti_s,
            "gain_d": gain * self.td_s,
            "gain_sp": gain * (1.0 - self.beta),
            "muted": 1.0 - self.inside,
            "muted_i": 1.0 - self.inside**2,
            "gain_d_inside": gain * self.td_s * self.inside,
            "filter_s": self.td_s / self.n,
            "tracking_s": self.tt_s or natural,
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def _check(self) -> None:
        finite("tuning", "kc", self.kc)
        above_zero("tuning", "kc", self.kc)
        above_zero("tuning", "ti_s", self.ti_s)
        for name in ("td_s", "tt_s", "smooth_s", "dead_band", "trend_s"):
            not_negative("tuning", name, getattr(self, name))
        for name in ("beta", "inside"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise InputError(f"tuning: {name} is {value}; it must be between 0 and 1.")
        if not 1 <= self.n <= 100:
            raise InputError(f"tuning: n is {self.n}; it must be between 1 and 100.")

    def scaled(self, gain: float, time: float = 1.0) -> "Tuning":
        """Return this tuning with kc times `gain`, and all its times times `time`."""
        return replace(
            self,
            kc=self.kc * gain,
            ti_s=self.ti_s * time,
            td_s=self.td_s * time,
            tt_s=self.tt_s * time,
            smooth_s=self.smooth_s * time,
            trend_s=self.trend_s * time,
        )

    def within(self) -> "Tuning":
        """Return the law as it acts inside the dead band: slower, with the same damping.

        Raises:
            InputError: nothing acts there.
        """
        if not self.inside:
            raise InputError("tuning: nothing acts inside the dead band.")
        kc, ti_s = self.kc * self.inside, self.ti_s / self.inside
        return replace(self, kc=kc, ti_s=ti_s, dead_band=0.0, inside=0.0)
