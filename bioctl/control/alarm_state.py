"""The alarm state table (ISA-18.2, states A to I). More states are more rows, not more code.

    normal ──raise──► unacknowledged ──acknowledge──► acknowledged ──clear──► normal
                      └──clear──► returned, unacknowledged ──acknowledge──► normal
    an alarm that latches goes to latched instead of returned or normal, and waits for a reset

Shelved, suppressed by design and out of service do not annunciate. Each is left to normal; where
the process is abnormal then, the next scan raises the alarm anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class AlarmCondition(StrEnum):
    """State of one alarm, in ISA-18.2 words; the value is what the journal and people see."""

    NORMAL = "normal"
    UNACK_ACTIVE = "unacknowledged"
    ACK_ACTIVE = "acknowledged"
    UNACK_RETURNED = "returned to normal, unacknowledged"
    UNACK_LATCHED = "latched, unacknowledged"
    ACK_LATCHED = "latched, acknowledged"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed by design"
    OUT_OF_SERVICE = "out of service"

    @property
    def unacknowledged(self) -> bool:
        """Whether a person has yet to acknowledge it."""
        return (self, Signal.ACK) in TABLE

    @property
    def silent(self) -> bool:
        """Whether the alarm is kept from annunciating, whatever the process does."""
        return self in {self.SHELVED, self.SUPPRESSED, self.OUT_OF_SERVICE}


@dataclass(frozen=True, slots=True)
class AlarmState:
    """What one alarm remembers.

    Attributes:
        condition: state of the ISA-18.2 table.
        active: whether the process is abnormal, delays passed; the only news of a silent alarm.
        turning_since: process time since which the process says the opposite of `active`.
        raised_at: process time it last annunciated, None before.
        occurrence: how often it has annunciated; a person acknowledges one of them.
        escalations: how often this one was annunciated again because nobody acknowledged it.
        unevaluable: an alarm whose reading is not Good now, so that nothing can be said.
        shelved_until: process time shelving ends; None while not shelved.
        arrived_at: what the limit was around when the process was last within it; None before.
        about: what an active alarm that is told something is about.
        settled: reading at which a steady alarm's process was left alone; None while it is moved.
    """

    condition: AlarmCondition = AlarmCondition.NORMAL
    active: bool = False
    turning_since: float | None = None
    raised_at: float | None = None
    occurrence: int = 0
    escalations: int = 0
    unevaluable: bool = False
    shelved_until: float | None = None
    arrived_at: float | None = None
    settled: float | None = None
    about: frozenset[str] = frozenset()


class Signal(StrEnum):
    """What can happen to an alarm."""

    RAISE = "raise"
    CLEAR = "clear"
    LATCH = "clear and latch"
    ACK = "acknowledge"
    RESET = "reset"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    SUPPRESS = "suppress"
    UNSUPPRESS = "unsuppress"
    REMOVE = "remove from service"
    RETURN = "return to service"


_N, _S = AlarmCondition, Signal

TABLE: Mapping[tuple[AlarmCondition, Signal], AlarmCondition] = {
    (_N.NORMAL, _S.RAISE): _N.UNACK_ACTIVE,
    (_N.UNACK_ACTIVE, _S.ACK): _N.ACK_ACTIVE,
    (_N.UNACK_ACTIVE, _S.CLEAR): _N.UNACK_RETURNED,
    (_N.UNACK_ACTIVE, _S.LATCH): _N.UNACK_LATCHED,
    (_N.ACK_ACTIVE, _S.RAISE): _N.UNACK_ACTIVE,
    (_N.ACK_ACTIVE, _S.CLEAR): _N.NORMAL,
    (_N.ACK_ACTIVE, _S.LATCH): _N.ACK_LATCHED,
    (_N.UNACK_RETURNED, _S.ACK): _N.NORMAL,
    (_N.UNACK_RETURNED, _S.RAISE): _N.UNACK_ACTIVE,
    (_N.UNACK_LATCHED, _S.ACK): _N.ACK_LATCHED,
    (_N.UNACK_LATCHED, _S.RAISE): _N.UNACK_ACTIVE,
    (_N.ACK_LATCHED, _S.RESET): _N.NORMAL,
    (_N.ACK_LATCHED, _S.RAISE): _N.UNACK_ACTIVE,
    (_N.NORMAL, _S.SHELVE): _N.SHELVED,
    (_N.UNACK_ACTIVE, _S.SHELVE): _N.SHELVED,
    (_N.ACK_ACTIVE, _S.SHELVE): _N.SHELVED,
    (_N.UNACK_RETURNED, _S.SHELVE): _N.SHELVED,
    (_N.SUPPRESSED, _S.SHELVE): _N.SHELVED,
    (_N.SHELVED, _S.SHELVE): _N.SHELVED,
    (_N.SHELVED, _S.UNSHELVE): _N.NORMAL,
    (_N.NORMAL, _S.SUPPRESS): _N.SUPPRESSED,
    (_N.UNACK_ACTIVE, _S.SUPPRESS): _N.SUPPRESSED,
    (_N.ACK_ACTIVE, _S.SUPPRESS): _N.SUPPRESSED,
    (_N.UNACK_RETURNED, _S.SUPPRESS): _N.SUPPRESSED,
    (_N.SUPPRESSED, _S.UNSUPPRESS): _N.NORMAL,
    **{(one, _S.REMOVE): _N.OUT_OF_SERVICE for one in _N if one is not _N.OUT_OF_SERVICE},
    (_N.OUT_OF_SERVICE, _S.RETURN): _N.NORMAL,
}
"""Every transition there is; a pair that is not here changes nothing. A latched alarm can be
neither shelved nor suppressed: it would lose what it waits for."""


def after(state: AlarmCondition, signal: Signal) -> AlarmCondition:
    """Return the next state; the same one where the table has no row."""
    return TABLE.get((state, signal), state)
