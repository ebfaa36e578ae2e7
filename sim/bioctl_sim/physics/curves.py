"""Shapes that rate laws are made of; all of floats, without the power operator.

The accelerator compiles these functions unchanged, so that compiled and plain Python give the same
numbers.
"""

from math import exp, log
from typing import Final

_LN10: Final = 2.302585092994046


def power(base: float, exponent: float) -> float:
    """Return base to the exponent for a base of 0 or more; 0 for a base below 0."""
    if base <= 0.0:
        return 0.0
    return exp(exponent * log(base))


def ten_to(exponent: float) -> float:
    """Return 10 to the exponent."""
    return exp(_LN10 * exponent)


def monod(x: float, half: float) -> float:
    """Return x / (half + x), 0 to 1: limitation by a nutrient (Monod 1949)."""
    if x <= 0.0:
        return 0.0
    return x / (half + x)


def brake(x: float, half: float, steepness: float) -> float:
    """Return 1 / (1 + (x / half)^steepness), 1 to 0: inhibition after Hill."""
    if x <= 0.0:
        return 1.0
    return 1.0 / (1.0 + power(x / half, steepness))


def onset(hours: float, scale: float) -> float:
    """Return 1 - exp(-(hours / scale)^2), 0 to 1: what starts slowly (Weibull, shape 2)."""
    if hours <= 0.0:
        return 0.0
    if scale <= 0.0:
        return 1.0
    r = hours / scale
    return 1.0 - exp(-r * r)
