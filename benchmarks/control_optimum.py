"""The best a global optimiser finds for our structure on the same vessel, kept as data.

Run: nice -n 10 python benchmarks/control_optimum.py 5 2000 (scales in L; all of them without).
Differential evolution (Storn and Price 1997) on gain, integral and derivative time, smoothing,
dead band, its inside and the trend of each loop, by IAE over four stretches of the six days: what
follows upsets, and calm, which stands for the rest. The best three, and our scheme, then run over
the six days: a law may fit the stretches and fail elsewhere. The three loops evolve side by side in
the same runs: they hardly meet. It starts from our scheme and
from SIMC. The bare law runs, without modes and quality, since both give the same outputs.
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
from control_vessel import DAYS, SCALES, SCAN_S, SEED, SETPOINTS, UPSETS, Bench

from bioctl.control import pid
from bioctl.control.loop_config import LoopConfig
from bioctl.control.schedule import DEMAND, scheduled
from bioctl.control.tuning import Tuning
from bioctl.values import Reading

DATA: Final = Path(__file__).parent / "data" / "control_optimum.json"
STRETCHES: Final = ((13.0, 36.0), (42.0, 54.0), (89.0, 106.0), (115.0, 124.0))
"""Beginning and end in h; the first 4 h of each only bring a candidate to rest."""
REST_H: Final = 4.0
AFTER_H: Final = 4.0
"""h after the beginning of an upset that count as they are; calm ones count for all of the run."""
LAW: Final = ("kc", "ti_s", "td_s", "smooth_s", "dead_band", "inside", "trend_s")
"""What is kept of a law."""
CALM_H: Final = 118.0
"""Calm hours of the six days."""
PEOPLE: Final = 10
GENERATIONS: Final = 8
LOW: Final = np.log([0.2, 0.2, 0.1, 0.1, 0.2, 0.3, 0.25])
HIGH: Final = np.log([5.0, 5.0, 6.0, 6.0, 4.0, 4.0, 8.0])
"""Factors on the scheme's gain, times, smoothing, dead band, inside and trend."""


def accelerated() -> bool:
    """Return whether the vessel's accelerator is installed; it gives the same numbers."""
    return find_spec("numba") is not None


def tuned(config: LoopConfig, gene: np.ndarray) -> LoopConfig:
    """Return the loop with a candidate's tuning."""
    law = config.tuning
    assert isinstance(law, Tuning)
    kc, ti, td, smooth, band, inside, trend = map(float, np.exp(gene))
    made = replace(
        law, kc=law.kc * kc, ti_s=law.ti_s * ti, td_s=law.td_s * td, smooth_s=law.smooth_s * smooth,
        dead_band=law.dead_band * band, inside=min(1.0, law.inside * inside),
        trend_s=law.trend_s * trend,
    )  # fmt: skip
    return replace(config, tuning=made)


class Bare:
    """The laws of three loops on their structures, and nothing else."""

    def __init__(self, configs: Mapping[str, LoopConfig], u: Mapping[str, float] = START) -> None:
        self._configs = configs
        self._states: dict[str, pid.PidState] = {}
        self.u = dict(u)
        self._tunings: dict[str, Tuning] = {}

    def heir(self, configs: Mapping[str, LoopConfig]) -> "Bare":
        """Return other laws that go on, without a bump, where these stand."""
        other = Bare(configs, self.u)
        other._states, other._tunings = dict(self._states), dict(self._tunings)
        return other

    def scan(self, now: float, readings: Mapping[str, float]) -> dict[str, float]:
        """Return all outputs."""
        del now
        outputs: dict[str, float] = {}
        for name, config in self._configs.items():
            u, sp, pv = self.u[name], SETPOINTS[name], readings[name]
            law = config.tuning
            assert isinstance(law, Tuning)
            if config.schedule is not None:
                rest = self._states[name].integral if name in self._states else u
                law = scheduled(law, *config.schedule.at({DEMAND: Reading(rest)}))
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


class Stretches:
    """Vessels as they stand at the beginning of each stretch, to begin from again and again."""

    def __init__(self, litres: float) -> None:
        self.configs = loops(Bench(litres))
        bench, laws = Bench(litres, accelerated=accelerated()), Bare(self.configs)
        self._starts: list[tuple[Bench, Bare, float]] = []
        readings, now = bench.readings(), 0.0
        for begin, end in STRETCHES:
            while bench.hours < begin:
                readings, _ = bench.step(laws.scan(now, readings))
                now += SCAN_S
            self._starts.append((bench.copy(), laws.heir(self.configs), end - begin))

    def evaluate(self, genes: dict[str, np.ndarray]) -> dict[str, float]:
        """Return the IAE of each loop with its candidate, as if over the whole run."""
        configs = {name: tuned(one, genes[name]) for name, one in self.configs.items()}
        upset, calm, hours = dict.fromkeys(SETPOINTS, 0.0), dict.fromkeys(SETPOINTS, 0.0), 0.0
        for bench, laws, length in self._starts:
            done = run(bench.copy(), laws.heir(configs), length)
            counts = done.hours >= done.hours[0] + REST_H
            after = np.zeros(len(counts), np.bool_)
            for one in UPSETS:
                after |= (done.hours >= one.hour) & (done.hours < one.hour + AFTER_H)
            hours += float((counts & ~after).sum()) * SCAN_S / 3600.0
            for name in upset:
                error = np.abs(done.error(name)) * SCAN_S / 3600.0
                upset[name] += float(error[counts & after].sum())
                calm[name] += float(error[counts & ~after].sum())
        return {name: upset[name] + calm[name] / hours * CALM_H for name in upset}


def first_people(litres: float, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return the first generation: the scheme, SIMC, and others at random around them."""
    configs, textbook = loops(Bench(litres)), simc(Bench(litres))
    found = {}
    for name, config in configs.items():
        law = config.tuning
        assert isinstance(law, Tuning)
        kc, ti = textbook[name]
        people = rng.uniform(LOW, HIGH, (PEOPLE, len(LOW))) * 0.5
        people[0] = 0.0
        people[1, :2] = np.log(kc / law.kc), np.log(ti / law.ti_s)
        found[name] = np.clip(people, LOW, HIGH)
    return found


def optimise(litres: float) -> dict[str, dict[str, float]]:
    """Return the best tuning found for each loop of a scale, and its IAE over the whole run."""
    rng, stretches = np.random.default_rng(SEED), Stretches(litres)
    people = first_people(litres, rng)
    scores = {name: np.empty(PEOPLE) for name in people}
    for at in range(PEOPLE):
        for name, iae in stretches.evaluate({n: p[at] for n, p in people.items()}).items():
            scores[name][at] = iae
    first = {name: one[0] for name, one in scores.items()}
    for turn in range(GENERATIONS):
        for at in range(PEOPLE):
            trial = {name: child(people[name], scores[name], at, rng) for name in people}
            for name, iae in stretches.evaluate(trial).items():
                if iae < scores[name][at]:
                    people[name][at], scores[name][at] = trial[name], iae
        best = {name: round(float(one.min() / first[name]), 3) for name, one in scores.items()}
        print(f"{litres:g} L, {turn + 1} of {GENERATIONS}, IAE to our scheme's: {best}", flush=True)
    finals = {name: [one[at] for at in scores[name].argsort()[:3]] for name, one in people.items()}
    found: dict[str, dict[str, float]] = {}
    for place in range(4):
        genes = {name: (*some, np.zeros(len(LOW)))[place] for name, some in finals.items()}
        laws = {name: tuned(stretches.configs[name], gene) for name, gene in genes.items()}
        done = run(Bench(litres, accelerated=accelerated()), Bare(laws), DAYS * 24.0)
        for name, law in laws.items():
            if name not in found or done.iae(name) < found[name]["iae"]:
                found[name] = _told(law, done.iae(name), place)
    return found


def child(people: np.ndarray, scores: np.ndarray, at: int, rng: np.random.Generator) -> np.ndarray:
    """Return a candidate: the best or its parent, moved by a difference of two, then crossed."""
    a, b = rng.choice(len(people), 2, replace=False)
    base = people[scores.argmin()] if rng.random() < 0.7 else people[at]
    mutant = base + 0.6 * (people[a] - people[b]) + 0.05 * rng.normal(size=len(LOW))
    cross = rng.random(len(LOW)) < 0.8
    return np.clip(np.where(cross, mutant, people[at]), LOW, HIGH)


def _told(config: LoopConfig, iae: float, place: int) -> dict[str, float]:
    """Return the law, its IAE over the six days, and its place on the stretches (3: scheme)."""
    law = config.tuning
    assert isinstance(law, Tuning)
    kept = {name: float(f"{getattr(law, name):.4g}") for name in LAW}
    return {"iae": round(iae, 5), "place": place, **kept}


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
