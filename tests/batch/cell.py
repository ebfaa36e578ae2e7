"""A cell in process that can be killed: real core, simulated plant, its desk, people who answer.

    cell = Cell.started(recipe_text)
    cell.until(lambda: cell.step_of("expand/prepare/fill_medium") == "dosing")
    again = cell.killed()

`journal` is what is durable: a killed cell begins again from it and from the plant, from nothing
else.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bioctl.app.core import Core
from bioctl.audit.entry import Event
from bioctl.audit.stamp import stamp
from bioctl.batch.apply import fold
from bioctl.batch.binding import bind
from bioctl.batch.log import SYSTEM, fact_of, rule_actor
from bioctl.batch.recovery import open_calls, recover
from bioctl.batch.requests import Request
from bioctl.batch.state import BatchState, CellState
from bioctl.equipment.scan import Decisions
from bioctl.equipment.site import Site
from bioctl.phases.library import capabilities
from bioctl.phases.states import State
from bioctl.recipe.load import load_recipe
from bioctl.values import Quality, Reading, Scalar
from bioctl_sim.commands import CommandDesk
from bioctl_sim.plant import Plant

from .dry_setting import ADA, answer, demo_site, who

UTC0 = 1_767_592_800.0
BATCH = "B-1"
SITE = demo_site()
RECIPES = Path(__file__).parents[2] / "recipes"


def first_expansion(*, quick: bool = True) -> str:
    """Return the shipped recipe; quick: the same steps with short waits."""
    text = (RECIPES / "first_expansion.yaml").read_text()
    if not quick:
        return text
    shorter = {
        "value: 27 h, range: 4 .. 72 h": "value: 10 min, range: 1 min .. 72 h",
        "cycles: 8": "cycles: 1",
        "off_for: 28 min": "off_for: 4 min",
        "stabilise: 10 min, test: 20 min": "stabilise: 2 min, test: 4 min",
        "stable_for: 30 min": "stable_for: 2 min",
        "contact: 15 min": "contact: 2 min",
        "burst: 3 min": "burst: 1 min",
    }
    for old, new in shorter.items():
        assert old in text
        text = text.replace(old, new)
    return text


def recipe(*phases: str, unit: str = "packed_bed_bioreactor", more: str = "") -> str:
    """Return a recipe of one operation `u/o` for one unit; phases are YAML flow mappings."""
    steps = "\n".join(f"          - {phase}" for phase in phases)
    return f"""recipe: test
version: "1"
product: none
description: a test
equipment:
  main: {unit}
{more}procedure:
  - unit procedure: u
    on: main
    operations:
      - operation: o
        phases:
{steps}
"""


class Bench:
    """The plant and its command desk: what survives a dead controller. It counts what it doses."""

    def __init__(self) -> None:
        self.plant = Plant()
        self.desk = CommandDesk(self)
        self.executed: list[tuple[str, str, Mapping[str, Any]]] = []
        """Every command that was really carried out, in order."""
        self.dosed: dict[tuple[str, str], float] = {}
        """mL by unit and source, from the pumps' own totals."""
        self._source = {"BR101": "", "CW201": ""}

    def execute(self, unit: str, command: str, arguments: dict[str, Any]) -> str:
        """Carry out what the desk lets through."""
        message = self.plant.execute(unit, command, arguments)
        self.executed.append((unit, command, arguments))
        if command == "DOSE":
            self._source[unit] = str(arguments["source"])
        return message

    def step(self, dt: float) -> None:
        """Let the plant run, second by second, and watch its dosing pumps."""
        pumps = {"BR101": self.plant.units["BR101"].dose, "CW201": self.plant.units["CW201"].dose}
        before = {unit: pump.delivered for unit, pump in pumps.items()}
        self.plant.step(dt)
        for unit, pump in pumps.items():
            key = (unit, self._source[unit])
            if pump.delivered > before[unit]:
                self.dosed[key] = self.dosed.get(key, 0.0) + pump.delivered - before[unit]

    def copy(self) -> "Bench":
        """Return the plant as it is now, to go on another way."""
        return copy.deepcopy(self)


@dataclass
class Cell:
    """One controller's life over a bench. `utc` and host time are the plant's time here."""

    bench: Bench = field(default_factory=Bench)
    site: Site = SITE
    journal: list[Event] = field(default_factory=list)
    answers: dict[str, Scalar] = field(default_factory=dict)
    people: bool = True
    """Whether people answer prompts."""
    lost: list[str] = field(default_factory=list)
    """Commands that get lost on their way to the plant, once each."""
    bad: set[str] = field(default_factory=set)
    """Tags that read BAD whatever the plant says."""
    at_durable: Callable[["Cell", str], None] | None = None
    """Called when a commit is durable ("decided") and when a call was made ("called")."""

    def __post_init__(self) -> None:
        state = fold((fact_of(event) for event in self.journal), CellState())
        self.core = Core(self.site, state)
        self.core.world.now = state.t
        self.outputs: dict[str, Scalar] = {}
        self.readings: dict[str, Reading] = {}
        self.decided: Decisions[Event] = Decisions()
        self._asked: set[str] = set()
        self._commands = len(self.journal)
        if self.journal:
            self.keep(recover(state, state.t, state.t, self.site.units))

    @classmethod
    def started(cls, text: str, **more: Any) -> "Cell":
        """Return a cell whose batch was created and started by a person."""
        cell = cls(**more)
        control = bind(load_recipe(text, "recipe.yaml", capabilities()), cell.site.units, {})
        data = {"control_recipe": control.to_dict(), "hash": control.hash()}
        cell.keep([Event("cell.started", SYSTEM, {"how_it_ended_before": "-"})])
        cell.keep([Event("batch.created", who(ADA), data, BATCH)])
        cell.command("start")
        return cell

    @property
    def batch(self) -> BatchState:
        """The batch."""
        return self.core.state.batches[BATCH]

    @property
    def t(self) -> float:
        """Process time, s."""
        return self.bench.plant.time

    def step_of(self, path: str) -> str:
        """Return the step a phase is in, "" when it is not under way."""
        phase = self.batch.phases.get(path)
        return phase.step if phase else ""

    def keep(self, events: Sequence[Event]) -> None:
        """Make events durable and part of the state."""
        for event in events:
            stamp(event, 0.0, 0.0)  # raises what the journal would refuse
        self.journal += events
        self.core.adopt(events)

    def command(self, verb: str, *, seen: int | None = None, **args: Any) -> str:
        """Let Ada give a command, as the pipeline hands it on; return its id."""
        self._commands += 1
        name, actor = f"c{self._commands}", who(ADA)
        data = {"id": name, "command": f"batch.{verb}", "args": {}}
        self.keep([Event("command.intent", actor, data, t=self.t)])
        self.core.request(BATCH, Request(name, verb, actor, "test", seen, args))
        return name

    def rule(self, verb: str) -> None:
        """Let a rule ask for a command."""
        self.core.request(BATCH, Request("", verb, rule_actor("test"), "test"))

    def turn(self) -> Decisions[Event]:
        """One lockstep turn: outputs, plant, image, decisions, commit, calls, people."""
        for tag, value in self.outputs.items():
            self.bench.plant.write(tag, float(value))
        units = self.core.active_units() or set(self.site.units)
        self.bench.step(min(self.site.units[unit].period_s for unit in units))
        self.read()
        self.decided = self.core.scan(self.readings, self.t, UTC0 + self.t, self.t)
        for unit, found in self.decided.protective:
            owner = self.core.state.units[unit].owner if unit in self.core.state.units else None
            rule = rule_actor(f"site file of {unit}")
            self.journal.append(Event(found.kind, rule, found.data, owner, unit, t=self.t))
        for batch, events in self.decided.procedure.items():
            self._commit(batch, events)
        self.outputs = self.core.outputs()
        if self.people:
            self._answer()
        return self.decided

    def until(self, reached: Callable[[], bool], *, turns: int = 20_000) -> None:
        """Take turns until something is so."""
        for _ in range(turns):
            if reached():
                return
            self.turn()
            assert not self.decided.broken, self.decided.broken
        raise AssertionError(f"not reached; the batch is {self.batch.state}: {self.batch.cause}")

    def until_state(self, state: State) -> None:
        """Take turns until the batch is in a state."""
        self.until(lambda: self.batch.state is state)

    def read(self) -> None:
        """Take the image."""
        plant = self.bench.plant
        rows = zip(plant.tags, plant.values(), plant.statuses(), strict=True)
        self.readings = {
            tag.name: Reading(
                value, Quality.BAD if status or tag.name in self.bad else Quality.GOOD
            )
            for tag, value, status in rows
        }

    def killed(self, *, alone_s: float = 10.0) -> "Cell":
        """Return the next controller: this one is gone and the plant was alone for a while."""
        return begin_again(self.journal, self.bench, alone_s=alone_s)

    def resolve(self) -> None:
        """Ask the desk about every call whose fate is open, as `Calls` does."""
        for batch, path, call in open_calls(self.core.state):
            state, message = self.bench.desk.state(call)
            self._told(call, state, message, batch, path)

    def _commit(self, batch: str, events: Sequence[Event]) -> None:
        if events:
            self.keep(events)
            if self.at_durable:
                self.at_durable(self, "decided")
        self.core.taken(batch, self.core.deciding[batch])
        for event in events:
            if event.kind == "call.intent":
                self._call(event)

    def _call(self, event: Event) -> None:
        data = event.data
        if data["command"] in self.lost:
            self.lost.remove(data["command"])
            told = (data["id"], "never arrived", "lost", str(event.batch), str(event.path))
            self._told(*told)
            return
        state, message = self.bench.desk.execute(
            data["id"], str(event.unit), data["command"], data["args"],
            data["deadline"], UTC0 + self.t,
        )  # fmt: skip
        if self.at_durable:
            self.at_durable(self, "called")
        self._told(data["id"], state, message, str(event.batch), str(event.path))

    def _told(self, call: str, state: str, message: str, batch: str, path: str) -> None:
        data = {"id": call, "state": state, "message": message}
        unit = self.core.state.batches[batch].control.step(path).unit
        self.keep([Event("call.outcome", SYSTEM, data, batch, unit, path, self.t)])

    def _answer(self) -> None:
        for prompt in self.batch.open_prompts():
            if prompt.id not in self._asked and self.batch.state is State.RUNNING:
                self._asked.add(prompt.id)
                _, args = answer(prompt, self.answers, UTC0 + self.t)
                self.command("answer", **args)


def begin_again(journal: Sequence[Event], bench: Bench, *, alone_s: float = 10.0) -> Cell:
    """Return a controller that knows the journal only, after the plant was alone for a while."""
    bench.step(min(alone_s, 5.0))
    if alone_s >= 5.0:  # its watchdog
        bench.plant.fallback()
        bench.step(alone_s - 5.0)
    cell = Cell(bench, journal=list(journal))
    cell.read()
    if alone_s >= 5.0:  # and the deadline of every call is over
        cell.resolve()
    return cell
