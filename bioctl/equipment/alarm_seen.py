"""What the alarms of a unit are judged on: readings, setpoints, commands, doubts, and phases."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bioctl.control.alarm_config import AlarmConfig, AlarmKind
from bioctl.control.alarm_judge import Seen
from bioctl.control.instrument import InstrumentState
from bioctl.control.loop_config import Mode
from bioctl.control.loop_state import LoopState
from bioctl.equipment.commanded import UnitState
from bioctl.equipment.regulate import UnitMemory, outputs_of
from bioctl.equipment.unit import UnitConfig
from bioctl.language.condition import Condition, Lookup, Truth
from bioctl.values import Reading

DOUBTS: Mapping[str, str] = {
    "stuck": "does not change although its output moves",
    "apart": "differs from the second probe",
    "no_follow": "has an output that does not do what is demanded",
    "overdue": "has a calibration that is overdue",
    "implausible": "has a calibration nobody would believe",
    "sample": "differs from the last sample",
}
"""Doubts in words, after the name of the loop or measurement."""


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
_NO_LOOP = LoopState()
_NO_DOUBT = InstrumentState()


class Look:
    """One scan's look at a unit; what several alarms ask for is found once.

    Args:
        unit: its configuration.
        memory: what its control remembers.
        state: what is commanded now.
        expected: what the running phases expect.
        lookup: gives the reading of a measurement or output.
    """

    def __init__(
        self,
        unit: UnitConfig,
        memory: UnitMemory,
        state: UnitState,
        expected: Expected,
        lookup: Lookup,
    ) -> None:
        self._unit, self._memory, self._state = unit, memory, state
        self._expected, self._lookup = expected, lookup
        self._outputs: Mapping[str, float] | None = None
        self._truths: dict[int, Truth] = {}

    def seen(self, alarm: AlarmConfig) -> Seen:
        """Return what an alarm is judged on now."""
        reading, kept = self._lookup(alarm.tag), self._expected.kept
        if alarm.kind is AlarmKind.DOUBT:
            return self._doubted(alarm, reading)
        if alarm.when is not None:
            return Seen(reading, truth=self._truth(alarm.when))
        if alarm.counted:
            return Seen(_counted(self._loop(alarm.counted), reading))
        if alarm.output:
            return Seen(reading, self._commanded().get(alarm.output))
        if alarm.steady:
            return Seen(reading, kept.get(alarm.tag), asked=alarm.tag in kept)
        if not alarm.loop:
            return Seen(reading)
        return Seen(reading, _setpoint(self._loop(alarm.loop)), asked=True)

    def suppressed(self, alarm: AlarmConfig) -> str:
        """Return why an alarm is suppressed by design now; "" while it is not."""
        silent, moving = self._expected.silent, self._expected.moving
        if alarm.tag in silent:
            return f"phase {silent[alarm.tag]}"
        if (alarm.steady or alarm.moved) and alarm.tag in moving:
            return f"phase {moving[alarm.tag]} moves {alarm.tag}"
        when = alarm.suppress_when
        return when.text if when is not None and self._truth(when) is Truth.TRUE else ""

    def _doubted(self, alarm: AlarmConfig, reading: Reading) -> Seen:
        """Return what the loop doubts, and what speaks against the instrument."""
        of_loop = self._loop(alarm.loop).seen.doubts
        of_tag = self._memory.instruments.get(alarm.tag, _NO_DOUBT).doubts
        words = (_words(f"loop {alarm.loop}", of_loop), _words(alarm.tag, of_tag))
        return Seen(reading, told="; ".join(filter(None, words)), about=of_loop | of_tag)

    def _truth(self, condition: Condition) -> Truth:
        key = id(condition)
        if key not in self._truths:
            self._truths[key] = condition.evaluate(self._lookup)
        return self._truths[key]

    def _loop(self, name: str) -> LoopState:
        return self._memory.loops.get(name, _NO_LOOP)

    def _commanded(self) -> Mapping[str, float]:
        if self._outputs is None:
            self._outputs = outputs_of(self._unit, self._memory, self._state)
        return self._outputs


def _setpoint(loop: LoopState) -> float | None:
    """Return the setpoint a loop controls to, None while it does not."""
    return loop.sp if loop.mode is Mode.AUTO else None


def _words(what: str, doubts: Collection[str]) -> str:
    words = ", and ".join(DOUBTS[one] for one in sorted(doubts))
    return f"{what} {words}" if words else ""


def _counted(loop: LoopState, total: Reading) -> Reading:
    """Return what a dose limit has counted, as good as its totaliser's reading."""
    return total._replace(value=loop.dose.used) if total.good else total
