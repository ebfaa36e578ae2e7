"""What a control engineer would say of a loop's figures: a verdict, what limits it, what to do."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bioctl.control.health import Health

LITTLE: Final = 95.0
"""% of the time in band below which a loop is looked at."""
FAR_TOO_LITTLE: Final = 80.0
"""% below which something is to be done."""
SATURATED: Final = 5.0
"""% of the time at an end of u that limits a loop."""
RESTLESS: Final = 60.0
"""Reversals of u an hour that wear an actuator for nothing."""
LITTLE_SWING: Final = 1.0
"""% of the range of u below which u is not what makes a measurement swing."""
FLOOR: Final = 1.5
"""Spread of the error, in standard deviations of the probe, at which noise is the limit."""


class Grade(StrEnum):
    """What the figures ask for."""

    GOOD = "good"
    LOOK = "look at it"
    ACT = "act"


class Limit(StrEnum):
    """What keeps a loop from doing better."""

    NONE = ""
    ACTUATOR = "a sticking actuator"
    OUTSIDE = "something beyond its output"
    TUNING = "its tuning"
    SATURATION = "the end of its output"
    NOISE = "the probe's noise"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A loop judged: `do` is what to do, "" for nothing."""

    grade: Grade
    limit: Limit
    do: str


def judge(h: Health) -> Verdict:
    """Return the verdict; the first of these that holds."""
    never = any(math.isnan(one.reached_min) for one in h.approaches)
    poor = h.in_band < LITTLE or never
    grade = Grade.ACT if h.in_band < FAR_TOO_LITTLE else Grade.LOOK
    if h.period_min > 0 and h.u_swing < LITTLE_SWING:
        do = "its output hardly moves, so no tuning helps: look for an actuator that acts in steps"
        do += " there (least flow, dead zone), or a cycle elsewhere"
        return Verdict(grade if poor else Grade.LOOK, Limit.OUTSIDE, do)
    if h.period_min > 0 and h.sticks:
        return Verdict(Grade.ACT, Limit.ACTUATOR, "look at the actuator before the tuning")
    if h.period_min > 0:
        do = "less gain or a longer integral time would calm it; a tuning test tells how much"
        return Verdict(grade if poor else Grade.LOOK, Limit.TUNING, do)
    if max(h.at_low, h.at_high) > SATURATED and poor:
        end = "high" if h.at_high >= h.at_low else "low"
        do = f"more range at the {end} end of its output, or an easier setpoint; no tuning helps"
        return Verdict(grade, Limit.SATURATION, do)
    if h.reversals > RESTLESS:
        do = "smooth the measurement or take less gain: noise moves the output"
        return Verdict(grade if poor else Grade.LOOK, Limit.NOISE, do)
    if poor:
        do = "see the upsets; if they are not the cause, a tuning test tells what gain it can have"
        return Verdict(grade, Limit.TUNING, do)
    floor = h.noise > 0 and h.spread <= FLOOR * h.noise
    return Verdict(Grade.GOOD, Limit.NOISE if floor else Limit.NONE, "")


def sentences(h: Health, eu: str, band: float) -> list[str]:
    """Return the figures in words, one thing a line; eu "" for pH and pure numbers."""
    unit = f" {eu}" if eu not in ("", "pH") else ""
    held = (
        f"within {band:g}{unit} for {h.in_band:.1f} % of {h.hours:.1f} h; mean |error| "
        f"{h.mean_error:.2g}{unit}, bias {h.bias:+.2g}{unit}, worst {h.worst:.2g}{unit}"
    )
    moved = (
        f"output: {h.travel:.2g} ranges an hour, {h.reversals:.0f} turns an hour, "
        f"{h.at_low:.1f} % at its low end, {h.at_high:.1f} % at its high end"
    )
    return [held, *_ways(h, unit), *_trouble(h, unit), moved]


def _ways(h: Health, unit: str) -> list[str]:
    """Return the slowest way to a setpoint; the others only as their number."""
    if not h.approaches:
        return []
    never = [one for one in h.approaches if math.isnan(one.reached_min)]
    one = (never or sorted(h.approaches, key=lambda a: -a.stayed_min))[0]
    which = f"setpoint {one.sp:g} (from {abs(one.way):.2g}{unit} away)"
    if never:
        return [f"{which} was never reached"]
    more = len(h.approaches) - 1
    others = f"; {more} other{'s' if more > 1 else ''} sooner" if more else ""
    if one.stayed_min <= one.reached_min:
        after = f"and it stayed, at most {one.swing:.2g}{unit} off"
    else:
        after = f"for good after {one.stayed_min:.0f} min, having been {one.swing:.2g}{unit} off"
    return [f"{which} was reached in {one.reached_min:.0f} min, {after}{others}"]


def _trouble(h: Health, unit: str) -> list[str]:
    if h.period_min <= 0:
        return []
    wave = f"{h.amplitude:.2g}{unit} up and down every {h.period_min:.0f} min"
    return [f"oscillates: {wave}, while its output moves by {h.u_swing:.2g} % of its range"]
