"""Which readings may drive control: GOOD, a finite number, inside the physical range."""

import math

from bioctl.values import Quality, Range, Reading, bad


def checked(reading: Reading, limits: Range | None) -> Reading:
    """Return the reading, or a BAD one with the reason when its value can't be true.

    Args:
        reading: as the equipment gave it, in the tag's eu.
        limits: physical range in the same eu; None checks for a finite number only.
    """
    if reading.quality is not Quality.GOOD:
        return reading
    number = reading.number
    if not math.isfinite(number):
        return bad("not a finite number", reading.value, reading.time)
    if limits is not None and not limits.low <= number <= limits.high:
        reason = f"{number:g} is outside {limits.low:g} .. {limits.high:g}"
        return bad(reason, reading.value, reading.time)
    return reading


def reason_of(reading: Reading) -> str:
    """Return why a reading is not GOOD, in words that can stand alone."""
    return reading.reason or f"quality is {reading.quality.name}"


def json_number(reading: Reading) -> float | str | None:
    """Return the value for a journal entry: None where JSON has no such number."""
    if isinstance(reading.value, float) and not math.isfinite(reading.value):
        return None
    return reading.value
