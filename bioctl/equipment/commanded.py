"""What was last commanded on a unit: folded from the journal, asserted again by the scan."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LoopDemand:
    """What recipe or person last asked of a loop.

    Attributes:
        mode: OFF, MAN, AUTO or CAS.
        sp: setpoint, measurement eu; None where nobody gave one.
        u: demand a person gave in MAN; None takes over what was in force.
        order: which of the loop's structures; "" is its first.
        tuning: parameters a person applied, as in the site file; empty: the site file's.
        rate: setpoint speed, eu per minute; None takes the site file's.
        held: id of the person who took the loop from the recipe; "" while the recipe leads.
    """

    mode: str
    sp: float | None
    u: float | None = None
    order: str = ""
    tuning: Mapping[str, float] = field(default_factory=dict)
    held: str = ""
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class UnitState:
    """The durable side of a unit: who owns it and what was last commanded, by class names.

    Attributes:
        cultured: process time its batch brought cells into it, s; None while it has none.
    """

    owner: str | None = None
    outputs: Mapping[str, float] = field(default_factory=dict)
    loops: Mapping[str, LoopDemand] = field(default_factory=dict)
    cultured: float | None = None


NOTHING = UnitState()
