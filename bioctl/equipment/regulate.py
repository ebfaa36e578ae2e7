"""Control of one unit in one scan: what was commanded, then loops, then what interlocks force."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bioctl.control.alarm import AlarmState
from bioctl.control.event import ControlEvent
from bioctl.control.interlock import InterlockState
from bioctl.control.loop import scan_loop
from bioctl.control.loop_config import AnyLoop, FollowedLoopConfig, LoopConfig, Mode
from bioctl.control.loop_state import LoopState, set_mode, set_setpoint
from bioctl.equipment.commanded import LoopDemand, UnitState
from bioctl.equipment.image import NOT_READ, Image
from bioctl.equipment.unit import UnitConfig
from bioctl.values import Reading


@dataclass(slots=True)
class UnitMemory:
    """What a unit's control remembers between scans and may lose: it starts again from read-back.

    Attributes:
        forced: outputs interlocks hold now, by name.
        outputs: all level outputs of the last scan, by name.
        scanned: process time of the last control scan, s; None before the first.
    """

    loops: dict[str, LoopState] = field(default_factory=dict)
    interlocks: dict[str, InterlockState] = field(default_factory=dict)
    alarms: dict[str, AlarmState] = field(default_factory=dict)
    forced: Mapping[str, float] = field(default_factory=dict)
    looped: dict[str, float] = field(default_factory=dict)
    outputs: dict[str, float] = field(default_factory=dict)
    scanned: float | None = None


def due(unit: UnitConfig, memory: UnitMemory, now: float) -> bool:
    """Whether the unit's own period has passed since its last control scan."""
    return memory.scanned is None or now - memory.scanned >= unit.period_s - 1e-6


def regulate(
    unit: UnitConfig, memory: UnitMemory, image: Image, state: UnitState, now: float
) -> list[ControlEvent]:
    """Scan the loops if they are due, and settle every output of the unit."""
    events: list[ControlEvent] = []
    if due(unit, memory, now):
        dt = unit.period_s if memory.scanned is None else now - memory.scanned
        memory.looped = {}
        for name, config in unit.loops.items():
            events += _scan(config, name, unit, memory, image, state, now, dt)
        memory.scanned = now
    memory.outputs = {**state.outputs, **memory.looped, **memory.forced}
    return events


def _scan(
    config: AnyLoop,
    name: str,
    unit: UnitConfig,
    memory: UnitMemory,
    image: Image,
    state: UnitState,
    now: float,
    dt: float,
) -> tuple[ControlEvent, ...]:
    before = _asked(config, memory.loops.get(name, LoopState()), state.loops.get(name))
    dose = config.dose if isinstance(config, LoopConfig) else None
    total = _reading(unit, image, dose.totaliser) if dose else None
    memory.loops[name], outputs, events = scan_loop(
        config,
        before,
        _reading(unit, image, config.pv),
        _actual(unit, image),
        now,
        dt,
        forced=memory.forced,
        floors=state.outputs,
        total=total,
        status=_status(unit, image, config),
    )
    memory.looped.update(outputs)
    return events


def _asked(config: AnyLoop, loop: LoopState, demand: LoopDemand | None) -> LoopState:
    """Return the loop as the durable demand asks; the same one when nothing changed."""
    if demand is None or demand.sp is None or demand.mode == "OFF":
        return set_mode(config, loop, Mode.OFF)
    if loop.target != demand.sp:
        loop = set_setpoint(config, loop, demand.sp)
    return set_mode(config, loop, Mode.AUTO)


def _status(unit: UnitConfig, image: Image, config: AnyLoop) -> Reading | None:
    if isinstance(config, FollowedLoopConfig) and config.status:
        return _reading(unit, image, config.status)
    return None


def _reading(unit: UnitConfig, image: Image, name: str) -> Reading:
    return image.get(unit.measurements[name].name, NOT_READ)


def _actual(unit: UnitConfig, image: Image) -> dict[str, float]:
    readings = {name: image.get(tag.name, NOT_READ) for name, tag in unit.outputs.items()}
    return {name: reading.number for name, reading in readings.items() if reading.good}
