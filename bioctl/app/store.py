"""Committing decisions, and what happens when the journal can't be written (promise 7)."""

import asyncio
from collections.abc import Callable, Sequence

from bioctl.app.core import URGENT, Core
from bioctl.audit.entry import Entry, Event
from bioctl.audit.journal import Journal
from bioctl.audit.pending import Pending
from bioctl.batch.apply import Fact, fold
from bioctl.batch.engine import decide
from bioctl.batch.log import SYSTEM, fact_of, rule_actor
from bioctl.control.event import ControlEvent
from bioctl.equipment.own_alarms import CELL, OF_UNIT
from bioctl.errors import StorageError

PATIENCE_S = 10.0
"""Feeds, doses and transfers take their hold outputs when the journal fails this long (host)."""


class Store:
    """The cell's way to its journal.

    Attributes:
        doubt: a commit failed, so the file may hold more than the memory knows: nothing is
            committed until the journal was folded anew (`refold`).
        changed: called whenever the state changed.
    """

    def __init__(self, journal: Journal, core: Core) -> None:
        self.journal = journal
        self.core = core
        self.doubt = False
        self.changed: Callable[[], None] = lambda: None
        self._failed_since: float | None = None
        self._late: list[tuple[Pending[list[Entry]], Sequence[Event]]] = []

    async def commit(self, events: Sequence[Event]) -> None:
        """Make events durable, then part of the state.

        Raises:
            StorageError: they are not known to be durable; the state is as before.
        """
        if not events:
            return
        if self.doubt:
            raise StorageError(
                "The journal could not be written a moment ago.",
                help="Nothing that starts, opens, doses or advances is accepted until it can.",
            )
        try:
            await self.journal.commit(events)
        except StorageError:
            self.doubt = True
            raise
        self.core.adopt(events)
        self.changed()

    async def decide(self, batch: str, events: Sequence[Event]) -> Sequence[Event]:
        """Commit what a batch decided; return what is in force now.

        If the journal fails, only Hold, Stop and Abort are decided again and act at once.
        """
        requests = self.core.deciding.get(batch, ())
        self.core.pending.add(batch)
        try:
            await self.commit(events)
        except StorageError:
            requests = tuple(one for one in requests if one.name in URGENT)
            events = decide(self.core.state, batch, self.core.world, requests) if requests else []
            self.act_late(events)
        finally:
            self.core.pending.discard(batch)
        self.core.taken(batch, requests)
        return events

    def act_late(self, events: Sequence[Event]) -> None:
        """Let events be part of the state at once; they become durable when writing returns."""
        if events:
            self._late.append((self.journal.append_late(events), events))
            self.core.adopt(events)
            self.changed()

    def tell(self, events: Sequence[Event]) -> None:
        """Journal what has acted already and decides nothing; it waits while writing fails."""
        if events:
            self.journal.append_late(events)

    async def refold(self) -> bool:
        """Fold the journal anew after an outage, once it can be written; return whether it was.

        A commit that seemed to fail may be in the file all the same. What acted late and is not
        durable yet is kept.
        """
        if self.journal.failed is not None or not self.doubt:
            return False
        while True:
            found = await asyncio.to_thread(lambda: list(self.journal.read()))
            if not found or found[-1].seq == self.journal.head().seq:
                break
        self._late = [(done, events) for done, events in self._late if not done.done()]
        waiting = [fact_of(event) for _, events in self._late for event in events]
        self.core.replace(fold([*map(fact, found), *waiting]))
        self.doubt = False
        self.changed()
        return True

    def protective(self, found: Sequence[tuple[str, ControlEvent]], now: float) -> None:
        """Journal what interlocks, alarms and loops did, and the cell's own alarms."""
        self.tell(
            [
                Event(
                    kind=event.kind,
                    actor=SYSTEM if _own(unit, event) else rule_actor(f"site file of {unit}"),
                    data=event.data,
                    batch=self._owner(unit),
                    unit=None if unit == CELL else unit,
                    t=now,
                )
                for unit, event in found
            ]
        )

    def starved(self, mono: float) -> bool:
        """Return whether feeds must stop because the journal has failed for too long.

        Args:
            mono: host monotonic, s.
        """
        failed = self.journal.failed
        if failed is None:
            self._failed_since = None
            self.core.unwritten = ""
            return False
        self.core.unwritten = f"the journal can't be written: {failed}"
        if self._failed_since is None:
            self._failed_since = mono
        return mono - self._failed_since > PATIENCE_S

    def _owner(self, unit: str) -> str | None:
        state = self.core.state.units.get(unit)
        return state.owner if state else None


def _own(unit: str, event: ControlEvent) -> bool:
    """Whether it is of an alarm that bioctl raises of itself, and not by the site file."""
    return unit == CELL or (event.kind.startswith("alarm.") and event.data["alarm"] in OF_UNIT)


def fact(entry: Entry) -> Fact:
    """Return the deciding part of an entry."""
    return Fact(entry.kind, entry.data, entry.batch, entry.unit, entry.path, entry.t)
