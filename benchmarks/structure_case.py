"""A structure on the bench: its unit as in a site file, a small process, who controls it."""

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from simple_pid import PID

from bioctl.equipment.commanded import LoopDemand, UnitState
from bioctl.equipment.image import make_image
from bioctl.equipment.regulate import UnitMemory, outputs_of, regulate
from bioctl.equipment.unit import UnitConfig
from bioctl.equipment.unit_fields import read_unit
from bioctl.errors import InputError, InputErrors
from bioctl.language.document import Node, parse
from bioctl.tags import UnitClass
from bioctl.values import Reading

SEED: Final = 20261127
Values = dict[str, float]
Controller = Callable[[float, Values], Values]
"""Process time (s) and what is read, outputs too, to outputs."""


class Plant(ABC):
    """A process in steps of 1 s.

    Attributes:
        sigma: standard deviation of each reading's noise, in its eu.
        s: process time.
    """

    sigma: ClassVar[Mapping[str, float]] = {}

    def __init__(self) -> None:
        self.s = 0
        self.random = random.Random(SEED)  # noqa: S311

    @property
    def h(self) -> float:
        """Process time, h."""
        return self.s / 3600.0

    @abstractmethod
    def second(self, u: Values) -> None:
        """Go on by 1 s with these outputs."""

    @abstractmethod
    def probes(self) -> Values:
        """Return what ideal instruments show."""

    def truth(self) -> Values:
        """Return what is to be judged and drawn."""
        return self.probes()

    def readings(self) -> Values:
        """Return what the instruments show."""
        noise = self.random.gauss
        return {
            name: x + noise(0.0, self.sigma.get(name, 0.0)) for name, x in self.probes().items()
        }

    def advance(self, u: Values, seconds: int) -> None:
        """Go on with these outputs."""
        for _ in range(seconds):
            self.second(u)
            self.s += 1


@dataclass(frozen=True)
class Gene:
    """One thing the optimiser may change: a field of a loop's law, by a factor.

    Attributes:
        loop: whose.
        field: of its `Tuning` or `OnOff`; `forward` is the gain of its feed-forward, `schedule`
            the power its factors are raised to.
        low, high: factors.
    """

    loop: str
    field: str
    low: float = 0.2
    high: float = 5.0


def laws(*loops: str) -> tuple[Gene, ...]:
    """Return gain and integral time of some loops."""
    return tuple(Gene(loop, field) for loop in loops for field in ("kc", "ti_s"))


@dataclass(frozen=True)
class Panel:
    """One picture of a case: what is drawn, from which hour, for how long."""

    title: str
    what: str
    begin: float
    hours: float


@dataclass(frozen=True)
class Case:
    """One structure, its upsets, and whom it is compared with.

    Attributes:
        name: of the structure.
        site: the unit, as the site file has it.
        plant: makes the process at rest.
        asked: setpoints of the loops that are set to AUTO.
        first: outputs at rest.
        hours: of the run.
        peers: simple-pid as its user would use it; `by hand`: the same structure, written by hand.
        miss: distance to what is wanted, from the truth.
        eu: of the miss integrated.
        genes: what the optimiser may change.
        panels: what is worth seeing.
        price: what an hour of the pump's full speed costs, in eu h.
        calm: whether the optimiser may move the outputs no more than ours.
    """

    name: str
    site: str
    plant: Callable[[], Plant]
    asked: Mapping[str, float]
    first: Mapping[str, float]
    hours: float
    peers: Mapping[str, Callable[[], Controller]]
    miss: Callable[[Values], float]
    eu: str
    genes: tuple[Gene, ...]
    panels: tuple[Panel, ...]
    price: float = 0.0
    calm: bool = False


@dataclass(frozen=True)
class Run:
    """One run, a row a scan: seconds, what is true, outputs, and the miss."""

    period: float
    values: Mapping[str, np.ndarray]
    miss: np.ndarray

    @property
    def iae(self) -> float:
        """Integral of the miss, eu h."""
        return float(self.miss.sum()) * self.period / 3600.0

    def travel(self, unit: UnitConfig) -> float:
        """Return the way of all outputs, in their ranges, an hour."""
        hours = len(self.miss) * self.period / 3600.0
        ways = (
            float(np.abs(np.diff(self.values[name])).sum()) / (tag.range.high - tag.range.low)
            for name, tag in unit.outputs.items()
        )
        return sum(ways) / hours

    def used(self, unit: UnitConfig) -> float:
        """Return how long the outputs ran, in hours of the top of their range."""
        tops = ((name, tag.range.high) for name, tag in unit.outputs.items())
        return sum(float(self.values[n].sum()) * self.period / 3600.0 / top for n, top in tops)


def unit_of(site: str) -> UnitConfig:
    """Return the unit of a case, read as the controller reads it; its class is what it lists.

    Raises:
        InputErrors: everything that is wrong with it.
    """
    errors: list[InputError] = []
    node = parse(site.encode(), "site.yaml")
    parts = node.as_mapping().entries
    loops = [
        n for n, one in _entries(parts["loops"]) if "setpoint_from" not in one.as_mapping().entries
    ]
    name = parts["class"].as_text()
    kind = UnitClass(
        name, _eus(parts["measurements"]), _eus(parts["outputs"]), dict.fromkeys(loops, ""), ()
    )
    unit = read_unit("BR101", {name: kind}, {}, ["plant"], errors, node)
    if errors:
        raise InputErrors(errors)
    return unit


def _entries(node: Node) -> list[tuple[str, Node]]:
    return list(node.as_mapping().entries.items())


def _eus(node: Node) -> dict[str, str]:
    return {name: one.as_text().rpartition(" ")[2] for name, one in _entries(node)}


class Ours:
    """The unit's own control scan."""

    def __init__(self, case: Case, unit: UnitConfig) -> None:
        self._unit, self.memory = unit, UnitMemory()
        self._tags = {**unit.measurements, **unit.outputs}
        demands = {name: LoopDemand("AUTO", sp) for name, sp in case.asked.items()}
        self._state = UnitState("B-1", {}, demands)

    def __call__(self, now: float, read: Values) -> Values:
        """Return all outputs."""
        found = {tag.name: Reading(read[name]) for name, tag in self._tags.items()}
        image = make_image(self._tags.values(), found)
        regulate(self._unit, self.memory, image, self._state, now, _unfenced)
        return outputs_of(self._unit, self.memory, self._state)


def _unfenced(_: str, call: Callable[[], None]) -> str:
    call()
    return ""


def run(case: Case, controller: Controller, period: float) -> Run:
    """Run a controller on a case."""
    plant, u = case.plant(), dict(case.first)
    rows = round(case.hours * 3600 / period)
    kept: dict[str, np.ndarray] = {name: np.empty(rows) for name in (*plant.truth(), *u)}
    kept["s"], miss = np.arange(rows) * period, np.empty(rows)
    for row in range(rows):
        u |= controller(row * period, {**u, **plant.readings()})
        plant.advance(u, round(period))
        truth = plant.truth()
        miss[row] = case.miss(truth)
        for name, value in {**u, **truth}.items():
            kept[name][row] = value
    return Run(period, kept, miss)


def peer(kc: float, ti_s: float, sp: float, limits: tuple[float, float], start: float) -> PID:
    """Return simple-pid with its own limits, at rest at `start`."""
    return PID(kc, kc / ti_s, 0.0, sp, None, limits, starting_output=start)


def lag(value: float, target: float, tau_s: float) -> float:
    """Return a first-order lag after 1 s."""
    return value + (target - value) / tau_s
