"""From one size to another: what a formula value becomes so that its criterion stays the same.

Every criterion is a product of powers, so each gives one factor for the value and both limits. The
factor of gas flow at equal kLa needs the agitation's own: it is looked up in the same formula.

Sources. Power of an impeller P = Np rho N^3 D^5, turbulent: the definition of the power number
(Rushton, Costich, Everett, Chem. Eng. Prog. 46, 1950). kLa = K (P/V)^0.4 vs^0.5 in coalescing
liquids: van 't Riet, Ind. Eng. Chem. Process Des. Dev. 18, 1979; only its exponents are used, and
such correlations are good to some 30 % at best. Kolmogorov's length (nu^3/eps)^0.25. The others are
the definition of what stays the same.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bioctl.errors import InputError, InputErrors
from bioctl.language.eu import Dimension, resolve
from bioctl.language.nearest import listing
from bioctl.recipe.grammar import FormulaEntry
from bioctl.recipe.vessel import KEY_OF, Vessel

DENSITY: Final = 1000.0
"""Of culture medium, kg/m3."""
VISCOSITY: Final = 0.7e-6
"""Kinematic, of medium at 37 degC, m2/s."""
POWER_EXPONENT: Final = 0.4
GAS_EXPONENT: Final = 0.5

_PURE: Final[Dimension] = ()
_SPEED: Final = resolve("rpm").dimension
_FLOW: Final = resolve("L/min").dimension
_VOLUME: Final = resolve("L").dimension
_INTENSIVE: Final = frozenset({"temperature", "percent", "pressure", "revolutions"})


@dataclass(frozen=True, slots=True)
class Scaled:
    """One formula value at another size.

    Attributes:
        name: of the entry.
        criterion: what stays the same.
        factor: new over old, of the value and of both limits.
        equation: how the factor was found, with numbers.
    """

    name: str
    criterion: str
    factor: float
    equation: str


def scale(formula: Mapping[str, FormulaEntry], old: Vessel, new: Vessel) -> dict[str, Scaled]:
    """Return what every entry of a formula becomes.

    Raises:
        InputErrors: a criterion does not fit its value's eu, a size is missing, or kLa has no
            agitation to go by; all of them.
    """
    found: dict[str, Scaled] = {}
    errors: list[InputError] = []
    for name, entry in formula.items():
        criterion = entry.scale or "fixed"
        try:
            _fits(entry, criterion)
            factor, equation = _FACTORS[criterion](formula, old, new)
            found[name] = Scaled(name, criterion, factor, equation)
        except InputError as error:
            errors.append(InputError(f"{name}: {error.message}", help=error.help))
    if errors:
        raise InputErrors(errors)
    return found


def _fits(entry: FormulaEntry, criterion: str) -> None:
    dimension = resolve(entry.eu).dimension
    wanted = _WANTED.get(criterion)
    eu = entry.eu or "a pure number"
    if wanted and dimension not in wanted[0]:
        raise InputError(
            f"{criterion} scales {wanted[1]}, not {eu}.", help="name another criterion."
        )
    if criterion in {"per volume", "per area"} and _INTENSIVE & {name for name, _ in dimension}:
        message = f"{criterion} scales amounts and flows; a value in {eu} does not grow with size."
        raise InputError(message, help="write scale: fixed.")


_WANTED: Final[Mapping[str, tuple[tuple[Dimension, ...], str]]] = {
    "P/V": ((_SPEED,), "a speed in rpm"),
    "tip speed": ((_SPEED,), "a speed in rpm"),
    "kLa": ((_FLOW,), "a gas flow"),
    "linear velocity": ((_FLOW,), "a flow"),
    "diavolumes": ((_VOLUME, _FLOW), "a volume or a flow"),
}

Formula = Mapping[str, FormulaEntry]
Factor = tuple[float, str]


def _fixed(formula: Formula, old: Vessel, new: Vessel) -> Factor:
    del formula, old, new
    return 1.0, "stays"


def _ratio(symbol: str, attribute: str) -> Callable[[Formula, Vessel, Vessel], Factor]:
    """Return the rule of a value that grows as one size does."""

    def rule(formula: Formula, old: Vessel, new: Vessel) -> Factor:
        del formula
        before, after = size(old, attribute), size(new, attribute)
        return after / before, f"{symbol}2/{symbol}1 = {after:.4g}/{before:.4g}"

    return rule


def _tip_speed(formula: Formula, old: Vessel, new: Vessel) -> Factor:
    del formula
    before, after = size(old, "impeller_m"), size(new, "impeller_m")
    return before / after, f"D1/D2 = {before:.4g} m/{after:.4g} m"


def _power(formula: Formula, old: Vessel, new: Vessel) -> Factor:
    del formula
    before, after = _power_per_speed(old), _power_per_speed(new)
    equation = f"(n1 Np1 D1^5/V1 / (n2 Np2 D2^5/V2))^(1/3) = ({before:.4g}/{after:.4g})^(1/3)"
    return (before / after) ** (1 / 3), equation


def _kla(formula: Formula, old: Vessel, new: Vessel) -> Factor:
    speed, _ = _FACTORS[_agitation(formula).scale or "fixed"](formula, old, new)
    power = _power_per_speed(new) * speed**3 / _power_per_speed(old)
    sparger = new.sparger / old.sparger
    velocity = (sparger * power**POWER_EXPONENT) ** (-1 / GAS_EXPONENT)
    area = (size(new, "tank_m") / size(old, "tank_m")) ** 2
    equation = (
        f"vs2/vs1 = (f2/f1 (P/V2 / P/V1)^{POWER_EXPONENT})^(-1/{GAS_EXPONENT}) = {velocity:.4g}; "
        f"times (T2/T1)^2 = {area:.4g}"
    )
    return velocity * area, equation


def _agitation(formula: Formula) -> FormulaEntry:
    speeds = [one for one in formula.values() if resolve(one.eu).dimension == _SPEED]
    if len(speeds) != 1:
        raise InputError(
            f"equal kLa needs one agitation in rpm in the formula, there are {len(speeds)}.",
            help=f"found {listing(one.name for one in speeds)}; give it its own `scale`.",
        )
    return speeds[0]


_FACTORS: Final[Mapping[str, Callable[[Formula, Vessel, Vessel], Factor]]] = {
    "fixed": _fixed,
    "per volume": _ratio("V", "liquid_m3"),
    "per area": _ratio("A", "area_m2"),
    "P/V": _power,
    "kLa": _kla,
    "tip speed": _tip_speed,
    "linear velocity": _ratio("A", "flow_m2"),
    "diavolumes": _ratio("Vh", "held_m3"),
}
CRITERIA: Final = tuple(_FACTORS)
"""Every criterion that can be declared."""


def size(vessel: Vessel, attribute: str) -> float:
    """Return a size of a vessel, or refuse where its file does not give it."""
    found: float | None = getattr(vessel, attribute)
    if found is None:
        key = KEY_OF[attribute]
        raise InputError(
            f"the vessel '{vessel.name}' has no `{key}`.", help=f"add `{key}: …` to its file."
        )
    return found


def _power_per_speed(vessel: Vessel) -> float:
    """Return P/V over rho N^3: n Np D^5 / V, m2."""
    shape = vessel.impellers * size(vessel, "power_number")
    return shape * size(vessel, "impeller_m") ** 5 / size(vessel, "liquid_m3")


def stirring(vessel: Vessel, speed_rpm: float) -> dict[str, float]:
    """Return what a speed means in a vessel, whichever criterion was chosen.

    Returns:
        P/V in W/m3, tip speed in m/s, Reynolds number, Kolmogorov's mean length in um.

    Raises:
        InputError: a size is missing.
    """
    turns, diameter = speed_rpm / 60, size(vessel, "impeller_m")
    power = DENSITY * turns**3 * _power_per_speed(vessel)
    found = {
        "P/V": power,
        "tip speed": math.pi * turns * diameter,
        "Reynolds": turns * diameter**2 / VISCOSITY,
    }
    if power > 0:
        found["Kolmogorov"] = (VISCOSITY**3 / (power / DENSITY)) ** 0.25 * 1e6
    return found
