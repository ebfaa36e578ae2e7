"""The cable between controller and plant: it can be slow, cut, or keep back what was sent."""

import asyncio
from enum import Enum
from threading import Event, Thread
from types import TracebackType
from typing import Self


class Way(Enum):
    OPEN = "pass everything on"
    KEPT = "keep what connections of now send to the plant, until OPEN; new ones are not touched"
    LOST = "take everything, pass nothing on"


class Wire:
    """A TCP relay to `port`, on a free port of its own, in a thread of its own.

    Attributes:
        delay_s: host seconds everything takes on its way to the plant.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, name="wire")
        self._ready = Event()
        self._way = Way.OPEN
        self._lines: set[asyncio.Event] = set()
        """Of each connection: whether what it sends moves on."""
        self._tasks: set[asyncio.Task[None]] = set()
        self.delay_s = 0.0
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._loop.close()

    def set(self, way: Way) -> None:
        """Change what the cable does, from now on."""
        asyncio.run_coroutine_threadsafe(self._set(way), self._loop).result()

    async def _set(self, way: Way) -> None:
        self._way = way
        for moves in self._lines:
            (moves.clear if way is Way.KEPT else moves.set)()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = int(server.sockets[0].getsockname()[1])
        self._ready.set()
        await self._over.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _meet(self, ours: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            theirs, there = await asyncio.open_connection("127.0.0.1", self._target)
            try:
                answers = asyncio.create_task(self._pass_back(theirs, back))
                try:
                    await self._pass_there(ours, there)
                finally:
                    answers.cancel()
                    await asyncio.gather(answers, return_exceptions=True)
            finally:
                there.transport.abort()
        except OSError:
            pass  # an end has gone
        finally:
            back.transport.abort()
            self._tasks.discard(task)

    async def _pass_there(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on to the plant, also what was on its way when the sender died."""
        line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        moves = asyncio.Event()
        moves.set()
        self._lines.add(moves)
        sender = asyncio.create_task(self._deliver(line, writer, moves))
        try:
            while data := await _read(reader):
                line.put_nowait((self._loop.time(), data))
            line.put_nowait((0.0, b""))
            await sender
        finally:
            self._lines.discard(moves)
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)

    async def _deliver(
        self,
        line: "asyncio.Queue[tuple[float, bytes]]",
        writer: asyncio.StreamWriter,
        moves: asyncio.Event,
    ) -> None:
        while True:
            sent, data = await line.get()
            if data:
                await asyncio.sleep(sent + self.delay_s - self._loop.time())  # the cable's own time
            await moves.wait()
            if not data:
                writer.close()
                return
            if self._way is not Way.LOST:
                writer.write(data)
                await writer.drain()

    async def _pass_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await _read(reader):
            if self._way is not Way.LOST:
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(65536)
    except OSError:
        return b""
