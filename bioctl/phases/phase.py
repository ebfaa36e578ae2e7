"""What a phase is: a pure state machine over parameters, readings and time.

A phase has logic for every acting state of the ISA-88 table. Each scan the engine asks it three
things: which level outputs and loop setpoints its present step wants (`outputs`, `loops`: pure
functions of its durable state, so that they can be asserted again after a crash), and what happens
next (`running`, `holding`, ...: a list of actions). Every action becomes a journal entry before it
is carried out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from bioctl.equipment.driver import CallState
from bioctl.recipe.capabilities import PhaseSpec
from bioctl.values import Reading, Scalar


@dataclass(frozen=True, slots=True)
class Go:
    """Enter another step of the phase; `memory` is kept durably and merged with what is there."""

    step: str
    memory: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Do:
    """Send a one-shot command once. `key` names it in the phase; `v.call(key)` tells its fate."""

    key: str
    command: str
    arguments: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """Open a prompt for a person; `v.answer(key)` is None until it is answered.

    Attributes:
        kind: `acknowledge`, `number`, `choice` or `signature` (signed by a person of `role`).
        text: what the person reads.
        choices: for `choice` and `signature`; the first is the one that lets the phase go on.
        eu: of a number; low and high bound what is plausible.
        role: who may answer.
        evidence: what the decision rests on, shown and signed with it.
    """

    key: str
    kind: str
    text: str
    choices: tuple[str, ...] = ()
    eu: str = ""
    low: float | None = None
    high: float | None = None
    role: str = "operator"
    evidence: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """A result for the batch record: yield, pressure loss, count."""

    name: str
    value: Scalar
    eu: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fail:
    """The phase can't go on by itself: it is held, with this reason, and a person decides."""

    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """The logic of the present state is finished; the table says what follows."""


Action = Go | Do | Ask | Report | Fail | Done


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What is known of the latest one-shot command with this key."""

    id: str
    state: CallState | None = None
    message: str = ""

    @property
    def pending(self) -> bool:
        """Sent or about to be sent, and its fate not yet known."""
        return self.state in (None, CallState.UNKNOWN)

    @property
    def accepted(self) -> bool:
        """The equipment took it."""
        return self.state is CallState.ACCEPTED


class View(Protocol):
    """All a phase may see: its own durable state, the image of its units, and time."""

    step: str
    memory: Mapping[str, Scalar]
    p: Mapping[str, Scalar]
    """Parameters by name, in the eu of the phase's specification."""
    elapsed: float
    """Process seconds this phase has been RUNNING; time HELD does not count."""
    in_step: float
    """Process seconds RUNNING since the present step began."""
    scratch: dict[str, float]
    """Timers and windows that may be lost: after a crash they start again."""
    now: float
    """Process time in seconds."""
    since: float
    """Process time at which the present state (RUNNING, HOLDING, ...) began, in seconds."""

    def class_of(self, role: str) -> str:
        """Return the unit class of the phase's own unit (`""`) or of the unit in parameter `to`."""
        ...

    def reading(self, name: str) -> Reading:
        """Return a measurement of the phase's unit; `to.name` of the unit in parameter `to`."""
        ...

    def number(self, name: str) -> float:
        """Return a GOOD measurement as float, else NaN, which satisfies no comparison."""
        ...

    def output(self, name: str) -> float:
        """Return the level output last commanded on this unit, NaN if none."""
        ...

    def setpoint(self, loop: str) -> float:
        """Return the setpoint of a loop in AUTO, NaN otherwise."""
        ...

    def tripped(self) -> str:
        """Return which interlock keeps this phase from running now, and why; "" while none does."""
        ...

    def call(self, key: str) -> CallRecord | None:
        """Return what is known of a one-shot command of this phase."""
        ...

    def answer(self, key: str) -> Scalar | None:
        """Return a person's answer to a prompt of this phase, None while it is open."""
        ...

    def until(self) -> bool:
        """Whether the recipe's `until` condition is TRUE; False if INVALID or not given."""
        ...

    def held_for(self, key: str, *, true: bool) -> float:
        """Return how long a condition has been true without a break, in process seconds."""
        ...


class Phase:
    """Base of the library: acting states other than RUNNING do nothing and are done at once."""

    spec: ClassVar[PhaseSpec]
    first: ClassVar[str] = "begin"
    """The step in which the phase starts."""

    def outputs(self, v: View) -> Mapping[str, float]:
        """Return level outputs wanted while RUNNING in this step, by name of the unit class."""
        del v
        return {}

    def loops(self, v: View) -> Mapping[str, float | None]:
        """Return loop setpoints wanted (None: off). Loops not named stay as they are."""
        del v
        return {}

    def running(self, v: View) -> Iterable[Action]:
        """Decide what happens next while RUNNING."""
        del v
        return (Done(),)

    def must_hold(self, v: View) -> str:
        """Return why it must be held now, RUNNING or PAUSED; "" while it need not."""
        del v
        return ""

    def holding(self, v: View) -> Iterable[Action]:
        """Bring the phase to a state in which it can wait for long."""
        del v
        return (Done(),)

    def held_outputs(self, v: View) -> Mapping[str, float]:
        """Return outputs the hold logic needs while HOLDING or HELD (quench, cool, mix)."""
        del v
        return {}

    def restarting(self, v: View) -> Iterable[Action]:
        """Check what must be true before RUNNING again; re-enter a step if needed."""
        del v
        return (Done(),)

    def stopping(self, v: View) -> Iterable[Action]:
        """End in an orderly way; not resumable."""
        return self.holding(v)

    def aborting(self, v: View) -> Iterable[Action]:
        """End fast; not resumable."""
        return self.holding(v)
