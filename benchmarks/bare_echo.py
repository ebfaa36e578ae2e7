"""The bare reference of the OPC UA benchmarks: encrypted blocks there and back, nothing else.

A child process decrypts a request of `asked` bytes, signs and encrypts an answer of `told` bytes
(AES-256-CBC and HMAC-SHA256, as Basic256Sha256 does), over a local TCP socket.
"""

import hashlib
import hmac
import multiprocessing
import os
import socket
import time
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_KEY, _IV = bytes(range(32)), bytes(16)


def _locked(data: bytes) -> bytes:
    signed = data + hmac.new(_KEY, data, hashlib.sha256).digest()
    signed += bytes(-len(signed) % 16)
    cipher = Cipher(algorithms.AES(_KEY), modes.CBC(_IV)).encryptor()
    return cipher.update(signed) + cipher.finalize()


def _opened(data: bytes) -> bytes:
    cipher = Cipher(algorithms.AES(_KEY), modes.CBC(_IV)).decryptor()
    return cipher.update(data) + cipher.finalize()


def _receive(wire: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = wire.recv(size - len(data))
        if not part:
            return b""
        data += part
    return data


def _serve(port: int, asked: int, answer: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while request := _receive(wire, asked):
            _opened(request)
            wire.sendall(_locked(answer))


class Echo:
    """A child process that answers; use as a context.

    Args:
        asked: bytes of a request.
        told: bytes of an answer.
    """

    def __init__(self, asked: int, told: int) -> None:
        self._request, self._answer = os.urandom(asked), os.urandom(told)
        self._told = len(_locked(self._answer))

    def __enter__(self) -> Self:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            asked = len(_locked(self._request))
            context = multiprocessing.get_context("spawn")
            self._child = context.Process(target=_serve, args=(port, asked, self._answer))
            self._child.start()
            self._wire, _ = listener.accept()
        self._wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._wire.close()
        self._child.join(5)

    def rate(self, turns: int) -> float:
        """Return turns a second."""
        start = time.perf_counter()
        for _ in range(turns):
            self._wire.sendall(_locked(self._request))
            _opened(_receive(self._wire, self._told))
        return turns / (time.perf_counter() - start)
