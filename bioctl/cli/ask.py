"""Send one command to the running cell as a person, and tell what became of it."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from bioctl.cli.common import connect, read_password
from bioctl.cli.screen import plain, print_json
from bioctl.errors import BioctlError, InputError, RefusedError

if TYPE_CHECKING:
    from bioctl.port.messages import Answer, Command, Signing

DEADLINE_S = 30.0
"""Host seconds after which the command must not act any more: the person has turned away."""


SECOND = "approved"
"""What the signature of a second person says."""


class Second(NamedTuple):
    """A second person, and the file with their password; None asks at the terminal."""

    user: str
    file: Path | None


def ask(
    site: Path,
    user: str,
    password_file: Path | None,
    name: str,
    args: Mapping[str, Any],
    *,
    reason: str = "",
    meaning: str | None = None,
    second: Second | None = None,
    as_json: bool = False,
) -> None:
    """Log in, send the command and print the answer.

    Args:
        site: the site file of the running cell.
        user: who asks.
        password_file: holds the person's password; None asks at the terminal.
        name: of the command, such as `batch.hold`.
        args: plain JSON.
        reason: why, for the journal.
        meaning: of the signature, where the command signs; None signs nothing.
        second: who signs in place of the user, as the second person.
        as_json: print the whole answer.

    Raises:
        RefusedError: the cell rejected it.
        UnreachableError: nobody answers.
    """
    answers = _given(site, user, password_file, name, [args], reason, meaning, second)
    for answer in answers:
        _tell(answer, as_json)


def ask_each(
    site: Path,
    user: str,
    password_file: Path | None,
    name: str,
    all_args: Sequence[Mapping[str, Any]],
    *,
    reason: str = "",
    as_json: bool = False,
) -> None:
    """Log in once and give one command for each of `all_args`; the rest is as in `ask`.

    Raises:
        RefusedError: the cell rejected some; the others are done, and both are told.
    """
    refused: list[BioctlError] = []
    for answer in _given(site, user, password_file, name, all_args, reason, None, None, refused):
        _tell(answer, as_json)
    if len(refused) == 1:
        raise refused[0]
    if refused:
        raise RefusedError("\n".join(error.message for error in refused), help=refused[0].help)


def _given(
    site: Path,
    user: str,
    password_file: Path | None,
    name: str,
    all_args: Sequence[Mapping[str, Any]],
    reason: str,
    meaning: str | None,
    second: Second | None = None,
    refused: list[BioctlError] | None = None,
) -> "Iterator[Answer]":
    """Yield the answers; what is refused is raised, or kept in `refused` where that is given."""
    with connect(site) as client:
        client.view()  # nobody types a password before somebody is there to check it
        password = read_password(password_file, user)
        session = client.login(user, password)
        signature = None if meaning is None else _signing(user, password, meaning)
        if second is not None:
            option = "--second-password-file"
            other = read_password(second.file, second.user, option)
            signature = _signing(second.user, other, SECOND)
        for args in all_args:
            try:
                yield client.command(session.token, _command(name, args, reason, signature))
            except (InputError, RefusedError) as error:
                if refused is None:
                    raise
                refused.append(error)


def _signing(user: str, password: str, meaning: str) -> "Signing":
    from pydantic import SecretStr

    from bioctl.port.messages import Signing, parse

    secret = SecretStr(password)
    return parse(Signing, {"user": user, "password": secret, "meaning": meaning}, "signature")


def _command(
    name: str, args: Mapping[str, Any], reason: str, signature: "Signing | None"
) -> "Command":
    from bioctl.clock import SystemClock
    from bioctl.port.messages import Command, parse

    value = {
        "id": uuid.uuid4().hex,
        "name": name,
        "args": dict(args),
        "reason": reason,
        "deadline": SystemClock().utc() + DEADLINE_S,
        "signature": signature,
    }
    return parse(Command, value, "command")


def _tell(answer: "Answer", as_json: bool) -> None:
    if as_json:
        print_json(answer.model_dump())
    if answer.outcome == "rejected":
        message, _, remedy = answer.message.partition(" help: ")
        raise RefusedError(message or "The cell rejected it.", help=remedy)
    if not as_json:
        typer.echo(plain(answer.message) or answer.outcome)
