"""What was last commanded on a unit: folded from the journal, asserted again by the scan."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LoopDemand:
    """What recipe or person last asked of a loop: AUTO with a setpoint, or OFF."""

    mode: str
    sp: float | None


@dataclass(frozen=True, slots=True)
class UnitState:
    """The durable side of a unit: who owns it and what was last commanded, by class names."""

    owner: str | None = None
    outputs: Mapping[str, float] = field(default_factory=dict)
    loops: Mapping[str, LoopDemand] = field(default_factory=dict)


NOTHING = UnitState()
