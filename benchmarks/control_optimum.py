"""The best a global optimiser finds for our structure on the same vessel, kept as data.

Run: nice -n 10 python benchmarks/control_optimum.py 5 2000 (scales in L; all of them without).
Differential evolution (Storn and Price 1997, best/1/bin) on gain, integral time, derivative time
and smoothing of each loop, by IAE over calm stretches and the hours after each upset; the best is
then run over the six days. The three loops evolve side by side in the same runs: they hardly meet.
It starts from our scheme and from SIMC. The bare law runs, without modes and quality, since both
give the same outputs.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from control_ours import loops
from control_reference import START, simc
from control_score import run
from control_vessel import DAYS, SCALES, SCAN_S, SEED, SETPOINTS, Bench

from bioctl.control import pid
from bioctl.control.loop_config import LoopConfig
from bioctl.control.schedule import DEMAND, scheduled
from bioctl.control.tuning import Tuning
from bioctl.values import Reading

DATA: Final = Path(__file__).parent / "data" / "control_optimum.json"
CALM: Final = 24.0
WINDOWS: Final = (
    (20.0, 22.0, CALM), (23.7, 28.0, 1.0), (40.0, 41.5, CALM), (47.7, 51.0, 1.0), (71.7, 75.0, 1.0),
    (95.7, 100.0, 1.0), (110.0, 111.5, CALM), (119.7, 123.0, 1.0),
)  # fmt: skip
"""Beginning and end in h, and weight: what follows each upset, and calm stretches, which stand for
the rest of the six days."""
PEOPLE: Final = 8
GENERATIONS: Final = 5
LOW: Final = np.log([0.08, 0.15, 0.05, 0.02])
HIGH: Final = np.log([6.0, 6.0, 8.0, 8.0])
"""Factors on the scheme's gain, integral time, derivative time and smoothing."""


def accelerated() -> bool:
    """Return whether the vessel's accelerator is installed; it gives the same numbers."""
    return find_spec("numba") is not None


def tuned(config: LoopConfig, gene: np.ndarray) -> LoopConfig:
    """Return the loop with a candidate's tuning."""
    law = config.tuning
    assert isinstance(law, Tuning)
    kc, ti, td, smooth = np.exp(gene)
    unit = law.td_s or 5.0
    td_s = float(td * unit) if td * unit >= 2.0 else 0.0
    smooth_s = float(smooth * (law.smooth_s or 5.0))
    made = replace(
        law, kc=float(law.kc * kc), ti_s=float(law.ti_s * ti), td_s=td_s,
        smooth_s=smooth_s if smooth_s >= 1.0 else 0.0,
    )  # fmt: skip
    return replace(config, tuning=made)


class Bare:
    """The laws of three loops on their structures, and nothing else."""

    def __init__(self, configs: Mapping[str, LoopConfig], u: Mapping[str, float] = START) -> None:
        self._configs = configs
        self._states: dict[str, pid.PidState] = {}
        self.u = dict(u)
        self._tunings: dict[str, Tuning] = {}

    def scan(self, now: float, readings: Mapping[str, float]) -> dict[str, float]:
        """Return all outputs."""
        del now
        outputs: dict[str, float] = {}
        for name, config in self._configs.items():
            u, sp, pv = self.u[name], SETPOINTS[name], readings[name]
            law = config.tuning
            assert isinstance(law, Tuning)
            if config.schedule is not None:
                law = scheduled(law, *config.schedule.at({DEMAND: Reading(u)}))
            if name not in self._states:
                self._states[name] = pid.start(law, sp, pv, u)
            elif law is not self._tunings[name]:
                self._states[name] = pid.retune(self._states[name], law, sp)
            self._tunings[name], one = law, config.structure
            u, self._states[name] = pid.step(
                law, self._states[name], sp, pv, float(SCAN_S), one.low, one.high, u
            )
            self.u[name] = u
            outputs |= one.values(u)
        return outputs


class Windows:
    """Vessels as they stand at the beginning of each window, to begin from again and again."""

    def __init__(self, litres: float) -> None:
        self.configs = loops(Bench(litres))
        bench, laws = Bench(litres, accelerated=accelerated()), Bare(self.configs)
        self._starts: list[tuple[Bench, dict[str, float], float, float]] = []
        readings, now = bench.readings(), 0.0
        for begin, end, weight in WINDOWS:
            while bench.hours < begin:
                readings, _ = bench.step(laws.scan(now, readings))
                now += SCAN_S
            self._starts.append((bench.copy(), dict(laws.u), end - begin, weight))

    def evaluate(self, genes: dict[str, np.ndarray]) -> dict[str, float]:
        """Return the IAE of each loop with its candidate, over all windows."""
        configs = {name: tuned(one, genes[name]) for name, one in self.configs.items()}
        total = dict.fromkeys(SETPOINTS, 0.0)
        for bench, u, hours, weight in self._starts:
            done = run(bench.copy(), Bare(configs, u), hours)
            for name in total:
                total[name] += weight * done.iae(name, 0.0)
        return total


def first_people(litres: float, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return the first generation: the scheme, SIMC, and others at random around them."""
    configs, textbook = loops(Bench(litres)), simc(Bench(litres))
    found = {}
    for name, config in configs.items():
        law = config.tuning
        assert isinstance(law, Tuning)
        kc, ti = textbook[name]
        people = rng.uniform(LOW, HIGH, (PEOPLE, 4)) * 0.6
        people[0] = 0.0
        people[1] = [np.log(kc / law.kc), np.log(ti / law.ti_s), LOW[2], LOW[3]]
        found[name] = np.clip(people, LOW, HIGH)
    return found


def optimise(litres: float) -> dict[str, dict[str, float]]:
    """Return the best tuning found for each loop of a scale, and its IAE over the whole run."""
    rng, windows = np.random.default_rng(SEED), Windows(litres)
    people = first_people(litres, rng)
    scores = {name: np.empty(PEOPLE) for name in people}
    for at in range(PEOPLE):
        for name, iae in windows.evaluate({n: p[at] for n, p in people.items()}).items():
            scores[name][at] = iae
    first = {name: one[0] for name, one in scores.items()}
    for turn in range(GENERATIONS):
        for at in range(PEOPLE):
            trial = {name: child(people[name], scores[name], at, rng) for name in people}
            for name, iae in windows.evaluate(trial).items():
                if iae < scores[name][at]:
                    people[name][at], scores[name][at] = trial[name], iae
        best = {name: round(float(one.min() / first[name]), 3) for name, one in scores.items()}
        print(f"{litres:g} L, {turn + 1} of {GENERATIONS}, IAE to our scheme's: {best}", flush=True)
    laws = {n: tuned(windows.configs[n], p[scores[n].argmin()]) for n, p in people.items()}
    done = run(Bench(litres, accelerated=accelerated()), Bare(laws), DAYS * 24.0)
    share = {name: float(scores[name].min() / first[name]) for name in people}
    return {name: _told(laws[name], done.iae(name), share[name]) for name in people}


def child(people: np.ndarray, scores: np.ndarray, at: int, rng: np.random.Generator) -> np.ndarray:
    """Return a candidate: the best, moved by a difference of two, crossed with its parent."""
    a, b = rng.choice(len(people), 2, replace=False)
    mutant = people[scores.argmin()] + 0.6 * (people[a] - people[b]) + 0.05 * rng.normal(size=4)
    cross = rng.random(4) < 0.8
    return np.clip(np.where(cross, mutant, people[at]), LOW, HIGH)


def _told(config: LoopConfig, iae: float, share: float) -> dict[str, float]:
    """Return the law, its IAE over the six days, and over the windows relative to our scheme's."""
    law = config.tuning
    assert isinstance(law, Tuning)
    return {
        "iae": round(iae, 5),
        "windows": round(share, 3),
        "kc": round(law.kc, 4),
        "ti_s": round(law.ti_s, 1),
        "td_s": round(law.td_s, 1),
        "smooth_s": round(law.smooth_s, 1),
    }


def main() -> None:
    """Optimise the scales asked for and keep what was found."""
    for litres in [float(word) for word in sys.argv[1:]] or SCALES:
        found = optimise(litres)
        kept = json.loads(DATA.read_text()) if DATA.exists() else {}
        DATA.parent.mkdir(exist_ok=True)
        kept[f"{litres:g}"] = found
        DATA.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
