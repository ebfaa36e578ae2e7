"""The cell models against published runs, in a vessel with perfect temperature, pH and oxygen.

Run: python benchmarks/cells.py. Prints what was published, what the preset gives and what the
number was used for:

* fitted: parameters, or a feed that was not published, were chosen for it;
* seen: nothing was chosen for it alone, but it was in view while parameters were chosen;
* set: a condition that was not published (feed, exchange, oxygen) was chosen to meet it;
* checked: neither; first compared when the parameters stood.

Only the last says how well a preset predicts. The runs are those of `tests/sim/published`; the
tests hold them through the plant's network face.
"""

import sys
from math import log
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "sim"))

from physics import runs
from physics.published import published


def main() -> None:
    """Print the table."""
    print(f"{'run':34} {'what':34} {'published':>12} {'model':>8}  use")
    for run, what, data, model, use in rows():
        print(f"{run:34} {what:34} {data:>12} {model:8.3g}  {use}")


def rows() -> list[tuple[str, str, str, float, str]]:
    """Return run, what, published, model and use."""
    return [*_cho(), *_others(), *_adherent(), *_t_cells(), *_plants()]


def _cho() -> list[tuple[str, str, str, float, str]]:
    data = published("cho_nistcho_std").points
    std, log_arm = runs.cho(), runs.cho_low_glucose()
    rich = max(t.live for t in runs.cho(feed=0.0525).trace)
    lean, dead = log_arm.trace[7], log_arm.trace[8]
    return [
        *(
            ("NISTCHO STD", f"VCD at {h:g} h, 1e6/mL", f"{x:g}", t.live, "fitted")
            for (h, x), t in zip(data, std.trace, strict=True)
        ),
        ("NISTCHO STD", "error of VCD, %", "<= 8", runs.mape(std, data), "fitted"),
        ("NISTCHO STD", "viability at 265.5 h, %", "82.9", std.viability, "fitted"),
        ("NISTCHO LoG", "viability at 217 h, %", "80.0", lean.viability, "set"),
        ("NISTCHO LoG", "VCD at 245 h, 1e6/mL", "0.96", dead.live, "fitted"),
        (
            "NISTCHO LoG",
            "death 217-245 h, 1/h",
            "0.10",
            log(lean.live / dead.live) / 27.7,
            "fitted",
        ),
        ("NISTCHO HIP+", "greatest VCD, feed x 1.5, 1e6/mL", "24", rich, "set"),
    ]


def _others() -> list[tuple[str, str, str, float, str]]:
    hek = max(t.live for t in runs.hek().trace)
    rich = max(t.live for t in runs.hek(3.0).trace)
    return [
        ("HEK293 FreeStyle", "greatest VCD, 1e6/mL", "4.7-5.8", hek, "fitted"),
        ("HEK293 rich medium", "greatest VCD, medium x 3, 1e6/mL", "17", rich, "checked"),
    ]


def _adherent() -> list[tuple[str, str, str, float, str]]:
    batch = runs.vero("batch")
    vero = [
        ("Vero batch", "VCD on day 3, 1e6/mL", "0.5-1.0", batch.trace[3].live, "fitted"),
        ("Vero batch", "VCD on day 4, 1e6/mL", "1.0", batch.trace[4].live, "fitted"),
        ("Vero batch", "lactate on day 4, mmol/L", "20-35", batch.trace[4].lactate, "fitted"),
        ("Vero batch", "ammonium on day 4, mmol/L", "< 2", batch.trace[4].ammonium, "seen"),
        *(
            (f"Vero {mode}", "VCD on day 6, 1e6/mL", x, runs.vero(mode).live, "seen")
            for mode, x in (("semi-batch", "1.8"), ("perfusion", "2.7"), ("recirculation", "5.0"))
        ),
    ]
    r1, seed = runs.r1(), 1.25 / 117.0
    spinner, roomy = runs.hmsc(seed, 3600.0, 7), runs.hmsc(seed, 36000.0, 7)
    return [
        *vero,
        (
            "murine MSC",
            "plateau, day 14, 1e3/cm2",
            "77 +- 6",
            runs.murine().density / 1e3,
            "fitted",
        ),
        ("R1", "day of 7.65e9 cells", "7.3 +- 0.7", runs.day_of(r1, 7.65 / 4.0), "fitted"),
        ("hMSC spinner, 10 g/L", "fold on day 7", "117", spinner.live / seed, "checked"),
        ("hMSC spinner, unlimited area", "fold on day 7", "117", roomy.live / seed, "what if"),
    ]


def _t_cells() -> list[tuple[str, str, str, float, str]]:
    fibre, batch = runs.t_fibre(), runs.t_batch()
    top = max(t.live for t in batch.trace)
    return [
        ("T cells in fibres", "fold in 8 d", "400-900", fibre.trace[8].live / 0.3, "fitted"),
        ("T cells in fibres", "fold in 9 d", "400-900", fibre.trace[9].live / 0.3, "fitted"),
        ("T cells, 2 L perfused", "VCD on day 7, 1e6/mL", "30", runs.t_stirred().live, "seen"),
        ("T cells, 4 d batch", "greatest VCD, 1e6/mL", "1.9-8.3", top, "seen"),
        (
            "T cells, 4 d batch",
            "mean growth to day 3, 1/h",
            "0.030-0.053",
            runs.mean_mu(batch, 3),
            "seen",
        ),
    ]


def _plants() -> list[tuple[str, str, str, float, str]]:
    rice = runs.rice()
    return [
        ("rice 40 L", "dry weight on day 8, g/L", "5.85 +- 0.6", rice.trace[8].live, "fitted"),
        ("rice 40 L", "hexose on day 8, mmol/L", "0", rice.trace[8].glucose, "fitted"),
        (
            "tobacco at DO 30 %",
            "mean growth to day 5, 1/d",
            "0.144-0.161",
            24 * runs.mean_mu(runs.rice(oxygen=0.075), 5),
            "fitted",
        ),
        (
            "tobacco at DO 5 %",
            "mean growth to day 5, 1/d",
            "0.082",
            24 * runs.mean_mu(runs.rice(oxygen=0.0125), 5),
            "set",
        ),
    ]


if __name__ == "__main__":
    main()
