"""Effects: named numbers by which faults and upsets act inside a vessel.

A vessel reads them from a flat vector in the order below. Each starts at its neutral value, at
which it changes nothing; where several faults act on the same effect, its rule says how they meet.
"""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

Rule = Literal["product", "sum", "largest"]


class Effect(NamedTuple):
    """One effect.

    Attributes:
        name: as faults refer to it.
        neutral: the value at which nothing is wrong.
        rule: how several faults on it combine.
        eu: engineering unit, "" for a factor or a part.
        meaning: what the vessel does with it.
    """

    name: str
    neutral: float
    rule: Rule
    eu: str
    meaning: str


EFFECTS: Final[tuple[Effect, ...]] = (
    Effect("air_flow", 1.0, "product", "", "air delivered, part of what the controller would"),
    Effect("oxygen_flow", 1.0, "product", "", "O2 delivered, part of what the controller would"),
    Effect("nitrogen_flow", 1.0, "product", "", "N2 delivered, part of what the controller would"),
    Effect("co2_flow", 1.0, "product", "", "CO2 delivered, part of what the controller would"),
    Effect("base_flow", 1.0, "product", "", "base delivered, part of what the pump says"),
    Effect("feed_flow", 1.0, "product", "", "feed delivered, part of what the pump says"),
    Effect("permeate_flow", 1.0, "product", "", "permeate drawn, part of what the pump says"),
    Effect("harvest_flow", 1.0, "product", "", "harvest drawn, part of what the pump says"),
    Effect("dose_flow", 1.0, "product", "", "dose delivered, part of what the pump says"),
    Effect("base_empty", 0.0, "largest", "", "1: the base bottle is empty and weighs nothing"),
    Effect("feed_empty", 0.0, "largest", "", "1: the feed bottle is empty and weighs nothing"),
    Effect("agitator", 1.0, "product", "", "motor speed, part of the set point"),
    Effect("coupling", 1.0, "product", "", "impeller speed, part of the motor's, which is shown"),
    Effect("jacket_lost", 0.0, "largest", "", "1: the jacket drifts to the room, part of it"),
    Effect("vent_block", 0.0, "largest", "", "part of the vent filter's conductance lost"),
    Effect("leak", 0.0, "sum", "mol/s/Pa", "conductance from the head space to the room"),
    Effect("liquid_leak", 0.0, "sum", "L/h", "liquid lost to the floor"),
    Effect("fouling", 0.0, "sum", "", "resistance added to a clean cell retention filter, as part"),
    Effect(
        "contamination", 0.0, "sum", "1e6/mL/h", "bacteria let in; they then grow by themselves"
    ),
    Effect("foam", 1.0, "product", "", "foaming tendency"),
    Effect("growth", 1.0, "product", "", "growth rate of the cells"),
    Effect("feed_strength", 1.0, "product", "", "concentrations in the feed bottle"),
    Effect("feed_warmth", 0.0, "sum", "K", "feed warmer than it should be"),
    Effect("room", 0.0, "sum", "K", "room warmer than usual"),
    Effect("air_oxygen", 1.0, "product", "", "O2 in the air supply, part of 20.95 %"),
)
"""All effects of faults and upsets, in the order of the vector's first part."""

SENSED: Final = (
    "temperature_gain", "temperature_offset",
    "ph_gain", "ph_offset",
    "oxygen_gain", "oxygen_offset",
    "weight_gain", "weight_offset",
    "foam_gain", "foam_offset",
)  # fmt: skip
"""The vector's second part: what the vessel's own loops see, `gain * lagged value + offset`.

In degC, pH, % of air saturation, kg and cm. It carries drift, calibration error and every failure
of the sensor: a stuck one has gain 0 and the held value as offset."""

AIR_FLOW: Final = 0
OXYGEN_FLOW: Final = 1
NITROGEN_FLOW: Final = 2
CO2_FLOW: Final = 3
BASE_FLOW: Final = 4
FEED_FLOW: Final = 5
PERMEATE_FLOW: Final = 6
HARVEST_FLOW: Final = 7
DOSE_FLOW: Final = 8
BASE_EMPTY: Final = 9
FEED_EMPTY: Final = 10
AGITATOR: Final = 11
COUPLING: Final = 12
JACKET_LOST: Final = 13
VENT_BLOCK: Final = 14
LEAK: Final = 15
LIQUID_LEAK: Final = 16
FOULING: Final = 17
CONTAMINATION: Final = 18
FOAM: Final = 19
GROWTH: Final = 20
FEED_STRENGTH: Final = 21
FEED_WARMTH: Final = 22
ROOM: Final = 23
AIR_OXYGEN: Final = 24
TEMPERATURE_GAIN: Final = 25
TEMPERATURE_OFFSET: Final = 26
PH_GAIN: Final = 27
PH_OFFSET: Final = 28
OXYGEN_GAIN: Final = 29
OXYGEN_OFFSET: Final = 30
WEIGHT_GAIN: Final = 31
WEIGHT_OFFSET: Final = 32
FOAM_GAIN: Final = 33
FOAM_OFFSET: Final = 34
SIZE: Final = 35

INDEX: Final = {effect.name: index for index, effect in enumerate(EFFECTS)}
"""Effect by name -> its place in the vector."""


def neutral() -> list[float]:
    """Return the vector of a vessel with which nothing is wrong."""
    return [effect.neutral for effect in EFFECTS] + [1.0, 0.0] * (len(SENSED) // 2)


def combine(active: Iterable[tuple[str, float]]) -> list[float]:
    """Return the vector for effects by name and value, several on the same one combined."""
    vector = neutral()
    for name, value in active:
        index = INDEX[name]
        rule = EFFECTS[index].rule
        if rule == "product":
            vector[index] *= value
        elif rule == "sum":
            vector[index] += value
        else:
            vector[index] = max(vector[index], value)
    return vector
