"""Six days of a culture under three controllers, at five sizes: tables, and the docs' pictures.

Run: python benchmarks/control_figures.py (about ten minutes; scales in L as arguments for fewer,
`table` prints what was kept). Reference (simple-pid, SIMC, also smoother), vessel, upsets and seeds
are in control_reference.py and control_vessel.py; the optimum comes from control_optimum.py's data.
"""

import json
import sys
from pathlib import Path
from typing import Final

import numpy as np
from control_optimum import DATA, Bare, accelerated
from control_ours import Ours, loops
from control_reference import SimplePid
from control_score import GRACE_S, Run, run
from control_vessel import DAYS, PROMISED, SCALES, SETPOINTS, UPSETS, Bench

from bioctl.cli.plot import write
from bioctl.control.loop_config import LoopConfig
from bioctl.control.tuning import Tuning

DOCS: Final = Path(__file__).resolve().parents[1] / "docs" / "explanation"
RESULTS: Final = Path(__file__).parent / "data" / "control_figures.json"
SMOOTH: Final = 2.0
"""tc + theta of the smooth reference (tc = 3 theta) over that of the tight one (tc = theta)."""
TITLES: Final = {
    "temperature": ("feed bolus", "Temperature, degC: a feed bolus"),
    "pH": ("bottle change", "pH: no base for 15 min"),
    "dissolved_oxygen": ("oxygen bottle", "Dissolved oxygen, %: no oxygen for 5 min"),
}


def smooth(bench: Bench) -> SimplePid:
    """Return simple-pid with SIMC at tc = 3 theta."""
    made = SimplePid(bench)
    for law in made._laws.values():  # noqa: SLF001
        kc, ki, _ = law.tunings
        ti = kc / ki * SMOOTH
        law.tunings = (kc / SMOOTH, kc / SMOOTH / ti, 0.0)
    return made


def optimum(litres: float) -> dict[str, LoopConfig] | None:
    """Return our loops with the optimiser's tunings, None where it has not run."""
    kept = json.loads(DATA.read_text()) if DATA.exists() else {}
    found = kept.get(f"{litres:g}")
    if found is None:
        return None
    configs = loops(Bench(litres))
    made = {}
    for name, config in configs.items():
        law, best = config.tuning, found[name]
        assert isinstance(law, Tuning)
        made[name] = _retuned(config, law, best)
    return made


def _retuned(config: LoopConfig, law: Tuning, best: dict[str, float]) -> LoopConfig:
    from dataclasses import replace  # noqa: PLC0415

    tuned = replace(
        law, kc=best["kc"], ti_s=best["ti_s"], td_s=best["td_s"], smooth_s=best["smooth_s"]
    )
    return replace(config, tuning=tuned)


def runs(litres: float) -> dict[str, Run]:
    """Return a run for each controller."""
    fast, hours = accelerated(), DAYS * 24.0

    def bench() -> Bench:
        return Bench(litres, accelerated=fast)

    made = bench()
    found = {"simple-pid": run(made, SimplePid(made), hours)}
    made = bench()
    found["smooth"] = run(made, smooth(made), hours)
    made = bench()
    found["bioctl"] = run(made, Ours(made), hours)
    best = optimum(litres)
    if best is not None:
        found["optimum"] = run(bench(), Bare(best), hours)
    return found


def figures(found: dict[str, Run]) -> dict[str, dict[str, float]]:
    """Return a scale's figures by loop."""
    table = {}
    ours, best = found["bioctl"], found.get("optimum")
    for loop in SETPOINTS:
        grace = {
            one.word: 1.5 * best.recovery_s(loop, one.hour, one.lasts_s) if best else GRACE_S
            for one in UPSETS
        }
        row = {f"iae_{name}": one.iae(loop) for name, one in found.items()}
        row |= {"worst": ours.worst(loop, grace)}
        row |= {f"travel_{name}": _travel(one, loop) for name, one in found.items()}
        table[loop] = {name: round(value, 5) for name, value in row.items()}
    return table


def _travel(one: Run, loop: str) -> float:
    """Return the way of a loop's outputs, in their greatest values, an hour."""
    mine = {
        "temperature": ("jacket",),
        "pH": ("carbon_dioxide", "base_pump"),
        "dissolved_oxygen": ("nitrogen", "agitation", "air", "oxygen"),
    }
    ways = [
        float(np.abs(np.diff(one.outputs[name])).sum() / max(one.outputs[name].max(), 1e-9))
        for name in mine[loop]
    ]
    return sum(ways) / (DAYS * 24.0)


def tell(kept: dict[str, dict[str, dict[str, float]]]) -> None:
    """Print the table: our IAE, its ratios, the worst error outside upsets, the outputs' travel."""
    best = json.loads(DATA.read_text()) if DATA.exists() else {}
    heads = ("L", "loop", "IAE", "/ tight", "/ smooth", "/ optimum", "worst", "promised", "travel")
    print("  ".join(f"{head:>10}" for head in heads), "of simple-pid", sep="  ")
    for scale, loops_ in sorted(kept.items(), key=lambda one: float(one[0])):
        for loop, row in loops_.items():
            ours = row["iae_bioctl"]
            found = best.get(scale, {}).get(loop, {}).get("iae")
            cells = [
                scale,
                loop[:10],
                f"{ours:.3f}",
                f"{ours / row['iae_simple-pid']:.2f}",
                f"{ours / row['iae_smooth']:.2f}",
                f"{ours / found:.2f}" if found else "-",
                f"{row['worst']:.3f}",
                f"{PROMISED[loop]:g}",
                f"{row['travel_bioctl']:.2f}",
                f"{row['travel_simple-pid']:.2f}",
            ]
            print("  ".join(f"{cell:>10}" for cell in cells), flush=True)


def pictures(found: dict[float, dict[str, Run]]) -> None:
    """Draw what happens after an upset, for each loop, at the sizes that were run."""
    for loop, (word, title) in TITLES.items():
        upset = next(one for one in UPSETS if one.word == word)
        panels = []
        for litres, scale in found.items():
            curves = []
            for name in ("simple-pid", "smooth", "bioctl", "optimum"):
                if name in scale:
                    one = scale[name]
                    inside = (one.hours >= upset.hour - 0.25) & (one.hours <= upset.hour + 2.0)
                    seconds = (one.hours[inside] - upset.hour + 0.25) * 3600.0
                    curves.append((name, seconds, one.truth[loop][inside]))
            panels.append((f"{title}, {litres:g} L", curves))
        write(DOCS / f"control-{loop.replace('_', '-').lower()}.svg", panels)


def main() -> None:
    """Run what was asked for, print and keep the figures, draw the pictures."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    if sys.argv[1:] == ["table"]:
        tell(kept)
        return
    scales = [float(word) for word in sys.argv[1:]] or list(SCALES)
    drawn = {}
    for litres in scales:
        found = runs(litres)
        kept[f"{litres:g}"] = figures(found)
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
        if litres in (5.0, 2000.0):
            drawn[litres] = found
    tell(kept)
    if drawn:
        pictures(drawn)


if __name__ == "__main__":
    main()
