"""The life of a recipe version: draft → in review → approved → effective → superseded or retired.

What people did to a version stands in the journal, bound to the hash of the canonical recipe; the
`status` in a file is a note. A version nobody submitted is a draft.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bioctl.errors import IntegrityError, RefusedError
from bioctl.recipe.header import Header

PROFILE_OF_EFFECTIVE: Final = "gmp"
"""The profile in which only effective versions run."""


class Status(StrEnum):
    """Where a version stands; the words of a recipe's header."""

    DRAFT = "draft"
    IN_REVIEW = "in review"
    APPROVED = "approved"
    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"
    RETIRED = "retired"


class Move(StrEnum):
    """What a person can do to a version; the verb of the command `recipe.<verb>`."""

    SUBMIT = "submit"
    REJECT = "reject"
    APPROVE = "approve"
    RELEASE = "release"
    RETIRE = "retire"


TABLE: Final[Mapping[Status, Mapping[Move, Status]]] = {
    Status.DRAFT: {Move.SUBMIT: Status.IN_REVIEW},
    Status.IN_REVIEW: {Move.REJECT: Status.DRAFT, Move.APPROVE: Status.APPROVED},
    Status.APPROVED: {Move.RELEASE: Status.EFFECTIVE, Move.RETIRE: Status.RETIRED},
    Status.EFFECTIVE: {Move.RETIRE: Status.RETIRED},
    Status.SUPERSEDED: {Move.RELEASE: Status.EFFECTIVE, Move.RETIRE: Status.RETIRED},
    Status.RETIRED: {},
}
"""Releasing a version supersedes the one that was effective; it can be released again."""

MEANING: Final[Mapping[Move, str]] = {
    Move.SUBMIT: "authored",
    Move.REJECT: "rejected",
    Move.APPROVE: "approved",
    Move.RELEASE: "released",
    Move.RETIRE: "reviewed",
}
"""What the signature of each move says."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a recipe, as the journal knows it.

    Attributes:
        recipe: its name.
        version: its version.
        status: where it stands.
        hash: of the canonical recipe that was submitted last; "" where nobody has.
        author: user id of who submitted it.
        approver: user id of who approved it, "" before.
    """

    recipe: str
    version: str
    status: Status = Status.DRAFT
    hash: str = ""
    author: str = ""
    approver: str = ""

    @property
    def name(self) -> str:
        """Recipe and version as one word: `expand@1.0`."""
        return f"{self.recipe}@{self.version}"


def move(known: Version, step: Move, person: str, content: str) -> Version:
    """Return the version after a person's move.

    Args:
        known: the version as it stands.
        step: what the person does.
        person: user id, just authenticated.
        content: hash of the canonical recipe the person has before them.

    Raises:
        RefusedError: not possible from its status, or the author would approve.
        IntegrityError: what lies before the person is not what was submitted.
    """
    target = TABLE[known.status].get(step)
    if target is None:
        raise RefusedError(
            f"recipe {known.name} is {known.status}: {step} is not possible now.",
            help=_next(known.status),
        )
    if step is Move.SUBMIT:
        return Version(known.recipe, known.version, target, content, person)
    check_content(known, content)
    if step is Move.APPROVE and person == known.author:
        raise RefusedError(
            f"{person} submitted recipe {known.name} and can't approve it too.",
            help="another person must approve.",
        )
    approver = person if step is Move.APPROVE else known.approver
    if target is Status.DRAFT:
        return Version(known.recipe, known.version)
    return Version(known.recipe, known.version, target, known.hash, known.author, approver)


def _next(status: Status) -> str:
    """Return what can be done to a version now, as help."""
    commands = " or ".join(f"`bioctl recipe {step}`" for step in TABLE[status])
    return f"next: {commands}." if commands else "give the change a version of its own."


def check_content(known: Version, content: str) -> None:
    """Check that a recipe is what was submitted under its name and version.

    Raises:
        IntegrityError: it was altered since.
    """
    if known.status is not Status.DRAFT and known.hash != content:
        raise IntegrityError(
            f"this is not recipe {known.name} as it was submitted: its content is "
            f"{content[:12]}, {known.hash[:12]} is {known.status}.",
            help="take the file that was submitted, or give the change a version of its own.",
        )


def check_may_run(known: Version, content: str, header: Header, profile: str, today: str) -> None:
    """Check that a batch of this recipe may be started.

    Args:
        known: the version as the journal knows it.
        content: hash of the canonical recipe that would run.
        header: its dates.
        profile: of the site.
        today: date in UTC, `YYYY-MM-DD`.

    Raises:
        RefusedError: in `gmp` it is not effective; anywhere it expired or is not effective yet.
        IntegrityError: a version that was submitted has another content.
    """
    check_content(known, content)
    if profile == PROFILE_OF_EFFECTIVE and known.status is not Status.EFFECTIVE:
        raise RefusedError(
            f"recipe {known.name} is {known.status}: profile {profile} runs effective ones.",
            help=_next(known.status),
        )
    if header.expires and today >= header.expires:
        raise RefusedError(
            f"recipe {known.name} expired on {header.expires}.",
            help="a new version with a later date must be approved.",
        )
    if header.effective and today < header.effective:
        raise RefusedError(
            f"recipe {known.name} is effective from {header.effective} on, today is {today}.",
            help="wait, or start the version that is effective now.",
        )
