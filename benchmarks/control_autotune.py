"""Auto-tune on the live loops from cold, then six days with what it found.

Run: python benchmarks/control_autotune.py 5 2000 (scales in L; all of them without). Every loop
begins with a tuning too slow. A test runs on it under guard, within the alarm bands of the plant
(0.3 degC, 0.05 pH, 5 %): a relay, for temperature a step, since its jacket slews. The samples are
fitted, the rule that `loop fit` recommends gives the law, and the probe's noise its dead band.
Printed: what the test did, and the IAE of the six days against the best found.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from control_optimum import DATA, Bare, accelerated
from control_ours import Ours, loops
from control_score import run
from control_vessel import DAYS, NOISE, SCALES, SCAN_S, SETPOINTS, Bench

from bioctl.control.experiment import Experiment, Method
from bioctl.control.identify import Fit, fit
from bioctl.control.loop_config import LoopConfig
from bioctl.control.loop_law import tuning_of
from bioctl.control.loop_state import set_experiment
from bioctl.control.rules import calm, recommended, side_by_side
from bioctl.control.tuning import Tuning
from bioctl.errors import BioctlError

GUARD: Final = {"temperature": 0.3, "pH": 0.05, "dissolved_oxygen": 5.0}
FIRST: Final = {"temperature": 1.0, "pH": 10.0, "dissolved_oxygen": 1.5}
"""First amplitude, units of u; doubled until the swing is clear of noise, halved by the guard."""
LEAST: Final = 0.2
MOST: Final = 60.0
"""Between these, units of u."""
CLEAR: Final = 0.8
"""Share of the variance the model must explain; below, the test is repeated with more amplitude."""
CALM: Final = {"temperature": 2.5, "pH": 4.0, "dissolved_oxygen": 3.0}
"""u that a standard deviation of the noise may ask for outside the dead band."""
HYSTERESIS: Final = 8.0
"""Of the relay, in standard deviations of the noise."""
QUIET_S: Final = 900
"""s near the setpoint before a test begins."""
REST_H: Final = 6.0
LONGEST_S: Final = 14_400.0


class Tuner:
    """Ours, with a relay test on one loop after another."""

    def __init__(self, bench: Bench) -> None:
        self.configs = {name: cautious(one) for name, one in loops(bench).items()}
        self.ours = Ours(bench, self.configs)
        self.found: dict[str, Fit] = {}
        self.told: dict[str, str] = {}
        self.worst = dict.fromkeys(GUARD, 0.0)
        self._queue = list(GUARD)
        self._amplitude = dict(FIRST)
        self._changed: object = None
        self._quiet = 0

    def scan(self, now: float, readings: Mapping[str, float]) -> dict[str, float]:
        """Return all outputs, and go on with the tests."""
        outputs = self.ours.scan(now, readings)
        if now > REST_H * 3600.0 and self._queue:
            name = self._queue[0]
            error = abs(readings[name] - SETPOINTS[name])
            state = self.ours.states[name]
            self._quiet = self._quiet + SCAN_S if error < GUARD[name] / 4.0 else 0
            quiet = self._quiet > QUIET_S and self._amid(name)
            if quiet and (state.trial is None or (state.trial.over and not self._take(name))):
                self._begin(name, now)
            elif state.trial is not None and not state.trial.over:
                self.worst[name] = max(self.worst[name], error)
        return outputs

    def _amid(self, name: str) -> bool:
        """Whether the test stays in one segment of the structure: two have two processes."""
        u = self.ours.states[name].u or 0.0
        segments = self.configs[name].structure.segments
        edges = [edge for one in segments for edge in (one.u_low, one.u_high)]
        inner = [edge for edge in edges if min(edges) < edge < max(edges)]
        return name == "pH" or all(abs(u - edge) > self._amplitude[name] for edge in inner)

    def _begin(self, name: str, now: float) -> None:
        sigma = NOISE[name][0]
        method = Method.STEP if name == "temperature" else Method.RELAY
        test = Experiment(
            method, self._amplitude[name], GUARD[name], LONGEST_S, settle_s=300.0,
            hysteresis=HYSTERESIS * sigma, enough=12.0 * sigma, swings=3,
        )  # fmt: skip
        try:
            self.ours.states[name] = set_experiment(
                self.configs[name], self.ours.states[name], test, now
            )
        except BioctlError as error:
            self.told[name] = str(error)
            self._queue.pop(0)

    def _take(self, name: str) -> bool:
        """Keep a test that is over, or ask for another with twice the amplitude."""
        state = self.ours.states[name]
        trial = state.trial
        if trial is None or name in self.found:
            return True
        try:
            if trial.stage == "done":
                seen = fit(trial.samples)
                self.told[name] = f"{self._amplitude[name]:g} u, r2 {seen.r2:.2f}"
                if seen.r2 >= CLEAR:
                    self.found[name] = seen
                    self._queue.pop(0)
                    return True
        except BioctlError as error:
            self.told[name] = str(error)
        aborted = "guard" in trial.reason
        if not LEAST < self._amplitude[name] < MOST:
            self.told[name] = trial.reason
            self._queue.pop(0)
            return True
        if trial is not self._changed:
            self._amplitude[name] *= 0.5 if aborted else 2.0
            self._changed = trial
        return False


def cautious(config: LoopConfig) -> LoopConfig:
    """Return the loop as nobody has tuned it: slow, without derivative; its schedule stays."""
    law = config.tuning
    assert isinstance(law, Tuning)
    return replace(config, tuning=Tuning(law.kc / 5.0, law.ti_s * 5.0, smooth_s=law.smooth_s))


def tuned(name: str, tuner: Tuner, config: LoopConfig) -> LoopConfig:
    """Return the loop with SIMC of its own test, its schedule's factor at the test taken out."""
    found = tuner.found.get(name)
    if found is None:
        return config
    state = tuner.ours.states[name]
    base = config.tuning
    assert isinstance(base, Tuning)
    factor = tuning_of(config, state, state.u or 0.0).kc / base.kc
    best = recommended(found.process, SCAN_S)
    law = side_by_side(found.process, SCAN_S)[best]
    kc = min(law.kc / factor, CALM[name] / NOISE[name][0])
    ti_s = law.ti_s * max(1.0, law.kc / factor / kc)
    law = replace(law, kc=kc, ti_s=ti_s, smooth_s=base.smooth_s)
    return replace(config, tuning=calm(law, NOISE[name][0], SCAN_S))


def main() -> None:
    """Tune and run the scales asked for."""
    best = json.loads(DATA.read_text()) if DATA.exists() else {}
    for litres in [float(word) for word in sys.argv[1:]] or SCALES:
        bench = Bench(litres, accelerated=accelerated())
        tuner = Tuner(bench)
        run(bench, tuner, 40.0)
        configs = {n: tuned(n, tuner, one) for n, one in tuner.configs.items()}
        done = run(Bench(litres, accelerated=accelerated()), Bare(configs), DAYS * 24.0)
        for name, config in configs.items():
            law, kept = config.tuning, best.get(f"{litres:g}", {}).get(name)
            assert isinstance(law, Tuning)
            ratio = f"{done.iae(name) / kept['iae']:.2f} x optimum" if kept else "no optimum yet"
            print(
                f"{litres:6g} L {name:17} {tuner.told.get(name, 'not tested'):30} "
                f"kc {law.kc:.3g} Ti {law.ti_s:.0f} s Td {law.td_s:.0f} s  "
                f"worst in test {tuner.worst[name]:.3f} of {GUARD[name]:g}  "
                f"IAE {done.iae(name):.3f}, {ratio}",
                flush=True,
            )


if __name__ == "__main__":
    main()
