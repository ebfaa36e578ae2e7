"""The published runs, done again with the cell models in an ideal vessel.

Feeds and exchanges are as published where that is known; what is assumed is said here and in the file of
the run in `tests/sim/published`.
"""

from bioctl_sim.physics.cell import Cell
from bioctl_sim.vessel import presets
from ideal import Ideal, Medium

CHO_MEDIUM = Medium(glucose=33.0, glutamine=6.0)
CHO_FEED = Medium(glucose=0.0, glutamine=0.0, capacity=8.0, osmolality=900.0)


def cho(cell: Cell = presets.CHO, *, feed: float = 0.035, starve: float = 1e9) -> Ideal:
    """Fed-batch from 0.393e6/mL: a concentrate daily from 72 h, glucose kept at 30 mmol/L.

    Args:
        cell: who grows.
        feed: litres a day for a litre of start volume.
        starve: h after which no glucose is given.
    """
    v = Ideal(cell, CHO_MEDIUM, 0.393, dead=0.0088, ph=7.0)
    due = [72.0]

    def daily(v: Ideal) -> None:
        if v.hours < due[0] - 1e-6:
            return
        due[0] += 24.0
        if v.hours < 241.0:
            v.feed(feed, CHO_FEED)
        if v.hours < starve:
            v.glucose = max(v.glucose, 30.0)

    for h in (72.8, 97.4, 120.9, 144.9, 168.9, 193.1, 217.1, 244.8, 265.5):
        v.run(h, each=daily)
    return v


def batch(cell: Cell, live: float, days: int, medium: Medium, **more: float) -> Ideal:
    """Batch, noted daily."""
    v = Ideal(cell, medium, live, dead=0.05 * live, **more)
    for day in range(1, days + 1):
        v.run(24.0 * day)
    return v


def vero(mode: str, days: int = 6, cell: Cell = presets.VERO) -> Ideal:
    """Vero on 3 g/L Cytodex 1 from 0.1e6/mL, in batch, semi-batch, perfusion or recirculation.

    Glucose and glutamine are brought to 10 and 2 mmol/L below 5 and 0.5. Semi-batch: a third is replaced
    daily from day 2. Perfusion: 1.5 volumes a day from day 2 (assumed); recirculation 10 of a tank of
    ten volumes, as fresh medium.
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


def murine(days: int = 12, seed: float = 100.0, cell: Cell = presets.MSC_MURINE) -> Ideal:
    """Monolayer in a dish: 0.2 mL of medium a cm2, changed by half every other day."""
    area = 5000.0
    v = Ideal(cell, Medium(), seed * area * 1e-9 / 0.85, area=area, ph=7.3)
    for day in range(1, days + 1):
        v.run(24.0 * day)
        if day % 2 == 0:
            v.mix(0.5)
    return v


def r1(cell: Cell = presets.MSC_PLACENTAL, days: float = 12.0) -> Ideal:
    """Packed bed of 180,000 cm2 in 4 L, 3.6e8 cells; perfusion from day 3, more from 14 mmol/L of lactate."""
    v = Ideal(cell, Medium(glucose=25.0, glutamine=4.0), 0.09, area=45000.0, ph=7.25, oxygen=0.1)

    def act(v: Ideal) -> None:
        wish = 0.1 + 0.1 * (v.lactate - 14.0) if v.hours >= 72.0 else 0.0
        v.fresh = max(0.0, min(wish, 1.5)) / 24.0

    for step in range(1, int(days * 10) + 1):
        v.run(2.4 * step, each=act)
    return v


def t_fibre(days: int = 9, cell: Cell = presets.T_CELL) -> Ideal:
    """Hollow fibres: cells in 0.1 L behind a membrane, medium enough to keep 5 mmol/L of glucose."""
    v = Ideal(cell, Medium(glucose=20.0, glutamine=4.0), 0.3, dead=0.03, ph=7.25, resting=0.3)

    def act(v: Ideal) -> None:
        v.fresh = 0.0 if v.hours < 48.0 else min(40.0, 0.3 * v.live + 1.0) / 24.0

    for day in range(1, days + 1):
        v.run(24.0 * day, each=act)
    return v


def t_stirred(cell: Cell = presets.T_CELL) -> Ideal:
    """Stirred tank from 0.5e6 activated cells/mL; perfusion of 1, then 2 volumes a day from day 2."""
    v = Ideal(cell, Medium(glucose=20.0, glutamine=6.0), 0.5, dead=0.05, ph=7.2)
    for day in range(1, 8):
        v.fresh = (0.0 if day < 3 else 1.0 if day < 5 else 2.0) / 24.0
        v.run(24.0 * day)
    return v


def rice(days: int = 12, cell: Cell = presets.PLANT, oxygen: float = 0.15) -> Ideal:
    """Half-strength sucrose medium, 15 g/L sucrose."""
    v = Ideal(
        cell, Medium(glucose=0.0, glutamine=0.0, sucrose=43.8, osmolality=180.0), 2.05,
        temperature=27.0, ph=5.8, oxygen=oxygen,
    )  # fmt: skip
    for day in range(1, days + 1):
        v.run(24.0 * day)
    return v


def hmsc(live: float, area: float, days: int, cell: Cell = presets.MSC_PLACENTAL) -> Ideal:
    """Carriers in a spinner or tank; half the medium exchanged on days 3 and 5."""
    v = Ideal(cell, Medium(glucose=25.0, glutamine=4.0), live, area=area, ph=7.25, oxygen=0.1)
    for day in range(1, days + 1):
        v.run(24.0 * day)
        if day in (3, 5):
            v.mix(0.5)
    return v
