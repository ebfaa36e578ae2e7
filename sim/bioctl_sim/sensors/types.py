"""The instruments of the plant and how wrong they are.

Errors are standard deviations, drawn once for each instrument from the plant's seed. Sources:
bioprocesstools.com, instrumentation (Pt100 +-0.05 to 0.1 K class A; pH +-0.02 fresh, drift below
0.1 a week; optical DO +-1 %, slope 10 % a year; capacitance 5 to 10 % of reading); CC-sim's
calibrated assay errors (pH drift 1.73 a year, load cell 0.02 % of full scale); off-gas, pressure,
microscope and weigh-scale gain are engineering guesses.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class SensorType(NamedTuple):
    """One make of instrument; eu are those of its tag.

    Attributes:
        offset: error at zero (pH: at pH 7).
        gain: error of the slope, as part.
        drift: of the zero in a week.
        gain_drift: of the slope in a week, as part.
        hold: s between two new values; 0 shows every second.
        calibration: what CALIBRATE adjusts, `offset`, `gain` or "" for nothing.
        largest: correction it takes at most: eu for an offset, part for a gain.
    """

    offset: float = 0.0
    gain: float = 0.0
    drift: float = 0.0
    gain_drift: float = 0.0
    hold: int = 0
    calibration: str = ""
    largest: float = 0.0


TYPES: Final[Mapping[str, SensorType]] = {
    "pt100": SensorType(offset=0.05, calibration="offset", largest=2.0),
    "ph_glass": SensorType(offset=0.02, gain=0.01, drift=0.033, calibration="offset", largest=1.0),
    "do_optical": SensorType(
        offset=0.2, gain=0.01, gain_drift=0.002, calibration="gain", largest=0.5
    ),
    "at_line": SensorType(gain=0.02, hold=600),
    "capacitance": SensorType(gain=0.05, calibration="gain", largest=0.5),
    "off_gas": SensorType(gain=0.005, gain_drift=0.002, calibration="gain", largest=0.3),
    "microscope": SensorType(gain=0.02),
    "load_cell": SensorType(gain=0.0005, calibration="offset", largest=1e9),
    "pressure": SensorType(offset=0.25, calibration="offset", largest=20.0),
    "foam": SensorType(offset=0.1),
    "flow": SensorType(gain=0.01),
    "tachometer": SensorType(),
    "mfc": SensorType(),
    "counter": SensorType(),
    "calculated": SensorType(),
}
"""By the names of the tag lists; flow controllers and totalisers err as their actuator does."""

AT_LINE_ERROR: Final = 0.02
"""Standard deviation of one value of the at-line analyser, as part of it."""
WEEK: Final = 604_800.0
"""s."""
