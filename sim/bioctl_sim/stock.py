"""The liquids in stock: what the bags and bottles connected to the plant hold.

Media are bicarbonate-buffered and were brought to pH 7.4 when made: the strong-ion difference is
the bicarbonate named on the label plus what neutralises the weak acids at that pH. Glucose and
glutamine are typical of each medium kind (DMEM high glucose, Dulbecco and Freeman 1959; RPMI and
serum-free media; NB plant medium with half the sucrose); amino acids and protein count as 3 mmol/L
of one weak acid. Buffer is phosphate-buffered saline of 10 mM phosphate, pH 7.4.
"""

from typing import Final, NamedTuple

from bioctl_sim import liquid as s
from bioctl_sim.liquid import Recipe
from bioctl_sim.physics.acid_base import acid_charge
from bioctl_sim.plantfile.spec import Inoculum, Medium

_SUCROSE_G_PER_MMOL: Final = 0.3423
_AIR_OXYGEN: Final = 0.20
"""mmol/L in an air-saturated bag."""


class _Kind(NamedTuple):
    """A medium before anything is changed, mmol/L and mOsm/kg."""

    glucose: float = 25.0
    glutamine: float = 4.0
    sucrose: float = 0.0
    bicarbonate: float = 25.0
    hepes: float = 0.0
    amino: float = 3.0
    osmolality: float = 300.0
    ph: float = 7.4
    temperature: float = 37.0


_KINDS: Final = {
    "msc_placental": _Kind(),
    "msc_murine": _Kind(),
    "vero": _Kind(glucose=20.0),
    "t_cell": _Kind(glucose=20.0, bicarbonate=24.0, hepes=10.0),
    "cho": _Kind(glucose=33.0, glutamine=6.0, bicarbonate=20.0, osmolality=290.0),
    "hek293": _Kind(glucose=30.0, glutamine=6.0, bicarbonate=20.0, osmolality=290.0),
    "plant": _Kind(
        glucose=0.0, glutamine=0.0, sucrose=43.8, bicarbonate=0.0, osmolality=180.0,
        ph=5.8, temperature=27.0,
    ),
}  # fmt: skip
_BUFFER: Final = {
    s.SID: 8.1,
    s.TIC: 0.1,
    s.PHOSPHATE: 10.0,
    s.OXYGEN: _AIR_OXYGEN,
    s.OSMOLES: 280.0,
}


def medium(preset: str, change: Medium, *, ambient: bool = False) -> Recipe:
    """Return a preset's medium with some changes, warm or at 20 degC."""
    kind = _KINDS[preset]
    content = _content(kind, change)
    return Recipe(20.0 if ambient else kind.temperature, content)


def _content(kind: _Kind, change: Medium) -> dict[int, float]:
    def given(value: float | None, usual: float) -> float:
        return usual if value is None else value

    bicarbonate = given(change.bicarbonate, kind.bicarbonate)
    sucrose = kind.sucrose if change.sugar is None else change.sugar / _SUCROSE_G_PER_MMOL
    phosphate, strength = 0.9, given(change.strength, 1.0)
    content = {
        s.GLUCOSE: given(change.glucose, kind.glucose),
        s.GLUTAMINE: given(change.glutamine, kind.glutamine),
        s.LACTATE: given(change.lactate, 0.0),
        s.AMMONIUM: given(change.ammonium, 0.1),
        s.SUCROSE: sucrose,
        s.SID: bicarbonate + acid_charge(phosphate, kind.amino, kind.hepes, 37.0, kind.ph),
        s.TIC: 0.95 * bicarbonate + 0.02,
        s.PHOSPHATE: phosphate,
        s.AMINO: kind.amino,
        s.HEPES: kind.hepes,
        s.OXYGEN: _AIR_OXYGEN,
        s.PROTEIN: 1.0,
        s.NUTRIENT: strength,
    }
    organic = content[s.GLUCOSE] + sucrose + content[s.GLUTAMINE] + phosphate
    ions = content[s.AMMONIUM] + content[s.LACTATE] + content[s.TIC]
    osmolality = given(change.osmolality, kind.osmolality)
    content[s.OSMOLES] = max(0.0, (0.99 * osmolality - organic) / 0.93 - ions)
    return content


def inoculum(preset: str, cells: Inoculum, change: Medium) -> Recipe:
    """Return cells in their medium; T cells come unactivated, plant cells in spent medium."""
    kind = _KINDS[preset]
    dead = cells.cells * (100.0 - cells.viability) / cells.viability
    content = {**_content(kind, change), s.LIVE: cells.cells, s.DEAD: dead}
    if preset == "plant":
        content[s.SUCROSE] = 0.0
    if preset == "t_cell":
        content[s.RESTING] = cells.cells
    return Recipe(kind.temperature, content)


def base(kind: str, strength: float) -> Recipe:
    """Return a base of some mol/L; a mmol of carbonate is two strong base equivalents."""
    strong, carbon = {"NaOH": (1.0, 0.0), "Na2CO3": (2.0, 1.0), "NaHCO3": (1.0, 1.0)}[kind]
    m = 1000.0 * strength
    return Recipe(20.0, {s.SID: strong * m, s.TIC: carbon * m, s.OSMOLES: strong * m})


BUFFER: Final = Recipe(37.0, _BUFFER)
WASH_BUFFER: Final = Recipe(20.0, _BUFFER)
ENZYME: Final = Recipe(37.0, {**_BUFFER, s.ENZYME: 1.0})
CRYO_MEDIUM: Final = Recipe(5.0, {**_BUFFER, s.GLUCOSE: 5.0, s.DMSO: 200.0})
"""20 % v/v DMSO, to be mixed 1:1 with cells."""
ANTIFOAM: Final = Recipe(20.0, {s.ANTIFOAM: 1000.0})
GLUCOSE: Final = Recipe(20.0, {s.GLUCOSE: 2500.0})
"""450 g/L."""
GLUTAMINE: Final = Recipe(20.0, {s.GLUTAMINE: 200.0})
ACTIVATOR: Final = Recipe(20.0, {**_BUFFER, s.ACTIVATOR: 100.0})
"""1e11 beads a litre: 1 mL for 1e8 beads."""
VECTOR: Final = Recipe(4.0, {**_BUFFER, s.VECTOR: 100.0})
"""1e11 infectious particles a litre."""


def quench(preset: str) -> Recipe:
    """Return medium with ten times the protein, which stops the enzyme."""
    kind = _KINDS[preset]
    return Recipe(kind.temperature, {**_content(kind, Medium()), s.PROTEIN: 10.0})
