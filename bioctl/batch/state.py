"""What a cell and its batches are at one moment: immutable values, folded from journal events."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bioctl.batch.control_recipe import ControlRecipe
from bioctl.equipment.commanded import UnitState
from bioctl.phases.phase import Ask, CallRecord
from bioctl.phases.states import State
from bioctl.recipe.lifecycle import Version
from bioctl.values import Scalar


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to people. One answer wins; the id never comes back."""

    id: str
    batch: str
    path: str
    ask: Ask
    opened: float = 0.0
    answer: Scalar | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class PhaseState:
    """One phase that has been started and is not over.

    Attributes:
        path: unit procedure / operation / step.
        entered: `elapsed` when the present step began, s.
        elapsed_before: s RUNNING before the present stretch.
        since: process time of the last change of state.
        late: it has been told that its logic did not end in time.
        trouble: why it could not go on, in words, until it is RUNNING again; "" without.
    """

    path: str
    state: State
    since: float
    step: str = "begin"
    entered: float = 0.0
    elapsed_before: float = 0.0
    memory: Mapping[str, Scalar] = field(default_factory=dict)
    calls: Mapping[str, CallRecord] = field(default_factory=dict)
    late: bool = False
    trouble: str = ""

    def elapsed(self, now: float) -> float:
        """Return process seconds RUNNING so far."""
        stretch = max(now - self.since, 0.0) if self.state is State.RUNNING else 0.0
        return self.elapsed_before + stretch


@dataclass(frozen=True, slots=True)
class BatchState:
    """One batch. `version` counts changes of what people see: a command names the one seen."""

    id: str
    control: ControlRecipe
    created: float
    state: State = State.IDLE
    cause: str = ""
    started: float | None = None
    ended: float | None = None
    phases: Mapping[str, PhaseState] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    prompts: Mapping[str, Prompt] = field(default_factory=dict)
    version: int = 0
    released: bool = False
    """Its units belong to it no longer."""
    sealed: bool = False
    waits: str = ""
    """Permissives and interlocks its next phase waits for, `UNIT.NAME`, comma between."""

    def open_prompts(self) -> tuple[Prompt, ...]:
        """Return the questions nobody has answered."""
        return tuple(prompt for prompt in self.prompts.values() if prompt.answer is None)


@dataclass(frozen=True, slots=True)
class CellState:
    """Everything the journal decides."""

    batches: Mapping[str, BatchState] = field(default_factory=dict)
    units: Mapping[str, UnitState] = field(default_factory=dict)
    commands: Mapping[str, str] = field(default_factory=dict)
    """Outcome by command id; an intent without outcome is `""`."""
    messages: Mapping[str, str] = field(default_factory=dict)
    """Why a command was not done, by command id."""
    recipes: Mapping[str, Version] = field(default_factory=dict)
    """Recipe versions somebody submitted, by `recipe@version`."""
    scales: Mapping[str, str] = field(default_factory=dict)
    """Who signed a scale sheet, by its hash."""
    clean: bool = True
    """The last controller said goodbye."""
    t: float = 0.0
    """Largest process time seen."""
