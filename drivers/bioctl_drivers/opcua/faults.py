"""What goes wrong on a connection, as sentences: is it worth trying again, and who must act."""

import socket
import struct
from typing import Final

from asyncua.common.utils import ServiceError
from asyncua.ua.uaerrors import UaError, UaStatusCodeError
from cryptography.exceptions import InvalidSignature

from bioctl_drivers.opcua.options import Options
from bioctl_drivers.status import status_words


class LinkLostError(Exception):
    """The connection is over or did not come up; trying again may help."""


class PermanentError(Exception):
    """Trying again at once is useless: a person must act.

    Args:
        reason: one sentence, what and what to do.
        retry_s: s until the next attempt; long where an attempt counts as a wrong login.
    """

    def __init__(self, reason: str, retry_s: float = 60.0) -> None:
        super().__init__(reason)
        self.retry_s = retry_s


REQUEST_ERRORS: Final = (OSError, TimeoutError, UaError)
"""What a request can raise when the other side, or the way to it, is at fault."""

LIBRARY_ERRORS: Final = (
    *REQUEST_ERRORS,
    InvalidSignature,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RuntimeError,
    struct.error,
)
"""What the library is known to raise on bytes that are no proper answer. Any of them ends the
session, never the driver."""

CLOSED: Final = "the connection was closed or reset"

_LOGIN: Final = frozenset({0x801F0000, 0x80200000, 0x80210000})
_SECURITY: Final = frozenset({0x80130000, 0x80590000, 0x810D0000, 0x81140000})
_FIRST_CERTIFICATE: Final = 0x80120000
_LAST_CERTIFICATE: Final = 0x801E0000


def status_of(error: BaseException) -> int:
    """Return the OPC UA status code an error carries, 0 if none."""
    if isinstance(error, UaStatusCodeError | ServiceError):
        return int(error.code)
    return 0


def connect_fault(error: Exception, options: Options) -> LinkLostError | PermanentError:
    """Say why no session came up."""
    status = status_of(error)
    if status in _LOGIN:
        return PermanentError(_login_refused(options))
    if status in _SECURITY or _FIRST_CERTIFICATE <= status <= _LAST_CERTIFICATE:
        return PermanentError(
            f"The plant at {options.url} does not accept our certificate ({status_words(status)}). "
            f"help: have {options.certificate} trusted at the plant."
        )
    return LinkLostError(_unreachable(error, options.url))


def _login_refused(options: Options) -> str:
    if options.user is None:
        return (
            f"The plant at {options.url} refuses a connection without a user. "
            "help: give 'user' and 'password_file' in the site file."
        )
    return (
        f"The plant at {options.url} refuses user '{options.user}': wrong password, or this "
        f"user may not log in. help: check {options.password_file} and the plant's users."
    )


def _unreachable(error: Exception, url: str) -> str:
    if isinstance(error, ConnectionRefusedError):
        return f"Nothing listens at {url}. help: start the plant, or correct host and port."
    if isinstance(error, socket.gaierror):
        return f"The host of {url} is unknown. help: correct 'url' in the site file."
    if isinstance(error, InvalidSignature):
        return f"The plant at {url} can't prove that its certificate is its own."
    if isinstance(error, TimeoutError):
        return f"No answer from {url} in time. help: check plant, network and firewall."
    return f"No connection to {url}: {describe(error)}."


def describe(error: BaseException) -> str:
    """Return an error of the library in words."""
    status = status_of(error)
    if status:
        return status_words(status)
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionError):
        return CLOSED
    text = str(error).strip().rstrip(".")
    return text or type(error).__name__
