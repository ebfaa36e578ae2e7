"""A vessel as a unit of the plant: what is set, what is seen, doses, harvest and samples."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any, Final

from bioctl_sim import stock
from bioctl_sim.actuators import IDEAL, Actuators
from bioctl_sim.equipment.dose import DosePump
from bioctl_sim.equipment.unit import Sink, Unit
from bioctl_sim.faults import effects
from bioctl_sim.liquid import COUNT, GLUCOSE, LACTATE, Liquid, Parcel, Recipe
from bioctl_sim.physics.cell import Cell
from bioctl_sim.physics.water import ATMOSPHERE
from bioctl_sim.plantfile.spec import VesselSpec
from bioctl_sim.vessel import outputs as places
from bioctl_sim.vessel import state, view
from bioctl_sim.vessel.accelerate import Kernel, MachineCode, Plain
from bioctl_sim.vessel.donor import donor
from bioctl_sim.vessel.geometry import parameters
from bioctl_sim.vessel.presets import PRESETS
from bioctl_sim.vessel.start import power_up

_AT_LINE_S: Final = 600
"""s between two results of the at-line analyser."""
_STALL_FROM, _STALL_AT = -10_000.0, -30_000.0
"""Pa gauge between which a vacuum in the vessel stalls the harvest pump (assumed)."""


_SET: Final = itemgetter(*places.POINTS)


_EMPTY: Final = (("WT02", effects.BASE_EMPTY), ("WT03", effects.FEED_EMPTY))
"""Bottle weights, and the faults with which they weigh nothing."""


class Vessel(Unit):
    """A bioreactor.

    Args:
        spec: from the plant file.
        outputs: initial outputs by point without series; local loops move some of them.
        actuators: its pumps and valves.
        accelerated: whether the kernel runs as machine code.

    Attributes:
        state: see `state`.
        waste: what was drained since power-up.
    """

    def __init__(
        self,
        spec: VesselSpec,
        outputs: dict[str, float],
        actuators: Actuators = IDEAL,
        *,
        accelerated: bool = False,
    ) -> None:
        super().__init__({**outputs, **_local_loops(spec)})
        self.spec = spec
        self.parameters = parameters(spec)
        self.cell: Cell = donor(PRESETS[spec.preset], spec.donor, spec.variability)
        self.actuators = actuators
        self.waste = Liquid(1e9)
        self.dose = DosePump(spec.name, sources(spec), 1200.0 * spec.volume, 200.0 * spec.volume)
        self.harvest_total = 0.0
        make = MachineCode if accelerated else Plain
        self._kernel: Kernel = make(self.parameters, actuators, self.cell)
        self.state = self._kernel.vector(power_up(spec, self.parameters))
        self._bottles = self._kernel.vector(_bottles(spec))
        self._seen: tuple[list[float], Any] = ([], None)
        self._at_line = (0.0, 0.0)
        if accelerated:
            # The first call translates, or loads what was translated: better before the plant runs.
            self._run(0, 0)

    def advance(self, first: int, seconds: int) -> None:
        """Step through the simulated seconds after `first`."""
        end = first + seconds
        while first < end:
            if self._busy():
                part = 1
                self._move()
            else:
                part = min(end - first, _AT_LINE_S - first % _AT_LINE_S)
            self._run(first, part)
            first += part
            if first % _AT_LINE_S == 0:
                self._analyse()

    def _run(self, first: int, seconds: int) -> None:
        outputs = self.outputs
        u = self._kernel.vector(_SET(outputs))
        if self._seen[0] is not self.effects:
            self._seen = self.effects, self._kernel.vector(self.effects)
        self._kernel.advance(self.state, u, self._seen[1], self._bottles, first, seconds)
        for point, place in view.MOVED:
            outputs[point] = float(u[place])

    def _busy(self) -> bool:
        return self.dose.running or self.outputs["PC04"] > 0.0

    def _move(self) -> None:
        """Deliver a second of the dose and of the harvest."""
        if self.dose.running:
            gain = self.actuators.dose_gain * self.effects[effects.DOSE_FLOW]
            self.dose.step(self, gain)
        rate = self.outputs["PC04"] * self.actuators.harvest_gain * self._suction()
        rate *= self.effects[effects.HARVEST_FLOW]
        ways: list[Sink] = []
        if self.target is not None and self.outputs["XV01"]:
            ways.append(self.target)
        if self.outputs["XV02"]:
            ways.append(self.waste)
        for way in ways:
            volume = min(
                rate / 60_000.0 / len(ways),
                self.volume - self.parameters.heel,
                way.room,
            )
            if volume > 0.0:
                way.add(self.take(volume))
                self.harvest_total += 1000.0 * volume

    def _suction(self) -> float:
        """Return the part of its flow a pump keeps against a vacuum in the vessel."""
        gauge = float(self.state[state.PRESSURE]) - ATMOSPHERE
        if gauge >= _STALL_FROM:
            return 1.0
        return max(0.0, (gauge - _STALL_AT) / (_STALL_FROM - _STALL_AT))

    def _analyse(self) -> None:
        s = self.state
        if self.volume >= self.parameters.wetted:
            self._at_line = float(s[GLUCOSE]) / self.volume, float(s[LACTATE]) / self.volume

    @property
    def volume(self) -> float:
        """Liquid in L."""
        return float(self.state[state.VOLUME])

    @property
    def outlet_open(self) -> bool:
        """Whether the harvest valve is open."""
        return bool(self.outputs["XV01"])

    def inlet(self) -> Sink | None:
        """Return the vessel where its inlet valve is open."""
        return self if self.outputs.get("XV04") else None

    @property
    def room(self) -> float:
        """Free volume in L."""
        return max(0.0, self.parameters.capacity - self.volume)

    def add(self, parcel: Parcel) -> None:
        """Mix a parcel in: amounts add, temperatures mix by volume."""
        s = self.state
        total = self.volume + parcel.volume
        if total <= 0.0:
            return
        share = parcel.volume / (total + self.parameters.wall)
        s[state.TEMPERATURE] += (parcel.temperature - s[state.TEMPERATURE]) * share
        s[state.VOLUME] = total
        for index, amount in enumerate(parcel.amounts):
            s[index] += amount

    def take(self, volume: float) -> Parcel:
        """Draw off up to `volume` L of the mixed liquid."""
        s = self.state
        available = self.volume
        part = min(1.0, volume / available) if available > 0.0 else 0.0
        amounts = [float(s[i]) * part for i in range(COUNT)]
        for i in range(COUNT):
            s[i] -= amounts[i]
        for pool in (state.POOL_SID, state.POOL_TIC):
            s[pool] -= s[pool] * part
        s[state.VOLUME] -= available * part
        return Parcel(available * part, float(s[state.TEMPERATURE]), amounts)

    def draw(self, litres: float) -> bool:
        """Take a sample; False where there is too little."""
        if self.volume < litres + self.parameters.heel:
            return False
        self.take(litres)
        return True

    def measure(self) -> dict[str, float]:
        """Return what probes see by point without series, before errors and noise."""
        seen = view.measure(self._floats(), self.parameters)
        seen["AT03"], seen["AT04"] = self._at_line
        for point, empty in _EMPTY:
            if self.effects[empty] > 0.0:
                seen[point] = 0.0
        seen["FQ04"], seen["FQ05"] = self.harvest_total, self.dose.delivered
        seen["XS01"] = float(self.dose.state)
        return seen

    def truth(self) -> dict[str, float]:
        """Return everything the model knows, by name."""
        return view.truth(self._floats(), self.parameters, self.cell)

    def _floats(self) -> list[float]:
        """Return the state as plain floats: an array's own are several times slower to work on."""
        state = self.state
        return state if isinstance(state, list) else state.tolist()

    def execute(self, command: str, arguments: Mapping[str, object]) -> str:
        """Carry out DOSE or STOP_DOSE, or raise Refused."""
        return self.dose.execute(command, arguments)

    def stop_doses(self) -> None:
        """Stop a running dose."""
        self.dose.stop()


def _local_loops(spec: VesselSpec) -> dict[str, float]:
    """Return the outputs of the loops that the plant file switches on at power-up."""
    loops = spec.loops
    start: dict[str, float] = {"XC05": 1.0} if loops.foam else {}
    for value, switch, point in (
        (loops.temperature, "XC01", "TS01"),
        (loops.ph, "XC02", "AS01"),
        (loops.oxygen, "XC03", "AS02"),
        (loops.weight, "XC04", "WS01"),
    ):
        if value is not None:
            start |= {switch: 1.0, point: value}
    return start


def sources(spec: VesselSpec) -> dict[str, Recipe]:
    """Return what DOSE can deliver, by name."""
    preset = spec.preset
    return {
        "medium": stock.medium(preset, spec.medium),
        "feed": stock.medium(preset, spec.feed, ambient=True),
        "buffer": stock.BUFFER,
        "enzyme": stock.ENZYME,
        "quench": stock.quench(preset),
        "inoculum": stock.inoculum(preset, spec.inoculum, spec.medium),
        "glucose": stock.GLUCOSE,
        "glutamine": stock.GLUTAMINE,
        "base": stock.base(spec.bottles.base, spec.bottles.base_strength),
        "antifoam": stock.ANTIFOAM,
        "activator": stock.ACTIVATOR,
        "vector": stock.VECTOR,
    }


def _bottles(spec: VesselSpec) -> list[float]:
    rows: list[float] = []
    for liquid in (
        stock.base(spec.bottles.base, spec.bottles.base_strength),
        stock.medium(spec.preset, spec.feed, ambient=True),
        stock.ANTIFOAM,
    ):
        rows += [*liquid.per_litre, liquid.temperature]
    return rows
