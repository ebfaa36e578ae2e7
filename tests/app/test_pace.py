"""When scans happen, and that process time never goes back."""

import math

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bioctl.app.pace import ProcessClock, next_tick

times = st.floats(0, 1e7)
periods = st.sampled_from([0.25, 0.5, 1.0, 10.0])


@settings(deadline=None)
@given(times, st.floats(-100, 1e6), periods)
@example(due=3194304.351489768, late=1000000.0, period=0.25)
def test_next_tick_is_never_past_and_falls_on_the_grid(
    due: float, late: float, period: float
) -> None:
    now = due + late
    following, skipped = next_tick(due, now, period)
    assert following > now
    assert skipped >= 0
    ticks = (following - due) / period
    assert math.isclose(ticks, round(ticks), abs_tol=1e-3)
    assert round(ticks) == skipped + 1
    if late >= 0:
        assert following - now <= period * 1.001


def test_late_ticks_are_counted_and_not_made_up_for() -> None:
    assert next_tick(10.0, 10.1, 1.0) == (11.0, 0)
    assert next_tick(10.0, 13.5, 1.0) == (14.0, 3)
    assert next_tick(10.0, 11.0, 1.0) == (12.0, 1)


@settings(deadline=None)
@given(
    times,
    st.lists(st.tuples(st.none() | st.floats(0, 1e7), st.floats(0, 100)), min_size=1, max_size=30),
)
def test_process_time_never_goes_back_whatever_a_plant_says(
    start: float, heard: list[tuple[float | None, float]]
) -> None:
    clock, mono, last = ProcessClock(start), 0.0, start
    for plant, passed in heard:
        mono += passed
        now = clock.at(plant, mono)
        assert now >= last
        last = now


def test_process_time_is_the_plants_own_where_it_has_one() -> None:
    clock = ProcessClock(100.0)
    assert [clock.at(plant, 0.0) for plant in (130.0, 140.0, 150.0)] == [130.0, 140.0, 150.0]


def test_process_time_goes_on_at_the_hosts_pace_while_the_plant_is_not_heard() -> None:
    clock = ProcessClock(0.0)
    clock.at(10.0, 50.0)
    assert clock.at(None, 53.0) == 13.0
    assert clock.at(12.0, 54.0) == 13.0
    assert clock.at(20.0, 60.0) == 20.0


def test_process_time_goes_on_when_the_plant_begins_again_at_nought() -> None:
    clock = ProcessClock(0.0)
    clock.at(5000.0, 0.0)
    assert clock.at(1.0, 10.0) == 5000.0
    assert clock.at(11.0, 20.0) == 5010.0


def test_new_plant_under_an_old_journal_goes_on_from_the_journal() -> None:
    clock = ProcessClock(127_000.0)
    assert clock.at(10.0, 0.0) == 127_000.0
    assert clock.at(20.0, 1.0) == 127_010.0
