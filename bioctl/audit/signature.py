"""Electronic signatures: a person, a meaning and a record, bound by the record's hash (Part 11.70).

Who signs has just given user and password again; that is checked where the signature is made. The
signature itself becomes a journal entry, so it can't be taken off, and its hash fits one record
only.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from bioctl.audit.canonical import canonical
from bioctl.audit.entry import Event, actor
from bioctl.audit.kinds import Kind
from bioctl.audit.people import Person
from bioctl.errors import IntegrityError, RefusedError


class Meaning(StrEnum):
    """What signing says (Part 11.50)."""

    AUTHORED = "authored"
    PERFORMED = "performed"
    VERIFIED = "verified"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    RELEASED = "released"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature.

    Attributes:
        record: id of what was signed, such as `recipe:car-t@3` or `batch:B-1/prompt:7`.
        hash: sha256 of the record's canonical JSON, hex.
        meaning: a word of `Meaning`.
        signer: user id, never given to another person.
        name: printed name as of then.
        role: role in which it was signed.
        utc: when, s since 1970 UTC.
    """

    record: str
    hash: str
    meaning: str
    signer: str
    name: str
    role: str
    utc: float

    def event(self, batch: str | None = None, path: str | None = None, t: float = 0.0) -> Event:
        """Return the journal event of this signature."""
        who = actor("person", self.signer, self.name, self.role)
        return Event(Kind.SIGNATURE, who, asdict(self), batch, path=path, t=t)


def record_hash(content: Mapping[str, Any]) -> str:
    """Return the sha256 (hex) of a record's canonical JSON."""
    return sha256(canonical(content, "The record to sign")).hexdigest()


def sign(
    record: str, content: Mapping[str, Any], meaning: str, person: Person, utc: float
) -> Signature:
    """Return the signature of a person who was just authenticated.

    Raises:
        RefusedError: the meaning is none of `Meaning`, or the account is closed.
    """
    if meaning not in set(Meaning):
        known = ", ".join(Meaning)
        raise RefusedError(f"A signature can't mean {meaning!r}.", help=f"Give one of: {known}.")
    if not person.active:
        raise RefusedError(f"The account {person.id} is closed and can't sign.")
    found = record_hash(content)
    return Signature(record, found, str(meaning), person.id, person.name, person.role, utc)


def check_signature(signature: Signature, record: str, content: Mapping[str, Any]) -> None:
    """Check that a signature belongs to this record as it is now.

    Raises:
        IntegrityError: it was made for another record, or the record changed since.
    """
    if signature.record != record or signature.hash != record_hash(content):
        raise IntegrityError(
            f"The signature of {signature.name} ({signature.meaning}) does not fit {record}.",
            help="The record counts as unsigned: sign it as it is now.",
        )


def require_second_person(performed: Signature, verified: Signature) -> None:
    """Check a two-person step: same record and content, two people.

    Raises:
        RefusedError: the same person signed twice.
        IntegrityError: the two signed different contents.
    """
    if performed.signer == verified.signer:
        raise RefusedError(
            f"{performed.name} performed this step and can't verify it too.",
            help="Another person must verify.",
        )
    if (performed.record, performed.hash) != (verified.record, verified.hash):
        raise IntegrityError(f"The two signatures on {performed.record} are on different contents.")
