"""The driver port: the one thing an integrator implements to connect equipment.

A driver owns its connection, its tasks and its library. It never decides: it keeps the freshest
readings, sends what it is handed, and tells the truth about what happened. Drivers are found by the
entry point group `bioctl.drivers`; the factory is called as
`Driver(name, options, tags, clock)` (see `DriverFactory`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bioctl.clock import Clock
from bioctl.tags import Tag
from bioctl.values import Outputs, Reading, Scalar


class Link(StrEnum):
    """State of a connection. DOWN readings are already BAD."""

    DOWN = "down"
    UP = "up"
    REFUSED = "refused"
    """A permanent fault (password, certificate, wrong plant): retried slowly, a person must act."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The freshest a driver has, taken without waiting.

    Attributes:
        readings: by tag name; every tag asked for is present. A tag not heard of, of the wrong
            type, with a bad status or on a link that is down is BAD with the reason.
        link: state of the connection.
        reason: why the link is not UP, or how it came up: `first`, `resumed`, `server restarted`.
        epoch: counts connections; changes with every new session.
        process_time: seconds of the plant's own process clock, None on equipment that has none.
        faults: output tags whose last write was refused, with the status in words.
    """

    readings: Mapping[str, Reading]
    link: Link
    reason: str = ""
    epoch: int = 0
    process_time: float | None = None
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A one-shot action: executed at most once, never after its deadline.

    Attributes:
        id: unique for ever; the equipment answers a known id with what it did then.
        unit: equipment that acts, for example `BR101`.
        command: the equipment's word, for example `DOSE`.
        arguments: by name, in the eu of the command's declaration.
        deadline: UTC seconds after which the equipment must not start it.
    """

    id: str
    unit: str
    command: str
    arguments: Mapping[str, Scalar]
    deadline: float


class CallState(StrEnum):
    """What is known of a call. Only the equipment's own answer ends UNKNOWN."""

    ACCEPTED = "accepted"
    """The equipment took it and acts (or has acted)."""
    REFUSED = "refused"
    """The equipment did not and will not act: unknown command, late, not allowed in its state."""
    UNKNOWN = "unknown"
    """Sent, no answer: neither executed nor not executed until read back."""
    NEVER_ARRIVED = "never arrived"
    """Read back: the equipment has never seen this id."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call, in the equipment's own words."""

    state: CallState
    message: str = ""


class Driver(Protocol):
    """What the shell asks of a connection."""

    name: str

    async def start(self) -> None:
        """Begin to connect and return at once; the link comes up by itself and is kept up."""

    async def close(self) -> None:
        """End the connection within 2 s and leave no task behind."""

    def latest(self) -> Snapshot:
        """Return the freshest readings without waiting."""
        ...

    def post(self, outputs: Outputs, heartbeat: int) -> None:
        """Hand over level outputs, then the heartbeat as the last write; latest wins.

        Outputs not sent within two periods, or before a resync after a reconnect, are dropped.
        """

    async def exchange(self, outputs: Outputs, dt_s: float) -> Snapshot:
        """Write outputs, advance a simulated plant by `dt_s`, read: one lockstep turn.

        Raises:
            RefusedError: this equipment has no lockstep clock.
            UnreachableError: the link went down; outputs may or may not have arrived.
        """
        ...

    async def call(self, call: Call) -> Outcome:
        """Send a one-shot action once. Never raises for a lost answer: that is UNKNOWN."""
        ...

    async def outcome(self, call_id: str) -> Outcome:
        """Read back what the equipment knows of a call id.

        Raises:
            UnreachableError: it can't be asked now; ask again later.
        """
        ...


class DriverFactory(Protocol):
    """How the entry point is called.

    `options` is the connection's mapping of the site file; `folder` the site file's folder, to
    which relative paths in `options` refer. Raises InputError for options that can't work.
    """

    def __call__(
        self,
        name: str,
        options: Mapping[str, object],
        tags: Sequence[Tag],
        clock: Clock,
        folder: Path,
    ) -> Driver:
        """Make a driver that is not yet connected."""
        ...
