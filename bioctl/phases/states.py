"""States and commands of procedural elements: the example table of ISA-88.01 5.7.2.

The table is data: the engine, the documentation and the exhaustive test are made from it. A pair
that is not in the table is refused, journaled and changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """State of a batch or phase."""

    IDLE = "IDLE"
    RUNNING = "RUNNING"
    PAUSING = "PAUSING"
    PAUSED = "PAUSED"
    HOLDING = "HOLDING"
    HELD = "HELD"
    RESTARTING = "RESTARTING"
    STOPPING = "STOPPING"
    STOPPED = "STOPPED"
    ABORTING = "ABORTING"
    ABORTED = "ABORTED"
    COMPLETE = "COMPLETE"


class Command(StrEnum):
    """What a person or a rule can ask of a batch."""

    START = "start"
    STOP = "stop"
    HOLD = "hold"
    RESTART = "restart"
    ABORT = "abort"
    RESET = "reset"
    PAUSE = "pause"
    RESUME = "resume"


class Nature(StrEnum):
    """ACTING: its logic runs and ends by itself. WAITING: a command moves it. FINAL: it is over."""

    ACTING = "acting"
    WAITING = "waiting"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Row:
    """One state: its nature, where it goes when its logic is done, and on which command."""

    nature: Nature
    done: State | None = None
    on: dict[Command, State] = field(default_factory=dict)


S, C = State, Command
_STOP = {C.STOP: S.STOPPING, C.ABORT: S.ABORTING}
_STOP_HOLD = {**_STOP, C.HOLD: S.HOLDING}

TABLE: dict[State, Row] = {
    S.IDLE: Row(Nature.WAITING, None, {C.START: S.RUNNING}),
    S.RUNNING: Row(Nature.ACTING, S.COMPLETE, {**_STOP_HOLD, C.PAUSE: S.PAUSING}),
    S.PAUSING: Row(Nature.ACTING, S.PAUSED, _STOP_HOLD),
    S.PAUSED: Row(Nature.WAITING, None, {**_STOP_HOLD, C.RESUME: S.RUNNING}),
    S.HOLDING: Row(Nature.ACTING, S.HELD, _STOP),
    S.HELD: Row(Nature.WAITING, None, {**_STOP, C.RESTART: S.RESTARTING}),
    S.RESTARTING: Row(Nature.ACTING, S.RUNNING, _STOP_HOLD),
    S.STOPPING: Row(Nature.ACTING, S.STOPPED, {C.ABORT: S.ABORTING}),
    S.STOPPED: Row(Nature.FINAL, None, {C.ABORT: S.ABORTING, C.RESET: S.IDLE}),
    S.ABORTING: Row(Nature.ACTING, S.ABORTED),
    S.ABORTED: Row(Nature.FINAL, None, {C.RESET: S.IDLE}),
    S.COMPLETE: Row(Nature.FINAL, None, {C.RESET: S.IDLE}),
}

PRIORITY = (C.ABORT, C.STOP, C.HOLD, C.PAUSE, C.RESTART, C.RESUME, C.START, C.RESET)
"""When several commands meet in one scan, the first of these goes first."""

AFTER_CRASH = {
    S.RUNNING: S.HOLDING,
    S.PAUSING: S.HOLDING,
    S.PAUSED: S.HOLDING,
    S.RESTARTING: S.HOLDING,
}
"""Promise 4: nothing goes forward without a person. HOLDING goes on; STOPPING, ABORTING finish."""


def after(state: State, command: Command) -> State | None:
    """Return the next state, or None when the table refuses the command."""
    return TABLE[state].on.get(command)


def legal(state: State) -> tuple[Command, ...]:
    """Return the commands this state accepts, in priority order."""
    return tuple(command for command in PRIORITY if command in TABLE[state].on)


def by_priority(commands: Iterable[Command]) -> list[Command]:
    """Return commands that met in one scan, most protective first."""
    return sorted(commands, key=PRIORITY.index)


def final(state: State) -> bool:
    """Whether the element is over."""
    return TABLE[state].nature is Nature.FINAL
