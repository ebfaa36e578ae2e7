"""What setpoint a loop was asked to hold over time, from its entries: steps and ramps."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bioctl.audit.entry import Entry

STAIRS = 40
"""Steps in which a ramp is shown where only steps can be."""


class Leg(NamedTuple):
    """From one time to another (process time, s) on a straight line."""

    begin: float
    end: float
    first: float
    last: float

    def at(self, t: float) -> float:
        """Return the setpoint at a time inside."""
        part = (t - self.begin) / (self.end - self.begin) if self.end > self.begin else 1.0
        return self.first + (self.last - self.first) * min(max(part, 0.0), 1.0)

    def stairs(self) -> Iterator["Leg"]:
        """Yield it as steps, each at the middle of its part."""
        number = 1 if self.first == self.last else STAIRS
        long = (self.end - self.begin) / number
        for at in range(number):
            begin = self.begin + at * long
            middle = self.at(begin + long / 2.0)
            yield Leg(begin, begin + long, middle, middle)


def legs(entries: Iterable[Entry], end: float, modes: Iterable[str]) -> list[Leg]:
    """Return the setpoints asked of one loop.

    Args:
        entries: its `loop.set` entries, in order.
        end: of the time looked at, process time, s.
        modes: those in which a setpoint counts.
    """
    changes, counted = list(entries), set(modes)
    found: list[Leg] = []
    now: float | None = None
    speed: float | None = None
    for at, entry in enumerate(changes):
        until = changes[at + 1].t if at + 1 < len(changes) else end
        target = entry.data.get("sp")
        speed = entry.data.get("rate", speed)
        if target is None or entry.data.get("mode") not in counted or entry.t >= end:
            now = None
            continue
        piece = _walk(entry.t, min(until, end), now, float(target), speed)
        found += piece
        now = piece[-1].last
    return found


def _walk(
    begin: float, end: float, now: float | None, target: float, rate: float | None
) -> list[Leg]:
    if now is None or rate is None or now == target:
        return [Leg(begin, end, target, target)]
    there = begin + abs(target - now) / rate * 60.0
    if there >= end:
        part = (end - begin) / (there - begin)
        return [Leg(begin, end, now, now + (target - now) * part)]
    return [Leg(begin, there, now, target), Leg(there, end, target, target)]
