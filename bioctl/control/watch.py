"""Doubts about a loop's measurement and outputs, before an alarm limit is reached.

stuck      the measurement does not change at all while the output moves
apart      it differs from a second probe
no_follow  a real output does not do what was demanded
"""

import math
from dataclasses import dataclass, replace

from bioctl.control.check import above_zero, not_negative

STUCK, APART, NO_FOLLOW = "stuck", "apart", "no_follow"


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched; 0 s or infinity switches a part off.

    Attributes:
        stuck_s: how long the measurement may stand still while u moves by `stuck_move`.
        stuck_move: movement of u that should have shown, % of its range.
        stuck_span: greatest change that still counts as none, measurement eu.
        apart: greatest difference to the second probe, measurement eu.
        apart_s: for how long.
        follow: greatest deviation of a real output from its demand, % of its span.
        follow_s: for how long.
    """

    stuck_s: float = 0.0
    stuck_move: float = 5.0
    stuck_span: float = 0.0
    apart: float = math.inf
    apart_s: float = 1800.0
    follow: float = 5.0
    follow_s: float = 30.0

    def __post_init__(self) -> None:
        for name in ("stuck_s", "stuck_move", "stuck_span", "apart_s", "follow_s"):
            not_negative("watch", name, getattr(self, name))
        for name in ("apart", "follow"):
            above_zero("watch", name, getattr(self, name))


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen since the measurement last moved, and since when a doubt's cause holds.

    Attributes:
        pv: (least, greatest) measurement of the window.
        u: (least, greatest) demand of the window.
        since: process time the window began, s.
        causes: by doubt, process time since which its cause holds.
        doubts: those that are told.
    """

    pv: tuple[float, float] | None = None
    u: tuple[float, float] = (math.inf, -math.inf)
    since: float = 0.0
    causes: tuple[tuple[str, float], ...] = ()
    doubts: frozenset[str] = frozenset()


def look(
    watch: Watch, seen: Watched, pv: float, u: float | None, span: float, now: float,
    *, other: float = math.nan, deviation: float = 0.0,
) -> Watched:  # fmt: skip
    """Return what is known after one scan.

    Args:
        watch: what to look for.
        seen: after the last scan.
        pv: measurement; NaN while it is not Good, which is no doubt but knowledge.
        u: last demand, None before the first.
        span: range of u.
        now: process time, s.
        other: reading of the second probe; NaN without one.
        deviation: worst deviation of a real output, % of its span.
    """
    seen = _window(watch, seen, pv, u, now)
    moved = 100.0 * (seen.u[1] - seen.u[0]) / span >= watch.stuck_move
    found = {
        STUCK: (0.0, watch.stuck_s > 0 and moved and now - seen.since >= watch.stuck_s),
        APART: (watch.apart_s, abs(pv - other) > watch.apart),
        NO_FOLLOW: (watch.follow_s, deviation > watch.follow),
    }
    before = dict(seen.causes)
    causes = {name: before.get(name, now) for name, (_, holds) in found.items() if holds}
    doubts = {name for name, since in causes.items() if now - since >= found[name][0]}
    return replace(seen, causes=tuple(causes.items()), doubts=frozenset(doubts))


def _window(watch: Watch, seen: Watched, pv: float, u: float | None, now: float) -> Watched:
    if not math.isfinite(pv):
        return replace(seen, pv=None)
    low, high = seen.pv or (math.inf, -math.inf)
    low, high = min(low, pv), max(high, pv)
    moves = (math.inf, -math.inf) if u is None else (u, u)
    if seen.pv is None or high - low > watch.stuck_span:
        return replace(seen, pv=(pv, pv), u=moves, since=now)
    if u is not None:
        moves = (min(seen.u[0], u), max(seen.u[1], u))
    return replace(seen, pv=(low, high), u=moves if u is not None else seen.u)
