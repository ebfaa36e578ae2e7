"""What the site says of one alarm: its limit, and why anybody should be woken by it (ISA-18.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bioctl.control.check import above_zero, finite, not_negative, span, text
from bioctl.errors import InputError
from bioctl.language.condition import Condition
from bioctl.values import Range


class AlarmKind(StrEnum):
    """What it watches."""

    HIGH = "high"
    LOW = "low"
    BAD = "bad"
    CONDITION = "condition"
    DOUBT = "doubt"
    TOLD = "told"

    @property
    def limited(self) -> bool:
        """Whether it has a limit."""
        return self in {self.HIGH, self.LOW}

    @property
    def blind(self) -> bool:
        """Whether it can't be judged while its reading is Bad."""
        return self.limited or self is self.CONDITION


class Severity(StrEnum):
    """How bad the consequence is if nobody acts in time."""

    SEVERE = "severe"
    MAJOR = "major"
    MINOR = "minor"


FAST_S = 300.0
"""Act within 5 min: the first column of the priority matrix."""

PROMPT_S = 1800.0
"""Act within 30 min: the second; the third is later."""

PRIORITY: Mapping[Severity, tuple[int, int, int]] = {
    Severity.SEVERE: (1, 1, 2),
    Severity.MAJOR: (1, 2, 3),
    Severity.MINOR: (2, 3, 3),
}
"""Priority by severity, for a time to respond within 5 min, within 30 min, and later. The matrix is
bioctl's own; ISA-18.2 asks only that there is one."""

SHELVE_S = 3600.0
"""How long an alarm may be shelved where the site says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmConfig:
    """One alarm. An alarm without an action for the operator is not an alarm, and is refused.

    Attributes:
        name: unique in its unit, for example `temperature_high`.
        tag: what it watches, for people and the journal.
        kind: above a limit, below one, a reading that is not Good, a condition that is TRUE, a
            loop's doubts about its reading or outputs, or something bioctl tells of itself.
        cause: what most likely is behind it.
        consequence: what happens if nobody acts.
        severity: how bad that is.
        action: what the operator does.
        respond_s: how long there is to do it, s, above 0.
        limit: of kinds HIGH and LOW, in the tag's eu; a distance above 0 where it is `around`
            something.
        loop: the limit is this far from the setpoint of this loop; for kind DOUBT, whose doubts.
        output: it is this far from what this output is commanded to be.
        steady: it is this far from what the running phase keeps, else from where the reading
            stood when a phase last moved it on purpose.
        moved: suppressed by design while a phase moves the reading on purpose.
        percent: limit and dead band are % of what the limit is around, not eu.
        counted: what this loop's dose limit has counted is judged, in place of the reading.
        when: of kind CONDITION.
        dead_band: how far back inside the limit it must come to clear, eu.
        on_delay_s: how long it must be abnormal before it is raised.
        off_delay_s: how long it must be normal before it clears.
        latching: when it clears it stays until a person resets it.
        suppress_when: a state of the unit in which it is suppressed by design; None for none.
        shelve_s: how long it may be shelved at most; priority 1 can't be.
        pv_range: physical range; outside counts as Bad. None checks for a finite number only.
        around: whether the limit is a distance from something that moves; follows from the rest.

    Raises:
        InputError: no cause, action or consequence, a limit or time missing or not a number.
    """

    name: str
    tag: str
    kind: AlarmKind
    cause: str
    consequence: str
    severity: Severity
    action: str
    respond_s: float
    limit: float | None = None
    loop: str = ""
    output: str = ""
    steady: bool = False
    moved: bool = False
    percent: bool = False
    counted: str = ""
    when: Condition | None = None
    dead_band: float = 0.0
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    latching: bool = False
    suppress_when: Condition | None = None
    shelve_s: float = SHELVE_S
    pv_range: Range | None = None
    around: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        text("alarm", "name", self.name)
        owner = f"alarm {self.name}"
        for name in ("tag", "cause", "consequence", "action"):
            text(owner, name, getattr(self, name))
        for name in ("dead_band", "on_delay_s", "off_delay_s"):
            not_negative(owner, name, getattr(self, name))
        for name in ("respond_s", "shelve_s"):
            above_zero(owner, name, getattr(self, name))
        if self.pv_range is not None:
            span(owner, "pv_range", self.pv_range)
        around = bool(self.loop or self.output) or self.steady
        object.__setattr__(self, "around", self.limit is not None and around)
        if self.limit is not None:
            (above_zero if self.around else finite)(owner, "limit", self.limit)
        wrong = self._wrong()
        if wrong:
            raise InputError(f"{owner}: {wrong}.")

    def _wrong(self) -> str:
        """Return what does not fit together; "" where all does."""
        limited = self.limit is not None
        around = bool(self.loop) + bool(self.output) + self.steady
        if limited is not self.kind.limited:
            return f"high and low need a limit, {self.kind} has none"
        if not limited and around and self.kind is not AlarmKind.DOUBT:
            return f"{self.kind} has no setpoint"
        if (self.when is not None) is not (self.kind is AlarmKind.CONDITION):
            return "a condition needs `when`, and nothing else has one"
        if around > 1:
            return "a limit is around one thing, not several"
        return "a percentage needs something it is of" if self.percent and not around else ""

    @property
    def priority(self) -> int:
        """1 (act at once) to 3, from severity and time to respond."""
        column = 0 if self.respond_s <= FAST_S else 1 if self.respond_s <= PROMPT_S else 2
        return PRIORITY[self.severity][column]
