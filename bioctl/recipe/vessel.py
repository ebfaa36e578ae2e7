"""One size of equipment, as far as scaling asks: read from a small YAML file.

vessel: bench 5 L
liquid volume: 5 L
tank diameter: 162 mm
impeller diameter: 68 mm
"""

from dataclasses import dataclass
from typing import Final

from bioctl.errors import InputError, InputErrors
from bioctl.language.document import Node, parse
from bioctl.language.fields import fields
from bioctl.language.findings import Findings
from bioctl.language.nearest import visible
from bioctl.language.quantity import compatible, parse_quantity


@dataclass(frozen=True, slots=True)
class Vessel:
    """Sizes in SI; None where the file says nothing and no rule may ask.

    Attributes:
        name: for people.
        liquid_m3: liquid volume, m3.
        tank_m: inner diameter of the tank, m.
        impeller_m: diameter of the impellers, m.
        impellers: how many.
        power_number: of one impeller, turbulent.
        sparger: kLa of this sparger over that of a drilled ring at the same gas flow.
        flow_m2: cross-section the flow passes: of a bed, a chamber, a headspace, m2.
        area_m2: area cells grow on, or of a membrane, m2.
        held_m3: volume a wash keeps while buffer passes, m3.
    """

    name: str
    liquid_m3: float | None = None
    tank_m: float | None = None
    impeller_m: float | None = None
    impellers: float = 1.0
    power_number: float | None = None
    sparger: float = 1.0
    flow_m2: float | None = None
    area_m2: float | None = None
    held_m3: float | None = None


SMALLEST: Final = 1e-9
LARGEST: Final = 1e6
"""Sizes in SI beyond these are no equipment; within them no equation overflows."""

_KEYS: Final = {
    "liquid volume": ("liquid_m3", "L", 1e-3),
    "tank diameter": ("tank_m", "m", 1.0),
    "impeller diameter": ("impeller_m", "m", 1.0),
    "impellers": ("impellers", "", 1.0),
    "power number": ("power_number", "", 1.0),
    "sparger factor": ("sparger", "", 1.0),
    "flow area": ("flow_m2", "m2", 1.0),
    "area": ("area_m2", "m2", 1.0),
    "held volume": ("held_m3", "L", 1e-3),
}
"""Key in the file: attribute, eu, and m3 per L."""

KEY_OF: Final = {attribute: key for key, (attribute, _, _) in _KEYS.items()}
"""Key in the file by attribute, for messages."""


def read_vessel(text: str | bytes, file: str) -> Vessel:
    """Return the vessel of a file.

    Raises:
        InputErrors: all that is wrong with it.
    """
    findings = Findings()
    try:
        root = parse(text, file, findings)
    except InputErrors:
        raise
    except InputError as error:
        raise InputErrors([error]) from None
    found = fields(root, findings, "a vessel", ("vessel",), tuple(_KEYS))
    name = findings.attempt(found["vessel"], found["vessel"].as_text) if "vessel" in found else ""
    sizes = {
        _KEYS[key][0]: findings.attempt(node, _size, key, node)
        for key, node in found.items()
        if key != "vessel"
    }
    findings.finish()
    return Vessel(str(name), **{key: size for key, size in sizes.items() if size is not None})


def _size(key: str, node: Node) -> float:
    _, eu, factor = _KEYS[key]
    text = node.as_text()
    quantity = parse_quantity(text)
    if not compatible(quantity.eu, eu):
        what = f"in {eu}" if eu else "a number without eu"
        mend = f"write it as in 2 {eu}.".replace(" .", ".")
        raise InputError(f"{key} is {what}, '{visible(text)}' is not.", help=mend)
    value = quantity.to(eu) * factor
    if not SMALLEST <= value <= LARGEST:
        message = f"{key} can't be {visible(text)}."
        raise InputError(message, help="give the size of real equipment, above 0.")
    return value
