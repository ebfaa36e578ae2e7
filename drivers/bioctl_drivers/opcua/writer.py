"""Level writes of a free-running plant: the latest wins, the heartbeat goes last."""

import asyncio
from dataclasses import dataclass
from typing import Final

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds

from bioctl.clock import Clock
from bioctl.tags import Kind
from bioctl.values import Outputs, Scalar
from bioctl_drivers.opcua.connection import Connection
from bioctl_drivers.opcua.faults import PermanentError
from bioctl_drivers.opcua.nodes import coerce, to_write
from bioctl_drivers.opcua.store import Store
from bioctl_drivers.status import quality_of, status_words

WRITE_S: Final = 2.0
"""s in which the plant must confirm a write."""
AGAIN_S: Final = 10.0
"""s after which an unchanged output is written again."""
CORRECT_S: Final = 1.0
"""s after which an output is written again that the plant shows differently."""


class Mailbox:
    """What is still to be sent: one value a tag, each valid for two periods.

    Args:
        clock: host time.
        valid_s: s after which an output that was not sent is dropped.
    """

    def __init__(self, clock: Clock, valid_s: float) -> None:
        self._clock = clock
        self._valid_s = valid_s
        self._outputs: dict[str, tuple[Scalar, float]] = {}
        self._heartbeat: int | None = None
        self._filled = asyncio.Event()

    def put(self, outputs: Outputs, heartbeat: int) -> None:
        """Replace what was not sent yet, tag by tag."""
        now = self._clock.monotonic()
        self._outputs.update((name, (value, now)) for name, value in outputs.items())
        self._heartbeat = heartbeat
        self._filled.set()

    def clear(self) -> None:
        """Forget everything; after a lost connection nothing old may be sent."""
        self._outputs.clear()
        self._heartbeat = None
        self._filled.clear()

    async def take(self) -> tuple[dict[str, Scalar], int | None]:
        """Wait for the next post; return the outputs still valid, and its heartbeat."""
        await self._filled.wait()
        oldest = self._clock.monotonic() - self._valid_s
        fresh = {name: value for name, (value, put) in self._outputs.items() if put >= oldest}
        heartbeat = self._heartbeat
        self.clear()
        return fresh, heartbeat


@dataclass(frozen=True, slots=True)
class _Sent:
    value: Scalar
    time: float


class Writer:
    """Sends outputs of one connection; what an earlier one was told counts for nothing."""

    def __init__(self, connection: Connection, store: Store) -> None:
        self._connection = connection
        self._store = store
        self._sent: dict[str, _Sent] = {}

    async def send(self, outputs: Outputs, heartbeat: int | None) -> None:
        """Write what differs from what the plant has, then the heartbeat, in one request.

        Raises:
            LinkLostError: no confirmation in time; the writes may have arrived.
            PermanentError: the plant refuses our heartbeat.
        """
        now = self._connection.clock.monotonic()
        due = {name: value for name, value in outputs.items() if self._due(name, value, now)}
        items = [(name, self._item(name, value)) for name, value in due.items()]
        good = [(name, item) for name, item in items if item is not None]
        beat = self._beat(heartbeat)
        if not good and not beat:
            return
        request = [item for _, item in good] + beat
        statuses = await self._connection.write(request, WRITE_S)
        for (name, _), status in zip(good, statuses, strict=False):
            self._note(name, due[name], status, now)
        if beat:
            self._check_beat(statuses[-1])

    def _due(self, name: str, value: Scalar, now: float) -> bool:
        sent = self._sent.get(name)
        if sent is None or sent.value != value or now - sent.time >= AGAIN_S:
            return True
        shown = self._store.reading(name)
        return shown.good and shown.value != value and now - sent.time >= CORRECT_S

    def _item(self, name: str, value: Scalar) -> ua.WriteValue | None:
        refusal = refusal_of(self._connection, name)
        if refusal:
            self._store.fault(name, refusal)
            return None
        connection = self._connection
        try:
            data = to_write(value, connection.types[name])
        except ValueError as problem:
            self._store.fault(name, f"not written: {problem}")
            return None
        node = connection.node(connection.tags[name].node)
        return ua.WriteValue(node, AttributeIds.Value, None, data)

    def _note(self, name: str, value: Scalar, status: int, now: float) -> None:
        if quality_of(status):
            self._sent.pop(name, None)
            self._store.fault(name, f"the plant refused {value}: {status_words(status)}")
        else:
            self._sent[name] = _Sent(coerce(value, self._connection.types[name]), now)
            self._store.fault(name, "")

    def _beat(self, heartbeat: int | None) -> list[ua.WriteValue]:
        nodes = self._connection.options.heartbeat
        if nodes is None or heartbeat is None:
            return []
        value = to_write(heartbeat & 0xFFFFFFFF, ua.VariantType.UInt32)
        node = self._connection.node(nodes.command)
        return [ua.WriteValue(node, AttributeIds.Value, None, value)]

    def _check_beat(self, status: int) -> None:
        if quality_of(status):
            raise PermanentError(
                f"The plant at {self._connection.options.url} refuses our heartbeat: "
                f"{status_words(status)}. help: give user '{self._connection.options.user}' the "
                "right to control.",
                10.0,
            )


def refusal_of(connection: Connection, name: str) -> str:
    """Say why a tag can't be written on this connection; "" if it can."""
    tag = connection.tags.get(name)
    if tag is None:
        return "this connection has no such tag"
    if tag.kind is not Kind.OUTPUT:
        return "it is a measurement, not an output"
    if name not in connection.types:
        return connection.readings[name].reason
    if name not in connection.writable:
        return f"the plant does not let user '{connection.options.user}' write it"
    return ""
