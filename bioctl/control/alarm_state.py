"""The alarm state table (ISA-18.2, states A to D). More states are more rows, not more code."""

from collections.abc import Mapping
from enum import StrEnum


class AlarmCondition(StrEnum):
    """State of one alarm, in ISA-18.2 words; the value is what the journal and people see."""

    NORMAL = "normal"
    UNACK_ACTIVE = "unacknowledged"
    ACK_ACTIVE = "acknowledged"
    UNACK_RETURNED = "returned to normal, unacknowledged"

    @property
    def active(self) -> bool:
        """Whether the process is abnormal now."""
        return self in {AlarmCondition.UNACK_ACTIVE, AlarmCondition.ACK_ACTIVE}

    @property
    def unacknowledged(self) -> bool:
        """Whether a person has yet to acknowledge it."""
        return self in {AlarmCondition.UNACK_ACTIVE, AlarmCondition.UNACK_RETURNED}


class Signal(StrEnum):
    """What can happen to an alarm."""

    RAISE = "raise"
    CLEAR = "clear"
    ACK = "acknowledge"


TABLE: Mapping[tuple[AlarmCondition, Signal], AlarmCondition] = {
    (AlarmCondition.NORMAL, Signal.RAISE): AlarmCondition.UNACK_ACTIVE,
    (AlarmCondition.UNACK_ACTIVE, Signal.ACK): AlarmCondition.ACK_ACTIVE,
    (AlarmCondition.UNACK_ACTIVE, Signal.CLEAR): AlarmCondition.UNACK_RETURNED,
    (AlarmCondition.ACK_ACTIVE, Signal.CLEAR): AlarmCondition.NORMAL,
    (AlarmCondition.UNACK_RETURNED, Signal.ACK): AlarmCondition.NORMAL,
    (AlarmCondition.UNACK_RETURNED, Signal.RAISE): AlarmCondition.UNACK_ACTIVE,
}
"""Every transition there is; a pair that is not here changes nothing."""


def after(state: AlarmCondition, signal: Signal) -> AlarmCondition:
    """Return the next state; the same one where the table has no row."""
    return TABLE.get((state, signal), state)
