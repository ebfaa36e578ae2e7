"""Curves: few points, exact extremes, Bad and gaps shown as holes."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.errors import InputError
from bioctl.historian.query import Series, reduce, series, with_gaps
from bioctl.historian.recorder import Recorder
from bioctl.values import Quality, Reading

Row = Callable[..., Mapping[str, Reading]]
NAN = float("nan")
VALUES = st.lists(st.floats(-1e6, 1e6) | st.just(NAN), min_size=1, max_size=300)


def curve(values: list[float]) -> Series:
    value = np.array(values)
    quality = np.where(np.isnan(value), 2, 0).astype(np.uint8)
    return Series(np.arange(float(len(values))), value, quality)


@given(VALUES, st.integers(3, 60))
def test_reduced_curve_is_made_of_real_readings_and_keeps_extremes(
    values: list[float], points: int
) -> None:
    whole = curve(values)
    found = reduce(whole, points)
    assert len(found.t) <= max(points, 3)
    assert (np.diff(found.t) > 0).all()
    np.testing.assert_array_equal(found.value, whole.value[found.t.astype(int)])
    assert np.isnan(found.value).any() == np.isnan(whole.value).any()
    good = whole.value[~np.isnan(whole.value)]
    if len(good):
        assert np.nanmin(found.value) == good.min()
        assert np.nanmax(found.value) == good.max()


def test_bad_reading_is_a_hole_and_never_bridged(path: Path, recorder: Recorder, row: Row) -> None:
    for t in range(3000):
        bad = t in {700, 2500}
        recorder.record("BR101", float(t), 0.0, row(37.0, Quality.BAD if bad else Quality.GOOD))
    recorder.close()
    whole = series(path, "BR101.TT101", 0, 3000, 5000)
    assert np.flatnonzero(np.isnan(whole.value)).tolist() == [700, 2500]
    few = series(path, "BR101.TT101", 0, 3000, 100)
    assert len(few.t) <= 100
    assert few.t[np.isnan(few.value)].tolist() == [700, 2500]
    assert few.quality[np.isnan(few.value)].tolist() == [2, 2]


def test_uncertain_reading_keeps_its_value_and_says_so(
    path: Path, recorder: Recorder, row: Row
) -> None:
    recorder.record("BR101", 1.0, 0.0, row(36.5, Quality.UNCERTAIN))
    recorder.close()
    found = series(path, "BR101.TT101", 0, 2)
    assert (found.value.tolist(), found.quality.tolist()) == ([36.5], [1])


def test_time_without_recording_is_a_hole(path: Path, recorder: Recorder, row: Row) -> None:
    for t in [*range(100), *range(500, 600)]:
        recorder.record("BR101", float(t), 0.0, row())
    recorder.close()
    found = series(path, "BR101.TT101", 0, 1000)
    holes = found.t[np.isnan(found.value)]
    assert holes.tolist() == [(99 + 500) / 2]


def test_slow_recording_is_no_hole() -> None:
    whole = curve([1.0] * 50)
    assert len(with_gaps(whole._replace(t=whole.t * 600)).t) == 50


def test_short_peak_survives_a_fortnight_on_a_thousand_points() -> None:
    value = np.full(14 * 86_400, 37.0)
    value[700_000], value[900_001] = 45.0, 12.0
    found = reduce(
        Series(np.arange(len(value), dtype=float), value, np.zeros(len(value), np.uint8)), 1000
    )
    assert len(found.t) <= 1000
    assert found.value.max() == 45.0
    assert found.value.min() == 12.0
    assert 700_000.0 in found.t


def test_unknown_tag_gives_an_empty_curve(path: Path, recorder: Recorder, row: Row) -> None:
    recorder.record("BR101", 1.0, 0.0, row())
    recorder.close()
    assert len(series(path, "BR101.NONE", 0, 2).t) == 0


def test_curve_of_two_points_is_refused(path: Path) -> None:
    with pytest.raises(InputError, match="expected 3 or more"):
        series(path, "BR101.TT101", 0, 1, 2)
