"""Checking an event and giving it its host times, before it waits for its place in the chain."""

import math
import re
from dataclasses import dataclass
from typing import Any, Final

import orjson

from bioctl.audit.canonical import canonical
from bioctl.audit.entry import Event
from bioctl.audit.kinds import Kind
from bioctl.errors import InputError

VERSION: Final = 1
"""Version of the entry's body; older ones stay readable for ever."""

ACTOR_TYPES: Final = frozenset({"person", "recipe", "rule", "system"})

_KNOWN: Final = frozenset(map(str, Kind))
_KIND: Final = re.compile(r"[a-z]+(\.[a-z_]+)?")


@dataclass(slots=True)
class Stamped:
    """An event with its times, checked and encoded, waiting for its place in the chain."""

    fields: dict[str, Any]
    batch: str | None
    kind: str
    late: bool = False


def stamp(event: Event, utc: float, mono: float) -> Stamped:
    """Check an event, encode its data (so that later changes don't reach it) and give it its times.

    Args:
        event: what a room hands in.
        utc: s since 1970 UTC.
        mono: host monotonic s.

    Raises:
        InputError: kind, actor, time or data is wrong.
    """
    what = f"The event {event.kind!r}"
    if event.kind not in _KNOWN and not _KIND.fullmatch(event.kind):
        raise InputError(f"{what} has no valid kind: expected `noun.verb` in lower case.")
    if event.actor.get("type") not in ACTOR_TYPES or not event.actor.get("id"):
        known = ", ".join(sorted(ACTOR_TYPES))
        raise InputError(f"{what} has no valid actor: expected a type of {known}, and an id.")
    if not math.isfinite(event.t):
        raise InputError(f"{what} has process time {event.t}, which is no finite number.")
    fields: dict[str, Any] = {
        "actor": orjson.Fragment(canonical(event.actor, what)),
        "data": orjson.Fragment(canonical(event.data, what)),
        "kind": str(event.kind),
        "mono": round(mono, 6),
        "t": float(event.t),
        "utc": round(utc, 3),
        "v": VERSION,
    }
    for name, value in (("batch", event.batch), ("path", event.path), ("unit", event.unit)):
        if value is not None:
            if str(value) != value or not value.isprintable():
                raise InputError(f"{what} has {name} {value!r}, which is no plain text.")
            fields[name] = value
    return Stamped(fields, event.batch, fields["kind"])
