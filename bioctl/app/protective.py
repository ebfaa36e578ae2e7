"""What a person asks of alarms and interlocks, decided and not yet done."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from bioctl.audit.entry import Event
from bioctl.errors import InputError
from bioctl.language.nearest import suggest


class Step(NamedTuple):
    """One change of what a unit's protection remembers.

    Attributes:
        told: what it comes to, in words.
        event: what is journaled once it is done.
        put: does it.
        signed: the signature, journaled with the intent.
    """

    told: str
    event: Event
    put: Callable[[], None]
    signed: tuple[Event, ...] = ()


def checked(
    noun: str, verb: str, verbs: Collection[str], reason: str, full: str, known: Collection[str]
) -> tuple[str, str]:
    """Return unit and name of the alarm or interlock a command is about.

    Args:
        noun: `alarm` or `interlock`.
        verb: what shall be done.
        verbs: what can be.
        reason: why, for the record.
        full: UNIT.NAME as it was given.
        known: all there are.

    Raises:
        InputError: no such command, name or no reason.
    """
    if verb not in verbs:
        raise InputError(f"there is no command {noun}.{verb}", help=suggest(verb, verbs, "verbs"))
    if not reason.strip():
        raise InputError(f"{noun}.{verb} needs a reason", help="say why, for the record")
    if full not in known:
        raise InputError(f"there is no {noun} {full!r}", help=suggest(full, known, f"{noun}s"))
    unit, _, name = full.partition(".")
    return unit, name


def minutes_of(args: Mapping[str, Any], command: str) -> float:
    """Return the minutes a command lasts.

    Raises:
        InputError: none are given, or no number.
    """
    value = args.get("minutes")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{command} needs `minutes`, a number", help="how long it shall last")
    return float(value)
