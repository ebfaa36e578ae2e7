"""The cells of a vessel, every ten seconds: growth, death, uptake, attachment, bacteria."""

from typing import Final

from bioctl_sim.faults import effects
from bioctl_sim.liquid import (
    ACTIVATOR,
    AMMONIUM,
    DEAD,
    ENZYME,
    GLUCOSE,
    GLUTAMINE,
    LACTATE,
    LIVE,
    NUTRIENT,
    OSMOLES,
    OXYGEN,
    PHOSPHATE,
    PRODUCT,
    PROTEIN,
    RESTING,
    SID,
    SUCROSE,
    TIC,
    TRANSDUCED,
    VECTOR,
)
from bioctl_sim.physics import attachment, growth, metabolism, plant_cell, t_cell, water
from bioctl_sim.physics.cell import Cell
from bioctl_sim.physics.curves import monod, onset
from bioctl_sim.physics.mixing import DENSITY
from bioctl_sim.physics.osmolality import osmolality
from bioctl_sim.vessel import bed
from bioctl_sim.vessel.gassing import power_density
from bioctl_sim.vessel.parameters import VesselParameters
from bioctl_sim.vessel.state import (
    AGE,
    AGITATOR,
    ATTACHED,
    CO2,
    DEMAND,
    DRY,
    GERMS,
    GLUCOSE_USED,
    HUNGRY,
    LOOSE,
    MU,
    PH,
    SEGMENT_DEMAND,
    SEGMENT_O2,
    SHEAR,
    STARVED,
    TEMPERATURE,
    VOLUME,
    State,
)

_PI: Final = 3.141592653589793
_NONE: Final = 1e-9
"""1e9 cells below which there are none."""
_DRY_DEATH: Final = 3.0
"""1/h, death on a dry bed (assumed)..."""
_DRY_AFTER: Final = 0.75
"""h, ... after this time (assumed)."""
_GERM_SUGAR: Final = 0.02
"""pmol/h a bacterium; about 10 mmol/g/h at 2e-12 g (fast aerobic growth)."""
_GERM_OXYGEN: Final = 0.02


def liquid_osmolality(s: State) -> float:
    """Return the osmolality of the liquid, mOsm/kg."""
    v = s[VOLUME]
    if v <= 0.0:
        return 0.0
    organic = (s[GLUCOSE] + s[SUCROSE] + s[GLUTAMINE] + s[PHOSPHATE]) / v
    ions = (s[AMMONIUM] + s[LACTATE] + s[TIC]) / v
    return osmolality(s[OSMOLES] / v, organic, ions, 0.99)


def step(s: State, e: list[float], p: VesselParameters, cell: Cell, hours: float) -> None:
    """Advance all cells by some hours (10 s)."""
    _age_liquid(s, cell, hours)
    cells = s[LIVE] + bed.on_surface(s, p)
    if cells < _NONE and s[GERMS] <= 0.0 and e[effects.CONTAMINATION] <= 0.0:
        _rest(s, p)
        return
    s[AGE] += hours
    wet = s[VOLUME] >= p.wetted
    dry = _drying(s, wet, hours)
    s[DEMAND] = s[GLUCOSE_USED] = s[MU] = 0.0
    if wet:
        dissipation = power_density(s, e, p) / DENSITY
        s[SHEAR] = attachment.shear_damage(cell, dissipation)
    _suspended(s, e, p, cell, dry, wet, hours)
    for i in range(int(p.segments)):
        _segment(s, e, p, cell, i, dry, wet, hours)
    if s[GERMS] > 0.0 or e[effects.CONTAMINATION] > 0.0:
        _germs(s, e, hours)


def _rest(s: State, p: VesselParameters) -> None:
    s[AGE] = s[HUNGRY] = s[DRY] = s[MU] = s[DEMAND] = s[GLUCOSE_USED] = 0.0
    for i in range(int(p.segments)):
        s[STARVED + i] = s[SEGMENT_DEMAND + i] = 0.0


def _age_liquid(s: State, cell: Cell, hours: float) -> None:
    """Glutamine decays to ammonium and an acid, vector loses its power."""
    if s[GLUTAMINE] > 0.0:
        lost = s[GLUTAMINE] * metabolism.glutamine_decay(s[TEMPERATURE], s[PH]) * hours
        s[GLUTAMINE] -= lost
        s[AMMONIUM] += lost
        s[OSMOLES] += lost
    if s[VECTOR] > 0.0:
        s[VECTOR] -= s[VECTOR] * t_cell.vector_decay(cell, s[TEMPERATURE]) * hours


def _drying(s: State, wet: bool, hours: float) -> float:  # noqa: FBT001
    if wet:
        s[DRY] = max(0.0, s[DRY] - 5.0 * hours)
        return 0.0
    s[DRY] += hours
    return _DRY_DEATH * onset(s[DRY], _DRY_AFTER)


def _mu(s: State, e: list[float], cell: Cell, oxygen: float, density: float) -> float:
    v = s[VOLUME]
    mmhg = s[CO2] / water.co2_solubility(s[TEMPERATURE]) / 133.322
    rate = growth.growth_rate(
        cell,
        s[GLUCOSE] / v,
        s[GLUTAMINE] / v,
        s[LACTATE] / v,
        s[AMMONIUM] / v,
        oxygen,
        s[NUTRIENT] / v,
        liquid_osmolality(s),
        s[TEMPERATURE],
        s[PH],
        mmhg,
        s[AGE],
        density,
    )
    return rate * e[effects.GROWTH]


def _kd(s: State, cell: Cell, hungry: float) -> float:
    v = max(s[VOLUME], 1e-9)
    return growth.death_rate(
        cell,
        s[LACTATE] / v,
        s[AMMONIUM] / v,
        s[TEMPERATURE],
        s[PH],
        liquid_osmolality(s),
        hungry,
        s[SHEAR],
        s[NUTRIENT] / v,
    )


def _suspended(
    s: State,
    e: list[float],
    p: VesselParameters,
    cell: Cell,
    dry: float,
    wet: bool,  # noqa: FBT001
    hours: float,
) -> None:
    s[DEAD] -= s[DEAD] * cell.lysis * hours
    live = s[LIVE]
    if live < _NONE:
        return
    v = max(s[VOLUME], 1e-9)
    oxygen = s[OXYGEN] / v
    s[HUNGRY] = growth.hunger(cell, s[HUNGRY], s[GLUCOSE] / v, oxygen, hours)
    kd = _kd(s, cell, s[HUNGRY]) + dry + enzyme_death(s, cell)
    mu = 0.0
    if cell.adherent:
        kd += cell.anoikis
    elif wet:
        mu = _mu(s, e, cell, oxygen, live / (p.cell_space if p.cell_space > 0.0 else v))
    active = live - s[RESTING]
    died = live * kd * hours
    s[LIVE] += active * mu * hours - died
    s[RESTING] -= s[RESTING] * kd * hours
    s[TRANSDUCED] += s[TRANSDUCED] * (mu - kd) * hours
    s[DEAD] += died
    if cell.activate > 0.0:
        _t_cells(s, cell, hours)
    if s[SUCROSE] > 0.0:
        split = min(s[SUCROSE], plant_cell.sucrose_split(s[SUCROSE] / v, live / v) * v * hours)
        s[SUCROSE] -= split
        s[GLUCOSE] += 2.0 * split
    if wet:
        used = _feed(s, cell, mu, active, hours)
        s[DEMAND] += used + t_cell.resting_oxygen(cell) * s[RESTING]
        s[MU] = mu


def _t_cells(s: State, cell: Cell, hours: float) -> None:
    live = s[LIVE]
    woken = s[RESTING] * min(1.0, t_cell.activation_rate(cell, s[ACTIVATOR] / live) * hours)
    s[RESTING] -= woken
    rate = t_cell.transduction_rate(cell, s[VECTOR] / live)
    ready = max(0.0, live - s[RESTING] - s[TRANSDUCED])
    s[TRANSDUCED] += ready * min(1.0, rate * hours)


def enzyme_activity(s: State) -> float:
    """Return the enzyme's activity in the liquid, 1 at full strength."""
    v = s[VOLUME]
    if s[ENZYME] <= _NONE or v <= 0.0:
        return 0.0
    return attachment.enzyme_activity(s[ENZYME] / v, s[PROTEIN] / v, s[TEMPERATURE])


def enzyme_death(s: State, cell: Cell) -> float:
    """Return the death rate in 1/h by enzyme."""
    return attachment.enzyme_death(cell, enzyme_activity(s))


def _segment(
    s: State,
    e: list[float],
    p: VesselParameters,
    cell: Cell,
    i: int,
    dry: float,
    wet: bool,  # noqa: FBT001
    hours: float,
) -> None:
    here = s[ATTACHED + i] + s[LOOSE + i]
    s[SEGMENT_DEMAND + i] = 0.0
    if here + s[LIVE] < _NONE:
        return
    area = p.surface / p.segments
    v = max(s[VOLUME], 1e-9)
    oxygen = s[SEGMENT_O2 + i]
    s[STARVED + i] = growth.hunger(cell, s[STARVED + i], s[GLUCOSE] / v, oxygen, hours)
    kd = _kd(s, cell, s[STARVED + i]) + dry + enzyme_death(s, cell)
    mu = _mu(s, e, cell, oxygen, s[ATTACHED + i] * 1e9 / area) if wet else 0.0
    s[ATTACHED + i] += s[ATTACHED + i] * (mu - kd) * hours
    s[LOOSE + i] -= s[LOOSE + i] * kd * hours
    s[DEAD] += here * kd * hours
    if wet:
        _move(s, e, p, cell, i, hours)
        s[SEGMENT_DEMAND + i] = _feed(s, cell, mu, s[ATTACHED + i] + s[LOOSE + i], hours)
        s[MU] = max(s[MU], mu)


def _move(s: State, e: list[float], p: VesselParameters, cell: Cell, i: int, hours: float) -> None:
    """Attach, loosen, release, settle and shed the cells of a segment."""
    activity = enzyme_activity(s)
    tip = _PI * p.impeller * s[AGITATOR] * e[effects.COUPLING] / 60.0
    density = (s[ATTACHED + i] + s[LOOSE + i]) * 1e9 / (p.surface / p.segments)
    attach = attachment.attach_rate(cell, density, tip, activity)
    stuck = s[LIVE] * min(1.0, attach * hours) / p.segments
    s[LIVE] -= stuck
    s[ATTACHED + i] += stuck
    if p.carrier > 0.0:
        eddies = attachment.kolmogorov_um(power_density(s, e, p) / DENSITY)
        shed = s[ATTACHED + i] * min(1.0, attachment.shed_rate(eddies, p.carrier * 1e6) * hours)
        s[ATTACHED + i] -= shed
        s[LIVE] += shed
    loosened = s[ATTACHED + i] * min(1.0, attachment.loosen_rate(cell, activity) * hours)
    s[ATTACHED + i] -= loosened
    s[LOOSE + i] += loosened
    if s[LOOSE + i] > 0.0:
        off = s[LOOSE + i] * min(1.0, attachment.release_rate(cell, tip) * hours)
        back = (s[LOOSE + i] - off) * min(1.0, attachment.settle_rate(cell, activity) * hours)
        s[LOOSE + i] -= off + back
        s[ATTACHED + i] += back
        s[LIVE] += off


def _feed(s: State, cell: Cell, mu: float, cells: float, hours: float) -> float:
    """Take up and give off for some cells; return their full oxygen uptake in mmol/h."""
    if cells <= 0.0:
        return 0.0
    v = s[VOLUME]
    sugar, glutamine, lactate, ammonium, oxygen, product = metabolism.uptake(
        cell, mu, s[GLUCOSE] / v, s[GLUTAMINE] / v, s[LACTATE] / v
    )
    amount = cells * hours
    used = min(s[GLUCOSE], sugar * amount)
    share = used / (sugar * amount) if sugar > 0.0 else 1.0
    made = max(-s[LACTATE], lactate * amount * (share if lactate > 0.0 else 1.0))
    s[GLUCOSE] -= used
    s[GLUTAMINE] -= min(s[GLUTAMINE], glutamine * amount)
    s[LACTATE] += made
    s[AMMONIUM] += ammonium * amount
    s[SID] += ammonium * amount - made
    s[NUTRIENT] = max(0.0, s[NUTRIENT] - metabolism.capacity_uptake(cell, mu) * amount)
    s[PRODUCT] += 1e-3 * product * amount
    s[GLUCOSE_USED] += used / hours
    return oxygen * cells


def _germs(s: State, e: list[float], hours: float) -> None:
    """Let bacteria in and grow them (Monod in glucose, doubling in about 50 min)."""
    v = max(s[VOLUME], 1e-9)
    s[GERMS] += e[effects.CONTAMINATION] * v * hours
    food = monod(s[GLUCOSE] / v, 0.05) * monod(s[OXYGEN] / v, 0.001)
    s[GERMS] += s[GERMS] * 0.83 * food * hours
    used = min(s[GLUCOSE], _GERM_SUGAR * s[GERMS] * food * hours)
    s[GLUCOSE] -= used
    s[LACTATE] += 0.5 * used
    s[SID] -= 0.5 * used
    s[DEMAND] += _GERM_OXYGEN * s[GERMS] * monod(s[GLUCOSE] / v, 0.05)
