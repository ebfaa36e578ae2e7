"""What a condition remembers of the last minutes or hours: plain data, handed in and out.

A window is kept in `PARTS` equal parts of its span, each with count, sums and extremes, so that two
days cost no more than a minute. It covers its span and at most one part more. Readings that can't
be trusted are not taken in; a stretch without a good one that is longer than `patience` begins the
window anew, because nobody watched.
"""

import math

from bioctl.language.expression import Window

PARTS = 60
SHORTEST_S = 30.0
"""A shorter window would hold too few readings: a culture is scanned every 10 s."""
LONGEST_S = 30 * 86400.0
FEWEST = 3
"""Readings without which nothing is said about a window."""

Part = tuple[int, int, float, float, float, float]
"""Number of the part, count, sum of times in s, sum of values, lowest, highest."""
Seen = tuple[float, float, tuple[Part, ...]]
"""Process time of the first and the last reading taken in, s; the parts, oldest first."""

_ROUNDING = 1 + 1e-9
"""7.25 - 7.20 is a little more than 0.05 in floats."""


def patience(span_s: float) -> float:
    """Return how long a window of this span may go without a good reading, s."""
    return max(span_s / 4, SHORTEST_S)


def observe(seen: Seen | None, value: float, now: float, span_s: float) -> Seen | None:
    """Return the window after this scan.

    Args:
        seen: the window so far; None where nothing was seen.
        value: of the watched number; NaN where it can't be told.
        now: process time, s. A scan that was taken in already changes nothing.
        span_s: how far the window looks back, s.
    """
    if seen is not None and not 0 <= now - seen[1] <= patience(span_s):
        seen = None
    if math.isnan(value) or (seen is not None and now == seen[1]):
        return seen
    first, parts = (now, ()) if seen is None else (seen[0], tuple(seen[2]))
    number = int(now * PARTS // span_s)
    if parts and parts[-1][0] == number:
        return first, now, (*parts[:-1], _added(parts[-1], value, now))
    kept = tuple(part for part in parts if part[0] >= number - PARTS)
    return first, now, (*kept, (number, 1, now, value, value, value))


def _added(part: Part, value: float, now: float) -> Part:
    number, count, times, values, low, high = part
    return number, count + 1, times + now, values + value, min(low, value), max(high, value)


def answer(
    window: Window, seen: Seen | None, value: float, now: float, tolerance: float = math.nan
) -> float:
    """Return the window's number, NaN where it can't be told; of `stable` 1 or 0.

    `stable` is 0 while the window fills: it has not been calm for that long. The others are NaN.

    Args:
        window: what is asked.
        seen: the window with this scan in it.
        value: of the watched number in this scan.
        now: process time, s.
        tolerance: of `stable`: highest less lowest may be as much.
    """
    if math.isnan(value) or seen is None:
        return math.nan
    parts = seen[2]
    full = now - seen[0] >= window.span_s and sum(part[1] for part in parts) >= FEWEST
    if window.kind == "stable":
        if not tolerance >= 0:
            return math.nan
        moved = max(part[5] for part in parts) - min(part[4] for part in parts)
        return float(full and moved <= tolerance * _ROUNDING)
    if not full:
        return math.nan
    found = _number(window.kind, parts)
    return found if math.isfinite(found) else math.nan


def _number(kind: str, parts: tuple[Part, ...]) -> float:
    if kind == "min":
        return min(part[4] for part in parts)
    if kind == "max":
        return max(part[5] for part in parts)
    points = [(times / count, values / count) for _, count, times, values, _, _ in parts]
    return _slope(points) if kind == "rate" else math.fsum(y for _, y in points) / len(points)


def _slope(points: list[tuple[float, float]]) -> float:
    """Return the slope of the straight line with the least squares, per s."""
    middle = math.fsum(x for x, _ in points) / len(points)
    level = math.fsum(y for _, y in points) / len(points)
    spread = math.fsum((x - middle) ** 2 for x, _ in points)
    if not spread:
        return math.nan
    return math.fsum((x - middle) * (y - level) for x, y in points) / spread
