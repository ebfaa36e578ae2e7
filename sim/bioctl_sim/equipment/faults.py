"""Faults of the equipment: each overrides what the outputs do, not what they show.

The written setpoint stays in force; the machine no longer follows it, as when a tube is kinked.
"""

from collections.abc import Mapping
from typing import Final

LEAK: Final = "leak"
"""Pseudo output of BR101: leak conductance of the headspace in mol/s/Pa."""

EQUIPMENT_FAULTS: Final[Mapping[str, Mapping[str, float]]] = {
    "BR101.base_empty": {"PC101": 0.0},
    "BR101.feed_kinked": {"PC102": 0.0},
    "BR101.permeate_kinked": {"PC103": 0.0},
    "BR101.harvest_kinked": {"PC104": 0.0},
    "BR101.gas_lost": {"FC101": 0.0, "FC102": 0.0, "FC103": 0.0, "FC104": 0.0},
    "BR101.agitator_lost": {"SC101": 0.0},
    "BR101.jacket_lost": {"TC101": 20.0},
    "BR101.vent_blocked": {"XV103": 0.01},
    "BR101.leak": {LEAK: 2e-10},
    "CW201.feed_kinked": {"PC201": 0.0},
    "CW201.permeate_kinked": {"PC202": 0.0},
    "CW201.buffer_empty": {"PC203": 0.0},
    "CW201.cooler_lost": {"TC201": 20.0},
    "VF301.jammed": {"SC301": 0.0},
}
"""Fault -> what its unit's outputs do instead. `BR101.leak` loses about 5 mbar of 50 in 20 min."""
