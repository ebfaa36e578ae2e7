"""The table of engineering units (eu): spelling, dimension and factor.

Every eu is a ratio of the atoms below, read from left to right: `mmol/L`, `1e6/mL`, `degC/min`.
All are linear: temperature is written in degC only, so that `37 degC - 0.5 degC` is 36.5 degC.
Percent, vials, revolutions and vessel volumes are dimensions of their own, so that rpm never passes
for vvd, nor 50 for 50 %. Cells are a pure number, as in `1e6/mL`.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from bioctl.errors import InputError
from bioctl.language.nearest import nearest, visible

Dimension = tuple[tuple[str, int], ...]
"""Base dimensions with their exponents, sorted by name; () is a pure number."""


@dataclass(frozen=True, slots=True)
class Eu:
    """An engineering unit: the value in base units is value times `factor`."""

    factor: Fraction
    dimension: Dimension


def _atoms(dimension: Dimension, factors: dict[str, str]) -> dict[str, Eu]:
    return {name: Eu(Fraction(factor), dimension) for name, factor in factors.items()}


_PER_TIME = ("time", -1)
ATOMS: dict[str, Eu] = {
    **_atoms((), {"pH": "1", "cells": "1", "1": "1"}),
    **_atoms((("time", 1),), {"s": "1", "min": "60", "h": "3600", "d": "86400"}),
    **_atoms((("temperature", 1),), {"degC": "1"}),
    **_atoms((("percent", 1),), {"%": "1"}),
    **_atoms((("volume", 1),), {"L": "1", "mL": "1/1000", "uL": "1/1000000", "m3": "1000"}),
    **_atoms((("mass", 1),), {"kg": "1", "g": "1/1000", "mg": "1/1000000"}),
    **_atoms((("amount", 1),), {"mol": "1", "mmol": "1/1000", "umol": "1/1000000"}),
    **_atoms((("pressure", 1),), {"bar": "1", "mbar": "1/1000", "kPa": "1/100", "Pa": "1/100000"}),
    **_atoms((("length", 1),), {"m": "1", "cm": "1/100", "mm": "1/1000", "um": "1/1000000"}),
    **_atoms((("area", 1),), {"m2": "1", "cm2": "1/10000"}),
    **_atoms((("capacitance", 1),), {"pF": "1", "nF": "1000"}),
    **_atoms((("conductance", 1),), {"mS": "1", "uS": "1/1000"}),
    **_atoms((("vials", 1),), {"vials": "1"}),
    **_atoms((("revolutions", 1), _PER_TIME), {"rpm": "1/60"}),
    **_atoms((_PER_TIME, ("vessel volumes", 1)), {"vvd": "1/86400", "vvm": "1/60"}),
}

SPELLINGS = tuple(name for name in ATOMS if name != "1")

ALIASES = {
    "°C": "degC", "℃": "degC", "C": "degC", "celsius": "degC", "K": "degC", "degF": "degC",
    "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d", "days": "d", "sec": "s",
    "seconds": "s", "minutes": "min", "mins": "min", "l": "L", "litre": "L",
    "liter": "L", "cc": "mL", "ml": "mL", "µL": "uL", "μL": "uL", "ul": "uL", "µm": "um",
    "mM": "mmol/L", "M": "mol/L", "percent": "%", "%DO": "%", "rev/min": "rpm", "RPM": "rpm",
    "PH": "pH", "ph": "pH", "vial": "vials", "cell": "cells", "ml/min": "mL/min", "lpm": "L/min",
    "slpm": "L/min", "sccm": "mL/min", "/mL": "1/mL", "/min": "1/min", "/h": "1/h",
    "cells/ml": "cells/mL", "psi": "mbar",
}  # fmt: skip
"""Spellings people bring along, and ours: used for help only, never accepted."""

_POWER_OF_TEN = re.compile(r"1e[1-9]")
_LONGEST = 24


@lru_cache(maxsize=1024)
def resolve(eu: str) -> Eu:
    """Return the table entry of an eu; "" is a pure number.

    Raises:
        InputError: unknown eu; the help names the nearest.
    """
    if not eu:
        return ATOMS["1"]
    first, *below = eu.split("/")
    if len(eu) > _LONGEST or (first == "1" and not below):
        raise _unknown(eu)
    factor, exponents = _add(eu, _numerator(eu, first), Fraction(1), {}, 1)
    for part in below:
        factor, exponents = _add(eu, ATOMS.get(part), factor, exponents, -1)
    return Eu(factor, tuple(sorted((name, n) for name, n in exponents.items() if n)))


def _numerator(eu: str, text: str) -> Eu | None:
    if _POWER_OF_TEN.fullmatch(text) and text != eu:
        return Eu(Fraction(text), ())
    return ATOMS.get(text)


def _add(
    eu: str, atom: Eu | None, factor: Fraction, exponents: dict[str, int], sign: int
) -> tuple[Fraction, dict[str, int]]:
    if atom is None:
        raise _unknown(eu)
    for name, exponent in atom.dimension:
        exponents[name] = exponents.get(name, 0) + sign * exponent
    return factor * atom.factor**sign, exponents


def _unknown(eu: str) -> InputError:
    return InputError(f"unknown engineering unit '{visible(eu)}'.", help=_help(eu))


def _help(eu: str) -> str:
    close = ALIASES.get(eu) or _part_by_part(eu) or nearest(eu, SPELLINGS)
    if close:
        return f"did you mean '{close}'?"
    return f"known: {', '.join(SPELLINGS)}, and ratios such as mmol/L or 1e6/mL."


def _part_by_part(eu: str) -> str | None:
    parts = [part if part in ATOMS else ALIASES.get(part) for part in eu[:_LONGEST].split("/")]
    return "/".join(part for part in parts if part) if all(parts) and len(parts) > 1 else None


def measures(eu: str) -> str:
    """Return what an eu measures, in words: `amount per volume`, `a pure number`."""
    return described(resolve(eu).dimension)


def described(dimension: Dimension) -> str:
    """Return a dimension in words."""
    above = [_power(name, n) for name, n in dimension if n > 0]
    below = [_power(name, -n) for name, n in dimension if n < 0]
    if not dimension:
        return "a pure number"
    head = " and ".join(above) or "number"
    return f"{head} per {' and '.join(below)}" if below else head


def _power(name: str, exponent: int) -> str:
    return name if exponent == 1 else f"{name}^{exponent}"
