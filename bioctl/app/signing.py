"""Who signs a command: the person who gives it, or a second one; both are authenticated anew."""

import asyncio
from typing import Final

from bioctl.audit.people import People, Person, Role
from bioctl.errors import InputError, RefusedError
from bioctl.port.messages import Command

SECONDS: Final = frozenset({Role.SUPERVISOR, Role.QA})
"""Roles that may sign as the second person."""


async def signed(people: People, command: Command, person: Person, what: str) -> tuple[Person, str]:
    """Authenticate again whoever gives a command; return them, and what their signature says.

    Raises:
        RefusedError: no signature, a wrong one, or another person's.
    """
    signer, said = await _checked(people, command, f"{what} by a signature")
    if signer.id != person.id:
        raise RefusedError(
            f"you are logged in as {person.id} and can't sign as {signer.id}",
            help="log in as the person who signs",
        )
    return signer, said


async def signed_by_second(people: People, command: Command, person: Person) -> tuple[Person, str]:
    """Authenticate the second person of a command; return them, and what their signature says.

    Raises:
        RefusedError: no signature, a wrong one, the same person's, or one of another role.
    """
    signer, said = await _checked(people, command, f"{command.name} is signed by a second person")
    if signer.id == person.id:
        raise RefusedError(
            f"{command.name} needs a second person; {person.id} has given it",
            help="a supervisor or QA who is somebody else signs",
        )
    if signer.role not in SECONDS:
        raise RefusedError(f"{signer.id} is {signer.role}; a supervisor or QA signs this")
    return signer, said


def refuse_other(command: Command, said: str, meaning: str) -> None:
    """Refuse a signature that says something else.

    Raises:
        InputError: it does.
    """
    if said != meaning:
        raise InputError(f"a signature of {command.name} means {meaning}, not {said}")


async def _checked(people: People, command: Command, refusal: str) -> tuple[Person, str]:
    given = command.signature
    if given is None:
        raise RefusedError(refusal, help="user and password are asked")
    password = given.password.get_secret_value()
    return await asyncio.to_thread(people.check, given.user, password), given.meaning
