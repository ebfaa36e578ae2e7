"""Floods and figures against logs whose answers are known, edges of windows included."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.control.alarm_kpi import Flood, Raised, figures, floods

HOUR, DAY = 3600.0, 86_400.0


def burst(count: int, start: float = 0.0, every: float = 10.0) -> list[tuple[float, str]]:
    return [(start + i * every, f"a{i}") for i in range(count)]


def test_ten_alarms_in_ten_minutes_are_no_flood_and_eleven_are() -> None:
    assert floods(burst(10), HOUR) == []
    (flood,) = floods(burst(11), HOUR)
    assert (flood.begin, flood.first) == (100.0, "a0")


def test_flood_ends_when_fewer_than_five_are_left_in_the_window() -> None:
    (flood,) = floods(burst(11), HOUR)
    assert flood.end == 60.0 + 600.0  # a7 … a10 are left: a6 came at 60 s


def test_alarm_exactly_ten_minutes_old_has_left_the_window() -> None:
    assert floods([(0.0, "x"), *burst(10, start=600.0, every=0.0)], HOUR) == []
    assert len(floods([(0.1, "x"), *burst(10, start=600.0, every=0.0)], HOUR)) == 1


def test_flood_that_still_runs_ends_with_the_log() -> None:
    assert floods(burst(11), 110.0) == [Flood(100.0, 110.0, "a0")]


def test_trip_cascade_of_thirty_is_one_flood_whose_first_alarm_is_shown() -> None:
    cascade = [(0.0, "root"), *burst(29, start=0.5, every=0.5)]
    assert [one.first for one in floods(cascade, HOUR)] == ["root"]


def test_two_bursts_an_hour_apart_are_two_floods() -> None:
    assert len(floods([*burst(11), *burst(11, start=HOUR)], 2 * HOUR)) == 2


@given(st.lists(st.floats(0, 5000), max_size=80))
def test_floods_follow_the_definition_looked_at_second_by_second(raw: list[float]) -> None:
    times = sorted(float(round(t)) for t in raw)
    found = floods([(t, "a") for t in times], 6000.0)
    inside = False
    for now in map(float, range(6000)):
        held = sum(now - 600.0 < t <= now for t in times)
        inside = held > 10 if not inside else held >= 5
        assert any(f.begin <= now < f.end for f in found) is inside, now


def test_figures_of_a_quiet_day() -> None:
    found = figures([Raised(i * HOUR, f"a{i}", 3, i * HOUR + 60) for i in range(24)], 0.0, DAY)
    assert (found.count, found.per_hour, found.most_in_10_min) == (24, 1.0, 1)
    assert found.per_10_min == pytest.approx(1 / 6)
    assert (found.crowded, found.in_flood, found.chattering, found.stale) == (0.0, 0.0, (), ())
    assert found.top_10 == pytest.approx(10 / 24)
    assert found.priorities == (0.0, 0.0, 1.0)


def test_crowded_periods_and_time_in_flood_are_parts_of_the_whole() -> None:
    log = [Raised(i * 10.0, "a", 1 + i % 2) for i in range(12)]
    found = figures(log, 0.0, HOUR)
    assert (found.most_in_10_min, found.crowded) == (12, pytest.approx(1 / 6))
    assert found.in_flood == pytest.approx((70.0 + 600.0 - 100.0) / HOUR)
    assert found.priorities == (0.5, 0.5, 0.0)


@pytest.mark.parametrize(("gap", "chatters"), [(30.0, True), (30.1, False)])
def test_three_within_a_minute_chatter(gap: float, chatters: bool) -> None:  # noqa: FBT001
    found = figures([Raised(i * gap, "a", 2, i * gap + 1) for i in range(3)], 0.0, HOUR)
    assert found.chattering == (("a",) if chatters else ())


@pytest.mark.parametrize(
    ("cleared", "stale"), [(DAY, False), (DAY + 1, True), (None, True), (9 * DAY, True)]
)
def test_active_for_more_than_a_day_is_stale(
    cleared: float | None,
    stale: bool,  # noqa: FBT001
) -> None:
    found = figures([Raised(0.0, "a", 2, cleared)], 0.0, 3 * DAY)
    assert found.stale == (("a",) if stale else ())


def test_span_counts_its_begin_and_not_its_end() -> None:
    log = [Raised(t, "a", 2) for t in (99.0, 100.0, 199.9, 200.0)]
    assert figures(log, 100.0, 200.0).count == 2


def test_empty_log_has_figures() -> None:
    assert figures([], 0.0, HOUR).count == 0
