"""How well alarms serve the operator: floods and the figures of ISA-18.2-2016 clause 16.

Pure functions over what the journal tells of alarms. Only what annunciated counts: silent entries
are left out by whoever makes the list. Targets are for one operator position over at least 30 days.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

WINDOW_S = 600.0
FLOOD_BEGINS = 10
"""A flood begins with more than this many alarms in 10 min."""
FLOOD_ENDS = 5
"""It ends with fewer than this many in 10 min."""
CHATTER = 3
CHATTER_S = 60.0
"""An alarm raised this often within this time chatters."""
STALE_S = 86_400.0
"""An alarm active for longer is stale."""
TOP = 10


class Raised(NamedTuple):
    """One annunciation.

    Attributes:
        t: process time it was raised, s.
        alarm: `UNIT.ALARM`.
        priority: 1 to 3.
        cleared: process time it cleared; None while it has not.
    """

    t: float
    alarm: str
    priority: int
    cleared: float | None = None


class Flood(NamedTuple):
    """A flood from `begin` to `end` (process s), with the alarm that came first in it."""

    begin: float
    end: float
    first: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one span of time; the target of each is in brackets.

    Attributes:
        count: alarms raised.
        per_hour: [about 6, at most 12].
        per_10_min: [about 1, at most 2].
        crowded: part of the 10-min periods with more than 10 alarms [below 0.01].
        most_in_10_min: in any such period [at most 10].
        in_flood: part of the time [below 0.01].
        top_10: part that the ten most frequent alarms contribute [0.01 to 0.05].
        chattering: alarms raised 3 times within 1 min [none].
        stale: alarms active for more than 24 h [below 5].
        priorities: part of each priority, 1 to 3 [0.05, 0.15, 0.80].
    """

    count: int
    per_hour: float
    per_10_min: float
    crowded: float
    most_in_10_min: int
    in_flood: float
    top_10: float
    chattering: tuple[str, ...]
    stale: tuple[str, ...]
    priorities: tuple[float, float, float]


def floods(times: Sequence[tuple[float, str]], end: float) -> list[Flood]:
    """Return the floods in a rising sequence of (process time, alarm) up to `end`.

    The window holds alarms of the last 10 min; one exactly 10 min old has left it.
    A flood's first alarm is the oldest in the window when it began: the likely cause.
    """
    found: list[Flood] = []
    begin, first, window = None, "", list[tuple[float, str]]()
    for t, alarm in times:
        leaves = _thinned(window, t)
        if begin is not None and leaves is not None:
            found.append(Flood(begin, leaves, first))
            begin = None
        window = [one for one in window if one[0] > t - WINDOW_S] + [(t, alarm)]
        if begin is None and len(window) > FLOOD_BEGINS:
            begin, first = t, window[0][1]
    if begin is not None:
        leaves = _thinned(window, end)
        found.append(Flood(begin, end if leaves is None else leaves, first))
    return found


def _thinned(window: Sequence[tuple[float, str]], t: float) -> float | None:
    """Return when the window came to hold fewer than 5 alarms, None if not before `t` or at it."""
    if len(window) < FLOOD_ENDS:
        return t
    leaves = window[-FLOOD_ENDS][0] + WINDOW_S  # then four younger ones are left
    return leaves if leaves <= t else None


def figures(raised: Iterable[Raised], begin: float, end: float) -> Figures:
    """Return the figures of the alarms raised from `begin` (included) to `end` (not), process s.

    Periods of 10 min are counted from `begin`; the last may be shorter.
    """
    alarms = sorted(one for one in raised if begin <= one.t < end)
    seconds, count = max(end - begin, 1e-9), len(alarms)
    periods = Counter(int((one.t - begin) // WINDOW_S) for one in alarms)
    lasting = sum(one.end - one.begin for one in floods([(a.t, a.alarm) for a in alarms], end))
    often = Counter(one.alarm for one in alarms).most_common(TOP)
    return Figures(
        count=count,
        per_hour=count / seconds * 3600.0,
        per_10_min=count / seconds * WINDOW_S,
        crowded=sum(n > FLOOD_BEGINS for n in periods.values()) / math.ceil(seconds / WINDOW_S),
        most_in_10_min=max(periods.values(), default=0),
        in_flood=lasting / seconds,
        top_10=sum(n for _, n in often) / max(count, 1),
        chattering=_chattering(alarms),
        stale=_stale(alarms, end),
        priorities=_priorities(alarms),
    )


def _chattering(alarms: Sequence[Raised]) -> tuple[str, ...]:
    times: dict[str, list[float]] = {}
    for one in alarms:
        times.setdefault(one.alarm, []).append(one.t)
    return tuple(
        name
        for name, all_ in sorted(times.items())
        if any(last - first <= CHATTER_S for first, last in _apart(all_))
    )


def _apart(times: Sequence[float]) -> Iterable[tuple[float, float]]:
    """Return each time with the one two raises later."""
    return zip(times, times[CHATTER - 1 :], strict=False)


def _stale(alarms: Sequence[Raised], end: float) -> tuple[str, ...]:
    left = {
        one.alarm
        for one in alarms
        if (end if one.cleared is None else min(one.cleared, end)) - one.t > STALE_S
    }
    return tuple(sorted(left))


def _priorities(alarms: Sequence[Raised]) -> tuple[float, float, float]:
    found = Counter(one.priority for one in alarms)
    high, medium, low = (found[one] / max(len(alarms), 1) for one in (1, 2, 3))
    return high, medium, low
