"""A vessel with perfect temperature, pH and oxygen: what the cell models do by themselves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from bioctl_sim.physics.attachment import attach_rate
from bioctl_sim.physics.cell import Cell
from bioctl_sim.physics.growth import death_rate, growth_rate, hunger
from bioctl_sim.physics.metabolism import capacity_uptake, glutamine_decay, uptake
from bioctl_sim.physics.plant_cell import sucrose_split
from bioctl_sim.physics.t_cell import activation_rate


class Note(NamedTuple):
    """What is noted: h, 1e9/L (or g/L), %, mmol/L."""

    hours: float
    live: float
    viability: float
    glucose: float
    lactate: float
    ammonium: float


@dataclass
class Medium:
    """mmol/L; capacity in litres of fresh medium a litre; osmolality in mOsm/kg."""

    glucose: float = 25.0
    glutamine: float = 4.0
    capacity: float = 1.0
    sucrose: float = 0.0
    osmolality: float = 300.0


@dataclass
class Ideal:
    """Cells in 1e9 a litre (plant cells in g/L), in a litre of medium at the start.

    `area` in cm2/L; without, an adherent cell has nowhere to go. `loose` are adherent cells not yet
    attached.
    """

    cell: Cell
    medium: Medium
    live: float
    dead: float = 0.0
    area: float = 0.0
    temperature: float = 37.0
    ph: float = 7.15
    oxygen: float = 0.08
    pco2: float = 40.0
    volume: float = 1.0
    base: float = 0.0
    """mOsm/kg that neutralising a mmol/L of lactate adds."""
    hours: float = 0.0
    loose: float = 0.0
    lactate: float = 0.0
    ammonium: float = 0.1
    hungry: float = 0.0
    resting: float = 0.0
    """T cells among the live that beads have not activated yet."""
    beads: float = 3.0
    """A cell."""
    mu: float = 0.0
    fresh: float = 0.0
    """1/h: volumes of fresh medium that pass through, cells kept."""
    trace: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        m = self.medium
        self.glucose, self.glutamine, self.capacity = m.glucose, m.glutamine, m.capacity
        self.sucrose, self.osmolality = m.sucrose, m.osmolality
        if self.cell.adherent:
            self.loose, self.live = self.live, 0.0
        self._note()

    @property
    def density(self) -> float:
        """As in `Cell`."""
        return 1e9 * self.live / self.area if self.cell.adherent else self.live

    @property
    def viability(self) -> float:
        """% at the last note."""
        return self.trace[-1].viability

    def run(
        self, until: float, dt: float = 0.1, each: Callable[["Ideal"], None] | None = None
    ) -> "Ideal":
        """Advance; `each` may act before every step."""
        while self.hours < until - 1e-9:
            if each is not None:
                each(self)
            self.step(min(dt, until - self.hours))
        self._note()
        return self

    def step(self, h: float) -> None:
        c = self.cell
        osm = self.osmolality + self.base * self.lactate
        self.mu = mu = growth_rate(
            c, self.glucose, self.glutamine, self.lactate, self.ammonium, self.oxygen,
            self.capacity, osm, self.temperature, self.ph, self.pco2, self.hours, self.density,
        )  # fmt: skip
        kd = death_rate(
            c, self.lactate, self.ammonium, self.temperature, self.ph, osm, self.hungry, 0.0,
            self.capacity,
        )  # fmt: skip
        self.hungry = hunger(c, self.hungry, self.glucose, self.oxygen, h)
        rates = uptake(c, mu, self.glucose, self.glutamine, self.lactate)
        self._react(rates, mu, h)
        self._exchange(h)
        self._cells(mu, kd, h)
        self.hours += h

    def _react(self, rates: tuple[float, ...], mu: float, h: float) -> None:
        sugar, glutamine, lactate, ammonium = rates[:4]
        cells, c = self.live + self.loose, self.cell
        decayed = glutamine_decay(self.temperature, self.ph) * self.glutamine * h
        split = sucrose_split(self.sucrose, cells) * h if self.sucrose > 0.0 else 0.0
        self.sucrose -= split
        self.glucose += 2.0 * split - sugar * cells * h
        self.glutamine -= glutamine * cells * h + decayed
        self.lactate += lactate * cells * h
        self.ammonium += ammonium * cells * h + decayed
        self.capacity = max(0.0, self.capacity - capacity_uptake(c, mu) * cells * h)

    def _exchange(self, h: float) -> None:
        if self.fresh > 0.0:
            self.mix(self.fresh * h)

    def mix(self, part: float) -> None:
        """Replace a part of the liquid with fresh medium; cells stay."""
        m = self.medium
        self.glucose += part * (m.glucose - self.glucose)
        self.glutamine += part * (m.glutamine - self.glutamine)
        self.capacity += part * (m.capacity - self.capacity)
        self.lactate -= part * self.lactate
        self.ammonium -= part * self.ammonium

    def feed(self, volume: float, medium: Medium) -> None:
        """Add litres of a feed (the start is a litre)."""
        old, self.volume = self.volume, self.volume + volume
        a, b = old / self.volume, volume / self.volume
        self.glucose = a * self.glucose + b * medium.glucose
        self.glutamine = a * self.glutamine + b * medium.glutamine
        self.capacity = a * self.capacity + b * medium.capacity
        self.osmolality = a * self.osmolality + b * medium.osmolality
        self.lactate, self.ammonium = a * self.lactate, a * self.ammonium
        self.live, self.dead, self.loose = a * self.live, a * self.dead, a * self.loose

    def _cells(self, mu: float, kd: float, h: float) -> None:
        c = self.cell
        if c.adherent:
            moved = self.loose * min(1.0, attach_rate(c, self.density, 0.1, 0.0) * h)
            lost = self.loose * (kd + c.anoikis) * h
            self.loose -= moved + lost
            self.live += moved
            self.dead += lost
        dying = kd * self.live * h
        woken = self.resting * activation_rate(c, self.beads) * h if self.resting > 0.0 else 0.0
        self.live += mu * (self.live - self.resting) * h - dying
        self.resting -= woken + kd * self.resting * h
        self.dead += dying - c.lysis * self.dead * h

    def _note(self) -> None:
        live = self.live + self.loose
        viability = 100.0 * live / max(1e-9, live + self.dead)
        self.trace.append(
            Note(self.hours, live, viability, self.glucose, self.lactate, self.ammonium)
        )
