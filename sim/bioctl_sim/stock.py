"""The liquids in stock: what the bags connected to the plant hold.

Medium is a bicarbonate-buffered basal medium of the DMEM kind (Dulbecco and Freeman 1959): 25 mM
glucose, 28 mM strong-ion difference, 0.9 mM phosphate, air-saturated, pH 7.6 in the bag. Buffer
is phosphate-buffered saline of 10 mM phosphate, pH 7.4. Base is 0.5 M NaOH, free of carbonate.
"""

from typing import Final

from bioctl_sim import liquid as s
from bioctl_sim.liquid import Recipe

_MEDIUM: Final = {
    s.GLUCOSE: 25.0,
    s.AMMONIUM: 0.1,
    s.SID: 28.0,
    s.TIC: 26.7,
    s.PHOSPHATE: 0.9,
    s.AMINO: 1.5,
    s.OXYGEN: 0.20,
    s.PROTEIN: 1.0,
}
_BUFFER: Final = {s.SID: 8.1, s.TIC: 0.1, s.PHOSPHATE: 10.0, s.OXYGEN: 0.20}

MEDIUM: Final = Recipe(37.0, _MEDIUM)
MEDIUM_AMBIENT: Final = Recipe(20.0, _MEDIUM)
BUFFER: Final = Recipe(37.0, _BUFFER)
WASH_BUFFER: Final = Recipe(20.0, _BUFFER)
ENZYME: Final = Recipe(37.0, {**_BUFFER, s.ENZYME: 1.0})
QUENCH: Final = Recipe(37.0, {**_MEDIUM, s.PROTEIN: 10.0})
INOCULUM: Final = Recipe(37.0, {**_MEDIUM, s.LIVE: 1.8, s.DEAD: 1.8 * 8.0 / 92.0})
"""1.8e6 viable cells/mL at 92 % viability."""
CRYO_MEDIUM: Final = Recipe(5.0, {**_BUFFER, s.GLUCOSE: 5.0, s.DMSO: 200.0})
"""20 % v/v DMSO, to be mixed 1:1 with cells."""
BASE: Final = Recipe(20.0, {s.SID: 500.0})
"""0.5 M NaOH: one strong base equivalent a mmol, no carbonate."""
