"""The alarm automaton against an independent model: flags and rules, no table of states."""

import random
from dataclasses import dataclass, field, replace

import pytest

from bioctl.control.alarm import scan_alarm
from bioctl.control.alarm_command import WORD, command_alarm
from bioctl.control.alarm_config import AlarmConfig, AlarmKind, Severity
from bioctl.control.alarm_judge import Seen
from bioctl.control.alarm_state import AlarmState, Signal
from bioctl.control.memory import recall_alarm, remember_alarm
from bioctl.errors import RefusedError
from bioctl.values import Reading, bad

CONFIG = AlarmConfig(
    name="pressure_high",
    tag="pressure",
    kind=AlarmKind.HIGH,
    cause="c",
    consequence="c",
    severity=Severity.MINOR,
    action="a",
    respond_s=7.0,
    limit=70.0,
    dead_band=2.0,
    on_delay_s=3.0,
    off_delay_s=2.0,
    shelve_s=40.0,
)


@dataclass
class Model:
    """What ISA-18.2 says, in the words of a person: is it there, was it seen, who silenced it."""

    latching: bool
    there: bool = False
    for_s: float = 0.0
    """How long the process has said the opposite."""
    owed: bool = False
    """A person has yet to acknowledge."""
    stuck: bool = False
    """Latched."""
    shelved_until: float | None = None
    removed: bool = False
    suppressed: bool = False
    spoken_for: bool = False
    """A person let it speak again since the last scan."""
    count: int = 0
    """How often it has annunciated."""
    wakes: list[float] = field(default_factory=list)
    """When it will annunciate again unless somebody acknowledges it."""

    @property
    def silent(self) -> bool:
        return self.removed or self.suppressed or self.shelved_until is not None

    def word(self) -> str:
        if self.removed:
            return "out of service"
        if self.shelved_until is not None:
            return "shelved"
        if self.suppressed:
            return "suppressed by design"
        if self.stuck:
            return "latched, unacknowledged" if self.owed else "latched, acknowledged"
        if self.there and not self.spoken_for:  # else the next scan annunciates
            return "unacknowledged" if self.owed else "acknowledged"
        return "returned to normal, unacknowledged" if self.owed else "normal"

    def forget(self) -> None:
        self.owed = self.stuck = False

    def scan(self, value: float | None, now: float, *, suppress: bool) -> list[str]:
        said = []
        was_silent = self.silent
        if not self.removed and self.shelved_until is not None and now >= self.shelved_until:
            self.shelved_until, self.spoken_for = None, True
            said.append("unshelved")
        free = not self.removed and self.shelved_until is None and not self.stuck
        if free and suppress is not self.suppressed:
            if suppress and self.word() != "normal":
                said.append("suppressed")
            self.suppressed = suppress
            self.forget()
        if not self.silent and self.there and (was_silent or self.spoken_for):
            self.annunciate(now)
            said.append("raised")
        self.spoken_for = False
        said += [] if value is None else self.follow(value, now)
        if self.wakes and now >= self.wakes[0] and self.word() == "unacknowledged":
            del self.wakes[0]
            said.append("escalated")
        return said

    def annunciate(self, now: float) -> None:
        self.owed, self.stuck = True, False
        self.count += 1
        self.wakes = [now + 7.0, now + 21.0, now + 49.0, now + 105.0, now + 217.0, now + 441.0]

    def follow(self, value: float, now: float) -> list[str]:
        outside = value > (68.0 if self.there else 70.0)
        if outside is self.there:
            self.for_s = -1.0
            return []
        if self.for_s < 0:
            self.for_s = now
        if now - self.for_s < (2.0 if self.there else 3.0):
            return []
        self.there, self.for_s = outside, -1.0
        if not self.silent:
            if outside:
                self.annunciate(now)
            elif self.latching:
                self.stuck = True
        return ["raised" if outside else "cleared"]

    def command(self, signal: Signal, now: float, seconds: float, seen: int) -> bool:
        """Carry it out; False when there is nothing to do."""
        match signal:
            case Signal.ACK if self.owed and not self.silent and seen == self.count:
                self.owed = False
            case Signal.RESET if self.stuck and not self.owed and not self.silent:
                self.stuck = False
            case Signal.SHELVE if not self.removed and not self.stuck:
                self.shelved_until, self.suppressed = now + seconds, False
                self.forget()
            case Signal.UNSHELVE if self.shelved_until is not None and not self.removed:
                self.shelved_until, self.spoken_for = None, True
            case Signal.REMOVE if not self.removed:
                self.removed, self.suppressed, self.shelved_until = True, False, None
                self.forget()
            case Signal.RETURN if self.removed:
                self.removed, self.spoken_for = False, True
            case _:
                return False
        return True


@pytest.mark.parametrize(("latching", "seed"), [(False, 1), (True, 2)])
def test_automaton_agrees_with_the_model_over_50_000_random_events_each(
    latching: bool,  # noqa: FBT001  a parameter of the test
    seed: int,
) -> None:
    chance = random.Random(seed)  # noqa: S311  no secret
    config, state = replace(CONFIG, latching=latching), AlarmState()
    model, now, value, suppress = Model(latching, for_s=-1.0), 0.0, 60.0, False
    seen = set()
    for event in range(50_000):
        if chance.random() < 0.3:
            signal = chance.choice(list(WORD))
            seconds = chance.uniform(1.0, 40.0)
            number = state.occurrence - chance.choice([0, 0, 1])
            expected = model.command(signal, now, seconds, number)
            try:
                state = command_alarm(config, state, signal, now, seconds, number)
            except RefusedError:
                assert not expected, (event, signal)
            else:
                assert expected, (event, signal)
        else:
            now += 1.0
            if chance.random() < 0.3:
                value = chance.choice([60.0, 67.9, 68.5, 69.9, 70.1, 90.0])
            if chance.random() < 0.05:
                suppress = not suppress
            gone = chance.random() < 0.05
            reading = bad("wire break") if gone else Reading(value)
            state, events = scan_alarm(
                config, state, Seen(reading), now, suppressed="drain" if suppress else ""
            )
            if gone:
                model_said = model.scan(None, now, suppress=suppress)
                model.for_s = -1.0
            else:
                model_said = model.scan(value, now, suppress=suppress)
            assert [e.kind.removeprefix("alarm.") for e in events] == model_said, event
            assert state.unevaluable is gone
        assert state.condition == model.word(), event
        assert state.occurrence == model.count
        assert state.condition.silent or state.active is model.there
        seen.add(state.condition)
        again = recall_alarm(remember_alarm(state))
        assert again == replace(state, turning_since=None, unevaluable=False)
    # what latches never returns unacknowledged, what does not has no latched states
    assert len(seen) == (8 if latching else 7)
