"""Figures and pictures of curves."""

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.batch.record.model import Curve, Picture, Span, UnitTrends
from bioctl.batch.record.statistics import NOT_GOOD, NOTHING, Window, gaps, statistics
from bioctl.batch.record.svg import scale, svg, times
from bioctl.batch.record.trends import CHARTS, charts
from bioctl.equipment.unit import UnitConfig
from bioctl.historian.query import Series, with_gaps
from bioctl.tags import Kind, Tag
from bioctl.values import Range

DAY = Window(0.0, 86_400.0)


def readings(value: Any, step: float = 10.0) -> Series:
    values = np.asarray(value, float)
    quality = np.where(np.isnan(values), 2, 0).astype(np.uint8)
    return with_gaps(Series(np.arange(len(values)) * step, values, quality))


def unit(series: Series, end: float, **picture: Any) -> tuple[UnitTrends, Picture]:
    window = Window(0.0, end)
    figures = statistics(series, window, (), None)
    curve = Curve("x", "U1.X", "kg", 0, False, series.value, figures, gaps(series, window))  # noqa: FBT003
    shown = Picture("Weight", "kg", (curve,), **picture)
    return UnitTrends("U1", "role", *window, (), (series.t,), (shown,)), shown


def test_a_known_excursion_gives_its_exact_time_out_of_the_band() -> None:
    value = np.full(360, 37.0)
    value[:60] = 20.0  # on the way up it is not out of the band yet
    value[100:130] = 38.0
    found = statistics(readings(value), Window(0, 3600), [Span(0, 3600, "", 37.0)], 0.3)
    assert found.out == 300.0
    assert found.unreached == ()


def test_a_setpoint_that_was_never_reached_is_told_and_not_counted() -> None:
    found = statistics(readings([20.0] * 60), Window(0, 600), [Span(0, 600, "", 37.0)], 0.3)
    assert (found.out, found.unreached) == (0.0, (37.0,))


def test_a_new_setpoint_counts_only_once_its_own_band_was_reached() -> None:
    value = [37.0] * 60 + [36.0] * 30 + [35.0] * 60
    steps = [Span(0, 600, "", 37.0), Span(600, 1500, "", 35.0)]
    assert statistics(readings(value), Window(0, 1500), steps, 0.3).out == 0.0


def test_the_mean_is_weighted_by_time_and_a_gap_weighs_nothing() -> None:
    t = np.array([0.0, 10, 20, 30, 1000, 1010, 1020])
    found = with_gaps(Series(t, np.array([1.0, 1, 1, 1, 3, 3, 3]), np.zeros(7, np.uint8)))
    figures = statistics(found, Window(0, 1030), (), None)
    assert figures.mean == pytest.approx((40 * 1 + 30 * 3) / 70)
    assert figures.missing == pytest.approx(960)
    (gap,) = gaps(found, Window(0, 1030))
    assert (gap.start, gap.end, gap.label) == (40.0, 1000.0, NOT_GOOD)


def test_a_bad_stretch_is_a_gap_from_its_first_bad_reading_to_the_next_good_one() -> None:
    value = [1.0] * 10 + [np.nan] * 6 + [2.0] * 4
    (gap,) = gaps(readings(value), Window(0, 200))
    assert (gap.start, gap.end) == (100.0, 160.0)
    assert statistics(readings(value), Window(0, 200), (), None).missing == 60.0


@pytest.mark.parametrize(
    ("value", "why", "span"),
    [
        ([], NOTHING, (0, 86_400)),
        ([np.nan] * 5, NOT_GOOD, (0, 86_400)),
        ([1.0] * 3, NOTHING, (20, 86_400)),
    ],
)
def test_what_was_never_recorded_is_a_gap(value: Any, why: str, span: tuple[float, float]) -> None:
    (gap,) = gaps(readings(value), DAY)
    assert (gap.start, gap.end, gap.label) == (*span, why)


curves = st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=1, max_size=300)


@given(curves)
def test_covered_and_missing_time_make_the_whole(value: list[float]) -> None:
    window = Window(0.0, 10.0 * len(value))
    found = statistics(readings(value), window, (), None)
    assert found.missing + found.covered * window.length == pytest.approx(window.length, abs=0.1)
    if found.low is not None and found.high is not None and found.mean is not None:
        slack = 1e-6 + 1e-9 * abs(found.mean)
        assert found.low - slack <= found.mean <= found.high + slack


@given(curves)
def test_what_is_drawn_stays_inside_the_picture(value: list[float]) -> None:
    trends, picture = unit(readings(value), 10.0 * len(value))
    path = re.findall(r'<path d="([^"]*)" stroke', svg(trends, picture, "x"))[0]
    points = [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]
    assert len(points) == sum(not np.isnan(one) for one in value)
    assert all(0 <= x <= 760 and 0 <= y <= 170 for x, y in points)


def test_a_gap_is_not_drawn_across() -> None:
    value = [1.0] * 10 + [np.nan] * 6 + [2.0] * 4
    trends, picture = unit(readings(value), 200)
    drawn = svg(trends, picture, "x")
    assert re.findall(r'<path d="([^"]*)" stroke', drawn)[0].count("M") == 2
    assert 'class="gap"' in drawn


def test_a_one_reading_excursion_is_seen_in_fourteen_days() -> None:
    value = np.full(120_960, 37.0)
    value[60_000] = 41.0
    trends, picture = unit(readings(value), 1_209_600)
    assert scale(trends, picture)[1] >= 41.0
    path = re.findall(r'<path d="([^"]*)" stroke', svg(trends, picture, "x"))[0]
    assert len(re.findall("[ML]", path)) < 3000
    assert len({y for _, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)}) == 2


def test_an_alarm_is_marked_by_a_shape_with_its_name() -> None:
    trends, picture = unit(readings([1.0] * 20), 200, marks=(Span(50, 90, "alarm high"),))
    drawn = svg(trends, picture, "x")
    assert 'Z" class="alarm"' in drawn
    assert ">alarm high<" in drawn


@given(st.floats(0, 1e6), st.floats(1, 2e6))
def test_the_time_axis_has_few_marks_inside_it(start: float, length: float) -> None:
    marks = times(start, start + length)
    assert len(marks) <= 13
    assert all(start - 1e-3 <= t <= start + length + 1e-3 for t, _ in marks)


def test_scale_has_marks_around_a_flat_line() -> None:
    trends, picture = unit(readings([37.0] * 20), 200)
    low, high, ticks = scale(trends, picture)
    assert low < 37.0 < high
    assert 2 <= len(ticks) <= 7


def test_a_class_nobody_knows_is_trended_whole_by_eu() -> None:
    def made(name: str, eu: str, kind: str = "double") -> Tag:
        return Tag(f"X1.{name}", eu, Range(0, 1), Kind.MEASUREMENT, name, "plant", kind)

    tags = {
        "a": made("a", "kg"),
        "b": made("b", "kg"),
        "c": made("c", "s"),
        "d": made("d", "", "string"),
    }
    found = charts(UnitConfig("X1", "centrifuge", "plant", 1.0, tags, {}))
    assert [chart.names for chart in found] == [("a", "b"), ("c",)]


def test_pictures_name_measurements_of_their_class() -> None:
    assert all(chart.names and chart.title for those in CHARTS.values() for chart in those)
