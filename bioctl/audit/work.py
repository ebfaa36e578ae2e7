"""What waits to be written, and what becomes of it while the journal can't be written."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bioctl.audit.chain import Row
from bioctl.audit.entry import Entry, Event, actor
from bioctl.audit.kinds import Kind
from bioctl.audit.pending import Pending
from bioctl.audit.stamp import Stamped, stamp
from bioctl.audit.store import Snapshot
from bioctl.clock import Clock
from bioctl.errors import StorageError

MAX_LATE: Final = 10_000
"""Late entries kept in memory while the journal can't be written; older ones are then counted."""


@dataclass(slots=True)
class Work:
    """What was handed in at once and becomes durable at once."""

    events: list[Stamped]
    pending: Pending[list[Entry]]
    may_be_late: bool = False
    snapshot: Snapshot | None = None
    last: bool = False


class Attempt(NamedTuple):
    """A transaction after the hash `before` that failed; the file may hold it all the same."""

    works: Sequence[Work]
    rows: Sequence[Row]
    before: bytes


class Outage:
    """A time in which the journal can't be written, and what waits for its end."""

    def __init__(self, since: float) -> None:
        self.reason = ""
        self.since = since
        self.attempt: Attempt | None = None
        self.late: deque[Work] = deque()
        self.kept = 0  # entries in `late`
        self.lost = 0

    def keep(self, work: Work) -> None:
        """Keep a late work; entries beyond the bound are given up, oldest first."""
        mark_late(work)
        self.late.append(work)
        self.kept += len(work.events)
        while self.kept > MAX_LATE:
            dropped = self.late.popleft()
            self.kept -= len(dropped.events)
            self.lost += len(dropped.events)
            dropped.pending.set_exception(refusal(self.reason))

    def release(self, done: Sequence[Work] = ()) -> list[Work]:
        """Return the late works that are not among `done`, and keep none."""
        gone = set(map(id, done))
        left = [work for work in self.late if id(work) not in gone]
        self.late.clear()
        self.kept = 0
        return left


def mark_late(work: Work) -> None:
    """Mark a work's events as late if they already acted."""
    for item in work.events:
        item.late = work.may_be_late


def snapshots_of(group: Sequence[Work], rows: Sequence[Row]) -> list[Snapshot]:
    """Return the group's snapshots, each with the number of its own entry."""
    found, at = list[Snapshot](), 0
    for work in group:
        if work.snapshot:
            found.append(work.snapshot._replace(seq=rows[at].seq))
        at += len(work.events)
    return found


def refusal(reason: str) -> StorageError:
    """Return what a person is told about a write that failed."""
    return StorageError(
        f"The journal can't be written: {reason.rstrip('.')}.",
        help="Nothing that starts, opens, doses or advances is accepted until it can.",
    )


def with_late(outage: Outage, group: Sequence[Work], clock: Clock) -> list[Work]:
    """Return late works, then the group, then the journal's own entry about the outage."""
    for work in group:
        mark_late(work)
    works = [*outage.release(), *group]
    now = clock.monotonic()
    data = {
        "reason": outage.reason,
        "seconds": round(now - outage.since, 3),
        "late": sum(item.late for work in works for item in work.events),
        "lost": outage.lost,
    }
    t = max((item.fields["t"] for work in works for item in work.events), default=0.0)
    event = Event(Kind.JOURNAL_RECOVERED, actor("system", "journal"), data, t=t)
    return [*works, Work([stamp(event, clock.utc(), now)], Pending())]
