"""CALIBRATE and SAMPLE through the plant."""

import statistics

import pytest

from bioctl_sim.plant import Plant, Refused

UNIT = "BR101"


def filled(seed: int = 1, *, noise: bool = True) -> Plant:
    plant = Plant(seed, noise)
    plant.execute(UNIT, "DOSE", {"source": "medium", "volume": 4000.0, "rate": 1000.0})
    plant.step(3600.0)
    return plant


def tag(plant: Plant, point: str) -> float:
    names = [t.name for t in plant.tags]
    return plant.values()[names.index(f"{UNIT}.{point}")]


def mean(plant: Plant, point: str) -> float:
    seen = []
    for _ in range(100):
        plant.step(7.0)
        seen.append(tag(plant, point))
    return statistics.fmean(seen)


def calibrate(plant: Plant, sensor: str, value: float) -> str:
    return plant.execute(UNIT, "CALIBRATE", {"sensor": sensor, "value": value})


@pytest.mark.parametrize(
    ("point", "truth", "tolerance"), [("AT101", "ph", 0.003), ("TT101", "temperature", 0.005)]
)
def test_a_calibrated_sensor_shows_the_truth(point: str, truth: str, tolerance: float) -> None:
    plant = filled(seed=3)
    plant.step(3 * 86_400.0)
    value = plant.truth()[f"{UNIT}.{truth}"]
    assert abs(mean(plant, point) - value) > 3 * tolerance, "it was off before"
    said = calibrate(plant, point, plant.truth()[f"{UNIT}.{truth}"])
    assert "calibrated from" in said
    assert mean(plant, point) == pytest.approx(plant.truth()[f"{UNIT}.{truth}"], abs=tolerance)


def test_dissolved_oxygen_is_calibrated_at_a_known_gas() -> None:
    plant = filled(seed=1)
    truth = plant.truth()[f"{UNIT}.oxygen"]
    calibrate(plant, "AT102", truth)
    assert mean(plant, "AT102") == pytest.approx(plant.truth()[f"{UNIT}.oxygen"], abs=0.3)


@pytest.mark.parametrize(
    ("sensor", "value", "words"),
    [
        ("AT101", 9.5, "too much"),
        ("AT102", 5.0, "slope"),
        ("TT101", 45.0, "too much"),
        ("TT101", 99.0, "expected 0 to 60"),
        ("ST101", 10.0, "can't be calibrated: expected one of TT101"),
        ("TC101", 10.0, "can't be calibrated"),
        ("AT101", True, "expected a number"),
        ("AT101", float("nan"), "expected 2 to 12"),
    ],
)
def test_a_calibration_nobody_would_believe_is_refused(
    sensor: str, value: float, words: str
) -> None:
    plant = filled(noise=False)
    before = plant.values()
    with pytest.raises(Refused, match=words):
        calibrate(plant, sensor, value)
    assert plant.values() == before


def sample(plant: Plant, volume: float = 5.0) -> str:
    return plant.execute(UNIT, "SAMPLE", {"volume": volume})


def test_results_come_when_each_analyser_is_done() -> None:
    plant = filled(noise=False)
    before = plant.truth()
    assert "sample 1" in sample(plant)
    after = plant.truth()[f"{UNIT}.volume"]
    assert before[f"{UNIT}.volume"] - after == pytest.approx(0.005)
    seen = []
    for _ in range(11):
        seen.append([tag(plant, p) for p in ("QT107", "QT109", "QT103", "XS102", "NT101")])
        plant.step(60.0)
    assert [row[0] > 0 for row in seen].index(True) == 7, "blood gas: 5 + 2 min"
    assert [row[1] > 0 for row in seen].index(True) == 8, "osmometer: 5 + 3 min"
    assert [row[2] > 0 for row in seen].index(True) == 10, "bio-analyser: 5 + 5 min"
    assert [row[3:] for row in seen] == [[1.0, 0.0]] * 10 + [[2.0, 1.0]]
    for point, name in (("QT101", "vcd"), ("QT102", "viability"), ("QT103", "glucose")):
        assert tag(plant, point) == pytest.approx(before[f"{UNIT}.{name}"])


def test_analysers_scatter_and_err_as_they_say() -> None:
    ratios = []
    for seed in range(60):
        plant = Plant(seed)
        plant.execute(UNIT, "DOSE", {"source": "inoculum", "volume": 500.0, "rate": 1000.0})
        plant.step(60.0)
        truth = plant.truth()[f"{UNIT}.glucose"]
        sample(plant)
        plant.step(900.0)
        ratios.append(tag(plant, "QT103") / truth)
    assert statistics.fmean(ratios) == pytest.approx(1.0, abs=0.04)
    assert statistics.stdev(ratios) == pytest.approx((0.05**2 + 0.08**2) ** 0.5, rel=0.3)


def test_the_last_results_stay_while_the_next_sample_is_analysed() -> None:
    plant = filled(noise=False)
    sample(plant)
    plant.step(1000.0)
    first = tag(plant, "QT103")
    plant.execute(UNIT, "DOSE", {"source": "buffer", "volume": 1000.0, "rate": 1000.0})
    plant.step(120.0)
    assert "sample 2" in sample(plant)
    plant.step(60.0)
    assert (tag(plant, "QT103"), tag(plant, "NT101")) == (first, 1.0)
    plant.step(900.0)
    assert tag(plant, "QT103") < first
    assert tag(plant, "NT101") == 2.0


@pytest.mark.parametrize(
    ("volume", "words"), [(0.1, "expected 0.5"), (500.0, "to 100"), (float("nan"), "expected")]
)
def test_a_sample_out_of_range_is_refused(volume: float, words: str) -> None:
    with pytest.raises(Refused, match=words):
        sample(filled(), volume)


def test_one_sample_at_a_time_and_none_from_an_empty_vessel() -> None:
    plant = filled()
    sample(plant)
    with pytest.raises(Refused, match="being analysed, ready in"):
        sample(plant)
    with pytest.raises(Refused, match="too little"):
        sample(Plant())
