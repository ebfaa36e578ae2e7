"""What a person asks of alarms and interlocks, decided and not yet done."""

from collections.abc import Callable
from typing import NamedTuple

from bioctl.audit.entry import Event


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
