"""The plant of the control figures: one stirred vessel, 0.5 to 2000 L, six days, and its upsets.

Committed before any controller is measured on it: scales, cells, upsets, sensors and seeds. The
vessel is the simulated plant's own (`bioctl_sim.vessel`); nothing here knows a controller.
"""

import copy
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bioctl_sim.faults import effects
from bioctl_sim.plantfile.spec import Bottles, Inoculum, Medium, VesselSpec
from bioctl_sim.vessel import outputs as places
from bioctl_sim.vessel import state
from bioctl_sim.vessel.vessel import Vessel

SCALES: Final = (0.5, 5.0, 50.0, 200.0, 2000.0)
"""L."""
DAYS: Final = 6.0
SCAN_S: Final = 5
SEED: Final = 20261127
START_H: Final = 6.0
"""h after inoculation before anything counts: the vessel has come to rest."""
SETPOINTS: Final = {"temperature": 37.0, "pH": 7.20, "dissolved_oxygen": 40.0}
PROMISED: Final = {"temperature": 0.1, "pH": 0.05, "dissolved_oxygen": 3.0}
"""Half widths of the bands that are promised outside upsets."""
NOISE: Final = {"temperature": (0.01, 0.01), "pH": (0.002, 0.001), "dissolved_oxygen": (0.15, 0.1)}
"""Standard deviation (correlated over 5 s) and resolution of each reading."""


@dataclass(frozen=True)
class Upset:
    """Something that happens to the vessel.

    Attributes:
        hour: after inoculation.
        lasts_s: how long.
        word: what it is.
    """

    hour: float
    lasts_s: float
    word: str


UPSETS: Final = (
    Upset(24.0, 600.0, "feed bolus"),
    Upset(48.0, 900.0, "bottle change"),
    Upset(72.0, 1800.0, "door"),
    Upset(96.0, 1800.0, "exchange"),
    Upset(120.0, 300.0, "oxygen bottle"),
)
"""A bolus of 3 % of cold feed; no base for 15 min; the room 8 K colder for 30 min; a third of the
medium exchanged, pre-warmed; no oxygen for 5 min."""


def spec(litres: float) -> VesselSpec:
    """Return the vessel of a scale: similar in shape, CHO cells, NaOH 0.5 mol/L.

    Rich enough for six days, and little bicarbonate: lactate takes pH from carbon dioxide to base.
    """
    return VesselSpec(
        name="BR1",
        kind="stirred",
        series=1,
        line=0,
        volume=litres,
        preset="cho",
        donor=0,
        variability=0.0,
        height_to_diameter=1.5,
        sparger="ring" if litres < 20 else "micro",
        agitator_max=400.0,
        gas_max=0.06 * litres,
        retention=1.0,
        bottles=Bottles("NaOH", 0.5, 0.0, 0.0, 0.0),
        inoculum=Inoculum(10.0, 98.0),
        medium=Medium(glucose=70.0, glutamine=10.0, bicarbonate=24.0),
    )


OUTPUTS: Final = {
    "jacket": "TC01",
    "agitation": "SC01",
    "air": "FC01",
    "oxygen": "FC02",
    "nitrogen": "FC03",
    "carbon_dioxide": "FC04",
    "base_pump": "PC01",
}
PROBES: Final = {
    "temperature": state.PROBE_T,
    "pH": state.PROBE_PH,
    "dissolved_oxygen": state.PROBE_O2,
}


class Bench:
    """A vessel on the bench: filled, inoculated, and stepped with its sensors' noise.

    Args:
        litres: scale.
        seed: of the sensors' noise.
        accelerated: whether the vessel runs as machine code; the same numbers.
    """

    def __init__(self, litres: float, seed: int = SEED, *, accelerated: bool = False) -> None:
        closed = dict.fromkeys(places.POINTS, 0.0)
        self.vessel = Vessel(spec(litres), closed, accelerated=accelerated)
        self.litres = litres
        self.second = 0
        self._random = random.Random(seed)  # noqa: S311
        self._noise = dict.fromkeys(NOISE, 0.0)
        self.vessel.outputs.update({"XV03": 1.0, "SC01": 100.0, "TC01": 37.0})
        self._fill("medium", 0.9 * litres)
        self._fill("inoculum", 0.05 * litres)
        self.vessel.state[state.TEMPERATURE] = self.vessel.state[state.PROBE_T] = 36.5
        self.vessel.state[state.JACKET] = 36.5
        self._begin = self.second

    @property
    def hours(self) -> float:
        """Hours since inoculation."""
        return (self.second - self._begin) / 3600.0

    def copy(self) -> "Bench":
        """Return a bench of its own that stands where this one stands."""
        other = copy.copy(self)
        other.vessel = copy.copy(self.vessel)
        other.vessel.state = self.vessel.state[:]  # a list, or an array of the accelerator
        if not isinstance(other.vessel.state, list):
            other.vessel.state = self.vessel.state.copy()
        other.vessel.outputs = dict(self.vessel.outputs)
        other.vessel.effects = list(self.vessel.effects)
        other.vessel.dose = copy.copy(self.vessel.dose)
        other._random = copy.deepcopy(self._random)  # noqa: SLF001
        other._noise = dict(self._noise)  # noqa: SLF001
        return other

    def step(self, levels: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
        """Set the outputs, go on by a scan, and return what is read and what is true."""
        for name, value in levels.items():
            self.vessel.outputs[OUTPUTS[name]] = value
        self._upset(self.hours)
        self.vessel.advance(self.second, SCAN_S)
        self.second += SCAN_S
        return self.readings(), self.truth()

    def readings(self) -> dict[str, float]:
        """Return the readings, with noise and resolution."""
        s = self.vessel.state
        keep = math.exp(-SCAN_S / 5.0)
        for name, (sigma, _) in NOISE.items():
            fresh = sigma * math.sqrt(1.0 - keep * keep) * self._random.gauss(0.0, 1.0)
            self._noise[name] = keep * self._noise[name] + fresh
        found = {}
        for name, place in PROBES.items():
            step = NOISE[name][1]
            found[name] = round((float(s[place]) + self._noise[name]) / step) * step
        return found

    def truth(self) -> dict[str, float]:
        """Return what the vessel really has; of oxygen what a probe without noise would show."""
        s = self.vessel.state
        return {
            "temperature": float(s[state.TEMPERATURE]),
            "pH": float(s[state.PH]),
            "dissolved_oxygen": float(s[state.PROBE_O2]),
        }

    def _fill(self, source: str, litres: float) -> None:
        part = litres
        while part > 0:
            volume = min(part, litres)
            dose = {"source": source, "volume": 1000.0 * volume, "rate": 190.0 * self.litres}
            self.vessel.execute("DOSE", dose)
            seconds = int(volume / 0.19 / self.litres * 60.0) + 2
            self.vessel.advance(self.second, seconds)
            self.second += seconds
            part -= volume
        self.second += -self.second % 60

    def _upset(self, hours: float) -> None:
        table = self.vessel.effects
        for upset in UPSETS:
            inside = upset.hour <= hours < upset.hour + upset.lasts_s / 3600.0
            begins = upset.hour <= hours < upset.hour + SCAN_S / 3600.0 - 1e-9
            if upset.word == "feed bolus" and begins:
                rate = 30.0 * self.litres / (upset.lasts_s / 60.0)
                dose = {"source": "feed", "volume": 30.0 * self.litres, "rate": rate}
                self.vessel.execute("DOSE", dose)
            elif upset.word == "exchange" and begins:
                self.vessel.take(float(self.vessel.state[state.VOLUME]) / 3.0)
                volume = 950.0 * self.litres / 3.0
                dose = {"source": "medium", "volume": volume, "rate": volume / 30.0}
                self.vessel.execute("DOSE", dose)
            elif upset.word == "bottle change":
                table[effects.BASE_FLOW] = 0.0 if inside else 1.0  # type: ignore[index]
            elif upset.word == "door":
                table[effects.ROOM] = -8.0 if inside else 0.0  # type: ignore[index]
            elif upset.word == "oxygen bottle":
                table[effects.OXYGEN_FLOW] = 0.0 if inside else 1.0  # type: ignore[index]
