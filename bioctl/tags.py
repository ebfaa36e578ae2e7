"""Tags: named points of the plant (ISA-5.1), with eu, range and access."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bioctl.values import Range


class Kind(StrEnum):
    """What a tag is for."""

    MEASUREMENT = "measurement"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Tag:
    """One point of the plant as bioctl knows it.

    Attributes:
        name: `UNIT.POINT`, for example `BR101.TT101`.
        eu: engineering unit in the tag list's spelling, "" for counts, states and switches.
        range: physical range in `eu`; a value outside is BAD.
        kind: measurement, or output (written as a level, read back as the real output).
        node: the driver's own address, opaque to the core.
        connection: which connection of the site file serves it.
        type: `double`, `int32`, `bool` or `string`.
    """

    name: str
    eu: str
    range: Range
    kind: Kind
    node: str
    connection: str
    type: str = "double"


@dataclass(frozen=True, slots=True)
class UnitClass:
    """A class of equipment: the names recipes and phases may use, each with its eu.

    `capabilities` are words a recipe may ask for beyond its phases, such as `perfusion`; `orders`
    are the orders of outputs it may ask of a loop, by loop. `phases` are those that may run on such
    a unit, or into it, `sources` what they can be told to deliver.
    """

    name: str
    measurements: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    loops: Mapping[str, str] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    phases: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
