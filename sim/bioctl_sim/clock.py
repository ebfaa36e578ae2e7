"""The plant's clock and watchdog, as decisions over host time handed in.

| state    | simulated time       | ends when                                                |
|----------|----------------------|----------------------------------------------------------|
| free     | runs at speed N      | an Advance comes; 5 s without life, once life was seen   |
| lockstep | is moved by Advance  | 5 s without an Advance                                   |
| fallback | runs at speed 1      | an Advance (lockstep) or a heartbeat (free) comes        |

Life is an Advance or a change of HB_Cmd. Lockstep that ends while a heartbeat still beats becomes
free; without one it becomes fallback.
"""

import math
import time
from enum import IntEnum
from typing import NamedTuple

WATCHDOG_S = 5.0
"""Host seconds without life after which the plant falls back (Heartbeat.Wd_ms)."""
MAX_STEP_S = 1000.0
"""Simulated seconds stepped at once at most; what a slow host can't keep up with is left out."""


class HostClock:
    """The machine's clocks; the only place of the plant that asks for the time."""

    def monotonic(self) -> float:
        """Return seconds on a clock that never steps."""
        return time.monotonic()

    def utc(self) -> float:
        """Return seconds since 1970-01-01 UTC."""
        return time.time()  # noqa: TID251  this is the clock


class Watchdog(IntEnum):
    """Heartbeat.Wd_State."""

    NEVER = 0
    ALIVE = 1
    FALLBACK = 2


class Turn(NamedTuple):
    """What the plant has to do now.

    Attributes:
        before_s: simulated seconds to step first.
        fallback: whether the plant then falls back.
        after_s: simulated seconds to step after that.
    """

    before_s: float
    fallback: bool
    after_s: float


class PlantClock:
    """Decides how far the plant is stepped and when it falls back. Pure.

    Args:
        speed: simulated seconds per host second when running freely; 0 waits for Advance.
        now: host monotonic seconds.
    """

    def __init__(self, speed: float, now: float) -> None:
        self._free_speed = speed
        self._seen = now
        self._life = -math.inf
        self._advanced = -math.inf
        self.watchdog = Watchdog.NEVER
        self.lockstep = False

    @property
    def speed(self) -> float:
        """Simulated seconds per host second now; 0 in lockstep, 1 in fallback."""
        if self.watchdog is Watchdog.FALLBACK:
            return 1.0
        return 0.0 if self.lockstep else self._free_speed

    def elapse(self, now: float) -> Turn:
        """Take note of the host time and return what follows from it. Call it before any other."""
        before = self._run_to(self._deadline(), now)
        if now < self._deadline():
            return Turn(before, fallback=False, after_s=0.0)
        lost = now - self._life >= WATCHDOG_S
        self.lockstep = False
        if lost:
            self.watchdog = Watchdog.FALLBACK
        return Turn(before, fallback=lost, after_s=self._run_to(math.inf, now))

    def advance(self, now: float) -> bool:
        """An Advance came: it is the clock and a sign of life. Return whether the state changed."""
        before = (self.watchdog, self.lockstep)
        self._life = self._advanced = now
        self.watchdog, self.lockstep = Watchdog.ALIVE, True
        return before != (self.watchdog, self.lockstep)

    def beat(self, now: float) -> bool:
        """HB_Cmd changed: a sign of life. Return whether the state changed."""
        before = self.watchdog
        self._life = now
        self.watchdog = Watchdog.ALIVE
        return before is not Watchdog.ALIVE

    def _deadline(self) -> float:
        if self.watchdog is not Watchdog.ALIVE:
            return math.inf
        return (self._advanced if self.lockstep else self._life) + WATCHDOG_S

    def _run_to(self, deadline: float, now: float) -> float:
        until = max(self._seen, min(now, deadline))
        step = (until - self._seen) * self.speed
        self._seen = until
        return min(step, MAX_STEP_S)
