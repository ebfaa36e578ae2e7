"""A TCP relay between driver and plant that can lose, cut and refuse; runs on the test's loop."""

import asyncio
import socket
import struct
from enum import Enum
from types import TracebackType
from typing import Self


class Way(Enum):
    OPEN = "pass everything on"
    LOST = "take everything, pass nothing on"
    DEAF = "pass on what goes to the plant, lose what it answers"
    SHUT = "close every new connection at once"


class Proxy:
    """Listens on a free port of this machine and relays to `port`."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._pairs: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.way = Way.OPEN
        self.met = asyncio.Event()
        """Set when the first connection has come."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._server:
            self._server.close()
        self.reset()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def port(self) -> int:
        assert self._server
        return int(self._server.sockets[0].getsockname()[1])

    def reset(self) -> None:
        """End every connection with a TCP reset."""
        for writer in list(self._pairs):
            end = writer.get_extra_info("socket")
            if end is not None and end.fileno() >= 0:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self.met.set()
        self._pairs.add(writer)
        try:
            if self.way is not Way.SHUT:
                await self._relay(reader, writer)
        except OSError:
            pass  # an end has gone; the other follows
        finally:
            writer.transport.abort()
            self._pairs.discard(writer)
            self._tasks.discard(task)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        plant_reader, plant_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._pairs.add(plant_writer)
        pumps = [
            asyncio.create_task(self._pump(reader, plant_writer, (Way.OPEN, Way.DEAF))),
            asyncio.create_task(self._pump(plant_reader, writer, (Way.OPEN,))),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            plant_writer.transport.abort()
            self._pairs.discard(plant_writer)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, ways: tuple[Way, ...]
    ) -> None:
        while data := await source.read(65536):
            if self.way in ways:
                sink.write(data)
                await sink.drain()
