"""The running cell without I/O: durable state, what may be lost, and what is on its way to disk.

The shell asks it for a scan, commits what the scan decided, and hands back what became durable.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from bioctl.app.expected import expected_of
from bioctl.app.own_alarms import own_alarms, scan_own, troubles_of
from bioctl.audit.entry import Event
from bioctl.audit.stamp import stamp
from bioctl.batch.apply import apply
from bioctl.batch.engine import decide, over
from bioctl.batch.log import fact_of
from bioctl.batch.requests import Request
from bioctl.batch.state import BatchState, CellState
from bioctl.batch.world import World
from bioctl.control.instrument import Offline
from bioctl.equipment.commanded import NOTHING
from bioctl.equipment.image import make_image
from bioctl.equipment.keep import recall, recall_cell
from bioctl.equipment.permit import Block, blocks_of
from bioctl.equipment.regulate import due, outputs_of
from bioctl.equipment.scan import Decisions, Step, scan, tagged
from bioctl.equipment.site import Site
from bioctl.language.condition import Condition, compile_condition
from bioctl.phases.states import TABLE, Nature, State
from bioctl.values import Reading, Scalar

URGENT = ("abort", "stop", "hold")
"""Act at once even when the journal can't be written (promise 7)."""


class Core:
    """State of one cell in memory: always the fold of what is durable.

    Args:
        site: the cell as it is configured.
        state: folded from the journal.
        kept: blob of the last snapshot, or None; it may be lost.
    """

    def __init__(self, site: Site, state: CellState, kept: bytes | None = None) -> None:
        self.site = site
        self.state = CellState()
        self.memory = recall(site.units, kept)
        self.world = World(site.units, {}, state.t, 0.0)
        self.requests: dict[str, list[Request]] = {}
        self.deciding: dict[str, tuple[Request, ...]] = {}
        """What the last scan of a batch decided on; later requests wait for the next."""
        self.pending: set[str] = set()
        """Batches with a commit on its way: they decide nothing further."""
        self.faulty: set[str] = set()
        """Batches that failed behind the fence and have not been decided since."""
        self.quiet: dict[str, float] = {}
        """Batches that wait for an image younger than a call's outcome, until this host time."""
        self.cell_alarms = recall_cell(kept)
        """States of the cell's own alarms, by name."""
        self.broken: dict[str, str] = {}
        """What failed behind the fence and is not well again, by batch, unit or `unit.loop`."""
        self.unwritten = ""
        """Why the journal can't be written."""
        self.asked = False
        """A person changed what units remember since the last scan: save it soon."""
        self.replace(state)

    def replace(self, state: CellState) -> None:
        """Take another state for the present one: the journal was folded anew."""
        self.state = state
        for batch in state.batches.values():
            self._compile(batch)

    def adopt(self, events: Iterable[Event]) -> None:
        """Take over events that are durable now."""
        for event in events:
            self.state = apply(self.state, fact_of(event))
            if event.kind == "batch.created":
                self._compile(self.state.batches[str(event.batch)])
            if event.kind == "result":
                self._note(event)

    def request(self, batch: str, request: Request) -> None:
        """Queue what a person asks; the next scan of the batch decides on it."""
        self.requests.setdefault(batch, []).append(request)

    def scan(
        self, readings: Mapping[str, Reading], now: float, utc: float, mono: float
    ) -> Decisions[Event]:
        """Decide one scan; nothing is carried out and nothing of it is remembered as decided."""
        self.world.image = make_image(self.site.tags, readings)
        self.world.now, self.world.utc = now, utc
        steps: dict[str, Step[Event]] = {
            batch.id: partial(self.step, batch.id)
            for batch in self.state.batches.values()
            if self._due(batch, now, mono)
        }
        decided = scan(
            self.site.units,
            self.memory,
            self.world.image,
            self.state.units,
            steps,
            now,
            self.faulty,
            expected_of(self.state),
            utc,
        )
        failed = steps.keys() & decided.broken.keys()
        self.faulty = (self.faulty - steps.keys()) | failed
        left = {name: text for name, text in self.broken.items() if name in self.faulty}
        self.broken = left | decided.broken
        troubles = troubles_of(self.state, self.broken, self.unwritten)
        own = own_alarms(self.memory, self.cell_alarms)
        decided.protective.extend(scan_own(own, troubles, now))
        return decided

    def outputs(self, closed: Collection[str] = ()) -> dict[str, Scalar]:
        """Return the level outputs that stand now, after what became durable since the scan.

        What is returned is noted as told to the plant.

        Args:
            closed: units whose feeds and transfers stand still, whatever was commanded.
        """
        found: dict[str, Scalar] = {}
        for name, unit in self.site.units.items():
            memory, state = self.memory[name], self.state.units.get(name, NOTHING)
            if memory.scanned is not None:
                shut = name in closed or state.owner in self.faulty
                memory.told = outputs_of(unit, memory, state, closed=shut)
                found |= tagged(unit, memory.told)
        return found

    def step(self, batch: str) -> Sequence[Event]:
        """Decide one batch on the present image."""
        self.deciding[batch] = tuple(self.requests.get(batch, ()))
        self.world.blocks = self.blocks()
        events = decide(self.state, batch, self.world, self.deciding[batch])
        for event in events:
            stamp(event, 0.0, 0.0)  # what the journal would refuse is this batch's fault
        return events

    def blocks(self) -> dict[str, tuple[Block, ...]]:
        """Return by unit what keeps phases from starting or running now."""
        units = self.site.units.items()
        return {name: tuple(blocks_of(unit, self.memory[name])) for name, unit in units}

    def taken(self, batch: str, requests: Sequence[Request]) -> None:
        """Forget requests that have been decided."""
        left = [one for one in self.requests.get(batch, []) if one not in requests]
        self.requests[batch] = left

    def active_units(self) -> set[str]:
        """Return units with a phase whose logic runs, transfers with both ends."""
        found: set[str] = set()
        for batch in self.state.batches.values():
            for path, phase in batch.phases.items():
                if TABLE[phase.state].nature is Nature.ACTING:
                    step = batch.control.step(path)
                    found |= {
                        step.unit,
                        *(
                            {str(step.parameters["to"])} & set(self.site.units)
                            if "to" in step.parameters
                            else ()
                        ),
                    }
        return found

    def waiting(self) -> bool:
        """Whether nothing runs but life support, or a person has been asked."""
        running = [b for b in self.state.batches.values() if b.state is State.RUNNING]
        return not running or any(batch.open_prompts() for batch in running)

    def _due(self, batch: BatchState, now: float, mono: float) -> bool:
        if batch.id in self.pending or mono < self.quiet.get(batch.id, 0.0):
            return False
        if self.requests.get(batch.id):
            return True
        if over(batch) and (batch.released or batch.started is None):
            return False
        units = self.active_units() & set(batch.control.units.values()) or set(
            batch.control.units.values()
        )
        return any(due(self.site.units[u], self.memory[u], now) for u in units)

    def _note(self, result: Event) -> None:
        """Remember a number people entered: instruments are compared with it."""
        memory, value = self.memory.get(str(result.unit)), result.data["value"]
        if memory is not None and isinstance(value, int | float):
            entered = Offline(float(value), result.t, str(result.data.get("eu") or ""))
            memory.results[str(result.data["name"])] = entered

    def _compile(self, batch: BatchState) -> None:
        for step in batch.control.steps:
            key = (batch.id, step.path)
            self.world.conditions[key] = self._condition(step.until, step.unit, step.formula)

    def _condition(
        self, text: str | None, unit: str, formula: Mapping[str, tuple[float, str]]
    ) -> Condition | None:
        if text is None or unit not in self.site.units:
            return None
        tags = self.site.units[unit].measurements
        names = {name: tag.eu for name, tag in tags.items()}
        names |= {name: eu for name, (_, eu) in formula.items()}
        return compile_condition(text, {**names, "elapsed": "s"})
