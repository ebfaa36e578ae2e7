"""The HTTP face of a cell: four routes over a `CellPort`.

POST /v1/login · POST /v1/command (Authorization: Bearer TOKEN) · GET /v1/view ·
GET /v1/entries?after=&batch=&wait=&limit=

Every failure is answered with a status and `{error, message, help, exit_code}`; a traceback stays
in the log.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bioctl.errors import BioctlError, InputError, UnreachableError
from bioctl.port import faults, wire
from bioctl.port.listener import serve
from bioctl.port.messages import Command, EntriesQuery, Login, parse
from bioctl.port.service import CellPort

__all__ = ["create_app", "serve"]

MAX_BODY = 1024 * 1024
"""bytes; a command is a few hundred."""

BODY_S = 10.0
"""How long (s) a body may take to arrive."""

T = TypeVar("T")
Handler = Callable[[Request], Awaitable[Response]]


def create_app(cell: CellPort) -> Starlette:
    """Return the application that serves `cell`."""

    async def login(request: Request) -> Response:
        asked = parse(Login, await _json(request, "login"), "login")
        session = await cell.login(asked.user, asked.password.get_secret_value())
        return _answer(session.model_dump())

    async def command(request: Request) -> Response:
        asked = parse(Command, await _json(request, "command"), "command")
        answer = await cell.command(_token(request), asked)
        return _answer(answer.model_dump())

    async def view(_request: Request) -> Response:
        return _answer(cell.view())

    async def entries(request: Request) -> Response:
        asked = parse(EntriesQuery, dict(request.query_params), "question for entries")
        found = cell.entries(asked.after, asked.batch, asked.wait, asked.limit)
        return _answer(await _unless_stopping(request, found))

    app = Starlette(
        routes=[
            Route("/v1/login", login, methods=["POST"]),
            Route("/v1/command", command, methods=["POST"]),
            Route("/v1/view", view),
            Route("/v1/entries", entries),
        ],
        exception_handlers={
            BioctlError: _known,
            HTTPException: _http,
            ClientDisconnect: _gone,
            Exception: _unknown,
        },
    )
    app.state.stopping = asyncio.Event()
    return app


async def _unless_stopping(request: Request, asked: Awaitable[T]) -> T:
    """Return what was asked; a stopping controller sends the waiting away instead."""
    stopping = asyncio.ensure_future(request.app.state.stopping.wait())
    answer = asyncio.ensure_future(asked)
    try:
        await asyncio.wait((answer, stopping), return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        raise UnreachableError("The controller is stopping.", help="Ask again when it is back.")
    finally:
        stopping.cancel()
        answer.cancel()
        await asyncio.wait((answer, stopping))


async def _json(request: Request, what: str) -> object:
    return wire.decode(await _body(request), what)


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY:
                    raise HTTPException(413, f"The body is larger than {MAX_BODY} bytes.")
    except TimeoutError:
        raise HTTPException(408, f"The body did not arrive within {BODY_S:g} s.") from None
    return bytes(body)


def _token(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _answer(value: object, status: int = 200) -> Response:
    return Response(wire.encode(value), status, media_type="application/json")


async def _known(_request: Request, error: Exception) -> Response:
    if not isinstance(error, BioctlError):
        raise error
    return _answer(faults.to_json(error), faults.status_of(error))


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    sentences = {
        404: f"The command port has no {request.url.path}.",
        405: f"{request.method} is not how {request.url.path} is asked.",
    }
    sentence = sentences.get(error.status_code, error.detail)
    help_ = "It has POST /v1/login, POST /v1/command, GET /v1/view and GET /v1/entries."
    # A too large or too slow body was not read to its end: the connection can't be used again.
    headers = {"connection": "close"} if error.status_code in {408, 413} else None
    response = _answer(faults.to_json(InputError(sentence, help=help_)), error.status_code)
    response.headers.update(headers or {})
    return response


async def _gone(_request: Request, _error: Exception) -> Response:
    return _answer(faults.to_json(InputError("The caller left before its body ended.")), 400)


async def _unknown(_request: Request, _error: Exception) -> Response:
    sentence = "The controller met a fault of its own; what you asked may not be done."
    help_ = "Look at the batch before you ask again; the controller's log has the details."
    return _answer(faults.to_json(BioctlError(sentence, help=help_)), 500)
