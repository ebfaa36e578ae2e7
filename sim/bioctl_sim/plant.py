"""The plant: its units, their piping, and the face the outside sees (tags and commands)."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from bioctl_sim.build import tags_of, unit_of
from bioctl_sim.equipment.unit import Unit
from bioctl_sim.faults.board import Active, FaultBoard, Order
from bioctl_sim.faults.effects import ROOM
from bioctl_sim.plantfile.load import breakable, load
from bioctl_sim.plantfile.spec import PlantFile
from bioctl_sim.refused import Refused
from bioctl_sim.sensors.instruments import Instruments
from bioctl_sim.sensors.modes import Failure
from bioctl_sim.taglist import CommandDef, TagDef
from bioctl_sim.vessel.kernel import AMBIENT

__all__ = ["Plant", "Refused"]

_ROUNDING: Final = 1e-9
"""s; ten steps of 0.1 s make one second."""
_REFRESH_S: Final = 60
"""s between two looks at what drifts, at absolute multiples."""
_QUICK_S: Final = 10
"""s, while a failing sensor moves."""


class Plant:
    """A plant, stepped by whoever owns it; not thread safe.

    Args:
        seed: of noise, errors, donors and scatter; the same seed gives the same plant. None takes
            the plant file's.
        noise: False for sensors and actuators without noise, error, drift and resolution; they
            still lag.
        file: which plant; None is the demonstration plant.
        orders: faults to come besides those of the file.
        accelerated: whether bioreactors run as machine code, with the same numbers.

    Raises:
        Refused: an order names no fault of this plant, or the accelerator is not installed.
    """

    def __init__(
        self,
        seed: int | None = None,
        noise: bool = True,  # noqa: FBT001, FBT002
        file: PlantFile | None = None,
        orders: Sequence[Order] = (),
        *,
        accelerated: bool = False,
    ) -> None:
        self.file = file or load()
        self.seed = self.file.seed if seed is None else seed
        lists = {spec.name: tags_of(spec) for spec in self.file.units}
        self.tags: tuple[TagDef, ...] = tuple(t for each in lists.values() for t in each.tags)
        self.commands: tuple[CommandDef, ...] = tuple(
            command for each in lists.values() for command in each.commands
        )
        self.units: dict[str, Unit] = {
            spec.name: unit_of(
                spec, lists[spec.name].tags, self.seed, noise=noise, accelerated=accelerated
            )
            for spec in self.file.units
        }
        self.instruments: dict[str, Instruments] = {
            name: Instruments(name, unit, lists[name], self.seed, noise=noise)
            for name, unit in self.units.items()
        }
        self._pipes = [(self.units[p.source], self.units[p.target]) for p in self.file.pipes]
        self._by_name = {tag.name: tag for tag in self.tags}
        self._noise = noise
        self.faults = FaultBoard(
            breakable(self.file.units), [*self.file.faults, *orders], self.seed
        )
        self._ticks = 0
        self._remainder = 0.0
        self._turn()
        self._refresh()

    @property
    def time(self) -> float:
        """Simulated seconds since power-up."""
        return self._ticks + self._remainder

    def step(self, dt: float) -> None:
        """Advance by `dt` s (0 or more) in internal steps of 1 s; the rest is carried over."""
        if not (math.isfinite(dt) and dt >= 0):
            raise Refused(f"The plant can't advance by {dt} s: expected a number of 0 or more.")
        self._remainder += dt
        whole = int(self._remainder + _ROUNDING)
        self._remainder = max(0.0, self._remainder - whole)
        end = self._ticks + whole
        while self._ticks < end:
            self._run(min(end, self._next_look(), self.faults.next))

    def _next_look(self) -> int:
        every = self._look_every
        return self._ticks - self._ticks % every + every

    def _run(self, until: int) -> None:
        """Step all units to a second at which nothing changes from outside before."""
        first = self._ticks
        for source, target in self._pipes:
            source.target = target.inlet() if source.outlet_open else None
            if source.target is not None:
                until = first + 1
        for unit in self.units.values():
            unit.advance(first, until - first)
        self._ticks = until
        if self.faults.next <= until:
            self._turn()
            self._refresh()
        elif until % self._look_every == 0 and (self._noise or self.faults.active):
            self._refresh()

    def values(self) -> list[float]:
        """Return all tags in order: measurements as the sensors see them, outputs in force."""
        values: list[float] = []
        for instruments in self.instruments.values():
            values += instruments.read(self._ticks)
        return values

    def statuses(self) -> list[int]:
        """Return an OPC UA status code for each tag in order; 0 is Good."""
        statuses: list[int] = []
        for instruments in self.instruments.values():
            statuses += instruments.rack.statuses
        return statuses

    def stale(self) -> list[int]:
        """Return the places of tags whose time stamp stands still."""
        places: list[int] = []
        before = 0
        for instruments in self.instruments.values():
            places += [before + place for place in instruments.rack.stale]
            before += instruments.rack.size
        return places

    def truth(self) -> dict[str, float]:
        """Return the ground truth of all bioreactors, as `BR101.vcd`."""
        return {
            f"{name}.{what}": value
            for name, unit in self.units.items()
            for what, value in unit.truth().items()
        }

    def write(self, name: str, value: float) -> None:
        """Set an output; refused when it is none or the value fits not its type or range."""
        tag = self._by_name.get(name)
        if tag is None or tag.kind != "o":
            raise Refused(f"{name} can't be written: it is no output of this plant.")
        self._reach(tag.unit)
        self.units[tag.unit].outputs[tag.generic] = _checked(tag, value)

    def execute(self, unit: str, command: str, arguments: Mapping[str, object]) -> str:
        """Carry out a command now and say so in one sentence; Refused says why not."""
        target = self.units.get(unit)
        if target is None:
            raise Refused(f"There is no unit {unit!r}: expected one of {', '.join(self.units)}.")
        self._reach(unit)
        done = self.instruments[unit].execute(command, arguments, self._ticks)
        if done is None:
            return target.execute(command, arguments)
        self._refresh()
        return done

    def _reach(self, unit: str) -> None:
        if self.instruments[unit].rack.silent:
            raise Refused(f"{unit} can't be reached: expected its communication to be back first.")

    def fallback(self) -> None:
        """Do what the plant's watchdog does: set every fallback output and stop the doses."""
        for tag in self.tags:
            if tag.kind == "o" and tag.fallback is not None:
                self.units[tag.unit].outputs[tag.generic] = tag.fallback
        for unit in self.units.values():
            unit.stop_doses()

    def set_fault(
        self, name: str, amount: float | None = None, duration: float | None = None
    ) -> str:
        """Break something now and say so.

        Args:
            name: `UNIT.fault` or `UNIT.POINT.mode`, see docs/reference/plant-faults.md.
            amount: None takes the fault's own.
            duration: simulated s; None stays until it is cleared.

        Raises:
            Refused: there is no such fault, or not that amount.
        """
        before = self.faults.active.get(name)
        active = self.faults.set(name, amount, duration, self._ticks)
        self._end(before)
        self._begin(active)
        self._refresh()
        return f"{name}: {active.fault.help}."

    def clear_fault(self, name: str) -> str:
        """Mend something now and say so; Refused where there is no such fault."""
        ended = self.faults.clear(name)
        self._end(ended)
        self._refresh()
        return f"{name}: mended." if ended else f"{name}: was not broken."

    def _turn(self) -> None:
        ended, began = self.faults.turn(self._ticks)
        for active in ended:
            self._end(active)
        for active in began:
            self._begin(active)

    def _begin(self, active: Active) -> None:
        instruments = self.instruments[active.unit]
        rack = instruments.rack
        if active.fault.silent:
            outputs = self.units[active.unit].outputs
            rack.hush(self._ticks, instruments.measure(self._ticks), outputs)
        for generic, mode in active.fault.sensors:
            held = instruments.read(self._ticks)[rack.place(generic)]
            failure = Failure(mode, active.amount, self._ticks, held, self.file.room)
            rack.fail(generic, active.name, failure)

    def _end(self, active: Active | None) -> None:
        if active is None:
            return
        rack = self.instruments[active.unit].rack
        for generic, _ in active.fault.sensors:
            rack.mend(generic, active.name)
        if active.fault.silent and not self.faults.silent(active.unit):
            rack.hear()

    def _refresh(self) -> None:
        """Hand every unit what faults do to it and what its own loops see."""
        moving = any(i.rack.drifting for i in self.instruments.values())
        self._look_every = _QUICK_S if moving else _REFRESH_S
        for name, unit in self.units.items():
            instruments = self.instruments[name]
            unit.overrides = self.faults.outputs(name)
            sensed = instruments.rack.sensed(self._ticks, instruments.measure(self._ticks))
            unit.effects = self.faults.effects(name, self._ticks) + sensed
            unit.effects[ROOM] += self.file.room - AMBIENT


def _checked(tag: TagDef, value: float) -> float:
    number = float(value)
    if not (math.isfinite(number) and tag.low <= number <= tag.high):
        raise Refused(
            f"{tag.name} can't be {value}: expected {tag.low:g} to {tag.high:g} {tag.eu}".strip()
            + "."
        )
    if tag.type != "double" and number != int(number):
        raise Refused(f"{tag.name} can't be {value}: expected a whole number.")
    return number
