"""What the journal tells of alarms, for their figures."""

from collections import Counter
from collections.abc import Iterable

from bioctl.audit.entry import Entry
from bioctl.control.alarm_kpi import Raised

UNRANKED = 3
"""Priority of an entry that names none of 1 to 3."""


def annunciations(entries: Iterable[Entry]) -> list[Raised]:
    """Return what was annunciated, in order of the journal; silent alarms are left out.

    An alarm that is shelved, suppressed or removed while active counts as active until it clears.
    In release 0.1 alarms of phases and of the controller had neither tag nor occurrence; they
    told an event and lasted no time.
    """
    found: list[Raised] = []
    running: dict[str, int] = {}
    for entry in entries:
        if entry.kind not in ("alarm.raised", "alarm.cleared"):
            continue
        name = _name(entry)
        at = running.pop(name, None)
        if at is not None:
            found[at] = found[at]._replace(cleared=entry.t)
        if entry.kind == "alarm.raised" and not entry.data.get("silent"):
            rank = entry.data.get("priority")
            event = None if entry.data.keys() & {"tag", "occurrence"} else entry.t
            running[name] = len(found)
            found.append(Raised(entry.t, name, rank if rank in (1, 2) else UNRANKED, event))
    return found


def escalations(entries: Iterable[Entry]) -> dict[str, int]:
    """Return how often each alarm annunciated again because nobody acknowledged it in time."""
    return Counter(_name(entry) for entry in entries if entry.kind == "alarm.escalated")


def _name(entry: Entry) -> str:
    return ".".join(filter(None, (entry.unit, str(entry.data.get("alarm")))))
