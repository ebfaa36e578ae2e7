"""asyncua's server object on a socket bound beforehand, with our processor for each connection."""

import asyncio
import socket
from datetime import UTC
from typing import Final

from asyncua import ua
from asyncua.common.connection import TransportLimits
from asyncua.common.utils import Buffer
from asyncua.server.binary_server_asyncio import BinaryServer, OPCUAProtocol
from asyncua.server.internal_server import InternalServer
from asyncua.server.server import Server
from asyncua.ua.object_ids import ObjectIds

from bioctl_sim.overrides.processor import PlantProcessor
from bioctl_sim.overrides.services import PlantInternalServer

_MAX_CHUNK: Final = 65_535
_MESSAGES: Final = frozenset({b"HEL", b"OPN", b"MSG", b"CLO"})
"""How everything a client sends begins (Part 6 §7.1.2)."""


class PlantProtocol(OPCUAProtocol):
    """A connection with our processor, and a bound on what a stranger can make us hold."""

    iserver: PlantInternalServer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection, or refuse it when there are too many."""
        super().connection_made(transport)
        if self.processor is not None:
            self.processor = PlantProcessor(self.iserver, transport, self.limits)
            self.processor.set_policies(self.policies)  # type: ignore[no-untyped-call]

    async def _process_one_msg(self, header: ua.Header, buf: Buffer) -> bool:
        if not isinstance(self.processor, PlantProcessor):
            return await super()._process_one_msg(header, buf)
        self.processor.waiting = not self.messages.empty()
        try:
            return await super()._process_one_msg(header, buf)
        finally:
            if self.messages.empty():
                self.processor.flush()

    def data_received(self, data: bytes) -> None:
        """Take bytes. What begins otherwise, or announces 4 GiB, asyncua would wait for."""
        super().data_received(data)
        rest = self._buffer
        strange = len(rest) >= 3 and rest[:3] not in _MESSAGES
        if (strange or len(rest) > 2 * _MAX_CHUNK) and self.transport is not None:
            self.transport.abort()
            self._buffer = b""


class PlantBinaryServer(BinaryServer):
    """Listens on a socket bound beforehand: a port in use is known before the slow start."""

    def __init__(
        self, iserver: InternalServer, listener: socket.socket, limits: TransportLimits
    ) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__(iserver, host, port, limits)
        self._listener = listener

    def _make_protocol(self) -> PlantProtocol:
        return PlantProtocol(
            self.iserver, self._policies, self.clients, self.closing_tasks, self.limits
        )

    async def start(self) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._make_protocol, sock=self._listener)
        self.cleanup_task = asyncio.create_task(self._close_task_loop())


class PlantOpcServer(Server):
    """asyncua's server with our parts in it.

    Args:
        listener: a bound socket.
    """

    iserver: PlantInternalServer

    def __init__(self, listener: socket.socket) -> None:
        super().__init__(iserver=PlantInternalServer())
        self._listener = listener
        self.limits.max_message_size = 64 * _MAX_CHUNK
        self.limits.max_chunk_count = 64

    async def start(self) -> None:
        """Offer the endpoints and listen."""
        await self._setup_server_nodes()
        await self.iserver.start()
        # Computed when read: a client that watches it sees it advance each time.
        current = ua.NodeId(ua.Int32(ObjectIds.Server_ServerStatus_CurrentTime))
        self.iserver.set_reader(current, _now)
        self.bserver = PlantBinaryServer(self.iserver, self._listener, self.limits)
        self.bserver.set_policies(self._policies)
        await self.bserver.start()

    async def stop(self) -> None:
        """End sessions first: asyncua keeps those with subscriptions for a client to come back."""
        await self.iserver.close_sessions()
        await super().stop()


def _now() -> ua.DataValue:
    return ua.DataValue(ua.Variant(ua.DateTime.now(UTC), ua.VariantType.DateTime))
