"""The only place that touches names asyncua does not promise; pinned to one version of it.

`PRIVATE` lists them; a test fails when a new version moves one.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from asyncua import ua
from asyncua.client.client import Client
from asyncua.client.ua_client import UASocketProtocol
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import nodeid_to_binary, struct_to_binary

PRIVATE: Final = {
    "client": ("_supervisor_task", "_stale_watchdog_task", "_renew_channel_task"),
    "session": ("_publish_task",),
    "protocol": ("_request_id", "_request_handle", "_callbackmap", "_connection"),
    "connection": ("message_to_binary", "next_security_token"),
    "buffer": ("_data", "_cur_pos"),
}

_HEADER_TAIL: Final = 8
_TYPE_ID: Final = 4


def renewal(client: Client) -> asyncio.Task[None] | None:
    """Return the task that renews the encrypted channel; when it ends, the channel will run out."""
    return client._renew_channel_task  # noqa: SLF001


async def abort(client: Client, protocol: UASocketProtocol | None) -> None:
    """Cut the transport and end every task the library started for this client."""
    if protocol is not None and protocol.transport is not None:
        protocol.transport.abort()
    started = (
        client._supervisor_task,  # noqa: SLF001
        client._stale_watchdog_task,  # noqa: SLF001
        client._renew_channel_task,  # noqa: SLF001
        client.uaclient.session._publish_task,  # noqa: SLF001
    )
    tasks = [task for task in started if task is not None]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class FastChannel:
    """Send requests whose bytes are already there, and get the answer's bytes.

    Every request is one message of the client's own encrypted channel, between its other requests.
    Only the request handle is patched in, because the rest of a prepared request never changes.
    """

    def __init__(self, client: Client) -> None:
        protocol = client.uaclient.protocol
        if protocol is None:
            raise ConnectionError("no transport")
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        token = len(nodeid_to_binary(protocol.authentication_token))
        self._handle_at = _TYPE_ID + token + _HEADER_TAIL

    def prepare(self, request: object) -> bytearray:
        """Return the bytes of a request of the library, with this session's token in it."""
        header = request.RequestHeader  # type: ignore[attr-defined]
        header.AuthenticationToken = self._protocol.authentication_token
        header.TimeoutHint = ua.UInt32(5000)
        return bytearray(struct_to_binary(request))

    def send(self, bodies: Sequence[bytearray]) -> list[asyncio.Future[Buffer]]:
        """Send prepared requests in one go; each future holds an answer's body.

        Raises:
            ConnectionError: the transport is gone; nothing was sent.
        """
        transport = self._protocol.transport
        if transport is None:
            raise ConnectionError("the connection is closed")
        flight = [self._message(body) for body in bodies]
        transport.write(b"".join(message for message, _ in flight))
        return [answer for _, answer in flight]

    def _message(self, body: bytearray) -> tuple[bytes, asyncio.Future[Buffer]]:
        protocol = self._protocol
        handle = protocol._request_handle = protocol._request_handle + 1  # noqa: SLF001
        at = self._handle_at
        body[at : at + 4] = (handle & 0xFFFFFFFF).to_bytes(4, "little")
        protocol.revolve_security_token()
        request_id = protocol._request_id + 1  # noqa: SLF001
        message = protocol._connection.message_to_binary(  # noqa: SLF001
            bytes(body), request_id=request_id
        )
        protocol._request_id = request_id  # noqa: SLF001
        answer: asyncio.Future[Buffer] = self._loop.create_future()
        protocol._callbackmap[request_id] = answer  # noqa: SLF001
        return message, answer


def body_of(answer: Buffer) -> tuple[bytes, int]:
    """Return an answer's bytes and the place where its type id begins, without copying."""
    return answer._data, answer._cur_pos  # noqa: SLF001


def quiet() -> None:
    """Silence the library's own log unless someone has set its level; the driver says it better."""
    log = logging.getLogger("asyncua")
    if log.level == logging.NOTSET:
        log.setLevel(logging.CRITICAL + 1)
