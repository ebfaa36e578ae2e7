import math
from dataclasses import replace
from itertools import product

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.control.alarm import AlarmConfig, AlarmKind, AlarmState, acknowledge, scan_alarm
from bioctl.control.alarm_state import TABLE, AlarmCondition, Signal, after
from bioctl.errors import InputError, RefusedError
from bioctl.values import Quality, Range, Reading, bad

HIGH = AlarmConfig(
    name="BR101.pH.high",
    tag="BR101.AT101",
    kind=AlarmKind.HIGH,
    priority=2,
    consequence="Cells stop growing.",
    action="Check the base pump.",
    limit=7.3,
    dead_band=0.02,
    on_delay_s=300.0,
    off_delay_s=60.0,
    pv_range=Range(2, 12),
)
LOW = replace(HIGH, name="BR101.pH.low", kind=AlarmKind.LOW, limit=7.1)
BAD = replace(HIGH, name="BR101.pH.bad", kind=AlarmKind.BAD, limit=None, on_delay_s=10.0)

N, U, A, R = AlarmCondition


class Bench:
    """Steps one alarm in tens of seconds."""

    def __init__(self, config: AlarmConfig) -> None:
        self.config = config
        self.state = AlarmState()
        self.now = 0.0
        self.kinds: list[str] = []
        self.data: dict[str, object] = {}

    def see(self, value: float | Reading, seconds: int = 10) -> AlarmCondition:
        reading = value if isinstance(value, Reading) else Reading(value)
        for _ in range(0, seconds, 10):
            self.now += 10
            self.state, event = scan_alarm(self.config, self.state, reading, self.now)
            if event:
                self.kinds.append(event.kind)
                self.data = dict(event.data)
        return self.state.condition


@pytest.mark.parametrize(("state", "signal"), list(product(AlarmCondition, Signal)))
def test_table_has_the_transitions_of_the_standard(state: AlarmCondition, signal: Signal) -> None:
    expected = {
        (N, Signal.RAISE): U, (U, Signal.ACK): A, (U, Signal.CLEAR): R,
        (A, Signal.CLEAR): N, (R, Signal.ACK): N, (R, Signal.RAISE): U,
    }  # fmt: skip
    assert after(state, signal) is expected.get((state, signal), state)
    assert set(TABLE) == set(expected)


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


@pytest.mark.parametrize("condition", [N, A])
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
    assert bench.state.condition.active is (len(bench.kinds) % 2 == 1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"action": " "}, "action is empty"),
        ({"consequence": ""}, "consequence is empty"),
        ({"name": ""}, "name is empty"),
        ({"limit": None}, "need a limit"),
        ({"limit": math.nan}, "limit is nan"),
        ({"kind": AlarmKind.BAD}, "bad has none"),
        ({"priority": 4}, "priority is 4"),
        ({"dead_band": -0.1}, "dead_band is -0.1"),
        ({"on_delay_s": math.nan}, "on_delay_s is nan"),
        ({"pv_range": Range(12, 2)}, "low must be below high"),
    ],
)
def test_alarm_that_cannot_work_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        replace(HIGH, **wrong)  # type: ignore[arg-type]
