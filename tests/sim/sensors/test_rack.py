"""One sensor after the other: noise, resolution, range, errors, drift and failures."""

import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl_sim.build import tags_of
from bioctl_sim.plantfile.load import load
from bioctl_sim.sensors.modes import MODES, Failure
from bioctl_sim.sensors.rack import UnitRack
from bioctl_sim.sensors.types import TYPES, WEEK

SPECS = {spec.name: spec for spec in load("demo").units}
LISTS = {name: tags_of(spec) for name, spec in SPECS.items()}
TAGS = LISTS["BR101"].tags
TRUTH = {tag.generic: tag.initial for tag in TAGS if tag.kind == "m"} | {"TT01": 37.0}
OUTPUTS = {tag.generic: tag.initial for tag in TAGS if tag.kind == "o"}


def rack(seed: int = 3, *, noise: bool = True) -> UnitRack:
    return UnitRack(TAGS, LISTS["BR101"].sensors, seed, noise=noise)


def show(made: UnitRack, second: int, **truth: float) -> dict[str, float]:
    values = made.read(second, TRUTH | truth, OUTPUTS)
    return dict(zip((tag.generic for tag in TAGS), values, strict=True))


def readings(point: str, truth: float, seconds: int = 7000, **more: Any) -> list[float]:
    made = rack(**more)
    return [show(made, second, **{point: truth})[point] for second in range(seconds)]


@pytest.mark.parametrize(("point", "truth"), [("TT01", 37.0), ("AT02", 50.0), ("AT05", 60.0)])
def test_noise_has_its_declared_size(point: str, truth: float) -> None:
    sensor = LISTS["BR101"].sensors[point]
    sigma = sensor.sigma + sensor.relative * truth
    assert statistics.stdev(readings(point, truth)) == pytest.approx(sigma, rel=0.15)


@pytest.mark.parametrize(
    ("point", "truth", "spread"),
    [("TT01", 37.0, 0.05), ("AT01", 7.0, 0.02), ("AT06", 20.0, 0.1), ("WT01", 4.0, 0.002)],
)
def test_errors_of_many_instruments_have_their_declared_size(
    point: str, truth: float, spread: float
) -> None:
    means = [statistics.fmean(readings(point, truth, 60, seed=seed)) for seed in range(200)]
    assert statistics.fmean(means) == pytest.approx(truth, abs=0.25 * spread)
    assert statistics.stdev(means) == pytest.approx(spread, rel=0.25)


def test_noise_lasts_about_five_seconds() -> None:
    seen = readings("TT01", 37.0)
    assert statistics.correlation(seen[:-1], seen[1:]) == pytest.approx(
        0.8, abs=0.08
    )  # less by the resolution
    assert abs(statistics.correlation(seen[:-60], seen[60:])) < 0.1


def test_the_at_line_analyser_shows_a_new_value_every_ten_minutes() -> None:
    seen = readings("AT03", 20.0, 1800)
    assert [len(set(seen[n : n + 600])) for n in (0, 600, 1200)] == [1, 1, 1]
    assert len(set(seen)) == 3


@given(st.floats(6.0, 8.0), st.floats(20.0, 40.0), st.integers(0, 10**7))
def test_without_noise_the_truth_is_shown(ph: float, temperature: float, second: int) -> None:
    seen = show(rack(noise=False), second, AT01=ph, TT01=temperature)
    assert seen["TT01"] == temperature
    assert seen["AT01"] == pytest.approx(ph, abs=1e-12)


@pytest.mark.parametrize(("truth", "seen"), [(-99.0, -50.0), (999.0, 200.0)])
def test_a_reading_stays_within_its_range(truth: float, seen: float) -> None:
    assert set(readings("PT01", truth, 20)) == {seen}


def test_every_number_has_an_instrument_and_every_instrument_a_number() -> None:
    for name, tags in LISTS.items():
        offline = {f"QT0{n}" for n in range(1, 10)}
        measured = {t.generic for t in tags.tags if t.kind == "m" and t.type == "double"} - offline
        assert set(tags.sensors) == measured, name
        assert {sensor.type for sensor in tags.sensors.values()} <= set(TYPES)


def test_reading_twice_or_in_another_order_changes_nothing() -> None:
    one, other = rack(), rack()
    forward = [show(one, second) for second in range(0, 4000, 7)]
    backward = [show(other, second) for second in range(0, 4000, 7)[::-1]]
    assert forward == backward[::-1]
    assert forward != [show(rack(seed=4), second) for second in range(0, 4000, 7)]


def test_ph_drifts_within_a_tenth_a_week() -> None:
    moved = [
        statistics.fmean(show(made, int(WEEK) + s)["AT01"] - show(made, s)["AT01"] for s in (0, 9))
        for made in (rack(seed=seed) for seed in range(100))
    ]
    assert 0.02 < statistics.stdev(moved) < 0.05
    assert max(map(abs, moved)) < 0.1


def failing(point: str, mode: str, amount: float = 0.0, *, noise: bool = False) -> UnitRack:
    made = rack(noise=noise)
    held = show(made, 100)[point]
    made.fail(point, "f", Failure(mode, amount, 100, held, 20.0))
    return made


CASES = {
    "stuck": (0.0, 100.0),
    "dropout": (0.0, 100.0),
    "stale": (0.0, 100.0),
    "uncertain": (0.0, 60.0),
    "drift": (2.0, 62.0),
    "offset": (5.0, 65.0),
    "ageing": (0.1, 54.0),
    "bubble": (0.5, 80.0),
    "out": (0.0, 20.0),
}


@pytest.mark.parametrize("mode", CASES)
def test_each_failure_shows_what_it_says(mode: str) -> None:
    """DO was 100 % when it began and is 60 % an hour later."""
    amount, seen = CASES[mode]
    made = failing("AT02", mode, amount)
    place = made.place("AT02")
    assert show(made, 3700, AT02=60.0)["AT02"] == pytest.approx(seen, abs=3.0)
    assert made.statuses[place] == MODES[mode].status
    assert made.stale == ([place] if MODES[mode].stale else [])
    made.mend("AT02", "f")
    assert show(made, 3700, AT02=60.0)["AT02"] == 60.0
    assert set(made.statuses) == {0}


def test_spikes_are_single_and_rare() -> None:
    made = failing("AT02", "spike", 0.2)
    seen = [show(made, second, AT02=100.0)["AT02"] for second in range(200, 6200)]
    odd = [value for value in seen if value != 100.0]
    assert set(odd) == {80.0, 120.0}
    assert 50 < len(odd) < 200


def test_a_noisy_sensor_is_noisy_even_where_noise_is_off() -> None:
    made = failing("TT01", "noise", 5.0)
    seen = [show(made, second)["TT01"] for second in range(5000)]
    assert statistics.stdev(seen) == pytest.approx(0.05, rel=0.15)


@given(st.sampled_from(sorted(MODES)), st.floats(0.01, 0.9), st.integers(0, 5000))
def test_the_vessels_own_loops_see_what_the_tag_shows(mode: str, amount: float, later: int) -> None:
    if mode in ("spike", "noise", "bubble"):
        return  # noise is not seen by the loops
    made = failing("AT02", mode, amount)
    truth = TRUTH | {"AT02": 60.0}
    gain, offset = made.sensed(100 + later, truth)[4:6]
    assert gain * 60.0 + offset == pytest.approx(show(made, 100 + later, AT02=60.0)["AT02"])


def test_a_temperature_probe_out_of_its_well_moves_the_ph() -> None:
    healthy, broken = rack(noise=False), failing("TT01", "out")
    assert show(healthy, 4000, AT01=6.8)["AT01"] == pytest.approx(6.8)
    moved = show(broken, 4000, AT01=6.8)["AT01"]
    # The transmitter takes the slope of 20 degC for that of 37 degC (Nernst: ratio of kelvins).
    assert moved == pytest.approx(7.0 - 0.2 * 310.15 / 293.15, abs=1e-6)


def test_a_silent_unit_is_bad_and_stands_still() -> None:
    made = rack()
    before = show(made, 100)
    made.hush(100, TRUTH, OUTPUTS)
    assert show(made, 5000, TT01=12.0) == before
    assert set(made.statuses) == {0x8031_0000}
    assert len(made.stale) == len(TAGS)
    made.hear()
    assert set(made.statuses) == {0}
    assert show(made, 5000, TT01=12.0)["TT01"] == pytest.approx(12.0, abs=0.3)
