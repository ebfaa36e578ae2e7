"""What the engine sees of the plant and of time in one scan, and the view a phase gets of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from bioctl.batch.control_recipe import BoundStep
from bioctl.batch.course import value_at
from bioctl.batch.permits import Blocks, blocking, words
from bioctl.batch.state import BatchState, PhaseState
from bioctl.equipment.commanded import UnitState
from bioctl.equipment.unit import UnitConfig
from bioctl.language.condition import Condition, Truth, Windows
from bioctl.phases.phase import CallRecord
from bioctl.values import Quality, Reading, Scalar, bad

Scratch = dict[str, float]
"""Timers of one phase that may be lost."""

_SINCE = "in this state since"


@dataclass(slots=True)
class World:
    """One scan: image, units, both times, and what may be lost.

    Attributes:
        image: reading by tag name.
        now: process time, s.
        utc: wall time, s since 1970, for deadlines the equipment checks.
        scratch: per batch and path.
        conditions: compiled `until`, per batch and path.
        windows: what each `until` remembers of the last minutes; it may be lost.
        blocks: what keeps phases from starting or running now, by unit.
    """

    units: Mapping[str, UnitConfig]
    image: Mapping[str, Reading]
    now: float
    utc: float
    scratch: dict[tuple[str, str], Scratch] = field(default_factory=dict)
    conditions: dict[tuple[str, str], Condition | None] = field(default_factory=dict)
    windows: dict[tuple[str, str], Windows] = field(default_factory=dict)
    blocks: Blocks = field(default_factory=dict)


class PhaseView:
    """A phase's window on the world. It notes which readings were looked at, for the journal."""

    def __init__(
        self, world: World, batch: BatchState, bound: BoundStep, phase: PhaseState, unit: UnitState
    ) -> None:
        self.step = phase.step
        self.memory = phase.memory
        self.now = world.now
        self.since = phase.since
        self.elapsed = phase.elapsed(world.now)
        self.p: Mapping[str, Scalar] = {
            **bound.parameters,
            **{name: value_at(corners, self.elapsed) for name, corners in bound.ramps.items()},
        }
        self.in_step = self.elapsed - phase.entered
        self.scratch = _scratch(world, batch, phase)
        self.used: dict[str, tuple[Scalar, str]] = {}
        self._world = world
        self._batch = batch
        self._bound = bound
        self._phase = phase
        self._unit = unit

    def class_of(self, role: str) -> str:
        """Return the unit class of the phase's own unit, or of the unit in parameter `to`."""
        return self._config(role).class_name

    def reading(self, name: str) -> Reading:
        """Return a measurement of the phase's unit; `to.name` of the unit in parameter `to`."""
        role, _, point = name.rpartition(".")
        tag = self._config(role).measurements.get(point)
        if tag is None:
            return bad("the unit has no such measurement")
        reading = self._world.image.get(tag.name, bad("not read yet"))
        self.used[tag.name] = (reading.value, reading.quality.name)
        return reading

    def number(self, name: str) -> float:
        """Return a GOOD measurement as float, else NaN."""
        return self.reading(name).number

    def output(self, name: str) -> float:
        """Return the level output last commanded on this unit, NaN if none."""
        return self._unit.outputs.get(name, math.nan)

    def setpoint(self, loop: str) -> float:
        """Return the setpoint of a loop in AUTO, NaN otherwise."""
        demand = self._unit.loops.get(loop)
        return demand.sp if demand and demand.sp is not None else math.nan

    def tripped(self) -> str:
        """Return which interlock keeps this phase from running now, and why; "" while none does."""
        return words(one for one in blocking(self._world.blocks, self._bound) if one.holds)

    def call(self, key: str) -> CallRecord | None:
        """Return what is known of a one-shot command of this phase."""
        return self._phase.calls.get(key)

    def answer(self, key: str) -> Scalar | None:
        """Return the answer to the latest prompt with this key."""
        for prompt in reversed(tuple(self._batch.prompts.values())):
            if prompt.path == self._phase.path and prompt.ask.key == key:
                return prompt.answer
        return None

    def until(self) -> bool:
        """Whether the recipe's condition is TRUE on GOOD readings."""
        key = (self._batch.id, self._phase.path)
        condition = self._world.conditions.get(key)
        if condition is None:
            return False
        before = self._world.windows.get(key, ())
        truth, windows = condition.step(before, self._lookup, self.now)
        if windows:
            self._world.windows[key] = windows
        return truth is Truth.TRUE

    def held_for(self, key: str, *, true: bool) -> float:
        """Return how long a condition has been true without a break, in process seconds."""
        if not true:
            self.scratch.pop(key, None)
            return 0.0
        return self.now - self.scratch.setdefault(key, self.now)

    def _config(self, role: str) -> UnitConfig:
        name = str(self.p["to"]) if role == "to" else self._bound.unit
        return self._world.units[name]

    def _lookup(self, name: str) -> Reading:
        if name == "elapsed":
            return Reading(self.elapsed)
        if name in self._bound.formula:
            return Reading(self._bound.formula[name][0])
        reading = self.reading(name)
        return reading if reading.quality is Quality.GOOD else bad(reading.reason)


def _scratch(world: World, batch: BatchState, phase: PhaseState) -> Scratch:
    """Return the phase's timers; they begin anew with every change of state: nobody watched."""
    found = world.scratch.setdefault((batch.id, phase.path), {})
    if found.get(_SINCE) != phase.since:
        found.clear()
        world.windows.pop((batch.id, phase.path), None)
        found[_SINCE] = phase.since
    return found
