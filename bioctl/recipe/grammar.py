"""A recipe as it stands in memory: checked, resolved, frozen.

recipe → unit procedure → operation → phase (ISA-88). Unit procedures, operations and phases run one
after the other, in the order written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bioctl.errors import Where

CRITICALITIES = ("CPP", "KPP")
"""Critical and key process parameter; nothing written means neither."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """The value of a phase's parameter.

    Attributes:
        value: a quantity in `eu`, a whole number, a text, a choice or an equipment role.
        eu: engineering unit of a number, that of the phase library; "" otherwise.
        formula: the formula entry the value came from, or None for a literal or default.
    """

    value: float | int | str
    eu: str = ""
    formula: str | None = None


@dataclass(frozen=True, slots=True)
class FormulaEntry:
    """A named value of the formula: `low <= value <= high`, all in `eu`."""

    name: str
    value: float
    eu: str
    low: float
    high: float
    criticality: str = ""


@dataclass(frozen=True, slots=True)
class PhaseStep:
    """One phase in its place; `where` is for messages and no part of the recipe."""

    name: str
    phase: str
    parameters: Mapping[str, Parameter]
    until: str | None
    timeout_s: float
    where: Where = field(default=Where("recipe"), compare=False)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """Phases that belong together, in order."""

    name: str
    phases: tuple[PhaseStep, ...]


@dataclass(frozen=True, slots=True)
class UnitProcedure:
    """Operations on one unit; `unit` is the role the recipe gives it."""

    name: str
    unit: str
    operations: tuple[Operation, ...]


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
    """

    id: str
    version: str
    product: str
    description: str
    formula: Mapping[str, FormulaEntry]
    equipment: Mapping[str, str]
    procedure: tuple[UnitProcedure, ...]

    def steps(self) -> Iterator[tuple[str, PhaseStep]]:
        """Yield every phase with its path, `expand/prepare/warm`, in order."""
        for unit_procedure in self.procedure:
            for operation in unit_procedure.operations:
                for step in operation.phases:
                    yield f"{unit_procedure.name}/{operation.name}/{step.name}", step
