"""The simulated plant against published data, in pictures.

    python benchmarks/twin.py [NAME ...] [--out docs/explanation/twin]

Runs the published runs on plants in processes of their own, over OPC UA with noise off, prints a
table and draws one picture a run. What was fitted and what only compared: `benchmarks/cells.py`.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

try:
    import matplotlib as mpl
except ImportError:
    sys.exit("benchmarks/twin.py draws with matplotlib, which is not installed: run 'uv sync'.")

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "twin"
mpl.rcParams["svg.fonttype"] = "none"
mpl.rcParams["font.size"] = 9

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from matplotlib import pyplot as plt  # noqa: E402

from tests.sim.conftest import make_home  # noqa: E402
from tests.sim.physics.published import published  # noqa: E402
from tests.sim.truth import runs  # noqa: E402
from tests.sim.truth.bench import Bench, plant  # noqa: E402

Data = tuple[Sequence[float], Sequence[float]]
_LINE, _DOTS, _OTHER = "#1f4e79", "#c0392b", "#7f8c8d"


@dataclass(frozen=True)
class Case:
    """One run: how it is done, what is drawn, and what was published of it."""

    title: str
    run: Callable[[Bench], Awaitable[list[runs.Point]]]
    what: str
    label: str
    data: Data
    second: str
    second_label: str
    factor: float = 1.0
    band: tuple[float, float] | None = None
    band_label: str = ""
    data_label: str = "published"


def _columns(name: str) -> Data:
    points = published(name).points
    return [float(p[0]) / 24.0 for p in points], [float(p[1]) for p in points]


def _days(name: str) -> Data:
    points = published(name).points
    return [float(p[0]) for p in points], [float(p[1]) for p in points]


async def _fold(bench: Bench) -> list[runs.Point]:
    points = await runs.t_fibre(bench, 9, every=6.0)
    start = points[0][1]["amount_live"]
    return [(h, {**t, "fold": t["amount_live"] / start}) for h, t in points]


CASES = {
    "cho": Case(
        "CHO, NISTCHO fed-batch, standard arm",
        lambda b: runs.cho(b, [4.0 * i for i in range(1, 67)] + [265.5]),
        "vcd", "viable cells, 1e6/mL", _columns("cho_nistcho_std"), "viability", "viability, %",
    ),
    "vero": Case(
        "Vero on 3 g/L Cytodex 1, batch", lambda b: runs.vero(b, 5, every=4.0),
        "vcd", "cells, 1e6/mL", ([4.0], [1.0]), "lactate", "lactate, mmol/L",
    ),
    "murine": Case(
        "Murine stromal cells, monolayer", lambda b: runs.murine(b, 12, every=12.0),
        "per_cm2", "1e3 cells/cm2", ([], []), "mu", "growth rate, 1/h", 1e-3,
        (71.0, 83.0), "published plateau",
    ),
    "rice": Case(
        "Rice cells, 40 L", lambda b: runs.rice(b, 10, every=6.0),
        "vcd", "dry weight, g/L", _days("plant_rice_40l"), "glucose", "glucose, mmol/L",
    ),
    "fibre": Case(
        "T cells in hollow fibres", _fold,
        "fold", "fold expansion", ([], []), "glucose", "glucose, mmol/L", 1.0,
        (400.0, 900.0), "published at 8 to 9 days",
    ),
    "hek": Case(
        "HEK293, batch", lambda b: runs.hek(b, 8),
        "vcd", "viable cells, 1e6/mL", ([], []), "glucose", "glucose, mmol/L", 1.0,
        (4.7, 5.8), "published peaks",
    ),
    "r1": Case(
        "Placental stromal cells, packed bed 5 L (R1)", lambda b: runs.r1(b, 8.2),
        "on_bed", "cells on the bed, 1e9", ([7.3], [7.65]), "lactate", "lactate, mmol/L",
        data_label="expected of the recipe",
    ),
}  # fmt: skip


def draw(case: Case, points: list[runs.Point], file: Path) -> None:
    """Draw model and data over the days of the run."""
    days = [h / 24.0 for h, _ in points]
    figure, left = plt.subplots(figsize=(6.2, 3.2), layout="constrained")
    right = left.twinx()
    right.plot(days, [t[case.second] for _, t in points], color=_OTHER, ls="--", lw=1.2)
    right.set_ylabel(case.second_label, color=_OTHER)
    right.set_ylim(bottom=0.0)
    if case.band:
        left.axhspan(*case.band, color=_DOTS, alpha=0.15, label=case.band_label)
    values = [case.factor * t[case.what] for _, t in points]
    left.plot(days, values, color=_LINE, lw=2.0, label="simulated plant")
    if case.data[0]:
        left.plot(*case.data, "o", color=_DOTS, ms=5, label=case.data_label)
    left.set(title=case.title, xlabel="days", ylabel=case.label, ylim=(0.0, None))
    left.set_ylim(top=1.12 * left.get_ylim()[1])
    left.legend(loc="upper left", framealpha=0.9, edgecolor="none")
    left.set_zorder(right.get_zorder() + 1)
    left.patch.set_visible(False)
    figure.savefig(file, metadata={"Date": None, "Creator": None})
    plt.close(figure)


async def one(name: str, folder: Path, out: Path) -> None:
    """Run a case, draw it and print the last point."""
    case = CASES[name]
    async with plant(make_home(folder), name) as units:
        points = await case.run(units["BR101"])
    draw(case, points, out / f"{name}.svg")
    hours, truth = points[-1]
    value, second = case.factor * truth[case.what], truth[case.second]
    line = f"{case.title:46} day {hours / 24.0:5.2f}: {case.label} {value:.3g}, "
    line += f"{case.second_label} {second:.3g}"
    print(line + mape(case, points))


def mape(case: Case, points: list[runs.Point]) -> str:
    """Return the mean absolute error over the published points, where there are several."""
    days, data = case.data
    if len(days) < 3:
        return ""
    model = np.interp(days, [h / 24.0 for h, _ in points], [t[case.what] for _, t in points])
    return f"; MAPE {100.0 * np.mean(np.abs(model - data) / data):.1f} % of {len(days)} points"


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", choices=[*CASES, []], help="runs; all without a name")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/explanation/twin")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.names or CASES:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(one(name, Path(folder), options.out))


if __name__ == "__main__":
    main()
