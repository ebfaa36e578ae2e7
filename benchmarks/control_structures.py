"""Every structure of loops against simple-pid and the optimum: a table, and the docs' pictures.

Run: python benchmarks/control_structures.py (half a minute). With `optimise` (ten minutes, or names
of structures), differential evolution (Storn and Price 1997, by scipy) searches each structure's
tunings again; they are kept in benchmarks/data.

Each case is a unit of a site file, read as the controller reads it, on a small process with upsets
and noise of a fixed seed: structure_lead.py, _share, _know and _calm. Three control it:
`simple-pid`, one PID on the main output; `by hand`, the structure built from simple-pid in the few
lines its user would write; and bioctl's own control scan. All have the same limits, and SIMC.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import structure_calm
import structure_know
import structure_lead
import structure_share
from scipy.optimize import differential_evolution
from structure_case import SEED, Case, Gene, Ours, Run, run, unit_of

from bioctl.cli.plot import write
from bioctl.control.loop_config import LoopConfig
from bioctl.equipment.unit import UnitConfig

DATA: Final = Path(__file__).parent / "data" / "control_structures.json"
DOCS: Final = Path(__file__).resolve().parents[1] / "docs" / "explanation"
PICTURES: Final = {
    "lead": structure_lead.CASES,
    "share": structure_share.CASES,
    "know": structure_know.CASES,
    "calm": structure_calm.CASES,
}
CASES: Final = {case.name: case for cases in PICTURES.values() for case in cases}
PEOPLE: Final = 3
"""Candidates by gene."""
GENERATIONS: Final = 6


def with_genes(unit: UnitConfig, genes: Sequence[Gene], factors: Sequence[float]) -> UnitConfig:
    """Return the unit with each gene's field multiplied by its factor."""
    loops = dict(unit.loops)
    for gene, factor in zip(genes, factors, strict=True):
        config = loops[gene.loop]
        assert isinstance(config, LoopConfig)
        loops[gene.loop] = _changed(config, gene.field, factor)
    return replace(unit, loops=loops)


def _changed(config: LoopConfig, field: str, factor: float) -> LoopConfig:
    if field == "forward":
        terms = tuple(replace(one, gain=one.gain * factor) for one in config.forward)
        return replace(config, forward=terms)
    if field == "schedule":
        assert config.schedule is not None
        points = tuple((at, k**factor, t**factor) for at, k, t in config.schedule.points)
        return replace(config, schedule=replace(config.schedule, points=points))
    law: Any = config.tuning
    before = law.tracking_s if field == "tt_s" else getattr(law, field)
    after = before * factor
    changes: dict[str, Any] = {field: min(1.0, after) if field == "inside" else after}
    return replace(config, tuning=replace(law, **changes))


def cost(case: Case, unit: UnitConfig, one: Run) -> float:
    """Return the IAE, and what was used where that costs, eu h."""
    return one.iae + (case.price * one.used(unit) if case.price else 0.0)


def ours(case: Case, unit: UnitConfig) -> Run:
    """Return a run of the unit's own control scan."""
    return run(case, Ours(case, unit), unit.period_s)


def optimise(case: Case) -> list[float]:
    """Return the factors on each gene that make least of the cost."""
    unit = unit_of(case.site)
    most = ours(case, unit).travel(unit) if case.calm else np.inf

    def evaluate(logs: np.ndarray) -> float:
        changed = with_genes(unit, case.genes, [float(one) for one in np.exp(logs)])
        done = ours(case, changed)
        return cost(case, unit, done) * max(1.0, done.travel(unit) / most) ** 4

    found = differential_evolution(
        evaluate,
        [(np.log(gene.low), np.log(gene.high)) for gene in case.genes],
        x0=np.zeros(len(case.genes)), popsize=PEOPLE, maxiter=GENERATIONS, seed=SEED, polish=False,
    )  # fmt: skip
    return [float(f"{one:.4g}") for one in np.exp(found.x)]


def runs(case: Case, unit: UnitConfig, best: Sequence[float] | None) -> dict[str, Run]:
    """Return a run for each controller."""
    found = {name: run(case, make(), unit.period_s) for name, make in case.peers.items()}
    found["bioctl"] = ours(case, unit)
    if best is not None:
        found["best found"] = ours(case, with_genes(unit, case.genes, best))
    return found


def row(case: Case, unit: UnitConfig, found: dict[str, Run]) -> str:
    """Return the row of the table: costs and travels."""
    columns = ("bioctl", "simple-pid", "by hand", "best found")
    costs = [f"{cost(case, unit, found[n]):.3g}" if n in found else "" for n in columns]
    travels = [f"{found[n].travel(unit):.1f}" for n in columns if n in found]
    return " | ".join(["", case.name, case.eu, *costs, " / ".join(travels), ""]).strip()


def panels(case: Case, found: dict[str, Run]) -> list[tuple[str, list[Any]]]:
    """Return the case's panels, ready to draw."""
    drawn = []
    for panel in case.panels:
        curves = []
        for name, one in found.items():
            hours = one.values["s"] / 3600.0
            inside = (hours >= panel.begin) & (hours <= panel.begin + panel.hours)
            seconds = one.values["s"][inside] - panel.begin * 3600.0
            curves.append((name, seconds, one.values[panel.what][inside]))
        drawn.append((panel.title, curves))
    return drawn


def search(names: Sequence[str]) -> None:
    """Optimise the structures asked for and keep what was found."""
    for name in names or CASES:
        best = optimise(CASES[name])
        kept = json.loads(DATA.read_text()) if DATA.exists() else {}
        kept[name] = {
            f"{g.loop}.{g.field}": f for g, f in zip(CASES[name].genes, best, strict=True)
        }
        DATA.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
        print(f"{name}: {kept[name]}", flush=True)


def main() -> None:
    """Print the table and draw the pictures, or search."""
    if sys.argv[1:2] == ["optimise"]:
        search(sys.argv[2:])
        return
    kept = json.loads(DATA.read_text()) if DATA.exists() else {}
    print("| structure | eu | bioctl | simple-pid | by hand | best found | travel, spans/h |")
    print("|---|---|---|---|---|---|---|")
    drawn = {}
    for name, case in CASES.items():
        unit, factors = unit_of(case.site), kept.get(name)
        best = None if factors is None else [factors[f"{g.loop}.{g.field}"] for g in case.genes]
        found = runs(case, unit, best)
        drawn[name] = panels(case, found)
        print(row(case, unit, found), flush=True)
    for picture, cases in PICTURES.items():
        shown = [panel for case in cases for panel in drawn[case.name]]
        write(DOCS / f"control-structures-{picture}.svg", shown)


if __name__ == "__main__":
    main()
