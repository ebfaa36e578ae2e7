"""Lockstep with a simulated plant: write, advance, read as one turn, three requests in one flight.

The plant serves one connection in order, so nothing is awaited before the last request is out.
"""

import asyncio
import math
from collections.abc import Mapping
from typing import Final

from asyncua import ua
from asyncua.common.utils import Buffer

from bioctl.equipment.driver import Snapshot
from bioctl.errors import RefusedError
from bioctl.values import Outputs, Scalar
from bioctl_drivers.opcua.block import BlockReader, Reader, TagReader
from bioctl_drivers.opcua.codec import (
    ServiceFaultError,
    UnexpectedAnswerError,
    WriteItem,
    call_result,
    patch_double,
    statuses,
    write_request,
)
from bioctl_drivers.opcua.connection import Connection
from bioctl_drivers.opcua.faults import REQUEST_ERRORS, LinkLostError, PermanentError, describe
from bioctl_drivers.opcua.nodes import coerce
from bioctl_drivers.opcua.options import ClockNodes
from bioctl_drivers.opcua.owner import owner_now
from bioctl_drivers.opcua.private import FastChannel, body_of
from bioctl_drivers.opcua.resolve import plant_names
from bioctl_drivers.opcua.store import Store
from bioctl_drivers.opcua.writer import refusal_of
from bioctl_drivers.status import quality_of, status_words

TURN_S: Final = 5.0
"""s for one whole turn; longer, and the plant falls back anyway."""


PAUSE_S: Final = 1.0
"""s since the last turn after which what the plant showed then counts for nothing: it may have
fallen back, so all outputs are written again."""

FENCE_S: Final = 3.0
"""s since the last turn after which another controller may have taken the plant over."""


class Lockstep:
    """Prepared turns on one connection."""

    def __init__(
        self, connection: Connection, store: Store, clock: ClockNodes, reader: Reader
    ) -> None:
        self._connection = connection
        self._store = store
        self._reader = reader
        self._channel = FastChannel(connection.client)
        self._write_head = bytes(self._channel.prepare(ua.WriteRequest()))
        self._advance = self._channel.prepare(_advance_request(connection, clock))
        self._read = self._channel.prepare(reader.request())
        self._items: dict[str, WriteItem] = {}
        self._since = -math.inf

    async def turn(self, outputs: Outputs, dt_s: float) -> Snapshot:
        """Write changed outputs, advance by `dt_s`, read everything.

        Raises:
            LinkLostError: no whole answer in time; the plant may or may not have advanced.
            RefusedError: the plant does not let us advance its clock.
        """
        await self._check_pause()
        due = self._due(outputs)
        answers = await self._fly(due, dt_s)
        self._since = self._connection.clock.monotonic()
        try:
            return self._take(due, answers)
        except ServiceFaultError as problem:
            reason = f"the plant refused a turn: {status_words(problem.status)}"
            raise LinkLostError(reason) from problem
        except ValueError as problem:
            reason = f"the plant's answer to a turn is not understood: {problem}"
            raise LinkLostError(reason) from problem

    async def _check_pause(self) -> None:
        pause = self._connection.clock.monotonic() - self._since
        if FENCE_S < pause < math.inf:
            owner = await owner_now(self._connection)
            if owner and owner != self._connection.options.application_uri:
                raise LinkLostError(f"another controller has taken the plant: '{owner}'")
        if pause > PAUSE_S:
            self._since = -math.inf

    def _due(self, outputs: Outputs) -> dict[str, bytes]:
        reading = self._store.reading
        due = {}
        for name, value in outputs.items():
            if name in self._items and self._since > 0 and reading(name).value == value:
                continue
            encoded = self._encode(name, value)
            if encoded is not None:
                due[name] = encoded
        return due

    def _encode(self, name: str, value: Scalar) -> bytes | None:
        item = self._items.get(name)
        if item is None:
            refusal = refusal_of(self._connection, name)
            if refusal:
                self._store.fault(name, refusal)
                return None
            node = self._connection.node(self._connection.tags[name].node)
            item = self._items[name] = WriteItem(node, self._connection.types[name])
        try:
            return item.encode(coerce(value, self._connection.types[name]))
        except ValueError as problem:
            self._store.fault(name, f"not written: {problem}")
            return None

    async def _fly(self, due: Mapping[str, bytes], dt_s: float) -> list[tuple[bytes, int]]:
        requests = [write_request(self._write_head, list(due.values()))] if due else []
        patch_double(self._advance, dt_s)
        requests += [self._advance, self._read]
        flight: list[asyncio.Future[Buffer]] = []
        try:
            flight = self._channel.send(requests)
            async with asyncio.timeout(TURN_S):
                await flight[-1]
            return [body_of(answer.result()) for answer in flight]
        except TimeoutError as problem:
            raise LinkLostError(f"a turn was not answered within {TURN_S:g} s") from problem
        except REQUEST_ERRORS as problem:
            raise LinkLostError(f"the connection broke in a turn: {describe(problem)}") from problem
        finally:
            for answer in flight:
                if not answer.cancel() and not answer.cancelled():
                    answer.exception()  # seen; the turn has ended anyway

    def _take(self, due: Mapping[str, bytes], answers: list[tuple[bytes, int]]) -> Snapshot:
        if due:
            self._note(due, statuses(*answers[0]))
        advanced = call_result(*answers[-2])
        if quality_of(advanced.status):
            raise RefusedError(
                f"The plant at {self._connection.options.url} did not advance its clock: "
                f"{status_words(advanced.status)}.",
                help="a step is 0 to 3600 s, and the user needs the right to control.",
            )
        if not isinstance(advanced.value, float):
            raise UnexpectedAnswerError("no time after the step")
        self._store.replace(self._reader.readings(*answers[-1]), advanced.value)
        return self._store.snapshot()

    def _note(self, due: Mapping[str, bytes], codes: tuple[int, ...]) -> None:
        for name, code in zip(due, codes, strict=True):
            refused = quality_of(code)
            words = f"the plant refused the value: {status_words(code)}" if refused else ""
            self._store.fault(name, words)


async def prepare_lockstep(connection: Connection, store: Store, clock: ClockNodes) -> Lockstep:
    """Return prepared turns: by the plant's block where it has one, else tag by tag."""
    block = connection.options.block
    if block is None:
        return Lockstep(connection, store, clock, TagReader(connection))
    names = await plant_names(connection)
    if not names:
        raise PermanentError(
            f"The plant at {connection.options.url} lists no tags in '{block.names}'. "
            "help: correct 'block' in the site file, or leave it out."
        )
    return Lockstep(connection, store, clock, BlockReader(connection, block, names))


def _advance_request(connection: Connection, clock: ClockNodes) -> ua.CallRequest:
    parent = clock.advance.rpartition(".")[0] or clock.advance
    method = ua.CallMethodRequest(
        ObjectId=connection.node(parent),
        MethodId=connection.node(clock.advance),
        InputArguments=[ua.Variant(0.0, ua.VariantType.Double)],
    )
    request = ua.CallRequest()
    request.Parameters.MethodsToCall = [method]
    return request
