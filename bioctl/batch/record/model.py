"""The batch record as a plain value: what was collected, before anybody lays it out.

Every time is a `Moment`. Arrays hold full-resolution readings, so that a trend can be drawn again
from the JSON record. `Record.content` is the canonical JSON; its sha256 names the record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bioctl.audit.canonical import encode
from bioctl.values import Scalar

Floats = npt.NDArray[np.float64]

FORMAT = "bioctl batch record"
VERSION = 1


class Moment(NamedTuple):
    """When something happened.

    Attributes:
        t: process time since the batch started, s.
        utc: RFC 3339 text with milliseconds and Z.
    """

    t: float
    utc: str


@dataclass(frozen=True, slots=True)
class Head:
    """What, where, when and who.

    Attributes:
        cell: id of the cell whose journal it is.
        profile: of the controller that ran it: demo, lab or gmp.
        software: version of the controller.
        units: unit by role of the recipe.
        classes: unit class by unit, as the site file says.
        zero: process time of the cell at the batch's start, s.
        ended: None while the batch is not over.
        sealed: number of the entry that sealed it; None if nothing did.
    """

    batch: str
    cell: str
    site: str
    profile: str
    software: str
    product: str
    recipe: str
    version: str
    master_hash: str
    control_hash: str
    units: Mapping[str, str]
    classes: Mapping[str, str]
    created: Moment
    started: Moment | None
    ended: Moment | None
    state: str
    cause: str
    started_by: str
    zero: float
    sealed: int | None


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was verified; `ok` is None where there was nothing to verify."""

    name: str
    ok: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One class of exceptions: how many things it looked at, how many it found."""

    name: str
    title: str
    word: str
    checked: int
    found: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One exception.

    Attributes:
        rule: name of its `Rule`.
        until: when it ended; None while it did not, or where it has no length.
        lasts: whether it is something that lasts, so that a missing end means *still so*.
        who: person, recipe step or rule behind it.
        priority: 1 to 3 as in ISA-18.2, 0 where it has none.
        entries: numbers of the journal entries it rests on.
    """

    rule: str
    at: Moment
    text: str
    who: str
    until: Moment | None = None
    lasts: bool = False
    unit: str = ""
    path: str = ""
    priority: int = 0
    entries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """A named value with its eu."""

    name: str
    value: Scalar | None
    eu: str = ""


@dataclass(frozen=True, slots=True)
class FormulaValue:
    """One entry of the formula as this batch used it."""

    name: str
    value: Scalar | None
    eu: str
    low: float | None
    high: float | None
    criticality: str


@dataclass(frozen=True, slots=True)
class Step:
    """One phase. `state` is empty while it was never started.

    Attributes:
        seconds: process time from start to end (or to the last entry), s.
        holds: how often it left RUNNING for a hold or pause, and `held` for how long, s.
        people: who answered in it.
    """

    path: str
    unit: str
    phase: str
    state: str
    started: Moment | None
    ended: Moment | None
    seconds: float
    holds: int
    held: float
    who: str
    people: tuple[str, ...]
    parameters: tuple[Value, ...]
    until: str
    timeout: float


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt and its answer, if it has one."""

    id: str
    path: str
    text: str
    role: str
    asked: Moment
    evidence: tuple[Value, ...]
    answer: Value | None
    who: str
    comment: str
    answered: Moment | None


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature; `fits` says whether its hash is that of what was shown, None if not known."""

    name: str
    signer: str
    role: str
    meaning: str
    at: Moment
    record: str
    shown: str
    hash: str
    fits: bool | None


@dataclass(frozen=True, slots=True)
class Given:
    """A command of a person and what became of it; `entry` is where it was given or refused."""

    id: str
    entry: int
    at: Moment
    command: str
    args: tuple[Value, ...]
    reason: str
    who: str
    outcome: str
    message: str


@dataclass(frozen=True, slots=True)
class Call:
    """A one-shot command to equipment and what became of it."""

    id: str
    at: Moment
    unit: str
    path: str
    command: str
    args: tuple[Value, ...]
    state: str
    message: str


@dataclass(frozen=True, slots=True)
class Result:
    """A result as a phase reported it."""

    at: Moment
    path: str
    name: str
    value: Scalar | None
    eu: str
    text: str


@dataclass(frozen=True, slots=True)
class Yield:
    """Something calculated from results; `how` is the calculation in words and numbers."""

    name: str
    value: float | None
    eu: str
    how: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Statistics:
    """One tag over its unit's time in the batch.

    Attributes:
        readings: how many, Bad ones included.
        mean: weighted by time.
        out: s outside the band since it was first reached; None where there is no band.
        unreached: setpoints whose band was never reached.
        missing: s without a Good or Uncertain reading.
        covered: share of the time with readings, 0 .. 1.
    """

    readings: int
    low: float | None
    mean: float | None
    high: float | None
    out: float | None
    unreached: tuple[float, ...]
    missing: float
    covered: float
    uncertain: int


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of process time since the start, s, with what it shows."""

    start: float
    end: float
    label: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One tag's readings; NaN where there is none.

    Attributes:
        clock: place of its times in `UnitTrends.clocks`.
        whole: whether it counts or switches, and so jumps between readings.
    """

    name: str
    tag: str
    eu: str
    clock: int
    whole: bool
    value: Floats
    statistics: Statistics
    gaps: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Curves that are looked at together.

    Attributes:
        setpoints: spans of a constant setpoint.
        band: half width around the setpoint, in eu; None if the loop has none.
        marks: alarms on these tags.
    """

    title: str
    eu: str
    curves: tuple[Curve, ...]
    setpoints: tuple[Span, ...] = ()
    band: float | None = None
    marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class UnitTrends:
    """One unit from its first to its last phase of this batch."""

    unit: str
    role: str
    start: float
    end: float
    phases: tuple[Span, ...]
    clocks: tuple[Floats, ...]
    pictures: tuple[Picture, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that is told of one batch.

    Attributes:
        entries: the batch's own journal entries, whole, so that its chain can be checked.
        cell_entries: entries of the cell that matter for it: links, restarts, chunks of readings.
        sentences: of both, by entry number.
    """

    head: Head
    checks: tuple[Check, ...]
    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...]
    steps: tuple[Step, ...]
    formula: tuple[FormulaValue, ...]
    trends: tuple[UnitTrends, ...]
    questions: tuple[Question, ...]
    signatures: tuple[Signed, ...]
    commands: tuple[Given, ...]
    results: tuple[Result, ...]
    yields: tuple[Yield, ...]
    calls: tuple[Call, ...]
    entries: Sequence[Mapping[str, Any]]
    cell_entries: Sequence[Mapping[str, Any]]
    sentences: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """Return the canonical JSON: compact, keys sorted, UTF-8; a NaN is null."""
        return encode({"format": FORMAT, "version": VERSION, **asdict(self)})

    def hash(self) -> str:
        """Return the sha256 of the content, hex: the same as `sha256sum` of the JSON file."""
        return sha256(self.content()).hexdigest()
