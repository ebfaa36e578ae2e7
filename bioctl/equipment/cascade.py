"""Cascades within a unit: how an inner loop's state looks to the outer loop, and its setpoint."""

from collections.abc import Callable, Mapping

from bioctl.control.loop_config import AnyLoop, LoopConfig, Mode
from bioctl.control.loop_state import LoopState, structure_of
from bioctl.control.source import served
from bioctl.values import Reading

Read = Callable[[str], Reading]


def followed_by(
    loops: Mapping[str, AnyLoop], states: Mapping[str, LoopState], outer: str, read: Read
) -> tuple[dict[str, float], dict[str, float]]:
    """Return what a loop's inner loops have in force, and of these the ones it does not lead.

    An inner loop in CAS has its setpoint in force; where its own output stands at a limit, its
    measurement counts instead: the outer loop's integral follows what is really reached. One that
    somebody else leads (AUTO, MAN, OFF, fallback) is tracked.
    """
    actual: dict[str, float] = {}
    led: dict[str, float] = {}
    for name in served(loops, outer):
        config, state = loops[name], states.get(name)
        pv = read(config.pv)
        if state is None or state.mode is Mode.OFF:
            continue  # not begun: the outer loop begins at its own demand
        follows = state.mode is Mode.CAS and not state.fallback and state.sp is not None
        value = state.sp if follows or state.mode is Mode.AUTO else None
        if value is None or (follows and _saturated(config, state)):
            value = pv.number if pv.good else state.sp
        if value is not None:
            actual[name] = value
            if not follows:
                led[name] = value
    return actual, led


def _saturated(config: AnyLoop, state: LoopState) -> bool:
    if not isinstance(config, LoopConfig) or state.u is None:
        return False
    structure = structure_of(config, state)
    return not structure.low < state.u < structure.high


def remote_of(
    config: AnyLoop, wrote: Mapping[str, Mapping[str, float]], read: Read
) -> float | None:
    """Return the setpoint an inner loop's source gives now; None: there is none."""
    source = config.source
    if source is None:
        return None
    if source.cascade:
        return wrote.get(source.serves, {}).get(config.name)
    if not source.of:
        return source.bias
    reading = read(source.of)
    return source.ratio * reading.number + source.bias if reading.good else None
