"""What a recipe may ask for: unit classes and the phase library, as plain values.

The recipe room knows neither equipment nor phases; whoever loads a recipe hands this in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bioctl.language.condition import Condition
from bioctl.tags import UnitClass
from bioctl.values import Range, Scalar

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
        ramp: whether the value may follow a ramp in time.
    """

    kind: Kind = "quantity"
    eu: str = ""
    low: float | None = None
    high: float | None = None
    default: float | int | str | None = None
    choices: tuple[str, ...] = ()
    help: str = ""
    ramp: bool = False


Ends = Literal["itself", "until"]
Duration = Callable[[Mapping[str, Scalar]], float]


@dataclass(frozen=True, slots=True)
class PhaseSpec:
    """One phase of the library; `classes` () means that any class can run it.

    Attributes:
        hold: what a hold does to it, in one sentence for people; required (R-88-15).
        restart: where it goes on after a hold; required.
        stop, abort: what these do; "" for the same as a hold.
        ends: by `itself`, or only by the recipe's `until`.
        asks: whether it asks a person, so that a second person can check the answer.
        drives: outputs, loops and commands of its unit that it uses, by name of the class; a role
            parameter and a point, `to.inlet_valve`, for those of another unit.
        moves: measurements it changes on purpose; steady alarms wait meanwhile.
        keeps: parameter by the measurement that it holds there.
        duration: seconds it is expected to take, from its parameters; None where it can't be told.
        result: names of the parameters that give the name and the eu of a result; () for none.
        runs: False for a phase that recipes may ask for and no engine can run yet.
    """

    name: str
    classes: tuple[str, ...] = ()
    parameters: Mapping[str, ParameterSpec] = field(default_factory=dict)
    help: str = ""
    hold: str = ""
    restart: str = ""
    stop: str = ""
    abort: str = ""
    ends: Ends = "itself"
    asks: bool = False
    drives: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    keeps: Mapping[str, str] = field(default_factory=dict)
    duration: Duration | None = field(default=None, compare=False)
    result: tuple[str, ...] = ()
    runs: bool = True

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


@dataclass(frozen=True, slots=True)
class Guard:
    """An interlock as a recipe meets it: when it trips, and what it then forces."""

    name: str
    when: Condition
    forces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitLimits:
    """What one unit of a site can hold and show; all ranges in the eu of the class.

    `moved` are the outputs each loop moves, by loop; none for a loop that the equipment runs.
    `orders` are the names of the orders in which it can.
    """

    name: str
    unit_class: str
    measurements: Mapping[str, Range] = field(default_factory=dict)
    outputs: Mapping[str, Range] = field(default_factory=dict)
    setpoints: Mapping[str, Range] = field(default_factory=dict)
    moved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    guards: tuple[Guard, ...] = ()
