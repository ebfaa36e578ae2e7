"""The command port from the other side: a synchronous client over the Unix socket."""

import socket
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import orjson
from pydantic import SecretStr

from bioctl.errors import UnreachableError
from bioctl.port import faults, wire
from bioctl.port.messages import Answer, Command, Login, Session, parse

CONNECT_S = 3.0
ANSWER_S = 30.0


class PortClient:
    """One caller of a running cell; errors come back as the classes the cell raised.

    Args:
        path: of the controller's Unix socket.
        start: the command that would start the controller, for the error sentence.
    """

    def __init__(self, path: Path, start: str = "bioctl serve --site …") -> None:
        self.path = path
        self._start = start
        self._http = httpx.Client(
            transport=httpx.HTTPTransport(uds=str(path)),
            base_url="http://bioctl",
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def login(self, user: str, password: str) -> Session:
        """Return a session for later commands."""
        body = Login(user=user, password=SecretStr(password)).model_dump(mode="json")
        return parse(Session, self._ask("POST", "/v1/login", body=body), "session")

    def command(self, token: str | None, command: Command) -> Answer:
        """Send a command; after UnreachableError it may be sent again under the same id."""
        body = command.model_dump(mode="json")
        return parse(Answer, self._ask("POST", "/v1/command", body=body, token=token), "answer")

    def view(self) -> dict[str, Any]:
        """Return the cell as it stands."""
        found = self._ask("GET", "/v1/view")
        return found if isinstance(found, dict) else {}

    def entries(
        self, after: int = 0, batch: str | None = None, wait_s: float = 0.0, limit: int = 500
    ) -> list[dict[str, Any]]:
        """Return entries after `after`, waiting up to `wait_s` seconds for the first one."""
        query: dict[str, str] = {"after": str(after), "wait": str(wait_s), "limit": str(limit)}
        if batch:
            query["batch"] = batch
        found = self._ask("GET", "/v1/entries", query=query, answer_s=wait_s + ANSWER_S)
        return found if isinstance(found, list) else []

    def _ask(
        self,
        method: str,
        route: str,
        *,
        body: object = None,
        query: dict[str, str] | None = None,
        token: str | None = None,
        answer_s: float = ANSWER_S,
    ) -> object:
        self._knock()
        headers = {"authorization": f"Bearer {token}"} if token else {}
        content = None if body is None else wire.encode(body)
        timeout = httpx.Timeout(answer_s, connect=CONNECT_S)
        try:
            response = self._http.request(
                method, route, params=query, content=content, headers=headers, timeout=timeout
            )
        except httpx.TransportError as error:
            raise UnreachableError(
                f"The controller at {self.path} did not answer ({type(error).__name__}); "
                "what was asked may be done or not.",
                help="Look at the journal or the batch before asking again.",
            ) from None
        return _unpack(response)

    def _knock(self) -> None:
        """Find out first whether somebody listens.

        Then nothing was sent, so nothing can have been done; httpx's own attempt would also leave
        its socket open when it fails.
        """
        try:
            with socket.socket(socket.AF_UNIX) as knock:
                knock.settimeout(CONNECT_S)
                knock.connect(str(self.path))
        except OSError:
            raise UnreachableError(
                f"No controller answers at {self.path}.", help=f"Start it with `{self._start}`."
            ) from None


def _unpack(response: httpx.Response) -> object:
    try:
        value: object = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        raise UnreachableError(
            f"What answers there is no bioctl controller (HTTP {response.status_code}, not JSON)."
        ) from None
    if response.is_success:
        return value
    raise faults.from_json(value)
