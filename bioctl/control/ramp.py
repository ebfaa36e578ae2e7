"""Setpoint ramp: walk towards a target at a limited rate, never past it."""

import math


def ramp(current: float, target: float, rate_per_min: float, dt_s: float) -> float:
    """Return the next setpoint.

    Args:
        current: setpoint now, eu.
        target: where it goes, eu.
        rate_per_min: greatest change in eu per minute; infinity jumps at once.
        dt_s: seconds since the last scan; a negative or NaN step stands still.
    """
    if math.isinf(rate_per_min):
        return target
    reach = rate_per_min * dt_s / 60.0
    if not reach > 0:
        return current
    if abs(target - current) <= reach:
        return target
    return current + math.copysign(reach, target - current)


def time_left(current: float, target: float, rate_per_min: float) -> float:
    """Return the seconds until the ramp arrives: 0 when there or when it jumps."""
    return 0.0 if math.isinf(rate_per_min) else abs(target - current) / rate_per_min * 60.0
