"""What a unit's loops may name in the site file."""

from collections.abc import Mapping
from dataclasses import dataclass

from bioctl.control.scale import Scale
from bioctl.tags import Kind, Tag
from bioctl.values import Range

_ANY = Range(-1e300, 1e300)


@dataclass(frozen=True, slots=True)
class Points:
    """Measurements, outputs and loops of one unit, by name."""

    measurements: Mapping[str, Tag]
    outputs: Mapping[str, Tag]
    loops: tuple[str, ...] = ()
    scale: Scale | None = None
    """The vessel's data sheet, for loops that are tuned from it."""
    period_s: float = 1.0

    @property
    def readable(self) -> dict[str, Tag]:
        """What can be read: measurements, and outputs as they are in force."""
        others = {name: tag for name, tag in self.outputs.items() if name not in self.measurements}
        return {**self.measurements, **others}

    @property
    def writable(self) -> dict[str, Tag]:
        """What a loop can move: outputs, and the setpoints of inner loops.

        The range of a setpoint is checked when all loops have been read.
        """
        inner = {name: Tag(name, "", _ANY, Kind.OUTPUT, "", "") for name in self.loops}
        return {**inner, **self.outputs}
