"""Serve an application on a Unix socket that only its owner can open.

The socket is bound, made 0600 and only then listened on, so there is no moment at which another
account can connect. Signals are left to the app: the controller decides how it stops.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from bioctl.errors import InputError, RefusedError, StorageError

MAX_PATH = 107
"""bytes; sun_path of Linux less its final NUL."""

GRACE_S = 5
"""How long (s) commands under way may take to finish when the port stops."""


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: Starlette, path: Path, *, ready: asyncio.Event | None = None) -> None:
    """Serve `app` at `path` until cancelled; then finish what is under way and remove the socket.

    Args:
        app: from `bioctl.port.server.create_app`.
        path: of the socket; its folder exists.
        ready: set once clients can connect.

    Raises:
        RefusedError: a controller already answers there.
        InputError: the path is too long for a socket.
        StorageError: the socket can't be made.
    """
    await _refuse_second(path)
    listener = await asyncio.to_thread(_listen, path)
    if ready:
        ready.set()
    server = _Server(_config(app))
    running = asyncio.ensure_future(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(running)
    finally:
        app.state.stopping.set()
        server.should_exit = True
        await running
        listener.close()
        await asyncio.to_thread(path.unlink, missing_ok=True)


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )


async def _refuse_second(path: Path) -> None:
    """Refuse where somebody listens; a socket file nobody listens on is left by a crash."""
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return
    writer.close()
    await writer.wait_closed()
    raise RefusedError(
        f"A controller already answers at {path}.",
        help="One controller serves a cell; stop it first.",
    )


def _listen(path: Path) -> socket.socket:
    if len(str(path).encode()) > MAX_PATH:
        raise InputError(
            f"The socket path {path} is longer than {MAX_PATH} bytes.",
            help="Move the site to a folder with a shorter name.",
        )
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.is_socket():
            path.unlink()
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise StorageError(
            f"The command port can't be opened at {path}: {error.strerror}.",
            help="Its folder must exist, be writable and hold nothing else of that name.",
        ) from None
    return listener
