"""A small real cell in memory, served on a real Unix socket from a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bioctl.errors import BioctlError, RefusedError
from bioctl.port.client import PortClient
from bioctl.port.listener import serve
from bioctl.port.messages import Answer, Command, Session
from bioctl.port.server import create_app


class NotebookCell:
    """A cell whose only equipment is a notebook: `note.add` writes a line, `fault.raise` fails."""

    def __init__(self) -> None:
        self.notes: list[dict[str, Any]] = []
        self.answers: dict[str, Answer] = {}
        self.fails_with: Exception | None = None
        self.changed = asyncio.Condition()
        self.waiting = threading.Event()

    async def login(self, user: str, password: str) -> Session:
        if (user, password) != ("ola", "correct horse"):
            raise RefusedError("The user or the password is wrong.", help="Five misses lock.")
        return Session(token="t-ola", user="ola", name="Ola Nordmann", role="operator")  # noqa: S106

    async def command(self, token: str | None, command: Command) -> Answer:
        if token != "t-ola":  # noqa: S105
            raise RefusedError("Nobody is logged in.", help="Log in and ask again.")
        if self.fails_with:
            raise self.fails_with
        if command.id not in self.answers:
            self.answers[command.id] = await self._do(command)
        return self.answers[command.id]

    async def _do(self, command: Command) -> Answer:
        if command.name != "note.add":
            return Answer(outcome="rejected", message=f"There is no command {command.name}.")
        seq = len(self.notes) + 1
        entry = {"seq": seq, "batch": command.args.get("batch"), "sentence": command.args["text"]}
        async with self.changed:
            self.notes.append(entry)
            self.changed.notify_all()
        return Answer(outcome="done", message="Noted.", data={"seq": seq})

    def view(self) -> dict[str, Any]:
        if self.fails_with:
            raise self.fails_with
        return {"cell": "notebook", "units": {}, "empty": float("nan"), "notes": len(self.notes)}

    async def entries(
        self, after: int, batch: str | None, wait_s: float, limit: int
    ) -> list[dict[str, Any]]:
        def found() -> list[dict[str, Any]]:
            mine = (note for note in self.notes if batch is None or note["batch"] == batch)
            return [note for note in mine if note["seq"] > after]

        try:
            async with asyncio.timeout(wait_s), self.changed:
                self.waiting.set()
                await self.changed.wait_for(lambda: bool(found()))
        except TimeoutError:
            return []
        return found()[:limit]


class Controller:
    """Serves a cell from a thread; `stop` cancels the port as the app does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cell = NotebookCell()
        self.failure: BioctlError | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(10), "the port did not open"

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive(), "the port did not stop"

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        ready = asyncio.Event()
        port = asyncio.create_task(serve(create_app(self.cell), self.path, ready=ready))
        opened = asyncio.create_task(ready.wait())
        await asyncio.wait((port, opened), return_when=asyncio.FIRST_COMPLETED)
        opened.cancel()
        self._ready.set()
        await self._stop.wait()
        port.cancel()
        try:
            await port
        except asyncio.CancelledError:
            pass
        except BioctlError as error:
            self.failure = error


@pytest.fixture
def socket_path(tmp_path: Path) -> Path:
    return tmp_path / "port.sock"


@pytest.fixture
def controller(socket_path: Path) -> Iterator[Controller]:
    controller = Controller(socket_path)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def second(socket_path: Path) -> Controller:
    return Controller(socket_path)


@pytest.fixture
def client(controller: Controller) -> Iterator[PortClient]:
    with PortClient(controller.path) as client:
        yield client
