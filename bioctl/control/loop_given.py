"""All that is given to one scan of one loop, so that its steps read as sentences."""

from collections.abc import Mapping
from dataclasses import dataclass

from bioctl.control.event import ControlEvent
from bioctl.control.loop_config import LoopConfig
from bioctl.control.loop_state import LoopState, structure_of
from bioctl.control.structure import Structure
from bioctl.values import Reading

Outputs = dict[str, float]
Events = tuple[ControlEvent, ...]
Scanned = tuple[LoopState, Outputs, Events]


@dataclass(frozen=True, slots=True)
class Given:
    """One scan: what was read, and what others hold.

    Attributes:
        pv: the measurement, checked.
        actual: outputs in force by name, inner loops by their setpoint in force.
        forced: outputs an interlock holds, and inner loops somebody else leads.
        tracked: outputs another loop won.
        floors: what a phase asks of shared outputs.
        others: readings of feed-forward, schedule and ratio, by name.
        remote: setpoint from an inner loop's source; None: there is none now.
        now: process time, s.
        dt: process time since the last scan, 0 after a pause.
        late: whether the pause was longer than the loop bridges.
        age_s: age of the culture, s; 0 before there is one.
    """

    pv: Reading
    actual: Mapping[str, float]
    forced: Mapping[str, float]
    tracked: Mapping[str, float]
    floors: Mapping[str, float]
    others: Mapping[str, Reading]
    remote: float | None
    now: float
    dt: float
    late: bool
    age_s: float = 0.0


def limits(config: LoopConfig, state: LoopState) -> tuple[float, float]:
    """Return the part of u that is free: all of it, or what a dose lock leaves."""
    structure = structure_of(config, state)
    if config.dose is not None and state.dose.shut:
        return structure.free_of(config.dose.output)
    return structure.low, structure.high


def clamped(config: LoopConfig, state: LoopState, u: float) -> float:
    """Return u within what is free."""
    low, high = limits(config, state)
    return min(max(u, low), high)


def outputs_at(config: LoopConfig, state: LoopState, u: float, given: Given) -> Outputs:
    """Return every output at u."""
    structure: Structure = structure_of(config, state)
    return structure.values(u, given.floors)
