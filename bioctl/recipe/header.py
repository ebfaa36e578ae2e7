"""The head of a recipe: dates, status, batch size, approvals and history (ISA-88, BatchML header).

Status and approvals are about a recipe, not in it: they are no part of its canonical form, so that
an approval can name the hash of what it approves.
"""

from dataclasses import dataclass

STATUSES = ("draft", "in review", "approved", "effective", "superseded", "retired")

HEADER_KEYS = ("dated", "status", "effective", "expires", "batch size", "approvals", "history")


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the modification history."""

    version: str
    on: str
    by: str
    change: str


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved which text: `hash` is that of the canonical recipe they saw."""

    by: str
    role: str
    on: str
    meaning: str
    hash: str


@dataclass(frozen=True, slots=True)
class Header:
    """Dates are `YYYY-MM-DD`, "" where not given; the batch size is a quantity as written."""

    dated: str = ""
    status: str = STATUSES[0]
    effective: str = ""
    expires: str = ""
    batch_size: str = ""
    approvals: tuple[Approval, ...] = ()
    history: tuple[Change, ...] = ()
