"""Adding an account offline, through the same steps as every command: intent, act, outcome.

The journal's lock makes sure that no controller runs meanwhile; one that runs adds accounts itself.
"""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bioctl.audit.actions import allowed
from bioctl.audit.entry import Event, actor
from bioctl.audit.journal import Journal
from bioctl.audit.kinds import Kind
from bioctl.audit.people import People, Person
from bioctl.cli.stores import open_people
from bioctl.clock import SystemClock
from bioctl.equipment.site import Site
from bioctl.errors import BioctlError, RefusedError, UsageError

Actor = dict[str, str]

COMMAND = "user.add"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """The account that is asked for."""

    user: str
    name: str
    role: str
    password: str

    def told(self) -> dict[str, str]:
        """Return what the journal may hold of it."""
        return {"user": self.user, "name": self.name, "role": self.role}


def add_account(
    site: Site, newcomer: Newcomer, by: str | None, secret_of: Callable[[str], str]
) -> Person:
    """Add an account and journal it.

    Args:
        site: whose accounts.
        newcomer: the account.
        by: who adds; None is only for the first account.
        secret_of: returns the password of who adds.

    Raises:
        RefusedError: a controller holds the journal, or who adds may not.
        InputError: id, name or password does not do.
        UsageError: nobody is named who adds, and there are accounts already.
    """
    people = open_people(site)
    with Journal.open(site.data / "journal.db", SystemClock(), cell=site.name) as journal:
        try:
            who = _authorise(people, newcomer, by, secret_of)
        except RefusedError as error:
            said = actor("person", by) if by else actor("system", "bootstrap")
            _reject(journal, said, newcomer, error)
            raise
        return _add(journal, people, who, newcomer)


def _authorise(
    people: People, newcomer: Newcomer, by: str | None, secret_of: Callable[[str], str]
) -> Actor:
    if not people.everyone():
        if not allowed(newcomer.role, COMMAND):
            raise RefusedError(
                f"The first account can't be {newcomer.role}: nobody could add the others.",
                help="Begin with a supervisor.",
            )
        return actor("system", "bootstrap")
    if by is None:
        raise UsageError(
            "There are accounts already, so somebody must be named who adds this one.",
            help="Name a supervisor with --by USER.",
        )
    person = people.check(by, secret_of(by))
    if not allowed(person.role, COMMAND):
        raise RefusedError(f"{person.id} is {person.role} and may not add accounts.")
    return actor("person", person.id, person.name, person.role)


def _add(journal: Journal, people: People, who: Actor, newcomer: Newcomer) -> Person:
    id_ = uuid.uuid4().hex
    intent = {"command": COMMAND, "args": newcomer.told(), "id": id_}
    _commit(journal, who, (Kind.COMMAND_INTENT, intent))
    try:
        person = people.add(newcomer.user, newcomer.name, newcomer.role, newcomer.password)
    except BioctlError as error:
        data = {"id": id_, "outcome": "rejected", "message": error.message, "command": COMMAND}
        _commit(journal, who, (Kind.COMMAND_OUTCOME, data))
        raise
    done = {"id": id_, "outcome": "done", "message": "account added", "command": COMMAND}
    _commit(journal, who, (Kind.PEOPLE_ADDED, newcomer.told()), (Kind.COMMAND_OUTCOME, done))
    return person


def _reject(journal: Journal, who: Actor, newcomer: Newcomer, error: BioctlError) -> None:
    data = {"command": COMMAND, "args": newcomer.told(), "reason": error.message}
    _commit(journal, who, (Kind.COMMAND_REJECTED, data))


def _commit(journal: Journal, who: Actor, *facts: tuple[Kind, Mapping[str, Any]]) -> None:
    """Make these facts durable; process time stands still where the journal ended."""
    last = next(journal.read(max(journal.head().seq - 1, 0)), None)
    t = last.t if last else 0.0
    asyncio.run(journal.commit([Event(kind, who, data, t=t) for kind, data in facts]))
