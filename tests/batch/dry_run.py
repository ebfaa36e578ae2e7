"""A whole batch in process: the real core, the simulated plant, simulated people, no disk."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from bioctl.app.core import Core
from bioctl.audit.entry import Event
from bioctl.audit.people import Person
from bioctl.batch.binding import bind
from bioctl.batch.engine import over
from bioctl.batch.log import SYSTEM, rule_actor
from bioctl.batch.requests import Request
from bioctl.batch.state import CellState
from bioctl.equipment.site import Site
from bioctl.phases.library import capabilities
from bioctl.recipe.load import load_recipe
from bioctl.values import Quality, Reading, Scalar
from bioctl_sim.commands import CommandDesk
from bioctl_sim.plant import Plant

from .dry_setting import ADA, answer, demo_site, who

UTC0 = 1_767_592_800.0  # 2026-01-05T06:00:00Z, at process time 0


class Happened(NamedTuple):
    """An event and when it happened, s since 1970 UTC; process time is `event.t`."""

    event: Event
    utc: float


def dry_run(
    recipe_text: str,
    *,
    answers: Mapping[str, Scalar] | None = None,
    on_scan: "Callable[[Run], None]" = lambda _: None,
    batch: str = "B-1",
) -> list[Happened]:
    """Run a recipe for the demonstration cell until its batch is over; return all that happened.

    `answers` are by name of the step that asks; `on_scan` sees every scan and may meddle.
    """
    site = demo_site()
    run = Run(site, batch, answers or {})
    control = bind(load_recipe(recipe_text, "recipe.yaml", capabilities()), site.units, {})
    plain = {"recipe": control.recipe, "version": control.version, "units": dict(control.units)}
    created = {"control_recipe": control.to_dict(), "hash": control.hash(), **plain}
    run.tell("cell.started", {"version": "0", "profile": "demo", "how_it_ended_before": "-"})
    run.tell("batch.created", created, who(ADA), batch=batch)
    run.command("start", ADA, "as planned")
    while not (over(run.core.state.batches[batch]) and run.core.state.batches[batch].released):
        run.scan()
        on_scan(run)
    return run.happened


class Run:
    """One run; `core`, `plant` and the last scan's `readings` are there to look at and break."""

    def __init__(self, site: Site, batch: str, answers: Mapping[str, Scalar]) -> None:
        self.site, self.batch, self.answers = site, batch, answers
        self.core, self.plant = Core(site, CellState()), Plant(accelerated=True)
        self.happened: list[Happened] = []
        self.readings: dict[str, Reading] = {}
        self._desk = CommandDesk(self.plant)
        self._outputs: Mapping[str, Scalar] = {}

    def tell(
        self, kind: str, data: Mapping[str, Any], actor: Mapping[str, str] = SYSTEM, **place: Any
    ) -> None:
        """Let an event happen now."""
        self._adopt([Event(kind, actor, data, t=self.plant.time, **place)])

    def command(self, verb: str, person: Person, reason: str = "", **args: Any) -> None:
        """Let a person give a command, as the pipeline would hand it on."""
        name, public = f"c{len(self.happened)}", {k: args[k] for k in args if k != "signature"}
        data = {"id": name, "command": f"batch.{verb}", "args": {"batch": self.batch, **public}}
        self.tell("command.intent", {**data, "reason": reason}, who(person))
        self.core.request(self.batch, Request(name, verb, who(person), reason, args=args))

    def scan(self) -> None:
        """One turn: outputs, plant, image, decisions, then what they ask of plant and people."""
        for tag, value in self._outputs.items():
            self.plant.write(tag, float(value))
        units = self.core.active_units() or set(self.site.units)
        self.plant.step(min(self.site.units[unit].period_s for unit in units))
        now, qualities = self.plant.time, (Quality.GOOD, Quality.BAD)
        rows = zip(self.plant.tags, self.plant.values(), self.plant.statuses(), strict=True)
        self.readings = {tag.name: Reading(value, qualities[bad > 0]) for tag, value, bad in rows}
        decided = self.core.scan(self.readings, now, UTC0 + now, now)
        self._outputs = decided.outputs
        for unit, found in decided.protective:
            owner = self.core.state.units[unit].owner if unit in self.core.state.units else None
            self.tell(
                found.kind, found.data, rule_actor(f"site file of {unit}"), batch=owner, unit=unit
            )
        requests = list(self.core.requests.get(self.batch, ()))
        for events in decided.procedure.values():
            self._adopt(events)
            self.core.taken(self.batch, requests)
            self._act(events)

    def _adopt(self, events: Iterable[Event]) -> None:
        self.core.adopt(events)
        self.happened += [Happened(event, UTC0 + self.plant.time) for event in events]

    def _act(self, events: Iterable[Event]) -> None:
        for event in events:
            if event.kind == "call.intent":
                name, unit, data = event.data["id"], str(event.unit), event.data
                state, message = self._desk.execute(
                    name, unit, data["command"], data["args"], data["deadline"], UTC0 + event.t
                )
                told = {"id": name, "state": state, "message": message}
                self.tell("call.outcome", told, batch=self.batch, unit=unit, path=event.path)
            if event.kind == "prompt.opened":
                prompt = self.core.state.batches[self.batch].prompts[event.data["id"]]
                person, args = answer(prompt, self.answers, UTC0 + event.t)
                self.command("answer", person, **args)
