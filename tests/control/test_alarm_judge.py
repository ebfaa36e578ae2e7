"""What a limit is around, conditions, doubts, and what nobody acknowledges."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.control.alarm import scan_alarm
from bioctl.control.alarm_command import command_alarm
from bioctl.control.alarm_config import AlarmConfig, AlarmKind, Severity
from bioctl.control.alarm_judge import Seen
from bioctl.control.alarm_state import AlarmCondition, AlarmState, Signal
from bioctl.control.event import ControlEvent
from bioctl.errors import InputError, RefusedError
from bioctl.language.condition import compile_condition
from bioctl.language.truth import Truth
from bioctl.values import Reading, bad

N, U, A = AlarmCondition.NORMAL, AlarmCondition.UNACK_ACTIVE, AlarmCondition.ACK_ACTIVE
ALARM = AlarmConfig(
    name="speed_low",
    tag="speed",
    kind=AlarmKind.LOW,
    cause="c",
    consequence="C.",
    severity=Severity.MAJOR,
    action="A.",
    respond_s=300.0,
    limit=5.0,
    dead_band=1.0,
    output="agitation",
    percent=True,
)
STEADY = replace(ALARM, output="", steady=True, tag="weight", kind=AlarmKind.HIGH, limit=2.0)
TOLD = replace(ALARM, kind=AlarmKind.TOLD, limit=None, output="", percent=False, dead_band=0.0)
JAM = replace(TOLD, kind=AlarmKind.CONDITION, when=compile_condition("state == 9", {"state": ""}))


class Bench:
    """Steps one alarm in tens of seconds and keeps what it said."""

    def __init__(self, config: AlarmConfig) -> None:
        self.config, self.state, self.now = config, AlarmState(), 0.0
        self.events: list[ControlEvent] = []

    def see(self, value: float | Reading = 0.0, *, quiet: str = "", **seen: object) -> str:
        reading = value if isinstance(value, Reading) else Reading(value)
        self.now += 10.0
        self.state, found = scan_alarm(
            self.config, self.state, Seen(reading, **seen), self.now, suppressed=quiet  # type: ignore[arg-type]
        )  # fmt: skip
        self.events += found
        return self.state.condition

    def kinds(self) -> list[str]:
        return [one.kind.removeprefix("alarm.") for one in self.events]


def test_output_that_does_not_follow_its_command_is_found_in_percent_of_it() -> None:
    bench = Bench(ALARM)
    assert bench.see(96.0, around=100.0) is N
    assert bench.see(94.9, around=100.0) is U
    assert bench.events[-1].data["limit"] == 95.0
    assert "around what agitation is commanded to be" in str(bench.events[-1].data["text"])
    assert bench.see(95.9, around=100.0) is U  # inside the dead band of 1 %
    assert bench.see(96.1, around=100.0) is AlarmCondition.UNACK_RETURNED


def test_command_that_moves_is_no_excuse_for_an_output_that_stays() -> None:
    bench = Bench(ALARM)
    bench.see(50.0, around=50.0)
    assert bench.see(50.0, around=200.0) is U


def test_output_commanded_to_0_has_no_percentage() -> None:
    bench = Bench(ALARM)
    assert bench.see(3.0, around=0.0) is N
    assert bench.see(3.0) is N


def test_weight_is_compared_with_where_it_stood_when_it_was_left_alone() -> None:
    bench = Bench(STEADY)
    for filling in (0.0, 2.0, 4.0):
        assert bench.see(filling, quiet="charge moves weight") is AlarmCondition.SUPPRESSED
    assert bench.see(4.0) is N
    assert bench.see(4.07) is N
    assert bench.see(4.09) is U
    assert bench.events[-1].data["limit"] == pytest.approx(4.08)


def test_what_a_phase_keeps_goes_before_where_it_stood_and_is_awaited() -> None:
    bench = Bench(STEADY)
    assert bench.see(5.0) is N
    assert bench.see(5.0, around=4.0, asked=True) is N  # on the way down
    assert bench.see(4.05, around=4.0, asked=True) is N
    assert bench.see(4.09, around=4.0, asked=True) is U
    bench.see(4.2)
    assert bench.state.settled == 4.2, "the phase is over: it starts anew"


def test_bad_weight_does_not_become_what_the_next_is_compared_with() -> None:
    bench = Bench(STEADY)
    bench.see(bad("wire break"))
    assert bench.state.settled is None
    bench.see(4.0)
    assert bench.state.settled == 4.0


@given(st.floats(0.1, 1e4), st.floats(0.01, 50.0), st.floats(-0.9, 0.9))
def test_percentage_is_the_same_at_every_size(size: float, limit: float, part: float) -> None:
    """A vessel of 0.5 L and one of 2000 L are judged alike."""
    config = replace(STEADY, limit=limit, dead_band=0.0)
    bench = Bench(config)
    bench.see(size)
    assert bench.see(size * (1.0 + part * limit / 100.0)) is N
    assert bench.see(size * (1.0 + 1.01 * limit / 100.0)) is U


def test_condition_alarm_follows_its_condition_and_waits_while_it_is_invalid() -> None:
    bench = Bench(JAM)
    assert bench.see(9.0, truth=Truth.TRUE) is U
    assert bench.see(9.0, truth=Truth.INVALID) is U
    assert bench.state.unevaluable
    assert bench.see(6.0, truth=Truth.FALSE) is AlarmCondition.UNACK_RETURNED
    assert "speed: state == 9" in str(bench.events[0].data["text"])


def test_second_thing_in_trouble_annunciates_anew_and_the_same_one_does_not() -> None:
    bench = Bench(TOLD)
    assert bench.see(told="a is late", about=frozenset("a")) is U
    bench.state = command_alarm(TOLD, bench.state, Signal.ACK, bench.now)
    assert bench.see(told="a is late still", about=frozenset("a")) is A
    assert bench.see(told="a is late; b failed", about=frozenset("ab")) is U
    assert bench.state.occurrence == 2
    assert bench.see(told="b failed", about=frozenset("b")) is U
    assert bench.see() is AlarmCondition.UNACK_RETURNED
    assert bench.kinds() == ["raised", "raised", "cleared"]


def test_alarm_nobody_acknowledges_annunciates_again_each_time_after_twice_as_long() -> None:
    bench = Bench(replace(ALARM, respond_s=100.0))
    bench.see(90.0, around=100.0)
    again = []
    for _ in range(150):
        before = len(bench.events)
        bench.see(90.0, around=100.0)
        again += [bench.now - 10.0] * (len(bench.events) - before)
    assert again == [100.0, 300.0, 700.0, 1500.0]
    assert bench.state.escalations == 4
    assert bench.state.occurrence == 1
    assert bench.events[1].data == {
        "alarm": "speed_low", "tag": "speed", "priority": 1, "occurrence": 1, "times": 1,
        "waited_s": 100.0,
    }  # fmt: skip


@pytest.mark.parametrize("quiet", ["acknowledged", "shelved", "normal again"])
def test_alarm_somebody_or_the_process_took_care_of_does_not_annunciate_again(quiet: str) -> None:
    config = replace(ALARM, respond_s=100.0, severity=Severity.MINOR, shelve_s=1e6)
    bench = Bench(config)
    bench.see(90.0, around=100.0)
    signal = {"acknowledged": Signal.ACK, "shelved": Signal.SHELVE}.get(quiet)
    if signal:
        bench.state = command_alarm(config, bench.state, signal, bench.now, 1e5)
    for _ in range(50):
        bench.see(90.0 if signal else 100.0, around=100.0)
    assert "escalated" not in bench.kinds()


def test_acknowledgement_of_an_annunciation_that_is_over_is_refused() -> None:
    bench = Bench(ALARM)
    for value in (90.0, 100.0, 90.0):
        bench.see(value, around=100.0)
    assert bench.state.occurrence == 2
    with pytest.raises(RefusedError, match="seen #1, now it is #2"):
        command_alarm(ALARM, bench.state, Signal.ACK, bench.now, occurrence=1)
    with pytest.raises(RefusedError, match="has not been raised #3 times"):
        command_alarm(ALARM, bench.state, Signal.ACK, bench.now, occurrence=3)
    acked = command_alarm(ALARM, bench.state, Signal.ACK, bench.now, occurrence=2)
    assert acked.condition is A


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"loop": "speed"}, "around one thing"),
        ({"output": ""}, "percentage needs something"),
        ({"limit": 0.0}, "limit is 0"),
        ({"when": JAM.when}, "nothing else has one"),
        ({"kind": AlarmKind.CONDITION, "limit": None, "percent": False, "output": ""}, "`when`"),
        ({"kind": AlarmKind.DOUBT}, "doubt has none"),
    ],
)
def test_alarm_that_contradicts_itself_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        replace(ALARM, **wrong)  # type: ignore[arg-type]
