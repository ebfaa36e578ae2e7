"""A tuning test on the live loop, under guard: a step or a relay around the present output.

    settle ──quiet for settle_s──► move ──enough seen──► done
      │                             │
      └─────────────────────────────┴── outside the guard, too long, or not Good ──► aborted

Whatever ends it, the loop goes on from the output before the test, bumpless. The samples stay with
the result: they are the evidence for the tuning that is made of them.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from bioctl.control.check import above_zero, finite, not_negative
from bioctl.errors import InputError

SAMPLES = 800
"""At most; beyond, every other one is left out and the distance doubled. Moves of u stay."""


class Method(StrEnum):
    """How the process is moved."""

    STEP = "step"
    """One step of u; for a loop that stands still."""
    RELAY = "relay"
    """u up and down by the sign of the error: stays near the setpoint (Astrom 1984)."""


class Stage(StrEnum):
    """Where a test stands."""

    SETTLE = "settle"
    MOVE = "move"
    DONE = "done"
    ABORTED = "aborted"


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is to be done, and what must not happen.

    Attributes:
        amplitude: by how much u moves, in units of u; the sign is the step's direction.
        guard: greatest |measurement - setpoint| before it is aborted, measurement eu.
        longest_s: time limit, s.
        settle_s: how long the output is held first, to see noise and drift, s.
        hysteresis: of the relay, measurement eu; above the noise.
        enough: step: the measurement's change that suffices, measurement eu.
        swings: relay: full periods after the first that are counted.
    """

    method: Method
    amplitude: float
    guard: float
    longest_s: float
    settle_s: float = 120.0
    hysteresis: float = 0.0
    enough: float = 0.0
    swings: int = 3

    def __post_init__(self) -> None:
        finite("tuning test", "amplitude", self.amplitude)
        if self.amplitude == 0:
            raise InputError("tuning test: the amplitude is 0; nothing would be seen.")
        for name in ("guard", "longest_s"):
            finite("tuning test", name, getattr(self, name))
            above_zero("tuning test", name, getattr(self, name))
        for name in ("settle_s", "hysteresis", "enough"):
            not_negative("tuning test", name, getattr(self, name))
        if not 1 <= self.swings <= 20:
            raise InputError(f"tuning test: {self.swings} swings; give 1 to 20.")
        if max(self.hysteresis, self.enough) >= self.guard:
            raise InputError("tuning test: what it waits for lies outside its own guard.")


Sample = tuple[float, float, float]
"""Seconds since the test began, u in force until then, measurement."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A test under way, or over.

    Attributes:
        began: process time, s.
        u: what is demanded now.
        base: u before the test; where the loop goes on.
        pv: measurement when the move began; NaN before.
        moved: process time the move began, or the relay last switched, s.
        turns: process times at which the relay switched, s.
        samples: what was seen.
        every_s: distance of the samples, s.
        reason: why it ended; "" while it runs.
        by: who asked for it.
        told: whether its end was told.
    """

    experiment: Experiment
    began: float
    base: float
    u: float
    stage: Stage = Stage.SETTLE
    pv: float = math.nan
    moved: float = math.nan
    turns: tuple[float, ...] = ()
    samples: tuple[Sample, ...] = ()
    every_s: float = 0.0
    reason: str = ""
    by: str = ""
    told: bool = False

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.stage in (Stage.DONE, Stage.ABORTED)


def begin(experiment: Experiment, u: float, low: float, high: float, now: float) -> Trial:
    """Return a test that begins at the present demand.

    Raises:
        InputError: the range of u has no room for the amplitude.
    """
    reach = abs(experiment.amplitude)
    down = u - reach if experiment.method is Method.RELAY or experiment.amplitude < 0 else u
    up = u + reach if experiment.method is Method.RELAY or experiment.amplitude > 0 else u
    if down < low or up > high:
        raise InputError(
            f"tuning test: from {u:g} an amplitude of {experiment.amplitude:g} leaves "
            f"{low:g} .. {high:g}.",
            help="Give a smaller one, or wait until the loop needs another output.",
        )
    return Trial(experiment, now, u, u)


def abort(trial: Trial, reason: str) -> Trial:
    """Return the test ended for this reason, its output back where it began."""
    return replace(trial, stage=Stage.ABORTED, reason=reason, u=trial.base)


def advance(trial: Trial, sp: float, pv: float, real: float, now: float, sign: float) -> Trial:
    """Return the test after one scan.

    Args:
        trial: after the last scan.
        sp: setpoint in force.
        pv: Good measurement.
        real: u in force as read back.
        now: process time, s.
        sign: 1 where more u raises the measurement, -1 where it lowers it.
    """
    test = trial.experiment
    trial = _sampled(trial, now - trial.began, real, pv)
    if abs(pv - sp) > test.guard:
        return abort(trial, f"the measurement left the guard: {pv:g}, more than {test.guard:g} off")
    if now - trial.began > test.longest_s:
        return abort(trial, f"it took longer than {test.longest_s:g} s")
    if trial.stage is Stage.SETTLE:
        return _settled(trial, sp, pv, now, sign) if now - trial.began >= test.settle_s else trial
    if test.method is Method.STEP:
        return _stepped(trial, pv, now)
    return _relayed(trial, sp - pv, now, sign)


def _settled(trial: Trial, sp: float, pv: float, now: float, sign: float) -> Trial:
    test = trial.experiment
    move = test.amplitude
    if test.method is Method.RELAY:
        move = math.copysign(abs(test.amplitude), sign * (sp - pv))
    return replace(trial, stage=Stage.MOVE, pv=pv, moved=now, turns=(now,), u=trial.base + move)


def _stepped(trial: Trial, pv: float, now: float) -> Trial:
    """End when enough change was seen, and then half as long again: the slope must show."""
    test = trial.experiment
    if len(trial.turns) == 1 and test.enough and abs(pv - trial.pv) >= test.enough:
        return replace(trial, turns=(trial.moved, now))
    if len(trial.turns) == 2:
        first, seen = trial.turns
        if now - seen >= 0.5 * (seen - first):
            return _done(trial)
    return trial


def _relayed(trial: Trial, error: float, now: float, sign: float) -> Trial:
    test = trial.experiment
    above = (trial.u - trial.base) * sign > 0
    if (above and error >= -test.hysteresis) or (not above and error <= test.hysteresis):
        return trial
    u = trial.base - (trial.u - trial.base)
    turned = replace(trial, u=u, moved=now, turns=(*trial.turns, now))
    return _done(turned) if len(turned.turns) >= 2 * (test.swings + 1) else turned


def _done(trial: Trial) -> Trial:
    return replace(trial, stage=Stage.DONE, reason="enough was seen", u=trial.base)


def _sampled(trial: Trial, t: float, u: float, pv: float) -> Trial:
    samples, every = trial.samples, trial.every_s
    if samples and t - samples[-1][0] < every and u == samples[-1][1]:
        return trial
    samples = (*samples, (t, u, pv))
    if len(samples) > SAMPLES:
        every = 1.9 * max(every, (samples[-1][0] - samples[0][0]) / len(samples))
        samples = _thinned(samples)
    return replace(trial, samples=samples, every_s=every)


def _thinned(samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """Return every other sample, and those on both sides of a move of u."""
    u = [one[1] for one in samples]
    last = len(samples) - 1
    return tuple(
        one
        for at, one in enumerate(samples)
        if at % 2 == 0 or at == last or u[at] != u[at - 1] or u[at] != u[at + 1]
    )
