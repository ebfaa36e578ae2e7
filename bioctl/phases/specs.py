"""Short ways to declare parameters of phases."""

from bioctl.recipe.capabilities import ParameterSpec

REACTOR = "packed_bed_bioreactor"
STIRRED = "stirred_tank_bioreactor"
ROCKING = "rocking_bioreactor"
PLANT_CELLS = "plant_cell_bioreactor"
WASHER = "concentrate_wash"
FILLER = "vial_filler"
ISOLATION = "cell_isolation"
FREEZER = "controlled_rate_freezer"

BIOREACTORS = (REACTOR, STIRRED, ROCKING, PLANT_CELLS)
EVERYWHERE = (*BIOREACTORS, WASHER, FILLER, ISOLATION, FREEZER)

GAS = ("air", "oxygen", "nitrogen", "carbon_dioxide")
CULTURE = ("agitation", "temperature", "pH", "dissolved_oxygen")
"""What culture phases drive: agitation and the three loops of life support."""

DOSE = ("DOSE", "STOP_DOSE")


def quantity(
    eu: str,
    low: float,
    high: float,
    default: float | None = None,
    text: str = "",
    *,
    ramp: bool = False,
) -> ParameterSpec:
    """Return a quantity in `eu` between low and high; required where it has no default."""
    return ParameterSpec("quantity", eu, low, high, default, (), text, ramp)


def integer(low: int, high: int, default: int | None = None, text: str = "") -> ParameterSpec:
    """Return a whole number between low and high."""
    return ParameterSpec(
        kind="integer", eu="", low=low, high=high, default=default, choices=(), help=text
    )


def choice(*choices: str, default: str | None = None, text: str = "") -> ParameterSpec:
    """Return one word of a closed list."""
    return ParameterSpec(
        kind="choice", eu="", low=None, high=None, default=default, choices=choices, help=text
    )


def text(default: str | None = None, about: str = "") -> ParameterSpec:
    """Return free text shown to people."""
    return ParameterSpec(
        kind="text", eu="", low=None, high=None, default=default, choices=(), help=about
    )


def unit(*classes: str, about: str = "") -> ParameterSpec:
    """Return an equipment role of the recipe whose class is one of these."""
    return ParameterSpec(
        kind="unit", eu="", low=None, high=None, default=None, choices=classes, help=about
    )
