"""Small analytic plants for closed loops: what `Process` says, step by step."""

import random
from collections import deque

from bioctl.control.process import Process


class Analytic:
    """A process around a working point, stepped second by second; u = 0 keeps pv = base."""

    def __init__(self, process: Process, base: float, noise: float = 0.0, seed: int = 1) -> None:
        self.process, self.base, self.noise = process, base, noise
        self.random = random.Random(seed)  # noqa: S311
        self.past = deque([0.0] * (round(process.theta_s) + 1), maxlen=round(process.theta_s) + 1)
        self.inner = self.level = self.load = 0.0

    def run(self, u: float, seconds: float) -> float:
        """Return the measurement after some seconds at u."""
        p = self.process
        for _ in range(round(seconds)):
            self.past.append(u)
            moved = self.past[0] + self.load
            self.inner += (moved - self.inner) / p.tau2_s if p.tau2_s > 1 else moved - self.inner
            change = p.gain * self.inner
            self.level += change if p.integrating else (change - self.level) / p.tau_s
        return self.base + self.level + self.random.gauss(0.0, self.noise)
