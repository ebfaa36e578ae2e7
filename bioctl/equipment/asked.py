"""What durable demands make of a loop's state before its scan."""

from bioctl.control.loop_config import AnyLoop, LoopConfig, Mode
from bioctl.control.loop_state import (
    LoopState,
    set_manual,
    set_mode,
    set_order,
    set_setpoint,
    set_tuning,
)
from bioctl.control.tuning import Tuning
from bioctl.equipment.commanded import LoopDemand
from bioctl.equipment.tuning_fields import tuning_from


def asked(
    config: AnyLoop, loop: LoopState, demand: LoopDemand | None, outer: LoopState | None
) -> LoopState:
    """Return the loop as it is asked for; the same one when nothing changed.

    Args:
        config: the loop.
        loop: its state after the last scan.
        demand: what recipe or person last asked, or None.
        outer: state of the loop it serves, or None.
    """
    if demand is None:
        inner = outer is not None and outer.mode is not Mode.OFF
        return set_mode(config, loop, Mode.CAS if inner else Mode.OFF)
    if isinstance(config, LoopConfig):
        loop = set_order(config, loop, demand.order)
        loop = _tuned(config, loop, demand)
    if demand.sp is not None and (loop.target, loop.rate_per_min) != (demand.sp, demand.rate):
        loop = set_setpoint(config, loop, demand.sp, demand.rate)
    mode = Mode(demand.mode)
    if mode is Mode.AUTO and demand.sp is None:
        mode = Mode.OFF
    loop = set_mode(config, loop, mode)
    if mode is Mode.MAN and demand.u is not None and loop.manual != demand.u:
        loop = set_manual(config, loop, demand.u)
    return loop


def _tuned(config: LoopConfig, loop: LoopState, demand: LoopDemand) -> LoopState:
    """Return the loop with the tuning asked for; it is built only when it has changed."""
    if not isinstance(config.tuning, Tuning) or (loop.tuned is None and not demand.tuning):
        return loop
    return set_tuning(config, loop, tuning_from(config.tuning, demand.tuning))
