"""Ramps of a control recipe: what a parameter is at a moment, and where its loop walks to.

A ramp is its corners, (s RUNNING, value). A loop walks by itself from corner to corner: one entry
a piece. What is no loop (an agitator) is set in steps, so that a day's ramp is no thousand entries.
"""

from collections.abc import Sequence
from itertools import pairwise

Corners = Sequence[tuple[float, float]]

STEPS = 50
"""Values an output takes on a piece of a ramp."""


def value_at(corners: Corners, elapsed: float) -> float:
    """Return the value at a time RUNNING, in STEPS a piece; before and after it stands still."""
    for (t0, a), (t1, b) in pairwise(corners):
        if elapsed < t1:
            part = max(0.0, (elapsed - t0) / (t1 - t0))
            return a + (b - a) * int(part * STEPS) / STEPS
    return corners[-1][1]


def leg_at(corners: Corners, elapsed: float) -> tuple[float, float | None]:
    """Return where a setpoint walks to at a time RUNNING, and how fast, eu per minute.

    At its beginning it is set; a piece that stays keeps the speed of the one before.
    """
    rate: float | None = None
    for (t0, a), (t1, b) in pairwise(corners):
        if elapsed <= t0:
            return a, rate
        rate = 60.0 * abs(b - a) / (t1 - t0) if a != b else rate
        if elapsed < t1:
            return b, rate
    return corners[-1][1], rate
