"""The published runs, done again with the cell models in an ideal vessel.

Feeds and exchanges are as published where that is known; what is assumed is said here and in the
file of the run in `tests/sim/published`.
"""

from math import log

from bioctl_sim.physics.cell import Cell
from bioctl_sim.vessel import presets

from .ideal import Ideal, Medium

CHO_MEDIUM = Medium(glucose=33.0, glutamine=6.0)
CHO_FEED = Medium(glucose=0.0, glutamine=0.0, capacity=8.0, osmolality=900.0)


def cho(
    cell: Cell = presets.CHO,
    *,
    feed: float = 0.035,
    starve: float = 1e9,
    last: float = 30.0,
    base: float = 0.0,
) -> Ideal:
    """Fed-batch from 0.393e6/mL: a concentrate daily from 72 h, glucose brought to 30 mmol/L.

    Args:
        cell: who grows.
        feed: litres a day for a litre of start volume.
        starve: h after which no glucose is given.
        last: mmol/L of glucose that the last gift makes.
        base: mOsm/kg for a mmol/L of lactate.
    """
    v = Ideal(cell, CHO_MEDIUM, 0.393, dead=0.0088, ph=7.0, base=base)
    due = [72.0]

    def gift(v: Ideal) -> None:
        if v.hours < due[0] - 1e-6:
            return
        due[0] += 24.0
        if v.hours < 241.0:
            v.feed(feed, CHO_FEED)
        if v.hours < starve:
            v.glucose = max(v.glucose, last if v.hours > starve - 24.0 else 30.0)

    for h in (72.8, 97.4, 120.9, 144.9, 168.9, 193.1, 217.1, 244.8, 265.5):
        v.run(h, each=gift)
    return v


def cho_low_glucose() -> Ideal:
    """Without glucose after day 8, so that viability is 80 % at 217 h."""
    return cho(starve=200.0, last=17.0)


def daily(v: Ideal, days: int) -> Ideal:
    """Run and note every day."""
    for day in range(1, days + 1):
        v.run(24.0 * day)
    return v


def hek(rich: float = 1.0) -> Ideal:
    """Batch; `rich` multiplies what the medium holds."""
    medium = Medium(glucose=33.0 * rich, glutamine=8.0, capacity=rich)
    return daily(Ideal(presets.HEK293, medium, 0.3, dead=0.015, ph=7.1), 10)


def t_batch() -> Ideal:
    """Spinner from 0.5e6 cells/mL stimulated before."""
    medium = Medium(glucose=25.0, glutamine=4.0)
    return daily(Ideal(presets.T_CELL, medium, 0.5, dead=0.025, ph=7.2), 4)


def vero(mode: str, days: int = 6, cell: Cell = presets.VERO) -> Ideal:
    """Vero on 3 g/L Cytodex 1 from 0.1e6/mL, in batch, semi-batch, perfusion or recirculation.

    Glucose and glutamine are brought to 10 and 2 mmol/L below 5 and 0.5. Semi-batch: a third is
    replaced daily from day 2. Perfusion of 1 volume a day, recirculation as 3 of fresh medium, from
    day 2 (assumed).
    """
    v = Ideal(cell, Medium(glucose=20.0, glutamine=4.0), 0.1, area=13200.0, ph=7.2, oxygen=0.1)
    due = [48.0]

    def act(v: Ideal) -> None:
        if v.glucose < 5.0:
            v.glucose = 10.0
        if v.glutamine < 0.5:
            v.glutamine = 2.0
        if mode == "semi-batch" and v.hours >= due[0] - 1e-6:
            due[0] += 24.0
            v.mix(1.0 / 3.0)
        v.fresh = {"perfusion": 1.0, "recirculation": 3.0}.get(mode, 0.0) / 24.0 * (v.hours >= 48.0)

    for day in range(1, days + 1):
        v.run(24.0 * day, each=act)
    return v


def murine(days: int = 14, cell: Cell = presets.MSC_MURINE) -> Ideal:
    """Wells with 0.2 mL of medium a cm2, half of it changed every other day, from 100 cells/cm2."""
    area = 5000.0
    v = Ideal(cell, Medium(), 100.0 * area * 1e-9, area=area, ph=7.3)
    for day in range(1, days + 1):
        v.run(24.0 * day)
        if day % 2 == 0:
            v.mix(0.5)
    return v


def r1(cell: Cell = presets.MSC_PLACENTAL, days: float = 12.0) -> Ideal:
    """Packed bed of 180,000 cm2 in 4 L, 3.6e8 cells; perfused from day 3 as lactate says."""
    v = Ideal(cell, Medium(glucose=25.0, glutamine=4.0), 0.09, area=45000.0, ph=7.25, oxygen=0.1)

    def act(v: Ideal) -> None:
        wish = 0.1 + 0.1 * (v.lactate - 14.0) if v.hours >= 72.0 else 0.0
        v.fresh = max(0.0, min(wish, 1.5)) / 24.0

    for step in range(1, int(days * 10) + 1):
        v.run(2.4 * step, each=act)
    return v


def t_fibre(days: int = 9, cell: Cell = presets.T_CELL) -> Ideal:
    """Hollow fibres: resting cells and beads; 1 + 0.3 volumes a day for each 1e6/mL from day 2."""
    v = Ideal(cell, Medium(glucose=20.0, glutamine=4.0), 0.3, dead=0.03, ph=7.25, resting=0.3)

    def act(v: Ideal) -> None:
        v.fresh = 0.0 if v.hours < 48.0 else (1.0 + 0.3 * v.live) / 24.0

    for day in range(1, days + 1):
        v.run(24.0 * day, each=act)
    return v


def t_stirred(cell: Cell = presets.T_CELL) -> Ideal:
    """0.5e6 activated cells/mL; perfused by 1 volume a day from day 2, 2 from day 4."""
    v = Ideal(cell, Medium(glucose=20.0, glutamine=6.0), 0.5, dead=0.05, ph=7.2)
    for day in range(1, 8):
        v.fresh = (0.0 if day < 3 else 1.0 if day < 5 else 2.0) / 24.0
        v.run(24.0 * day)
    return v


def rice(days: int = 12, cell: Cell = presets.PLANT, oxygen: float = 0.15) -> Ideal:
    """Half-strength sucrose, 15 g/L, thinned by 17 % of inoculum."""
    v = Ideal(
        cell, Medium(glucose=0.0, glutamine=0.0, sucrose=36.4, osmolality=180.0), 2.05,
        temperature=27.0, ph=5.8, oxygen=oxygen,
    )  # fmt: skip
    return daily(v, days)


def hmsc(live: float, area: float, days: int, cell: Cell = presets.MSC_PLACENTAL) -> Ideal:
    """Carriers in a spinner or tank; half the medium exchanged on days 3 and 5."""
    v = Ideal(cell, Medium(glucose=25.0, glutamine=4.0), live, area=area, ph=7.25, oxygen=0.1)
    for day in range(1, days + 1):
        v.run(24.0 * day)
        if day in (3, 5):
            v.mix(0.5)
    return v


def mape(v: Ideal, points: list[list[float]]) -> float:
    """Return the mean error in % of live cells at the noted times."""
    errors = [abs(t.live / x - 1.0) for t, (_, x) in zip(v.trace, points, strict=True)]
    return 100.0 * sum(errors) / len(errors)


def mean_mu(v: Ideal, days: int) -> float:
    """Return the mean net growth rate in 1/h over the first days."""
    return log(v.trace[days].live / v.trace[0].live) / (24.0 * days)


def day_of(v: Ideal, live: float) -> float:
    """Return the day on which as many cells live."""
    for a, b in zip(v.trace, v.trace[1:], strict=False):
        if a.live < live <= b.live:
            part = (live - a.live) / (b.live - a.live)
            return (a.hours + part * (b.hours - a.hours)) / 24.0
    return float("inf")
