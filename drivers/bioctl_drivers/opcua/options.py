"""The options of an OPC UA connection, as a person writes them in the site file."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from bioctl.errors import InputError, InputErrors

Text = Annotated[str, Field(min_length=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class BlockNodes(_Section):
    """Arrays that hold all tags, read in one request; node ids in the connection's namespace."""

    values: Text
    status: Text
    names: Text
    time: Text | None = None


class ClockNodes(_Section):
    """A simulated plant's clock: its time in s, and the method that advances it."""

    time: Text
    advance: Text


class HeartbeatNodes(_Section):
    """The plant's watchdog: what we write, what it echoes, and who holds the plant.

    `state` is optional: 1 while the plant sees its controller alive. Without it, the echo is
    watched for a while before the plant is taken over from another owner.
    """

    command: Text
    echo: Text | None = None
    owner: Text | None = None
    state: Text | None = None


class CommandNodes(_Section):
    """Methods for one-shot actions: the object they belong to, execute, and read back."""

    object: Text
    execute: Text
    state: Text


class Options(_Section):
    """One OPC UA connection. Always signed, encrypted and pinned; there is no option against it."""

    driver: Literal["opcua"] = "opcua"
    url: Text
    namespace: Text
    application_uri: Text
    certificate: Path
    private_key: Path
    trusted: Path
    user: Text | None = None
    password_file: Path | None = None
    period_s: Annotated[float, Field(ge=0.1, le=60)] = 1.0
    """s between two `post`; outputs not sent within two of them are dropped."""
    block: BlockNodes | None = None
    clock: ClockNodes | None = None
    heartbeat: HeartbeatNodes | None = None
    commands: CommandNodes | None = None

    @field_validator("url")
    @classmethod
    def _has_host_and_port(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "opc.tcp" or not parts.hostname or not parts.port:
            raise ValueError("expected opc.tcp://HOST:PORT/PATH")
        if parts.username or parts.password:
            raise ValueError("a user belongs in 'user', a password in 'password_file'")
        return url

    @model_validator(mode="after")
    def _user_has_password(self) -> "Options":
        if (self.user is None) != (self.password_file is None):
            raise ValueError("'user' and 'password_file' belong together")
        return self

    def resolved(self, folder: Path) -> "Options":
        """Return these options with paths relative to the site file's folder made absolute."""
        paths = ("certificate", "private_key", "trusted", "password_file")
        given = {name: getattr(self, name) for name in paths}
        return self.model_copy(
            update={name: folder / path for name, path in given.items() if path is not None}
        )


def read_options(name: str, options: Mapping[str, object], folder: Path) -> Options:
    """Return the checked options of connection `name`.

    Raises:
        InputErrors: all that is wrong, each with the nearest valid word.
    """
    try:
        return Options.model_validate(dict(options)).resolved(folder)
    except ValidationError as problem:
        raise InputErrors([_sentence(name, error) for error in problem.errors()]) from problem


def _sentence(name: str, error: ErrorDetails) -> InputError:
    path = [str(part) for part in error["loc"]]
    where = f"connection '{name}'" + (f", option '{'.'.join(path)}'" if path else "")
    if error["type"] == "extra_forbidden":
        known = _known(path[:-1])
        near = get_close_matches(path[-1], known, 1)
        return InputError(
            f"{where}: there is no such option.",
            help=f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}.",
        )
    if error["type"] == "missing":
        return InputError(f"{where}: it is missing.", help="add it to the site file.")
    return InputError(f"{where}: {_plain(error)}.")


def _plain(error: ErrorDetails) -> str:
    reason = error.get("ctx", {}).get("error")
    if reason is not None:
        return str(reason)
    text = error["msg"]
    return f"{text[:1].lower()}{text[1:]}, not {error['input']!r}"


def _known(path: list[str]) -> list[str]:
    sections: dict[str, type[_Section]] = {
        "block": BlockNodes,
        "clock": ClockNodes,
        "heartbeat": HeartbeatNodes,
        "commands": CommandNodes,
    }
    section = sections.get(path[0], Options) if path else Options
    return list(section.model_fields)
