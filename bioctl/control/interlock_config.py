"""What an interlock is, as the site file declares it, and what it remembers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from bioctl.control.check import finite, not_negative, text
from bioctl.errors import InputError
from bioctl.language.condition import Condition


class OnBad(StrEnum):
    """What a condition that can't be evaluated does."""

    TRIP = "trip"
    HOLD_STATE = "hold_state"
    IGNORE = "ignore"


class Reset(StrEnum):
    """Who lets go once the condition is FALSE."""

    AUTO = "auto"
    PERSON = "person"
    """An operator or supervisor."""
    SECOND = "second"
    """A person, and another one who signs."""
    QA = "qa"
    """QA, with a comment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterlockConfig:
    """One interlock.

    Attributes:
        name: short and unique in its unit.
        when: condition that trips it.
        then: outputs it forces, by name, in eu.
        at_most: outputs it keeps from going above a value, by name, in eu.
        holds: phases it holds on its unit, and keeps from starting, while it has tripped.
        delay_s: how long the condition must hold first.
        on_bad: what a Bad reading in the condition does.
        reset: by itself, or by whom.
        reset_when: must be TRUE before it resets (hysteresis); None: `when` FALSE is enough.
        reset_delay_s: how long it must be safe to reset before an automatic reset.
        text: what it protects, in one sentence for people.
        bypass_s: how long a person may bypass it at most, process s; 0: never.

    Raises:
        InputError: it does nothing, a value or time that is not a number, or no text.
    """

    noun: ClassVar[str] = "interlock"
    name: str
    when: Condition
    then: Mapping[str, float] = field(default_factory=dict)
    text: str
    at_most: Mapping[str, float] = field(default_factory=dict)
    holds: tuple[str, ...] = ()
    delay_s: float = 0.0
    on_bad: OnBad = OnBad.TRIP
    reset: Reset = Reset.AUTO
    reset_when: Condition | None = None
    reset_delay_s: float = 0.0
    bypass_s: float = 0.0

    def __post_init__(self) -> None:
        text("interlock", "name", self.name)
        owner = f"interlock {self.name}"
        text(owner, "text", self.text)
        not_negative(owner, "delay_s", self.delay_s)
        not_negative(owner, "reset_delay_s", self.reset_delay_s)
        not_negative(owner, "bypass_s", self.bypass_s)
        if not (self.then or self.at_most or self.holds):
            raise InputError(
                f"{owner}: it forces no output and holds no phase.",
                help="Name what shall be closed, stopped, limited or held.",
            )
        for name, value in (*self.then.items(), *self.at_most.items()):
            finite(owner, f"forced {name}", value)

    @property
    def counts(self) -> tuple[str, ...]:
        """Loops and totalisers whose use the condition reads; a reset counts them from 0 again."""
        return tuple(one.removesuffix(USED) for one in self.when.names if one.endswith(USED))


USED = ".used"
"""Ending of a name in a condition: what a dose limit or totaliser has counted."""

DEVIATION = ".deviation"
"""Ending of a name in a condition: how far an output is from what it was told, in its eu."""


@dataclass(frozen=True, slots=True)
class InterlockState:
    """What one interlock remembers.

    Attributes:
        tripped: whether its outputs are forced.
        since: process time the condition began to hold, None while it does not.
        safe_since: process time it became safe to reset, None while it is not.
        cause: why it tripped; "" while clear.
        bad: why the condition can't be evaluated now; "" while it can.
        bypassed_until: process time a bypass ends: until then it forces nothing; None without one.
    """

    tripped: bool = False
    since: float | None = None
    safe_since: float | None = None
    cause: str = ""
    bad: str = ""
    bypassed_until: float | None = None

    @property
    def acts(self) -> bool:
        """Whether it has tripped and no bypass keeps it from acting."""
        return self.tripped and self.bypassed_until is None
