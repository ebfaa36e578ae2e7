"""Whether a loop may believe its measurement, and what is told when that changes."""

import math
from dataclasses import replace

from bioctl.control.event import ControlEvent
from bioctl.control.experiment import Trial
from bioctl.control.loop_config import LoopConfig
from bioctl.control.loop_given import Events, Given
from bioctl.control.loop_law import tuning_of
from bioctl.control.loop_state import LoopState, structure_of
from bioctl.control.on_off import OnOff
from bioctl.control.quality import checked
from bioctl.control.watch import APART, NO_FOLLOW, STUCK, look
from bioctl.values import Reading, bad


def trusted(
    config: LoopConfig, state: LoopState, given: Given, backup: Reading | None
) -> tuple[LoopState, Given, Events]:
    """Return the scan with the measurement that may drive the loop, and doubts that came or went.

    A stuck measurement is as good as Bad. Where it is Bad and the second probe is Good, that one is
    taken: the law starts anew on it, so nothing jumps.
    """
    second = None if backup is None else checked(backup, config.pv_range)
    state, given, events = _doubted(config, state, given, second)
    uses = not given.pv.good and second is not None and second.good
    if second is not None and uses:
        given = replace(given, pv=second)
    if uses != state.backup:
        state = replace(state, backup=uses, pid=None)
        events = (*events, _changed_probe(config, uses=uses))
    return state, given, events


def _changed_probe(config: LoopConfig, *, uses: bool) -> ControlEvent:
    if uses:
        data = {"loop": config.name, "doubt": "probe", "text": f"it goes on with {config.backup}"}
        return ControlEvent("loop.doubted", data)
    return ControlEvent("loop.trusted", {"loop": config.name, "doubt": "probe"})


def _doubted(
    config: LoopConfig, state: LoopState, given: Given, second: Reading | None
) -> tuple[LoopState, Given, Events]:
    structure = structure_of(config, state)
    pv = given.pv.number if given.pv.good else math.nan
    other = second.number if second is not None and second.good else math.nan
    span = structure.high - structure.low
    seen = look(
        config.watch, state.seen, pv, state.u, span, given.now,
        other=other, deviation=state.deviation,
    )  # fmt: skip
    came, went = seen.doubts - state.seen.doubts, state.seen.doubts - seen.doubts
    events = [
        ControlEvent(
            "loop.doubted", {"loop": config.name, "doubt": one, "text": _words(config, one, state)}
        )
        for one in sorted(came)
    ]
    events += [
        ControlEvent("loop.trusted", {"loop": config.name, "doubt": one}) for one in sorted(went)
    ]
    if STUCK in seen.doubts and given.pv.good:
        given = replace(given, pv=bad(_words(config, STUCK, state), given.pv.value, given.pv.time))
    return replace(state, seen=seen), given, tuple(events)


def _words(config: LoopConfig, doubt: str, state: LoopState) -> str:
    watch = config.watch
    return {
        STUCK: f"{config.pv} has not moved for {watch.stuck_s:g} s while the output did",
        APART: f"{config.pv} and {config.backup} differ by more than {watch.apart:g}",
        NO_FOLLOW: f"an output is {state.deviation:.3g} % off its demand",
    }[doubt]


def told_trial(config: LoopConfig, state: LoopState) -> tuple[LoopState, Events]:
    """Return the event of a tuning test that has just ended, with its samples."""
    trial = state.trial
    if trial is None or not trial.over or trial.told:
        return state, ()
    data: dict[str, float | int | str | None] = {
        "loop": config.name,
        "method": trial.experiment.method.value,
        "amplitude": trial.experiment.amplitude,
        "outcome": trial.stage.value,
        "reason": trial.reason,
        "by": trial.by,
        **_factors(config, state, trial),
        "samples": ";".join(f"{t:.1f} {u:.6g} {pv:.6g}" for t, u, pv in trial.samples),
    }
    return replace(state, trial=replace(trial, told=True)), (ControlEvent("loop.tested", data),)


def _factors(config: LoopConfig, state: LoopState, trial: Trial) -> dict[str, float]:
    """Return what schedule and segment made of the tuning where it was tested; {} for nothing."""
    base = state.tuned or config.tuning
    if isinstance(base, OnOff):
        return {}
    acted = tuning_of(config, state, trial.base)
    found = {"gain_factor": acted.kc / base.kc, "time_factor": acted.ti_s / base.ti_s}
    return {name: factor for name, factor in found.items() if abs(factor - 1.0) > 1e-9}
