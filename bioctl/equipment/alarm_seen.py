"""What the alarms of a unit are judged on: readings, setpoints, commands, doubts, and phases."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bioctl.control.alarm_config import AlarmConfig, AlarmKind
from bioctl.control.alarm_judge import Seen
from bioctl.control.loop_config import Mode
from bioctl.control.loop_state import LoopState
from bioctl.equipment.commanded import UnitState
from bioctl.equipment.regulate import UnitMemory, outputs_of
from bioctl.equipment.unit import UnitConfig
from bioctl.language.condition import Lookup, Truth
from bioctl.values import Reading

DOUBTS: Mapping[str, str] = {
    "stuck": "does not change although its output moves",
    "apart": "differs from the second probe",
    "no_follow": "has an output that does not do what is demanded",
}
"""A loop's doubts in words, after the loop's name."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the running phases of a unit expect, by measurement.

    Attributes:
        silent: whose alarms the recipe suppresses, and the phase.
        moving: what a phase moves on purpose, and the phase.
        kept: what a phase keeps it at, in the class's eu.
    """

    silent: Mapping[str, str] = field(default_factory=dict)
    moving: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, float] = field(default_factory=dict)


NOTHING_EXPECTED = Expected()


def seen_by(
    alarm: AlarmConfig,
    unit: UnitConfig,
    memory: UnitMemory,
    state: UnitState,
    expected: Expected,
    lookup: Lookup,
) -> Seen:
    """Return what one alarm is judged on now."""
    reading = lookup(alarm.tag)
    if alarm.kind is AlarmKind.DOUBT:
        doubts = memory.loops.get(alarm.loop, LoopState()).seen.doubts
        return Seen(reading, told=_words(alarm.loop, doubts), about=doubts)
    if alarm.when is not None:
        return Seen(reading, truth=alarm.when.evaluate(lookup))
    if alarm.counted:
        return Seen(_counted(alarm, memory, reading))
    if alarm.output:
        return Seen(reading, outputs_of(unit, memory, state).get(alarm.output))
    if alarm.steady:
        return Seen(reading, expected.kept.get(alarm.tag), asked=alarm.tag in expected.kept)
    return Seen(reading, _setpoint(memory, alarm.loop), asked=bool(alarm.loop))


def suppressed_by(alarm: AlarmConfig, expected: Expected, lookup: Lookup) -> str:
    """Return why an alarm is suppressed by design now; "" while it is not."""
    if alarm.tag in expected.silent:
        return f"phase {expected.silent[alarm.tag]}"
    if (alarm.steady or alarm.moved) and alarm.tag in expected.moving:
        return f"phase {expected.moving[alarm.tag]} moves {alarm.tag}"
    when = alarm.suppress_when
    return when.text if when is not None and when.evaluate(lookup) is Truth.TRUE else ""


def _setpoint(memory: UnitMemory, loop: str) -> float | None:
    """Return the setpoint a loop controls to, None while it does not."""
    state = memory.loops.get(loop)
    return state.sp if state is not None and state.mode is Mode.AUTO else None


def _words(loop: str, doubts: Collection[str]) -> str:
    words = ", and ".join(DOUBTS[one] for one in sorted(doubts))
    return f"loop {loop} {words}" if words else ""


def _counted(alarm: AlarmConfig, memory: UnitMemory, total: Reading) -> Reading:
    """Return what a dose limit has counted, as good as its totaliser's reading."""
    used = memory.loops.get(alarm.counted, LoopState()).dose.used
    return total._replace(value=used) if total.good else total
