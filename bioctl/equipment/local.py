"""Outputs that somebody else moved: what followed yesterday's demand, and does not today.

An output counts as followed when its read-back was what was asserted. One that then leaves it,
though nothing else was asserted, was moved at the equipment's own panel. An output that has not
come where it was sent is no such case: it does not follow, which the loop's watch tells.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bioctl.control.event import ControlEvent
from bioctl.tags import Tag

SLACK = 0.005
"""Part of an output's range that counts as no difference."""


@dataclass(slots=True)
class Followed:
    """What was asserted and read in the last scan, and which outputs had it in force by then."""

    told: Mapping[str, float] = field(default_factory=dict)
    real: Mapping[str, float] = field(default_factory=dict)
    settled: frozenset[str] = frozenset()


def moved(
    tags: Mapping[str, Tag],
    last: Followed,
    actual: Mapping[str, float],
    asserted: Mapping[str, float],
    hold: Mapping[str, float],
) -> list[ControlEvent]:
    """Return an event for each output that left what it had followed.

    Args:
        tags: of the outputs.
        last: after the last control scan.
        actual: read-back now.
        asserted: what has been asserted since, by batches too: what they changed is no local move.
        hold: values of the unit that a failed batch or a missing journal puts in force.
    """
    found = []
    for name in sorted(last.settled & actual.keys() & asserted.keys()):
        if _apart(tags[name], last.told[name], asserted[name]) or actual[name] == hold.get(name):
            continue
        stood = not _apart(tags[name], last.real[name], actual[name])
        if not stood and _apart(tags[name], last.told[name], actual[name]):
            data: dict[str, float | int | str | None] = {
                "tag": tags[name].name,
                "old": last.told[name],
                "new": actual[name],
            }
            found.append(ControlEvent("plant.local", data))
    return found


def follow(
    tags: Mapping[str, Tag],
    last: Followed,
    actual: Mapping[str, float],
    told: Mapping[str, float],
) -> Followed:
    """Return what holds after a scan that read `actual` and now asserts `told`."""
    known = {name: value for name, value in told.items() if name in tags}
    settled = {
        name
        for name, value in known.items()
        if name in last.told
        and name in actual
        and not _apart(tags[name], last.told[name], actual[name])
        and not _apart(tags[name], last.told[name], value)
    }
    return Followed(known, dict(actual), frozenset(settled))


def _apart(tag: Tag, one: float, other: float) -> bool:
    return abs(one - other) > SLACK * (tag.range.high - tag.range.low)
