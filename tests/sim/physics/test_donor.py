"""The spread between donors."""

from math import log
from statistics import fmean, stdev

import pytest

from bioctl_sim.vessel.donor import donor
from bioctl_sim.vessel.presets import PRESETS, T_CELL


@pytest.mark.parametrize("name", PRESETS)
def test_seed_0_is_the_mean_donor_exactly(name: str) -> None:
    assert donor(PRESETS[name], 0, 2.0) == PRESETS[name]


def test_a_seed_is_a_donor_for_ever() -> None:
    assert donor(T_CELL, 7) == donor(T_CELL, 7) != donor(T_CELL, 8)
    assert donor(T_CELL, 1).mu_max == pytest.approx(0.046422, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "sd"),
    [("mu_max", 0.12), ("lag", 0.30), ("glucose_grow", 0.15), ("a_max", 0.15)],
)
@pytest.mark.parametrize("spread", [1.0, 2.0])
def test_donors_scatter_as_said(name: str, sd: float, spread: float) -> None:
    mean = getattr(T_CELL, name)
    logs = [log(getattr(donor(T_CELL, seed, spread), name) / mean) for seed in range(1, 2001)]
    assert fmean(logs) == pytest.approx(0.0, abs=0.1 * sd * spread)
    assert stdev(logs) == pytest.approx(sd * spread, rel=0.1)
