"""Quantities as people write them: a number and an engineering unit."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

_QUANTITY: Final = re.compile(r"([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*(\S*)")


class Dimension(NamedTuple):
    """What a quantity measures: words, factors by eu onto the first one's, an example."""

    words: str
    factors: Mapping[str, float]
    example: str

    @property
    def eu(self) -> str:
        """The eu values are kept in."""
        return next(iter(self.factors))


VOLUME: Final = Dimension("a volume", {"L": 1.0, "mL": 1e-3}, "5 L")
FLOW: Final = Dimension("a flow", {"L/min": 1.0, "mL/min": 1e-3}, "2 L/min")
TEMPERATURE: Final = Dimension("a temperature", {"degC": 1.0}, "37 degC")
STRENGTH: Final = Dimension("a strength", {"mol/L": 1.0, "mmol/L": 1e-3}, "0.5 mol/L")
CONCENTRATION: Final = Dimension("a concentration", {"mmol/L": 1.0, "mol/L": 1e3}, "25 mmol/L")
OSMOLALITY: Final = Dimension("an osmolality", {"mOsm/kg": 1.0}, "300 mOsm/kg")
SPEED: Final = Dimension("a speed", {"rpm": 1.0, "1/min": 1.0}, "250 rpm")
AREA: Final = Dimension("an area", {"cm2": 1.0, "m2": 1e4}, "18 m2")
LENGTH: Final = Dimension("a length", {"cm": 1.0, "mm": 0.1, "m": 100.0}, "10 cm")
LOAD: Final = Dimension("a load", {"g/L": 1.0}, "3 g/L")
PART: Final = Dimension("a part", {"%": 1.0}, "92 %")
CELLS: Final = Dimension("a cell density", {"1e6/mL": 1.0, "cells/mL": 1e-6}, "1.8 1e6/mL")
BIOMASS: Final = Dimension("a biomass", {"g/L": 1.0}, "13 g/L")
MASS: Final = Dimension("a weight", {"kg": 1.0, "g": 1e-3}, "4 kg")
PH: Final = Dimension("a pH", {"": 1.0, "pH": 1.0}, "7.2")
NUMBER: Final = Dimension("a number", {"": 1.0}, "1.5")
TIME: Final = Dimension("a time", {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}, "30 h")


def read(text: str, dimension: Dimension) -> float | None:
    """Return a quantity in the dimension's eu; None where it is none. Times may be sums.

    >>> read("250 mL", VOLUME)
    0.25
    """
    found = list(_QUANTITY.finditer(text.strip()))
    several = dimension is TIME and len(found) > 1
    if not found or (len(found) > 1 and not several):
        return None
    if "".join(part[0] for part in found).replace(" ", "") != text.replace(" ", ""):
        return None
    factors = [dimension.factors.get(part[2]) for part in found]
    total = 0.0
    for part, factor in zip(found, factors, strict=True):
        if factor is None:
            return None
        total += float(part[1]) * factor
    return total


def expected(dimension: Dimension) -> str:
    """Return what was expected, in words: `a volume in L or mL, as in 5 L`."""
    eu = [eu for eu in dimension.factors if eu]
    units = f" in {' or '.join(eu)}" if eu else ""
    return f"{dimension.words}{units}, as in {dimension.example}"
