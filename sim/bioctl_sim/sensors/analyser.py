"""The offline laboratory of one vessel: a drawn sample, analysed with delay and error.

Errors after CC-sim's calibrated assays: bio-analyser 5 % CV and 8 % systematic, cell counter 5 %
and 3 % (viability 1.5 and 2 % absolute), blood-gas analyser pH 0.005 and 0.002, pCO2 0.5 and 1 %,
osmometer 2 and 1 mOsm/kg. Times: count and bio-analyser 5 min, blood gas 2 min, osmometer 3 min,
after 5 min of handling.
"""

import random
from collections.abc import Mapping
from enum import IntEnum
from typing import Final, NamedTuple

from bioctl_sim.refused import Refused

_HANDLING_S: Final = 300
MIN_ML: Final = 0.5
MAX_ML: Final = 100.0


class Assay(NamedTuple):
    """One result.

    Attributes:
        truth: name of the true value.
        delay: s from the start of the analysis.
        cv: scatter of a sample, as part.
        part: systematic error of the instrument, as part.
        scatter: the same in eu.
        error: the same in eu.
    """

    truth: str
    delay: int
    cv: float = 0.0
    part: float = 0.0
    scatter: float = 0.0
    error: float = 0.0


ASSAYS: Final[Mapping[str, Assay]] = {
    "QT01": Assay("vcd", 300, cv=0.05, part=0.03),
    "QT02": Assay("viability", 300, scatter=1.5, error=2.0),
    "QT03": Assay("glucose", 300, cv=0.05, part=0.08),
    "QT04": Assay("lactate", 300, cv=0.05, part=0.08),
    "QT05": Assay("glutamine", 300, cv=0.05, part=0.08),
    "QT06": Assay("ammonium", 300, cv=0.05, part=0.08),
    "QT07": Assay("ph", 120, scatter=0.005, error=0.002),
    "QT08": Assay("pco2", 120, cv=0.005, part=0.01),
    "QT09": Assay("osmolality", 180, scatter=2.0, error=1.0),
}
"""Generic point -> assay."""
_NEVER: Final = 2**62
_LONGEST: Final = _HANDLING_S + max(assay.delay for assay in ASSAYS.values())


class SampleState(IntEnum):
    """The numbers of tag XS02."""

    NONE = 0
    ANALYSED = 1
    DONE = 2


class Laboratory:
    """The analysers behind one vessel; one sample at a time.

    Args:
        unit: name of the vessel.
        seed: of errors.
        noise: False for analysers without error; they still take their time.
    """

    def __init__(self, unit: str, seed: int, *, noise: bool) -> None:
        self._unit, self._seed, self._noise = unit, seed, noise
        source = random.Random(f"{seed} {unit} laboratory")  # noqa: S311 - no secret
        self._bias = {point: source.gauss(0.0, 1.0) for point in ASSAYS}
        self._shown = dict.fromkeys(ASSAYS, 0.0)
        self._results: dict[str, float] = {}
        self._drawn = 0
        self._since = 0
        self._seen: dict[str, float] = {}
        self._seen_until = -1

    def check(self, volume: float, second: int) -> None:
        """Refuse a sample that can't be taken now.

        Raises:
            Refused: the one before is still being analysed, or the volume is out of range.
        """
        if not MIN_ML <= volume <= MAX_ML:
            raise Refused(f"A sample can't be {volume:g} mL: expected {MIN_ML:g} to {MAX_ML:g} mL.")
        if self._drawn and second < self._since + _LONGEST:
            left = self._since + _LONGEST - second
            raise Refused(
                f"{self._unit}: sample {self._drawn} is being analysed, ready in {left} s."
            )

    def take(self, truth: Mapping[str, float], second: int) -> int:
        """Begin to analyse a sample with these true values; return its number."""
        self._shown = {p: self._shown_at(p, second) for p in ASSAYS}
        self._drawn += 1
        self._since = second
        self._seen_until = -1
        source = random.Random(f"{self._seed} {self._unit} {self._drawn}")  # noqa: S311
        self._results = {}
        for point, assay in ASSAYS.items():
            luck = source.gauss(0.0, 1.0)
            value = truth[assay.truth]
            if self._noise:
                bias = self._bias[point]
                value *= 1.0 + assay.cv * luck + assay.part * bias
                value += assay.scatter * luck + assay.error * bias
            self._results[point] = max(0.0, value)
        if self._noise:
            self._results["QT02"] = min(100.0, self._results["QT02"])
        return self._drawn

    def measure(self, second: int) -> dict[str, float]:
        """Return what the offline tags show at a simulated second, by generic point."""
        if second >= self._seen_until:
            self._seen, self._seen_until = self._look(second), self._next_result(second)
        return self._seen

    def _next_result(self, second: int) -> int:
        """Return the second at which something new comes in."""
        due = {self._since + _HANDLING_S + assay.delay for assay in ASSAYS.values()}
        return min((moment for moment in due if moment > second), default=_NEVER)

    def _look(self, second: int) -> dict[str, float]:
        finished = second >= self._since + _LONGEST
        state = SampleState.DONE if finished else SampleState.ANALYSED
        shown = {point: self._shown_at(point, second) for point in ASSAYS}
        shown["NT01"] = float(self._drawn if finished else max(0, self._drawn - 1))
        shown["XS02"] = float(state if self._drawn else SampleState.NONE)
        return shown

    def _shown_at(self, point: str, second: int) -> float:
        due = self._since + _HANDLING_S + ASSAYS[point].delay
        return self._results[point] if self._drawn and second >= due else self._shown[point]
