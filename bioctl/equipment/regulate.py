"""Control of one unit in one scan: what was commanded, then loops, then what interlocks force."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from bioctl.control.alarm_state import AlarmState
from bioctl.control.event import ControlEvent
from bioctl.control.instrument import InstrumentState, Offline
from bioctl.control.interlock_config import InterlockState
from bioctl.control.loop import scan_loop
from bioctl.control.loop_config import AnyLoop, FollowedLoopConfig, LoopConfig
from bioctl.control.loop_state import LoopState, release_dose
from bioctl.control.permissive import PermissiveState
from bioctl.control.totaliser import DoseState, release
from bioctl.equipment.asked import asked
from bioctl.equipment.cascade import followed_by, remote_of
from bioctl.equipment.commanded import UnitState
from bioctl.equipment.image import NOT_READ, Image
from bioctl.equipment.local import Followed, follow, moved
from bioctl.equipment.override import won
from bioctl.equipment.unit import UnitConfig
from bioctl.values import Reading

Fence = Callable[[str, Callable[[], None]], str]
"""Runs a named part and returns what went wrong with it, or ""; given by the scan."""


@dataclass(slots=True)
class UnitMemory:
    """What a unit's control remembers between scans and may lose: it starts again from read-back.

    Attributes:
        instruments: what is known of instruments besides their readings, by measurement.
        results: last value people entered since the start, by name of the result.
        forced: outputs interlocks hold now, by name.
        limits: the most outputs may be now, by name, as interlocks ask.
        told: outputs as they were last handed on to the plant, by name; empty before the first.
        heard: whether any of its measurements was Good since the controller started.
        counted: what was counted of totalisers since the batch took the unit, by name.
        looped: outputs the loops wrote in the last control scan, by name.
        wrote: by loop, all it wrote then: outputs and setpoints of inner loops.
        followed: which outputs do what they are told.
        scanned: process time of the last control scan, s; None before the first.
        owner: batch the dose limits count for.
    """

    loops: dict[str, LoopState] = field(default_factory=dict)
    interlocks: dict[str, InterlockState] = field(default_factory=dict)
    alarms: dict[str, AlarmState] = field(default_factory=dict)
    permissives: dict[str, PermissiveState] = field(default_factory=dict)
    instruments: dict[str, InstrumentState] = field(default_factory=dict)
    results: dict[str, Offline] = field(default_factory=dict)
    forced: Mapping[str, float] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    told: Mapping[str, float] = field(default_factory=dict)
    heard: bool = False
    counted: dict[str, DoseState] = field(default_factory=dict)
    looped: dict[str, float] = field(default_factory=dict)
    wrote: dict[str, dict[str, float]] = field(default_factory=dict)
    followed: Followed = field(default_factory=Followed)
    scanned: float | None = None
    owner: str | None = None


def due(unit: UnitConfig, memory: UnitMemory, now: float) -> bool:
    """Whether the unit's own period has passed since its last control scan."""
    return memory.scanned is None or now - memory.scanned >= unit.period_s - 1e-6


def regulate(
    unit: UnitConfig,
    memory: UnitMemory,
    image: Image,
    state: UnitState,
    now: float,
    fence: Fence,
) -> list[ControlEvent]:
    """Scan the loops if they are due, each behind the fence; what they write is in the memory."""
    if not due(unit, memory, now):
        return []
    _count_for(memory, state.owner)
    dt = unit.period_s if memory.scanned is None else now - memory.scanned
    actual, asserted = _actual(unit, image), outputs_of(unit, memory, state)
    events = moved(unit.outputs, memory.followed, actual, asserted, unit.hold)
    for name, config in unit.loops.items():
        part = partial(_scan, config, unit, memory, image, state, now, dt, events)
        wrong = fence(f"{unit.name}.{name}", part)
        if wrong:
            events += _fail(config, memory, state, now, wrong)
    memory.looped = won(unit.loops, memory.wrote)
    told = outputs_of(unit, memory, state)
    memory.followed = follow(unit.outputs, memory.followed, actual, told)
    memory.scanned = now
    return events


def outputs_of(
    unit: UnitConfig, memory: UnitMemory, state: UnitState, *, closed: bool = False
) -> dict[str, float]:
    """Return every level output of the unit as it stands: commands, then loops, then interlocks.

    Args:
        unit: its configuration.
        memory: after its last scan.
        state: what is commanded now.
        closed: whether feeds, doses and transfers stand still, whatever was commanded.
    """
    hold = unit.hold if closed else {}
    asked = {**state.outputs, **hold, **memory.looped, **memory.forced}
    most = memory.limits
    return {name: min(value, most.get(name, value)) for name, value in asked.items()}


def _count_for(memory: UnitMemory, owner: str | None) -> None:
    """Begin to count dose limits from 0 when another batch has taken the unit."""
    if owner is None or owner == memory.owner:
        return
    memory.owner = owner
    memory.loops = {name: release_dose(loop) for name, loop in memory.loops.items()}
    memory.counted = {name: release(one) for name, one in memory.counted.items()}


def _scan(
    config: AnyLoop,
    unit: UnitConfig,
    memory: UnitMemory,
    image: Image,
    state: UnitState,
    now: float,
    dt: float,
    events: list[ControlEvent],
) -> None:
    here = config if isinstance(config, LoopConfig) else None
    before = memory.loops.get(config.name, LoopState())
    outer = memory.loops.get(config.source.serves) if config.source else None
    before = asked(config, before, state.loops.get(config.name), outer)
    read = partial(_reading, unit, image)
    inner, led = followed_by(unit.loops, memory.loops, config.name, read)
    actual = {**_actual(unit, image), **inner}
    memory.loops[config.name], memory.wrote[config.name], found = scan_loop(
        config,
        before,
        read(config.pv),
        actual,
        now,
        dt,
        forced={**memory.forced, **led},
        tracked=_lost(here, memory),
        floors=state.outputs,
        others={name: read(name) for name in here.others} if here else {},
        remote=remote_of(config, memory.wrote, read),
        total=read(here.dose.totaliser) if here and here.dose else None,
        status=_status(config, read),
        backup=read(here.backup) if here and here.backup else None,
        age_s=_age(state, now),
    )
    events.extend(found)


def _age(state: UnitState, now: float) -> float:
    """Return the age of the unit's culture, s; 0 before there is one."""
    return 0.0 if state.cultured is None else max(now - state.cultured, 0.0)


def _lost(config: LoopConfig | None, memory: UnitMemory) -> dict[str, float]:
    """Return the outputs of the last scan that another loop of an override, or a limit, won."""
    if config is None:
        return {}
    mine = memory.wrote.get(config.name, {})
    lost = {
        name: memory.looped[name]
        for name in config.override
        if name in memory.looped and memory.looped[name] != mine.get(name)
    }
    limited = {n: most for n, most in memory.limits.items() if mine.get(n, most) > most}
    return {**lost, **limited}


def _fail(
    config: AnyLoop, memory: UnitMemory, state: UnitState, now: float, wrong: str
) -> tuple[ControlEvent, ...]:
    """Let a loop that can't be computed take its declared fallback, if it was to control."""
    before = memory.loops.get(config.name, LoopState())
    memory.wrote[config.name] = {}
    if not isinstance(config, LoopConfig) or not _controls(config, memory, state):
        return ()
    shared = {one.output for one in config.structure.segments if one.shared}
    memory.wrote[config.name] = {
        name: max(value, state.outputs.get(name, value)) if name in shared else value
        for name, value in config.fallback_at(_age(state, now)).items()
    }
    memory.loops[config.name] = replace(before, fallback=True, pid=None, status=f"fault: {wrong}")
    if before.fallback:
        return ()
    return (ControlEvent("loop.fallback", {"loop": config.name, "reason": f"fault: {wrong}"}),)


def _controls(config: LoopConfig, memory: UnitMemory, state: UnitState) -> bool:
    demand = state.loops.get(config.name)
    if demand is not None:
        return demand.mode != "OFF" and (demand.sp is not None or demand.mode != "AUTO")
    outer = memory.loops.get(config.source.serves) if config.source else None
    return outer is not None and outer.mode != "OFF"


def _status(config: AnyLoop, read: Callable[[str], Reading]) -> Reading | None:
    named = isinstance(config, FollowedLoopConfig) and config.status
    return read(config.status) if named and isinstance(config, FollowedLoopConfig) else None


def _reading(unit: UnitConfig, image: Image, name: str) -> Reading:
    tag = unit.measurements.get(name) or unit.outputs[name]
    return image.get(tag.name, NOT_READ)


def _actual(unit: UnitConfig, image: Image) -> dict[str, float]:
    readings = {name: image.get(tag.name, NOT_READ) for name, tag in unit.outputs.items()}
    return {name: reading.number for name, reading in readings.items() if reading.good}
