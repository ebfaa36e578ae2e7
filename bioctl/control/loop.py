"""One scan of one loop: quality, mode, setpoint, law, outputs.

A loop never starts from what it remembers: whenever it takes over (mode, recovery, a long pause,
an interlock that let go) it reads the real outputs and begins there, so nothing jumps.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bioctl.control.event import ControlEvent
from bioctl.control.loop_config import AnyLoop, FollowedLoopConfig, LoopConfig, Mode
from bioctl.control.loop_state import LoopState, rate_of
from bioctl.control.pid import start, step
from bioctl.control.quality import checked, reason_of
from bioctl.control.ramp import ramp
from bioctl.control.structure import FOLLOWS, NOTHING
from bioctl.control.totaliser import count
from bioctl.values import Reading

Outputs = dict[str, float]
Events = tuple[ControlEvent, ...]
Scanned = tuple[LoopState, Outputs, Events]


@dataclass(frozen=True, slots=True)
class _Scan:
    """All that is given to one scan, so that the steps below read as sentences."""

    pv: Reading
    actual: Mapping[str, float]
    forced: Mapping[str, float]
    floors: Mapping[str, float]
    now: float
    dt: float
    late: bool


def scan_loop(
    config: AnyLoop,
    state: LoopState,
    pv: Reading,
    actual: Mapping[str, float],
    now: float,
    dt: float,
    *,
    forced: Mapping[str, float] = NOTHING,
    floors: Mapping[str, float] = NOTHING,
    total: Reading | None = None,
    status: Reading | None = None,
) -> Scanned:
    """Return the next state, the outputs to write by name, and what to journal.

    Args:
        config: the loop.
        state: after the last scan and the commands since.
        pv: reading of `config.pv`.
        actual: outputs in force as read back, by name, in eu; leave out (or NaN) what is not Good.
        now: process time, s.
        dt: process time since this loop's last scan, s.
        forced: outputs an interlock holds now, by name: taken for the real ones, so nothing winds
            up, and passed on in the outputs.
        floors: what a phase asks of shared outputs now (its own agitator speed), by name.
        total: reading of the dose limit's totaliser; needed where the loop has one.
        status: reading of a followed loop's status.
    """
    reading = checked(pv, config.pv_range)
    late = dt > config.gap_s
    step_s = dt if dt > 0 and not late else 0.0
    scan = _Scan(reading, {**actual, **forced}, forced, floors, now, step_s, late)
    if isinstance(config, FollowedLoopConfig):
        return _followed(config, state, scan, status)
    state, locked = _counted(config, state, total)
    if state.mode is Mode.OFF:
        return replace(state, u=None, deviation=0.0), {}, locked
    state, outputs, events = _acting(config, _compared(config, state, scan), scan)
    return state, _guarded(config, state, outputs, forced), locked + events


def _guarded(
    config: LoopConfig, state: LoopState, outputs: Outputs, forced: Mapping[str, float]
) -> Outputs:
    """Return the outputs with the last word of dose lock, interlocks and exclusion, in any mode."""
    if config.dose is not None and state.dose.shut and config.dose.output in outputs:
        outputs[config.dose.output] = 0.0
    outputs.update((name, value) for name, value in forced.items() if name in outputs)
    on = [name for name in config.structure.exclusive if outputs.get(name, 0.0) > 0]
    if len(on) > 1:
        outputs.update((name, 0.0) for name in on if name not in forced)
    return outputs


def _acting(config: LoopConfig, state: LoopState, scan: _Scan) -> Scanned:
    if state.mode is Mode.MAN:
        return _manual(config, state, scan)
    if not scan.pv.good:
        return _blind(config, state, scan)
    if state.fallback:
        return _recovering(config, state, scan)
    return _controlled(config, replace(state, bad_since=None), scan)


def _counted(
    config: LoopConfig, state: LoopState, total: Reading | None
) -> tuple[LoopState, Events]:
    if config.dose is None:
        return state, ()
    dose = count(config.dose, state.dose, total)
    events: Events = ()
    if dose.locked and not state.dose.locked:
        cause = f"{config.dose.totaliser} reached {config.dose.limit:g}"
        data = {"interlock": f"{config.name}.dose", "cause": cause}
        events = (ControlEvent("interlock.tripped", data),)
    return replace(state, dose=dose), events


def _compared(config: LoopConfig, state: LoopState, scan: _Scan) -> LoopState:
    """Note how far the real outputs are from the last demand; a forced one owes nothing."""
    if state.u is None or (state.pid is None and state.manual is None):
        return replace(state, deviation=0.0)
    free = {name: value for name, value in scan.actual.items() if name not in scan.forced}
    worst = config.structure.deviation(state.u, free, scan.floors)
    return replace(state, deviation=worst)


def _limits(config: LoopConfig, state: LoopState) -> tuple[float, float]:
    if config.dose is not None and state.dose.shut:
        return config.structure.free_of(config.dose.output)
    return config.structure.low, config.structure.high


def _clamped(config: LoopConfig, state: LoopState, u: float) -> float:
    low, high = _limits(config, state)
    return min(max(u, low), high)


def _taken_over(config: LoopConfig, state: LoopState, scan: _Scan) -> float:
    """Return the demand that explains the real outputs: the last one where it still does.

    Where no output can be read: the last demand, or else the one nearest to the fallback.
    """
    structure, u = config.structure, state.u
    if u is None or structure.deviation(u, scan.actual, scan.floors) > FOLLOWS:
        located = structure.locate(scan.actual, scan.floors)
        u = located if located is not None else u
    if u is None:
        u = structure.locate(config.fallback)
    return _clamped(config, state, structure.low if u is None else u)


def _manual(config: LoopConfig, state: LoopState, scan: _Scan) -> Scanned:
    asked = _taken_over(config, state, scan) if state.manual is None else state.manual
    u = _clamped(config, state, asked)
    outputs = config.structure.values(u, scan.floors)
    return replace(state, manual=asked, u=u, pid=None), outputs, ()


def _blind(config: LoopConfig, state: LoopState, scan: _Scan) -> Scanned:
    """Hold, then fall back. The integral and the setpoint stand still."""
    since = scan.now if state.bad_since is None else state.bad_since
    reason = reason_of(scan.pv)
    state = replace(state, bad_since=since, good_since=None, pid=None)
    if not state.fallback and scan.now - since < config.hold_s:
        return _held(config, replace(state, status=f"held: {reason}"), scan)
    events: Events = ()
    if not state.fallback:
        events = (ControlEvent("loop.fallback", {"loop": config.name, "reason": reason}),)
    state = replace(state, fallback=True, status=f"fallback: {reason}")
    return state, _fallback(config, scan), events


def _fallback(config: LoopConfig, scan: _Scan) -> Outputs:
    """Return the declared outputs; a shared one is never below what the phase asks for."""
    shared = {one.output for one in config.structure.segments if one.shared}
    return {
        name: max(value, scan.floors.get(name, value)) if name in shared else value
        for name, value in config.fallback.items()
    }


def _held(config: LoopConfig, state: LoopState, scan: _Scan) -> Scanned:
    if state.u is None:  # it never controlled: the plant keeps what it has
        return state, {}, ()
    u = _clamped(config, state, state.u)
    return replace(state, u=u), config.structure.values(u, scan.floors), ()


def _recovering(config: LoopConfig, state: LoopState, scan: _Scan) -> Scanned:
    since = scan.now if state.good_since is None else state.good_since
    if scan.now - since < config.recover_s:
        return replace(state, good_since=since), _fallback(config, scan), ()
    free = replace(state, fallback=False, bad_since=None, good_since=None, pid=None)
    state, outputs, _ = _controlled(config, free, scan)
    reason = f"{config.pv} is Good again"
    event = ControlEvent("loop.recovered", {"loop": config.name, "reason": reason})
    return state, outputs, (event,)


def _setpoint(config: AnyLoop, state: LoopState, scan: _Scan) -> float:
    """Return the setpoint in force; a ramp begins at the measurement."""
    pv = scan.pv.number
    target = pv if state.target is None else state.target
    rate = rate_of(config, state)
    current = config.sp_range.clamp(pv) if state.sp is None else state.sp
    moving = state.sp is not None and scan.pv.good
    return ramp(current, target, rate, scan.dt if moving else 0.0)


def _controlled(config: LoopConfig, state: LoopState, scan: _Scan) -> Scanned:
    sp, pv, tuning = _setpoint(config, state, scan), scan.pv.number, config.tuning
    if state.pid is None or state.u is None or scan.late:
        last = real = _taken_over(config, state, scan)
        memory, dt = start(tuning, sp, pv, real), 0.0
    else:
        last, dt, memory = state.u, scan.dt, state.pid
        real = config.structure.real(last, scan.actual, scan.floors)
        if config.structure.active(last).output in scan.forced:
            last, memory = real, start(tuning, sp, pv, real)
        elif tuning is not state.tuning:
            memory = start(tuning, sp, pv, last)
    low, high = _reach(config, state, last, scan.dt)
    u, memory = step(tuning, memory, sp, pv, dt, low, high, real)
    new = replace(state, sp=sp, u=u, pid=memory, tuning=tuning, status="")
    return new, config.structure.values(u, scan.floors), ()


def _reach(config: LoopConfig, state: LoopState, last: float, dt: float) -> tuple[float, float]:
    """Return the least and greatest demand of this scan: structure, dose lock, output rate."""
    low, high = _limits(config, state)
    if math.isinf(config.out_rate_per_min):
        return low, high
    reach = config.out_rate_per_min * dt / 60.0
    return min(max(low, last - reach), high), max(min(high, last + reach), low)


def _followed(
    config: FollowedLoopConfig, state: LoopState, scan: _Scan, status: Reading | None
) -> Scanned:
    """Write the setpoint, mirror the status; the equipment looks after quality and outputs."""
    word = "" if status is None else (str(status.value) if status.good else reason_of(status))
    state = replace(state, status=word)
    name = config.setpoint_output
    in_force = scan.actual.get(name)
    if state.mode is Mode.OFF or state.target is None:
        return replace(state, u=in_force), {}, ()
    if not scan.pv.good and state.sp is None:
        return state, {}, ()
    sp = _setpoint(config, state, scan)
    wrote = state.sp if state.sp is not None else in_force
    gap = 0.0 if wrote is None or in_force is None else abs(in_force - wrote)
    span = config.sp_range.high - config.sp_range.low
    new = replace(state, sp=sp, u=sp, deviation=100.0 * gap / span)
    return new, {name: scan.forced.get(name, sp)}, ()
