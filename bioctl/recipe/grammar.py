"""A recipe as it stands in memory: checked, resolved, frozen.

recipe → unit procedure → operation → phase (ISA-88). What stands in a list runs one after the
other, unless a block (`bioctl.recipe.blocks`) says otherwise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bioctl.errors import Where
from bioctl.recipe.blocks import Choose, Parallel, Repeat, Synchronise, parts_of
from bioctl.recipe.header import Header

CRITICALITIES = ("CPP", "KPP", "monitored")
"""Critical and key process parameter, and one that is only watched; nothing written: neither."""

ADJUSTABLE = ("at start", "in run")
"""When a batch may change a formula value."""

SCALING = (
    "fixed",
    "per volume",
    "per area",
    "P/V",
    "kLa",
    "tip speed",
    "linear velocity",
    "diavolumes",
)
"""What stays the same when a recipe goes to another size."""

NOWHERE = Where("recipe")


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a ramp.

    Attributes:
        kind: `at` (where it starts), `to` (a ramp) or `stay`.
        value: its end, in the parameter's eu; None for `stay`.
        formula: the formula entry the value came from.
        seconds: how long it takes; None where `rate` says so.
        rate: eu per second, above 0.
    """

    kind: str
    value: float | None = None
    formula: str | None = None
    seconds: float | None = None
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """The value of a phase's parameter.

    Attributes:
        value: a quantity in `eu`, a whole number, a text, a choice or an equipment role; of a
            ramp, where it starts.
        eu: engineering unit of a number, that of the phase library; "" otherwise.
        formula: the formula entry the value came from, or None for a literal or default.
        ramp: how the value goes on in time; () for a value that stays.
    """

    value: float | int | str
    eu: str = ""
    formula: str | None = None
    ramp: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class FormulaEntry:
    """A named value of the formula: `low <= value <= high`, all in `eu`.

    Attributes:
        criticality: one of CRITICALITIES, or "".
        adjustable: one of ADJUSTABLE.
        scale: one of SCALING, or "" where nobody has said.
    """

    name: str
    value: float
    eu: str
    low: float
    high: float
    criticality: str = ""
    adjustable: str = ADJUSTABLE[0]
    scale: str = ""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Who is reminded that a phase is still waiting, and after how many seconds."""

    role: str
    after_s: float


@dataclass(frozen=True, slots=True)
class PhaseStep:
    """One phase in its place; `where` is for messages and no part of the recipe.

    Attributes:
        until: condition that ends it, or None.
        timeout_s: longest time RUNNING at a stretch.
        on_timeout: `hold`, `stop` or `abort`.
        takes_s: how long the author expects it to take, or None.
        remind: a first alarm, before the time-out.
        restart_at: the step of its operation where a held batch goes on; "" for this one.
        checked_by: role of the second person who signs the answer, or "".
        suppress: measurements whose alarms are suppressed meanwhile.
        orders: order of outputs asked of a loop, by loop; the site's first where nothing is said.
    """

    name: str
    phase: str
    parameters: Mapping[str, Parameter]
    until: str | None
    timeout_s: float
    where: Where = field(default=NOWHERE, compare=False)
    note: str = ""
    on_timeout: str = "hold"
    takes_s: float | None = None
    remind: Reminder | None = None
    restart_at: str = ""
    checked_by: str = ""
    suppress: tuple[str, ...] = ()
    orders: Mapping[str, str] = field(default_factory=dict)


Block = Parallel | Choose | Repeat | Synchronise
PhaseElement = PhaseStep | Block


@dataclass(frozen=True, slots=True)
class Watch:
    """An exception handler: what is done when a condition has been TRUE for some time.

    While its phases run, those it watches over are held. A condition that is INVALID for as long
    alarms and holds.

    Attributes:
        for_s: how long, s.
        phases: what is done first; () for nothing.
        then: `alarm`, `hold`, `stop` or `abort`.
    """

    name: str
    when: str
    for_s: float
    then: str
    phases: tuple[PhaseElement, ...] = ()
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Operation:
    """Phases that belong together, in order, and what is watched meanwhile."""

    name: str
    phases: tuple[PhaseElement, ...]
    watch: tuple[Watch, ...] = ()
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class UnitProcedure:
    """Operations on one unit; `unit` is the role the recipe gives it."""

    name: str
    unit: str
    operations: tuple[Operation | Block, ...]
    watch: tuple[Watch, ...] = ()
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a clock starts or stops: `start` or `end` of what has this path."""

    edge: str
    path: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A time-out of a condition: open time, DMSO exposure, above -150 degC.

    It runs from one moment to another, or while a condition on a role's unit is TRUE or INVALID.

    Attributes:
        limit_s, warn_s: when it alarms as exceeded, and before; warn_s 0 for no warning.
        then: `alarm` or `hold`.
    """

    name: str
    limit_s: float
    warn_s: float = 0.0
    begins: Moment | None = None
    ends: Moment | None = None
    while_: str = ""
    on: str = ""
    then: str = "alarm"
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Included:
    """A part this recipe was made from; what it brought stands in the recipe as its own."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """A master recipe for classes of equipment; bound to units when a batch starts.

    Attributes:
        id: its name; also its file's.
        version: `1`, `1.0` or `1.0.2`.
        product: what it makes.
        description: one sentence.
        formula: values with range and criticality, by name.
        equipment: unit class by role.
        procedure: what is done, in order.
        header: dates, status, batch size, approvals and history.
        needs: capabilities a role asks of its class beyond its phases, by role.
        clocks: time-outs of conditions, by name.
        included: parts it was made from.
    """

    id: str
    version: str
    product: str
    description: str
    formula: Mapping[str, FormulaEntry]
    equipment: Mapping[str, str]
    procedure: tuple[UnitProcedure | Block, ...]
    header: Header = field(default_factory=Header)
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    included: tuple[Included, ...] = ()

    def unit_procedures(self) -> Iterator[UnitProcedure]:
        """Yield every unit procedure, in the order written."""
        for part in parts_of(self.procedure):
            if isinstance(part, UnitProcedure):
                yield part

    def steps(self) -> Iterator[tuple[str, PhaseStep]]:
        """Yield every phase with its path, `expand/prepare/warm`, in the order written.

        The phases of exception handlers come after those of their operation or unit procedure.
        """
        for path, _, step in self.places():
            yield path, step

    def places(self) -> Iterator[tuple[str, str, PhaseStep]]:
        """Yield path, role and phase of every phase, as `steps` does."""
        for unit_procedure in self.unit_procedures():
            for operation in operations_of(unit_procedure):
                above = f"{unit_procedure.name}/{operation.name}"
                for step in steps_of(operation.phases, operation.watch):
                    yield f"{above}/{step.name}", unit_procedure.unit, step
            for step in steps_of((), unit_procedure.watch):
                yield f"{unit_procedure.name}/{step.name}", unit_procedure.unit, step


def operations_of(unit_procedure: UnitProcedure) -> Iterator[Operation]:
    """Yield every operation of a unit procedure, in the order written."""
    for part in parts_of(unit_procedure.operations):
        if isinstance(part, Operation):
            yield part


def steps_of(
    phases: tuple[PhaseElement, ...], watch: tuple[Watch, ...] = ()
) -> Iterator[PhaseStep]:
    """Yield every phase of a list and of its exception handlers, in the order written."""
    for part in parts_of(phases):
        if isinstance(part, PhaseStep):
            yield part
    for one in watch:
        yield from steps_of(one.phases)
