"""One-shot commands to equipment: intent durable → act once → read back → outcome (promise 3)."""

from collections.abc import Mapping, Sequence

from bioctl.app.store import Store
from bioctl.audit.entry import Event
from bioctl.batch.log import SYSTEM
from bioctl.batch.perform import CALL_DEADLINE_S
from bioctl.batch.recovery import open_calls
from bioctl.clock import Clock
from bioctl.equipment.driver import Call, CallState, Driver, Outcome
from bioctl.errors import RefusedError, StorageError, UnreachableError

GRACE_S = 0.5
"""A call that never arrived is void this long after its deadline: the equipment refuses it then."""


class Calls:
    """Carries out `call.intent` events and finds out what became of each."""

    def __init__(
        self, store: Store, drivers: Mapping[str, Driver], clock: Clock, *, quiet_s: float
    ) -> None:
        self._store = store
        self._drivers = drivers
        self._clock = clock
        self._quiet_s = quiet_s
        self.open: dict[str, Event] = {}
        """Intents whose fate is not known, by call id."""

    def note_open(self) -> None:
        """Ask from now on about every call of the journal whose fate is not known."""
        state = self._store.core.state
        deadline = self._clock.utc() + CALL_DEADLINE_S  # the last it can have
        for batch, path, call in open_calls(state):
            unit = state.batches[batch].control.step(path).unit
            data = {"id": call, "deadline": deadline}
            self.open[call] = Event(
                kind="call.intent", actor=SYSTEM, data=data, batch=batch, unit=unit, path=path
            )

    async def carry_out(self, events: Sequence[Event]) -> None:
        """Send every call these durable events ask for."""
        for event in events:
            if event.kind == "call.intent":
                await self._send(event)

    async def resolve(self) -> None:
        """Ask the equipment once about every call whose fate is open."""
        for event in tuple(self.open.values()):
            await self._ask(event)

    async def _send(self, event: Event) -> None:
        call = Call(
            id=event.data["id"],
            unit=str(event.unit),
            command=event.data["command"],
            arguments=event.data["args"],
            deadline=event.data["deadline"],
        )
        if self._clock.utc() >= call.deadline:
            await self._record(event, Outcome(CallState.REFUSED, "not sent: its deadline passed"))
            return
        await self._record(event, await self._driver(event).call(call))

    async def _ask(self, event: Event) -> None:
        try:
            outcome = await self._driver(event).outcome(event.data["id"])
        except (UnreachableError, RefusedError):
            return
        if outcome.state is CallState.UNKNOWN:
            return
        void = self._clock.utc() > float(event.data["deadline"]) + GRACE_S
        if outcome.state is not CallState.NEVER_ARRIVED or void:
            await self._record(event, outcome)

    async def _record(self, event: Event, outcome: Outcome) -> None:
        data = {"id": event.data["id"], "state": outcome.state, "message": outcome.message}
        told = Event(
            kind="call.outcome",
            actor=SYSTEM,
            data=data,
            batch=event.batch,
            unit=event.unit,
            path=event.path,
            t=self._store.core.world.now,
        )
        if outcome.state is CallState.UNKNOWN:
            self.open[event.data["id"]] = event
        else:
            self.open.pop(event.data["id"], None)
        self._store.core.quiet[str(event.batch)] = self._clock.monotonic() + self._quiet_s
        try:
            await self._store.commit([told])
        except StorageError:
            self.open[event.data["id"]] = event

    def _driver(self, event: Event) -> Driver:
        unit = self._store.core.site.units[str(event.unit)]
        return self._drivers[unit.connection]
