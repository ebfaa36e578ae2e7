"""What a run is judged by: IAE, the band that is promised, recovery after each upset."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from control_vessel import PROMISED, SCAN_S, SETPOINTS, START_H, UPSETS, Bench

GRACE_S: Final = 600.0
"""s after an upset in which a loop may be outside its band in any case."""


class Controller(Protocol):
    """Whatever closes the loops."""

    def scan(self, now: float, readings: Mapping[str, float]) -> dict[str, float]:
        """Return all outputs."""


@dataclass(frozen=True)
class Run:
    """One run: rows of a scan each.

    Attributes:
        hours: since inoculation.
        truth: by loop.
        outputs: by output.
    """

    hours: np.ndarray
    truth: dict[str, np.ndarray]
    outputs: dict[str, np.ndarray]

    def error(self, loop: str) -> np.ndarray:
        """Return setpoint less truth."""
        return SETPOINTS[loop] - self.truth[loop]

    def iae(self, loop: str, start: float = START_H, end: float = 1e9) -> float:
        """Return the integral of |error|, measurement eu x h."""
        inside = (self.hours >= start) & (self.hours < end)
        return float(np.abs(self.error(loop)[inside]).sum() * SCAN_S / 3600.0)

    def recovery_s(self, loop: str, hour: float, lasts_s: float) -> float:
        """Return how long after the end of an upset the loop leaves its band for the last time."""
        end = hour + lasts_s / 3600.0
        inside = (self.hours >= hour) & (self.hours < hour + 12.0)
        outside = np.abs(self.error(loop)[inside]) > PROMISED[loop]
        if not outside.any():
            return 0.0
        last = self.hours[inside][np.nonzero(outside)[0][-1]]
        return max(0.0, float(last - end) * 3600.0)

    def worst(self, loop: str, grace: Mapping[str, float] | None = None) -> float:
        """Return the greatest |error| outside upsets and their grace (s by upset)."""
        calm = self.hours >= START_H
        for upset in UPSETS:
            spare = max(GRACE_S, (grace or {}).get(upset.word, 0.0))
            end = upset.hour + (upset.lasts_s + spare) / 3600.0
            calm &= ~((self.hours >= upset.hour) & (self.hours <= end))
        return float(np.abs(self.error(loop)[calm]).max())


def run(bench: Bench, controller: Controller, hours: float) -> Run:
    """Run a controller on a vessel, and return what happened."""
    rows = int(hours * 3600 / SCAN_S)
    clock = np.empty(rows)
    truth = {name: np.empty(rows) for name in SETPOINTS}
    outputs: dict[str, np.ndarray] = {}
    readings = bench.readings()
    for row in range(rows):
        levels = controller.scan(row * float(SCAN_S), readings)
        readings, real = bench.step(levels)
        clock[row] = bench.hours
        for name, value in real.items():
            truth[name][row] = value
        for name, value in levels.items():
            outputs.setdefault(name, np.zeros(rows))[row] = value
    return Run(clock, truth, outputs)
