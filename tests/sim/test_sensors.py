import statistics

import pytest

from bioctl_sim.sensors import ACCURACY, SensorRack
from bioctl_sim.taglist import TagDef, load_tags

TAGS = load_tags()


def tag(point: str) -> TagDef:
    return next(t for t in TAGS if t.point == point)


def readings(point: str, truth: float, *, noise: bool, seconds: int = 7000) -> list[float]:
    definition = tag(point)
    rack = SensorRack((definition,), seed=3, noise=noise)
    row = {definition.unit: {point: truth}}
    return [rack.read(second, row, {})[0] for second in range(seconds)]


@pytest.mark.parametrize(("point", "truth"), [("TT101", 37.0), ("AT102", 50.0), ("AT105", 60.0)])
def test_noise_has_its_declared_size_and_no_bias(point: str, truth: float) -> None:
    accuracy = ACCURACY[point]
    seen = readings(point, truth, noise=True)
    sigma = accuracy.sigma + accuracy.relative * truth
    assert statistics.fmean(seen) == pytest.approx(truth, abs=0.15 * sigma)
    assert statistics.stdev(seen) == pytest.approx(sigma, rel=0.15)


def test_noise_lasts_about_five_seconds() -> None:
    seen = readings("TT101", 37.0, noise=True)
    assert statistics.correlation(seen[:-1], seen[1:]) == pytest.approx(0.8, abs=0.05)
    assert abs(statistics.correlation(seen[:-60], seen[60:])) < 0.1


def test_without_noise_only_the_resolution_is_left() -> None:
    assert set(readings("AT101", 7.24567, noise=False, seconds=20)) == {7.246}


@pytest.mark.parametrize(("truth", "seen"), [(-99.0, -50.0), (999.0, 200.0)])
def test_a_reading_stays_within_its_range(truth: float, seen: float) -> None:
    assert set(readings("PT101", truth, noise=True, seconds=20)) == {seen}


def test_every_channel_with_an_accuracy_is_a_measurement() -> None:
    measured = {t.point for t in TAGS if t.kind == "m" and t.type == "double"}
    assert set(ACCURACY) == measured
