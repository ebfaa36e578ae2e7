import math
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.control.bypass import bypass, end_bypass, restore
from bioctl.control.interlock import (
    Person,
    evaluate,
    first_out,
    forced_outputs,
    limited_outputs,
    reset,
)
from bioctl.control.interlock_config import InterlockConfig, InterlockState, OnBad, Reset
from bioctl.errors import InputError, RefusedError
from bioctl.language.condition import compile_condition
from bioctl.values import Reading, bad

EU = {"pressure": "mbar", "weight": "kg"}
ANNA = Person("anna", "operator")
GASES = {"air": 0.0, "oxygen": 0.0}


def interlock(when: str = "pressure > 35 mbar", **more: object) -> InterlockConfig:
    text = "The vessel must not burst."
    return InterlockConfig(
        name="I1", when=compile_condition(when, EU), then=GASES, text=text, **more,  # type: ignore[arg-type]
    )  # fmt: skip


class Bench:
    """Steps one interlock a second at a time."""

    def __init__(self, config: InterlockConfig) -> None:
        self.config = config
        self.state = InterlockState()
        self.now = 0.0
        self.events: list[tuple[str, str]] = []

    def see(self, pressure: float | Reading, seconds: int = 1) -> bool:
        reading = pressure if isinstance(pressure, Reading) else Reading(pressure)
        tripped = self.state.tripped
        for _ in range(seconds):
            self.now += 1
            self.state, tripped, event = evaluate(
                self.config, self.state, {"pressure": reading}.__getitem__, self.now
            )
            if event:
                self.events.append((event.kind, str(event.data["cause"])))
        return tripped


def test_interlock_trips_and_resets_with_its_condition() -> None:
    bench = Bench(interlock())
    assert not bench.see(35.0)
    assert bench.see(35.1)
    assert not bench.see(35.0)
    assert bench.events == [
        ("interlock.tripped", "pressure > 35 mbar"),
        ("interlock.reset", "the condition is gone"),
    ]


def test_condition_must_hold_for_its_delay() -> None:
    bench = Bench(interlock(delay_s=5.0))
    assert not bench.see(40.0, 5)
    assert not bench.see(30.0)
    assert not bench.see(40.0, 5)
    assert bench.see(40.0)


def test_interlock_that_needs_a_person_stays_until_the_person_resets_it() -> None:
    bench = Bench(interlock(reset=Reset.PERSON))
    bench.see(40.0)
    with pytest.raises(RefusedError, match="still there"):
        reset(bench.config, bench.state, ANNA)
    assert bench.see(10.0, 100)
    bench.state, event = reset(bench.config, bench.state, ANNA)
    assert event.data == {"interlock": "I1", "cause": "reset by anna"}
    assert not bench.see(10.0)


def test_reset_of_what_is_not_tripped_is_refused() -> None:
    with pytest.raises(RefusedError, match="not tripped"):
        reset(interlock(), InterlockState(), ANNA)


@pytest.mark.fault("PV-01")
@pytest.mark.parametrize("reading", [bad("wire break"), Reading(math.nan), Reading("text")])
@pytest.mark.parametrize("on_bad", OnBad)
@pytest.mark.parametrize("how", Reset)
def test_bad_value_never_resets(reading: Reading, on_bad: OnBad, how: Reset) -> None:
    bench = Bench(interlock(on_bad=on_bad, reset=how))
    bench.see(40.0)
    assert bench.see(reading, 1000)
    with pytest.raises(RefusedError):
        reset(bench.config, bench.state, ANNA)


@pytest.mark.parametrize(
    ("on_bad", "trips"), [(OnBad.TRIP, True), (OnBad.HOLD_STATE, False), (OnBad.IGNORE, False)]
)
def test_bad_value_trips_as_declared(on_bad: OnBad, trips: bool) -> None:  # noqa: FBT001
    bench = Bench(interlock(on_bad=on_bad))
    bench.see(10.0)
    assert bench.see(bad("wire break"), 10) is trips
    assert bench.state.bad == "pressure is not Good (wire break)"
    if trips:
        assert bench.events == [("interlock.tripped", "pressure is not Good (wire break)")]


def test_default_answer_to_a_bad_value_is_to_trip() -> None:
    assert interlock().on_bad is OnBad.TRIP


def test_bad_value_counts_toward_the_delay_when_it_trips() -> None:
    bench = Bench(interlock(delay_s=5.0))
    bench.see(40.0, 3)
    assert bench.see(bad("wire break"), 3)


def test_bad_value_that_is_ignored_stops_the_delay() -> None:
    bench = Bench(interlock(delay_s=5.0, on_bad=OnBad.IGNORE))
    bench.see(40.0, 5)
    bench.see(bad("wire break"))
    assert not bench.see(40.0, 5)


def test_bad_value_that_holds_the_state_neither_trips_nor_stops_the_delay() -> None:
    bench = Bench(interlock(delay_s=5.0, on_bad=OnBad.HOLD_STATE))
    bench.see(40.0, 3)
    assert not bench.see(bad("wire break"), 100)
    assert bench.see(40.0)


def test_bad_value_in_the_reset_condition_does_not_reset() -> None:
    config = interlock(reset_when=compile_condition("weight > 1 kg", EU))
    state = InterlockState(tripped=True)
    lookup = {"pressure": Reading(0.0), "weight": bad("no scale")}
    assert evaluate(config, state, lookup.__getitem__, 0.0)[1]
    lookup["weight"] = Reading(2.0)
    assert not evaluate(config, state, lookup.__getitem__, 0.0)[1]


def test_reset_condition_gives_hysteresis() -> None:
    when_safe = compile_condition("pressure < 10 mbar", EU)
    bench = Bench(interlock(reset_when=when_safe, reset_delay_s=3.0))
    bench.see(40.0)
    assert bench.see(20.0, 50)
    assert bench.see(9.0, 3)
    assert not bench.see(9.0)


def test_first_out_is_the_one_whose_condition_came_first() -> None:
    states = {
        "late": InterlockState(tripped=True, since=20.0),
        "first": InterlockState(tripped=True, since=10.0),
        "clear": InterlockState(tripped=False, since=1.0),
    }
    assert first_out(states) == "first"
    assert first_out({"clear": InterlockState()}) is None


def test_forced_outputs_are_those_of_all_that_tripped() -> None:
    one = interlock()
    two = replace(one, name="I2", then={"oxygen": 0.2, "agitation": 0.0})
    configs = {"I1": one, "I2": two}
    tripped, clear = InterlockState(tripped=True), InterlockState()
    both = forced_outputs(configs, {"I1": tripped, "I2": tripped})
    assert both == {"air": 0.0, "oxygen": 0.0, "agitation": 0.0}
    assert forced_outputs(configs, {"I1": clear, "I2": tripped}) == two.then
    assert forced_outputs(configs, {}) == {}


readings: st.SearchStrategy[Reading] = st.one_of(
    st.floats(0, 70).map(Reading), st.just(bad("wire break"))
)


@given(st.lists(readings, max_size=60), st.sampled_from(OnBad), st.floats(0, 5))
def test_trips_and_resets_take_turns_and_a_reset_needs_a_known_value(
    pressures: list[Reading], on_bad: OnBad, delay: float
) -> None:
    bench = Bench(interlock(on_bad=on_bad, delay_s=delay))
    for pressure in pressures:
        count = len(bench.events)
        tripped = bench.see(pressure)
        assert tripped is bench.state.tripped
        if len(bench.events) > count and bench.events[-1][0] == "interlock.reset":
            assert pressure.good
    kinds = [kind for kind, _ in bench.events]
    assert kinds[::2] == ["interlock.tripped"] * len(kinds[::2])
    assert kinds[1::2] == ["interlock.reset"] * len(kinds[1::2])


def test_condition_of_two_readings_trips_on_the_known_half() -> None:
    config = interlock("pressure > 35 mbar or weight < 1 kg", on_bad=OnBad.IGNORE)
    lookup: Mapping[str, Reading] = {"pressure": Reading(40.0), "weight": bad("no scale")}
    assert evaluate(config, InterlockState(), lookup.__getitem__, 0.0)[1]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "name is empty"),
        ({"text": ""}, "text is empty"),
        ({"then": {}}, "forces no output"),
        ({"then": {"air": math.nan}}, "forced air is nan"),
        ({"delay_s": -1.0}, "delay_s is -1"),
        ({"reset_delay_s": math.nan}, "reset_delay_s is nan"),
    ],
)
def test_interlock_that_cannot_work_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        replace(interlock(), **wrong)  # type: ignore[arg-type]


def test_bypassed_interlock_trips_and_forces_nothing_until_the_bypass_ends() -> None:
    bench = Bench(interlock(bypass_s=60.0))
    bench.state, event = bypass(bench.config, bench.state, bench.now, 30.0)
    assert event.data == {"interlock": "I1", "minutes": 0.5}
    bench.see(50.0, 5)
    assert bench.state.tripped
    configs = {"I1": bench.config}
    assert forced_outputs(configs, {"I1": bench.state}) == {}
    state, ended = end_bypass(bench.config, bench.state, 29.9)
    assert (state, ended) == (bench.state, None)
    state, ended = end_bypass(bench.config, bench.state, 30.0)
    assert ended is not None
    assert forced_outputs(configs, {"I1": state}) == GASES


def test_reset_keeps_the_end_of_a_bypass() -> None:
    bench = Bench(interlock(bypass_s=60.0, reset=Reset.PERSON))
    bench.see(50.0)
    bench.state, _ = bypass(bench.config, bench.state, bench.now, 60.0)
    bench.see(10.0)
    bench.state, _ = reset(bench.config, bench.state, Person("Ada", "operator"))
    assert bench.state == InterlockState(bypassed_until=61.0)


@pytest.mark.parametrize("seconds", [0.0, -1.0, 60.1, math.nan, math.inf])
def test_bypass_has_a_limit(seconds: float) -> None:
    with pytest.raises(InputError, match="at most 1 min") as refused:
        bypass(interlock(bypass_s=60.0), InterlockState(), 0.0, seconds)
    assert refused.value.help


def test_interlock_without_a_limit_can_not_be_bypassed_and_nothing_is_restored() -> None:
    with pytest.raises(RefusedError, match="can't be bypassed"):
        bypass(interlock(), InterlockState(), 0.0, 1.0)
    with pytest.raises(RefusedError, match="not bypassed"):
        restore(interlock(), InterlockState(), "")


def test_limits_are_the_lowest_of_all_that_act() -> None:
    one = replace(interlock(), then={}, at_most={"agitation": 75.0})
    two = replace(one, name="I2", at_most={"agitation": 50.0, "air": 1.0})
    configs, tripped = {"I1": one, "I2": two}, InterlockState(tripped=True)
    bypassed = InterlockState(tripped=True, bypassed_until=10.0)
    assert limited_outputs(configs, {"I1": tripped, "I2": tripped}) == {"agitation": 50, "air": 1}
    assert limited_outputs(configs, {"I1": tripped, "I2": bypassed}) == {"agitation": 75}
    assert limited_outputs(configs, {}) == {}


def test_trip_of_a_bypassed_interlock_says_that_it_did_not_act() -> None:
    bench = Bench(interlock(bypass_s=60.0))
    bench.state, _ = bypass(bench.config, bench.state, bench.now, 60.0)
    lookup = {"pressure": Reading(40.0)}.__getitem__
    bench.state, acts, event = evaluate(bench.config, bench.state, lookup, 1.0)
    assert event is not None
    assert (acts, bench.state.tripped, event.data["bypassed"]) == (False, True, True)
    _, told = restore(bench.config, bench.state, "by Ada")
    assert told.data["acts"] is True


def test_trip_of_an_interlock_that_acts_says_nothing_of_a_bypass() -> None:
    _, acts, event = evaluate(
        interlock(), InterlockState(), {"pressure": Reading(40.0)}.__getitem__, 1.0
    )
    assert event is not None
    assert acts
    assert "bypassed" not in event.data


@pytest.mark.parametrize(
    ("how", "role", "may"),
    [("person", "operator", True), ("person", "supervisor", True), ("person", "qa", False),
     ("qa", "qa", True), ("qa", "operator", False), ("qa", "supervisor", False),
     ("second", "operator", True), ("second", "qa", False)],
)  # fmt: skip
def test_reset_is_for_those_it_is_declared_for(how: str, role: str, may: bool) -> None:  # noqa: FBT001
    bench = Bench(interlock(reset=Reset(how)))
    bench.see(40.0)
    assert bench.see(10.0, 100)
    by = Person("Quinn", role)
    if may:
        assert not reset(bench.config, bench.state, by)[0].tripped
    else:
        with pytest.raises(RefusedError, match="is reset by"):
            reset(bench.config, bench.state, by)


def test_interlock_that_does_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="holds no phase"):
        replace(interlock(), then={})
    assert replace(interlock(), then={}, holds=("transfer",)).holds == ("transfer",)
