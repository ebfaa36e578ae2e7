"""What a recipe may ask for: unit classes and the phase library, as plain values.

The recipe room knows neither equipment nor phases; whoever loads a recipe hands this in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bioctl.tags import UnitClass

Kind = Literal["quantity", "integer", "text", "choice", "unit"]


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One parameter of a phase.

    Attributes:
        kind: a quantity, a whole number, free text, one of `choices`, or a role of the equipment.
        eu: of a quantity or whole number; the loaded value is given in it.
        low: smallest value allowed, in `eu`; None for no limit.
        high: largest value allowed, in `eu`; None for no limit.
        default: used where the recipe says nothing, in `eu`; None makes the parameter required.
        choices: the words of a choice; the classes of a unit, () for any class.
        help: one sentence for people.
    """

    kind: Kind = "quantity"
    eu: str = ""
    low: float | None = None
    high: float | None = None
    default: float | int | str | None = None
    choices: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class PhaseSpec:
    """One phase of the library; `classes` () means that any class can run it."""

    name: str
    classes: tuple[str, ...] = ()
    parameters: Mapping[str, ParameterSpec] = field(default_factory=dict)
    help: str = ""

    def runs_on(self, unit_class: str) -> bool:
        """Return whether a unit of this class can run the phase."""
        return not self.classes or unit_class in self.classes


@dataclass(frozen=True, slots=True)
class Capabilities:
    """All unit classes and phases, by name."""

    classes: Mapping[str, UnitClass]
    phases: Mapping[str, PhaseSpec]

    def phases_for(self, unit_class: str) -> tuple[str, ...]:
        """Return the names of the phases a class can run, in library order."""
        return tuple(name for name, spec in self.phases.items() if spec.runs_on(unit_class))
