import math
from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.control.alarm import scan_alarm
from bioctl.control.alarm_command import command_alarm
from bioctl.control.alarm_config import AlarmConfig, AlarmKind, Severity
from bioctl.control.alarm_judge import Seen
from bioctl.control.alarm_state import AlarmCondition, AlarmState, Signal
from bioctl.errors import InputError, RefusedError
from bioctl.values import Quality, Range, Reading, bad

HIGH = AlarmConfig(
    name="BR101.pH.high",
    tag="BR101.AT101",
    kind=AlarmKind.HIGH,
    cause="Base runs without need.",
    consequence="Cells stop growing.",
    severity=Severity.MAJOR,
    respond_s=1200.0,
    action="Check the base pump.",
    limit=7.3,
    dead_band=0.02,
    on_delay_s=300.0,
    off_delay_s=60.0,
    pv_range=Range(2, 12),
)
LOW = replace(HIGH, name="BR101.pH.low", kind=AlarmKind.LOW, limit=7.1)
BAD = replace(HIGH, name="BR101.pH.bad", kind=AlarmKind.BAD, limit=None, on_delay_s=10.0)

N, U, A, R, UL, AL, S, D, OUT = AlarmCondition


def acknowledge(config: AlarmConfig, state: AlarmState) -> AlarmState:
    return command_alarm(config, state, Signal.ACK, 0.0)


class Bench:
    """Steps one alarm in tens of seconds."""

    def __init__(self, config: AlarmConfig) -> None:
        self.config = config
        self.state = AlarmState()
        self.now = 0.0
        self.kinds: list[str] = []
        self.data: dict[str, object] = {}

    def see(
        self,
        value: float | Reading,
        seconds: int = 10,
        *,
        setpoint: float | None = None,
        suppressed: str = "",
    ) -> AlarmCondition:
        reading = value if isinstance(value, Reading) else Reading(value)
        for _ in range(0, seconds, 10):
            self.now += 10
            self.state, events = scan_alarm(
                self.config,
                self.state,
                Seen(reading, setpoint, asked=True),
                self.now,
                suppressed=suppressed,
            )
            for event in events:
                self.kinds.append(event.kind)
                self.data = dict(event.data)
        return self.state.condition

    def do(self, signal: Signal, seconds: float = 0.0) -> AlarmCondition:
        self.state = command_alarm(self.config, self.state, signal, self.now, seconds)
        return self.state.condition


def test_alarm_is_raised_after_its_delay_and_cleared_after_its_own() -> None:
    bench = Bench(HIGH)
    assert bench.see(7.4, 300) is N
    assert bench.see(7.4) is U
    assert bench.see(7.29, 600) is U  # inside the dead band
    assert bench.see(7.27, 60) is U
    assert bench.see(7.27) is R
    assert bench.kinds == ["alarm.raised", "alarm.cleared"]


def test_low_alarm_mirrors_the_high_one() -> None:
    bench = Bench(LOW)
    assert bench.see(7.0, 310) is U
    assert bench.see(7.11, 600) is U
    assert bench.see(7.13, 70) is R


def test_raised_alarm_tells_what_happens_and_what_to_do() -> None:
    bench = Bench(HIGH)
    bench.see(7.4, 310)
    assert bench.data == {
        "alarm": "BR101.pH.high",
        "tag": "BR101.AT101",
        "value": 7.4,
        "limit": 7.3,
        "priority": 2,
        "text": "BR101.AT101 is 7.4, above 7.3. Cells stop growing. Check the base pump.",
        "occurrence": 1,
    }


@pytest.mark.fault("PV-04")
@pytest.mark.parametrize("config", [HIGH, LOW, BAD])
def test_spike_of_one_sample_raises_nothing(config: AlarmConfig) -> None:
    bench = Bench(config)
    for spike in (11.0, 2.1, math.nan, 19.0):
        bench.see(7.2, 100)
        assert bench.see(spike) is N
        bench.see(7.2, 100)
    assert bench.kinds == []


@pytest.mark.fault("PV-01")
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_value_that_is_no_number_raises_the_bad_alarm_and_its_entry_is_json(value: float) -> None:
    bench = Bench(BAD)
    assert bench.see(value, 20) is U
    assert b'"value":null' in orjson.dumps(bench.data)
    assert "can't be trusted: not a finite number" in str(bench.data["text"])
    assert bench.see(7.2, 70) is R


@pytest.mark.fault("PV-02")
def test_impossible_value_silences_limit_alarms_and_raises_the_bad_one() -> None:
    high, low, broken = Bench(HIGH), Bench(LOW), Bench(BAD)
    for bench in (high, low, broken):
        bench.see(19.0, 1000)
    assert (high.state.condition, low.state.condition, broken.state.condition) == (N, N, U)
    assert high.state.unevaluable
    assert "19 is outside 2 .. 12" in str(broken.data["text"])


@pytest.mark.parametrize("reading", [bad("wire break"), Reading(7.0, Quality.UNCERTAIN)])
def test_bad_value_does_not_clear_an_active_alarm(reading: Reading) -> None:
    bench = Bench(HIGH)
    bench.see(7.4, 310)
    assert bench.see(reading, 1000) is U
    bench.see(7.2, 10)
    assert not bench.state.unevaluable


def test_bad_value_starts_the_delay_again() -> None:
    bench = Bench(HIGH)
    bench.see(7.4, 300)
    bench.see(bad("wire break"))
    assert bench.see(7.4, 300) is N


def test_acknowledge_does_not_clear_and_clear_does_not_acknowledge() -> None:
    bench = Bench(HIGH)
    bench.see(7.4, 310)
    bench.state = acknowledge(HIGH, bench.state)
    assert bench.state.condition is A
    assert bench.see(7.2, 70) is N
    bench.see(7.4, 310)
    assert bench.see(7.2, 70) is R
    assert bench.see(7.4, 310) is U
    bench.see(7.2, 70)
    assert acknowledge(HIGH, bench.state).condition is N


@pytest.mark.parametrize("condition", [N, A, AL, S, D, OUT])
def test_nothing_to_acknowledge_is_refused(condition: AlarmCondition) -> None:
    with pytest.raises(RefusedError, match="nothing to acknowledge"):
        acknowledge(HIGH, AlarmState(condition))


@given(st.floats(-0.0099, 0.0099), st.integers(1, 50))
def test_noise_within_half_the_dead_band_is_one_alarm(noise: float, turns: int) -> None:
    bench = Bench(replace(HIGH, on_delay_s=0.0, off_delay_s=0.0))
    for turn in range(turns):
        bench.see(7.3 + (noise if turn % 2 else -noise))
    assert bench.kinds.count("alarm.raised") <= 1


@given(st.lists(st.one_of(st.floats(), st.sampled_from(["ack"])), max_size=60))
def test_raised_and_cleared_take_turns_whatever_happens(happenings: list[float | str]) -> None:
    bench = Bench(replace(HIGH, on_delay_s=0.0, off_delay_s=0.0))
    for happening in happenings:
        if isinstance(happening, float):
            bench.see(happening)
        elif bench.state.condition.unacknowledged:
            bench.state = acknowledge(bench.config, bench.state)
    assert bench.kinds == (["alarm.raised", "alarm.cleared"] * 60)[: len(bench.kinds)]
    assert bench.state.active is (len(bench.kinds) % 2 == 1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"action": " "}, "action is empty"),
        ({"consequence": ""}, "consequence is empty"),
        ({"name": ""}, "name is empty"),
        ({"limit": None}, "need a limit"),
        ({"limit": math.nan}, "limit is nan"),
        ({"kind": AlarmKind.BAD}, "bad has none"),
        ({"cause": ""}, "cause is empty"),
        ({"respond_s": 0.0}, "respond_s is 0"),
        ({"shelve_s": -1.0}, "shelve_s is -1"),
        ({"loop": "pH", "limit": -0.1}, "limit is -0.1"),
        ({"kind": AlarmKind.BAD, "limit": None, "loop": "pH"}, "bad has no setpoint"),
        ({"dead_band": -0.1}, "dead_band is -0.1"),
        ({"on_delay_s": math.nan}, "on_delay_s is nan"),
        ({"pv_range": Range(12, 2)}, "low must be below high"),
    ],
)
def test_alarm_that_cannot_work_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        replace(HIGH, **wrong)  # type: ignore[arg-type]


LATCHING = replace(HIGH, latching=True, on_delay_s=0.0, off_delay_s=0.0)
QUICK = replace(HIGH, on_delay_s=0.0, off_delay_s=0.0)


def test_latched_alarm_waits_for_acknowledge_and_then_for_reset() -> None:
    bench = Bench(LATCHING)
    assert bench.see(7.4) is U
    assert bench.see(7.2) is UL
    with pytest.raises(RefusedError, match="nothing to reset") as refused:
        bench.do(Signal.RESET)
    assert refused.value.help == "acknowledge it first"
    assert bench.do(Signal.ACK) is AL
    assert bench.see(7.2, 1000) is AL
    assert bench.do(Signal.RESET) is N


def test_latched_alarm_can_be_neither_shelved_nor_suppressed() -> None:
    bench = Bench(LATCHING)
    bench.see(7.4)
    bench.see(7.2)
    with pytest.raises(RefusedError, match="nothing to shelve"):
        bench.do(Signal.SHELVE, 60.0)
    assert bench.see(7.2, suppressed="drain") is UL


def test_shelved_alarm_returns_by_itself_and_speaks_again() -> None:
    bench = Bench(QUICK)
    bench.see(7.4)
    assert bench.do(Signal.SHELVE, 600.0) is S
    assert bench.see(7.4, 590) is S
    assert bench.kinds == ["alarm.raised"]
    assert bench.see(7.4) is U
    assert bench.kinds[1:] == ["alarm.unshelved", "alarm.raised"]


def test_what_a_silent_alarm_would_have_said_is_journaled_as_silent() -> None:
    bench = Bench(QUICK)
    bench.do(Signal.SHELVE, 600.0)
    assert bench.see(7.4) is S
    assert (bench.kinds, bench.data["silent"]) == (["alarm.raised"], "shelved")
    assert bench.state.raised_at is None
    assert bench.see(7.2) is S
    assert bench.kinds[1:] == ["alarm.cleared"]
    assert bench.do(Signal.UNSHELVE) is N


def test_alarm_is_suppressed_while_a_phase_asks_for_it() -> None:
    bench = Bench(QUICK)
    assert bench.see(7.4, 100, suppressed="drain") is D
    assert (bench.kinds, bench.data["silent"]) == (["alarm.raised"], "suppressed by design")
    assert bench.see(7.4) is U
    assert bench.kinds[1:] == ["alarm.raised"]
    assert "silent" not in bench.data
    assert bench.see(7.4, suppressed="phase drain") is D
    assert bench.kinds[2:] == ["alarm.suppressed"], "an alarm people saw is gone: say so"


def test_alarm_out_of_service_stays_so_whatever_happens_but_for_a_person() -> None:
    bench = Bench(QUICK)
    assert bench.do(Signal.REMOVE) is OUT
    assert bench.see(7.4, 100, suppressed="drain") is OUT
    assert bench.see(7.2, 100) is OUT
    bench.see(7.4)
    assert bench.do(Signal.RETURN) is N
    assert bench.see(7.4) is U


@pytest.mark.parametrize("seconds", [0.0, -1.0, 3601.0, math.nan, math.inf])
def test_shelving_has_a_limit(seconds: float) -> None:
    with pytest.raises(InputError, match="can't be shelved for"):
        Bench(QUICK).do(Signal.SHELVE, seconds)


def test_alarm_of_the_highest_priority_can_not_be_shelved() -> None:
    urgent = replace(QUICK, severity=Severity.SEVERE)
    with pytest.raises(RefusedError, match="priority 1"):
        Bench(urgent).do(Signal.SHELVE, 60.0)


@pytest.mark.parametrize(
    ("severity", "minutes", "priority"),
    [("severe", 5, 1), ("severe", 30, 1), ("severe", 31, 2), ("major", 5, 1), ("major", 30, 2),
     ("major", 31, 3), ("minor", 5, 2), ("minor", 6, 3), ("minor", 99, 3)],
)  # fmt: skip
def test_priority_follows_from_severity_and_time_to_respond(
    severity: str, minutes: int, priority: int
) -> None:
    config = replace(HIGH, severity=Severity(severity), respond_s=minutes * 60.0)
    assert config.priority == priority


DEVIATION = replace(QUICK, limit=0.1, loop="pH")


def test_deviation_alarm_follows_the_setpoint() -> None:
    bench = Bench(DEVIATION)
    assert bench.see(7.2, setpoint=7.2) is N
    assert bench.see(7.31, setpoint=7.2) is U
    assert bench.data["limit"] == pytest.approx(7.3)
    assert bench.see(7.31, setpoint=7.25) is R


def test_process_on_its_way_to_a_new_setpoint_is_no_deviation() -> None:
    bench = Bench(DEVIATION)
    bench.see(7.2, setpoint=7.2)
    assert bench.see(7.2, 6000, setpoint=7.0) is N
    assert bench.see(7.05, setpoint=7.0) is N
    assert bench.see(7.2, setpoint=7.0) is U


def test_process_left_behind_by_a_ramp_is_a_deviation() -> None:
    bench = Bench(replace(DEVIATION, on_delay_s=300.0))
    for turn in range(100):
        bench.see(7.2, setpoint=7.2 - turn * 0.005)
    assert bench.state.condition is U


def test_deviation_alarm_is_silent_while_its_loop_does_not_control() -> None:
    bench = Bench(DEVIATION)
    bench.see(7.2, setpoint=7.2)
    bench.see(7.4, setpoint=7.2)
    assert bench.see(7.4, 100) is R
