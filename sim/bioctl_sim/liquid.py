"""Liquids: a volume, its temperature and the amounts dissolved or suspended in it.

Amounts, not concentrations, are the state: mixing is addition and nothing is lost in transfers.
Solutes are in mmol, cells in 1e9 (so that 1e9 cells/L = 1e6 cells/mL; plant cells in g dry weight),
protein, nutrient, enzyme and activator in litres of full-strength medium or solution, DMSO and
antifoam in mL, product in g, vector in 1e9 infectious particles.
"""

from collections.abc import Mapping
from typing import Final

DENSITY: Final = 1.005
"""kg/L, one value for every aqueous liquid of the plant."""
HEAT_CAPACITY: Final = 4150.0
"""J/(L K): water, 4180 J/(kg K) at 37 degC, times 0.993 kg/L."""


GLUCOSE: Final = 0
LACTATE: Final = 1
AMMONIUM: Final = 2
SID: Final = 3
TIC: Final = 4
PHOSPHATE: Final = 5
AMINO: Final = 6
OXYGEN: Final = 7
ENZYME: Final = 8
PROTEIN: Final = 9
DMSO: Final = 10
GLUTAMINE: Final = 11
HEPES: Final = 12
OSMOLES: Final = 13
"""Osmotically active substance that has no place of its own here, above all salts."""
NUTRIENT: Final = 14
"""What fresh medium holds besides glucose and glutamine, as litres of fresh medium."""
PRODUCT: Final = 15
ANTIFOAM: Final = 16
ACTIVATOR: Final = 17
VECTOR: Final = 18
SUCROSE: Final = 19
LIVE: Final = 20
DEAD: Final = 21
RESTING: Final = 22
"""Those of the live cells that are not activated (T cells)."""
TRANSDUCED: Final = 23
"""Those of the live cells that carry the gene."""
COUNT: Final = 24
DISSOLVED: Final = 20
"""Amounts below this index pass a membrane."""


class Parcel:
    """A portion of liquid on its way: volume in L, temperature in degC, amounts."""

    __slots__ = ("amounts", "temperature", "volume")

    def __init__(self, volume: float, temperature: float, amounts: list[float]) -> None:
        self.volume = volume
        self.temperature = temperature
        self.amounts = amounts


class Recipe:
    """A liquid in stock: its temperature in degC and its amounts a litre."""

    __slots__ = ("per_litre", "temperature")

    def __init__(self, temperature: float, per_litre: Mapping[int, float]) -> None:
        self.temperature = temperature
        self.per_litre = [per_litre.get(index, 0.0) for index in range(COUNT)]

    def draw(self, volume: float) -> Parcel:
        """Take `volume` L from stock."""
        return Parcel(volume, self.temperature, [volume * a for a in self.per_litre])


class Liquid:
    """A well-mixed body of liquid in a vessel or bag.

    Args:
        capacity: L it can hold.
        temperature: degC at power-up.
        wall: heat capacity of the vessel that shares the temperature, as litres of liquid.
    """

    __slots__ = ("_wall", "amounts", "capacity", "temperature", "volume")

    def __init__(self, capacity: float, temperature: float = 20.0, wall: float = 0.0) -> None:
        self.capacity = capacity
        self._wall = wall
        self.volume = 0.0
        self.temperature = temperature
        self.amounts = [0.0] * COUNT

    @property
    def room(self) -> float:
        """Free volume in L."""
        return max(0.0, self.capacity - self.volume)

    @property
    def mass(self) -> float:
        """Mass in kg."""
        return self.volume * DENSITY

    def concentration(self, solute: int) -> float:
        """Amount a litre; 0 in an empty vessel."""
        return self.amounts[solute] / self.volume if self.volume > 0.0 else 0.0

    @property
    def cells(self) -> float:
        """Live and dead cells in 1e9."""
        return self.amounts[LIVE] + self.amounts[DEAD]

    @property
    def viability(self) -> float:
        """Live cells, % of all; 0 where there are none."""
        cells = self.cells
        return 100.0 * self.amounts[LIVE] / cells if cells > 1e-9 else 0.0

    def add(self, parcel: Parcel) -> None:
        """Mix a parcel in: amounts add, temperatures mix by volume."""
        total = self.volume + parcel.volume
        if total <= 0.0:
            return
        share = parcel.volume / (total + self._wall)
        self.temperature += (parcel.temperature - self.temperature) * share
        self.volume = total
        self.amounts = [a + b for a, b in zip(self.amounts, parcel.amounts, strict=True)]

    def take(self, volume: float) -> Parcel:
        """Draw off up to `volume` L of the mixed liquid."""
        if volume >= self.volume:
            parcel = Parcel(self.volume, self.temperature, self.amounts)
            self.volume, self.amounts = 0.0, [0.0] * COUNT
            return parcel
        part = volume / self.volume
        taken = [a * part for a in self.amounts]
        self.amounts = [a - b for a, b in zip(self.amounts, taken, strict=True)]
        self.volume -= volume
        return Parcel(volume, self.temperature, taken)

    def take_filtered(self, volume: float) -> Parcel:
        """Draw off `volume` L through a membrane that holds the cells back."""
        part = min(1.0, volume / self.volume) if self.volume > 0.0 else 0.0
        taken = [a * part for a in self.amounts[:DISSOLVED]] + [0.0] * (COUNT - DISSOLVED)
        self.amounts = [a - b for a, b in zip(self.amounts, taken, strict=True)]
        drawn = self.volume * part
        self.volume -= drawn
        return Parcel(drawn, self.temperature, taken)
