"""The clock port: the only place that asks the machine for the time.

Process time drives recipes, loops and alarms; host monotonic time drives life signs, deadlines and
watchdogs; UTC is for people. The core never asks: it is handed the time.
"""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where host time comes from; tests hand in a manual one."""

    def monotonic(self) -> float:
        """Return seconds on a clock that never steps."""
        ...

    def utc(self) -> float:
        """Return seconds since 1970-01-01 UTC."""
        ...


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        """Return seconds on a clock that never steps."""
        return time.monotonic()

    def utc(self) -> float:
        """Return seconds since 1970-01-01 UTC."""
        return time.time()  # noqa: TID251  this is the Clock


def utc_text(utc: float) -> str:
    """Return RFC 3339 text in UTC with milliseconds: `2026-01-05T06:00:00.000Z`."""
    moment = datetime.fromtimestamp(utc, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def duration_text(seconds: float) -> str:
    """Return a duration people read: `1 d 02:03:04` or `02:03:04`."""
    whole = round(seconds)
    days, rest = divmod(abs(whole), 86_400)
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return f"{'-' if whole < 0 else ''}{f'{days} d ' if days else ''}{clock}"
