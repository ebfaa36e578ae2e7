"""What a plant file says, checked: plain values in fixed engineering units.

Litres, h and mmol/L unless said otherwise. `line` is where the thing stands in its file.
"""

from dataclasses import dataclass, field
from typing import Final

from bioctl_sim.faults.board import Order

VESSEL_KINDS: Final = ("packed_bed", "stirred", "rocking", "hollow_fibre")
UNIT_KINDS: Final = (*VESSEL_KINDS, "wash", "filler")
PRESETS: Final = ("msc_placental", "msc_murine", "vero", "t_cell", "cho", "hek293", "plant")
SPARGERS: Final = {"ring": 1.0, "open_pipe": 0.6, "micro": 6.0, "none": 0.0}
"""Sparger -> factor on the coalescing kLa (bioprocess engineering rules of thumb)."""
CARRIERS: Final = ("cytodex_1", "cytodex_3", "hillex_2", "synthemax_2", "cultispher_s")
BASES: Final = ("NaOH", "Na2CO3", "NaHCO3")


@dataclass(frozen=True, slots=True)
class Medium:
    """What a liquid holds, mmol/L; None keeps what the preset's medium has.

    Attributes:
        osmolality: mOsm/kg.
        sugar: g/L, of plant-cell media.
        strength: nutrients other than those, relative to fresh medium (a feed: 5 to 10).
    """

    glucose: float | None = None
    glutamine: float | None = None
    lactate: float | None = None
    ammonium: float | None = None
    bicarbonate: float | None = None
    osmolality: float | None = None
    sugar: float | None = None
    strength: float | None = None


@dataclass(frozen=True, slots=True)
class Bed:
    """A packed bed: cm2 of surface, L, and cm in the direction of flow."""

    area: float
    volume: float
    height: float


@dataclass(frozen=True, slots=True)
class Carriers:
    """Microcarriers, g in the vessel a L of its volume."""

    type: str
    load: float


@dataclass(frozen=True, slots=True)
class Fibres:
    """A hollow-fibre bundle: the cells' side in L, its surface in cm2."""

    volume: float
    area: float


@dataclass(frozen=True, slots=True)
class Bottles:
    """What hangs at the vessel: L at start; base in mol/L."""

    base: str
    base_strength: float
    base_volume: float
    feed_volume: float
    antifoam_volume: float


@dataclass(frozen=True, slots=True)
class Inoculum:
    """What DOSE inoculum brings: 1e6 viable cells/mL (plant cells: g dry weight/L), and %."""

    cells: float
    viability: float


@dataclass(frozen=True, slots=True)
class Loops:
    """Set points of the local loops that are on at start; None leaves the loop off.

    degC, pH, % of air saturation, kg; foam on or off.
    """

    temperature: float | None = None
    ph: float | None = None
    oxygen: float | None = None
    weight: float | None = None
    foam: bool = False


@dataclass(frozen=True, slots=True)
class UnitSpec:
    """What every unit has.

    Attributes:
        name: of the unit, for example `BR101`.
        kind: one of `UNIT_KINDS`.
        series: hundreds of its tag numbers: 1 for TT101.
        line: in the plant file.
    """

    name: str
    kind: str
    series: int
    line: int

    @property
    def scale(self) -> dict[str, float]:
        """Its size, by the symbols of the tag lists."""
        return {}


@dataclass(frozen=True, slots=True)
class VesselSpec(UnitSpec):
    """A bioreactor.

    Attributes:
        volume: nominal liquid, L.
        preset: cell type, one of `PRESETS`.
        donor: seed of the donor's traits; 0 is the typical donor.
        variability: factor on the preset's spread (autologous: 2); 0 for none.
        height_to_diameter: of the liquid at nominal volume.
        sparger: one of `SPARGERS`.
        agitator_max: rpm of a stirrer, 1/min of a rocker.
        gas_max: L/min, full scale of the air, O2 and N2 controllers (CO2: a quarter).
        retention: part of the cells the permeate leaves in the vessel, 0 to 1.
        medium: changes to the preset's medium.
        feed: changes to the medium in the feed bottle.
        inlet: name of the unit that can be harvested into this one, "" for none.
    """

    volume: float
    preset: str
    donor: int
    variability: float
    height_to_diameter: float
    sparger: str
    agitator_max: float
    gas_max: float
    retention: float
    bottles: Bottles
    inoculum: Inoculum
    medium: Medium = field(default_factory=Medium)
    feed: Medium = field(default_factory=Medium)
    bed: Bed | None = None
    carriers: Carriers | None = None
    fibres: Fibres | None = None
    loops: Loops = field(default_factory=Loops)
    inlet: str = ""

    @property
    def scale(self) -> dict[str, float]:
        """V nominal volume, G gas controllers, A agitator, B base and F feed bottle."""
        return {
            "V": self.volume,
            "G": self.gas_max,
            "A": self.agitator_max,
            "B": self.bottles.base_volume,
            "F": self.bottles.feed_volume,
        }


@dataclass(frozen=True, slots=True)
class WashSpec(UnitSpec):
    """A concentrate-and-wash skid."""


@dataclass(frozen=True, slots=True)
class FillerSpec(UnitSpec):
    """A vial filler."""


@dataclass(frozen=True, slots=True)
class PipeSpec:
    """A line from one unit's outlet to another's inlet; valves at both ends."""

    source: str
    target: str
    line: int


@dataclass(frozen=True, slots=True)
class PlantFile:
    """A whole plant.

    Attributes:
        name: of the plant.
        title: one line for people.
        namespace: URI of its nodes.
        seed: of noise, errors, donors and scatter, where none is given at start.
        room: degC.
        units: in the order of the file.
    """

    name: str
    title: str
    namespace: str
    seed: int
    room: float
    units: tuple[UnitSpec, ...]
    pipes: tuple[PipeSpec, ...] = ()
    faults: tuple[Order, ...] = ()

    @property
    def vessels(self) -> tuple[VesselSpec, ...]:
        """The bioreactors among the units."""
        return tuple(unit for unit in self.units if isinstance(unit, VesselSpec))
