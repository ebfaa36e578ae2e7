"""Committing decisions, and what happens when the journal can't be written (promise 7)."""

from collections.abc import Sequence

from bioctl.app.core import URGENT, Core
from bioctl.audit.entry import Event
from bioctl.audit.journal import Journal
from bioctl.batch.engine import decide
from bioctl.batch.log import SYSTEM, rule_actor
from bioctl.control.event import ControlEvent
from bioctl.errors import StorageError

PATIENCE_S = 10.0
"""Feeds, doses and transfers take their hold outputs when the journal fails this long (host)."""


class Store:
    """The cell's way to its journal."""

    def __init__(self, journal: Journal, core: Core) -> None:
        self.journal = journal
        self.core = core
        self.failed_since: float | None = None

    async def commit(self, events: Sequence[Event]) -> None:
        """Make events durable, then part of the state.

        Raises:
            StorageError: they are not durable; the state is as before.
        """
        if events:
            await self.journal.commit(events)
            self.core.adopt(events)

    async def decide(self, batch: str, events: Sequence[Event]) -> Sequence[Event]:
        """Commit what a batch decided; return what is in force now.

        If the journal fails, only Hold, Stop and Abort are decided again and act at once.
        """
        requests = self.core.deciding.get(batch, ())
        self.core.pending.add(batch)
        try:
            await self.commit(events)
            self.core.taken(batch, requests)
        except StorageError:
            urgent = [one for one in requests if one.name in URGENT]
            events = decide(self.core.state, batch, self.core.world, urgent) if urgent else []
            self.tell(events)
            self.core.adopt(events)
            self.core.taken(batch, urgent)
        finally:
            self.core.pending.discard(batch)
        return events

    def tell(self, events: Sequence[Event]) -> None:
        """Journal what has acted already; it waits in memory while writing fails."""
        if events:
            self.journal.append_late(events)

    def protective(self, found: Sequence[tuple[str, ControlEvent]], now: float) -> None:
        """Journal what interlocks, alarms and loops did."""
        self.tell(
            [
                Event(
                    kind=event.kind,
                    actor=rule_actor(f"site file of {unit}"),
                    data=event.data,
                    batch=self._owner(unit),
                    unit=unit,
                    t=now,
                )
                for unit, event in found
            ]
        )

    def watch(self, mono: float, now: float) -> bool:
        """Return whether feeds must stop because the journal has failed for too long."""
        if self.journal.failed is None:
            self.failed_since = None
            return False
        if self.failed_since is None:
            self.failed_since = mono
            text = f"the journal can't be written: {self.journal.failed}"
            data = {"alarm": "cell.journal", "text": text, "priority": 1}
            self.tell([Event(kind="alarm.raised", actor=SYSTEM, data=data, t=now)])
        return mono - self.failed_since > PATIENCE_S

    def _owner(self, unit: str) -> str | None:
        state = self.core.state.units.get(unit)
        return state.owner if state else None
