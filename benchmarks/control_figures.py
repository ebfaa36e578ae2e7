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
from control_optimum import DATA, LAW, Bare, accelerated
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
SHOWN: Final = {
    "temperature": {5.0: (24.0, 2.0), 2000.0: (24.0, 2.0)},
    "pH": {5.0: (96.0, 4.0), 2000.0: (96.0, 4.0)},
    "dissolved_oxygen": {5.0: (96.0, 4.0), 2000.0: (47.0, 10.0)},
}
"""By loop and size, what is drawn: h after inoculation, and for how long."""
TITLES: Final = {
    24.0: "feed bolus",
    96.0: "a third of the medium exchanged",
    47.0: "the demand crosses from nitrogen to air",
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

    return replace(config, tuning=replace(law, **{name: best[name] for name in LAW}))


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
    """Print the table: our IAE, its ratios, the worst error outside upsets, the outputs' travel.

    The best found is the least IAE anybody reached on that loop: the optimiser, ours, simple-pid.
    """
    best = json.loads(DATA.read_text()) if DATA.exists() else {}
    heads = ("L", "loop", "IAE", "/ tight", "/ smooth", "/ best", "worst", "promised", "travel")
    print("  ".join(f"{head:>10}" for head in heads), "of simple-pid", sep="  ")
    for scale, loops_ in sorted(kept.items(), key=lambda one: float(one[0])):
        for loop, row in loops_.items():
            ours = row["iae_bioctl"]
            reached = [value for name, value in row.items() if name.startswith("iae_")]
            reached += [best[scale][loop]["iae"]] if scale in best else []
            cells = [
                scale,
                loop[:11],
                f"{ours:.3f}",
                f"{ours / row['iae_simple-pid']:.2f}",
                f"{ours / row['iae_smooth']:.2f}",
                f"{ours / min(reached):.2f}{'' if scale in best else ' *'}",
                f"{row['worst']:.3f}",
                f"{PROMISED[loop]:g}",
                f"{row['travel_bioctl']:.2f}",
                f"{row['travel_simple-pid']:.2f}",
            ]
            print("  ".join(f"{cell:>10}" for cell in cells), flush=True)
    if kept.keys() - best.keys():
        print("* the optimiser has not run at this size")


def pictures(found: dict[float, dict[str, Run]]) -> None:
    """Draw for each loop what is worth seeing at each size."""
    for loop, sizes in SHOWN.items():
        panels = []
        for litres, (hour, hours) in sizes.items():
            curves = []
            for name in ("simple-pid", "smooth", "bioctl", "optimum"):
                if name in found[litres]:
                    one = found[litres][name]
                    begin = hour - 0.125 * hours
                    inside = (one.hours >= begin) & (one.hours <= begin + 1.125 * hours)
                    seconds = (one.hours[inside] - begin) * 3600.0
                    curves.append((name, seconds, one.truth[loop][inside]))
            words = loop.replace("_", " ")
            panels.append((f"{words}, {litres:g} L: {TITLES[hour]}", curves))
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
        kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        kept[f"{litres:g}"] = figures(found)
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
        if litres in (5.0, 2000.0):
            drawn[litres] = found
    tell(kept)
    if len(drawn) == 2:
        pictures(drawn)


if __name__ == "__main__":
    main()
