"""PackML unit states and commands of the filler (ISA-TR88.00.02, base state model).

The machine has no Suspending and Unsuspending: both are optional there and take no time here.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final


class State(IntEnum):
    """StateCurrent, the numbers of tag XS301."""

    CLEARING = 1
    STOPPED = 2
    STARTING = 3
    IDLE = 4
    SUSPENDED = 5
    EXECUTE = 6
    STOPPING = 7
    ABORTING = 8
    ABORTED = 9
    HOLDING = 10
    HELD = 11
    UNHOLDING = 12
    RESETTING = 15
    COMPLETING = 16
    COMPLETE = 17


_UNSTOPPABLE: Final = {
    State.STOPPING,
    State.STOPPED,
    State.ABORTING,
    State.ABORTED,
    State.CLEARING,
}

COMMANDS: Final[Mapping[str, Mapping[State, State]]] = {
    "Reset": {State.STOPPED: State.RESETTING, State.COMPLETE: State.RESETTING},
    "Start": {State.IDLE: State.STARTING},
    "Stop": {s: State.STOPPING for s in State if s not in _UNSTOPPABLE},
    "Hold": {State.EXECUTE: State.HOLDING, State.SUSPENDED: State.HOLDING},
    "Unhold": {State.HELD: State.UNHOLDING},
    "Abort": {s: State.ABORTING for s in State if s not in (State.ABORTING, State.ABORTED)},
    "Clear": {State.ABORTED: State.CLEARING},
}
"""Command -> state in which it is legal -> state it leads to."""

TRANSIENT: Final[Mapping[State, tuple[int, State]]] = {
    State.CLEARING: (2, State.STOPPED),
    State.STOPPING: (3, State.STOPPED),
    State.ABORTING: (1, State.ABORTED),
    State.HOLDING: (2, State.HELD),
    State.UNHOLDING: (2, State.EXECUTE),
    State.RESETTING: (3, State.IDLE),
    State.STARTING: (3, State.EXECUTE),
    State.COMPLETING: (3, State.COMPLETE),
}
"""Acting state -> seconds it takes, state that follows by itself."""
