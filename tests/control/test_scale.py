"""One scheme from the data sheet: robust on its own process at every size."""

import math
from dataclasses import replace

import pytest

from bioctl.control import scale as sheet
from bioctl.control.process import sensitivity
from bioctl.control.scale import Scale
from bioctl.control.segment import Segment
from bioctl.control.structure import Balance, Structure
from bioctl.errors import InputError

SIZES = (0.5, 5.0, 50.0, 200.0, 2000.0)
SCAN_S = 5.0


def vessel(litres: float) -> Scale:
    """Return similar vessels of any size."""
    diameter = (4.0 * litres / 1000.0 / (math.pi * 1.5)) ** (1.0 / 3.0)
    wall = math.pi * diameter**2 * 1.75
    return Scale(
        volume=litres, diameter=diameter, impeller=0.42 * diameter, power_number=1.5,
        sparger=1.0 if litres < 20 else 6.0, jacket=90.0 * wall,
        jacket_lag=120.0 * (litres / 5) ** 0.15, wall=0.02 * litres, base=0.5,
        probes={"temperature": 10.0, "pH": 20.0, "dissolved_oxygen": 13.0},
        noise={"temperature": 0.01, "pH": 0.002, "dissolved_oxygen": 0.15},
    )  # fmt: skip


def ph_map(litres: float) -> Structure:
    return Structure(
        (
            Segment(-100, 0, "carbon_dioxide", 0.004 * litres, 0),
            Segment(0, 100, "base_pump", 0, 0.2 * litres),
        )
    )


def oxygen_map(litres: float) -> Structure:
    return Structure(
        (
            Segment(-30, 0, "nitrogen", 0.002 * litres, 0),
            Segment(0, 30, "agitation", 120.0, 200.0),
            Segment(30, 60, "air", 0.002 * litres, 0.02 * litres),
            Segment(60, 100, "oxygen", 0, 0.02 * litres),
        ),
        balances=(Balance("air", ("nitrogen", "oxygen")),),
    )


@pytest.mark.parametrize("litres", SIZES)
def test_every_loop_is_robust_on_its_own_process(litres: float) -> None:
    data = vessel(litres)
    heat, acid = sheet.temperature(data, SCAN_S), sheet.acidity(data, ph_map(litres), 150.0, SCAN_S)
    assert sensitivity(sheet.heated(data), heat, SCAN_S) < 2.0
    assert sensitivity(sheet.based(data, ph_map(litres), 150.0), acid, SCAN_S) < 2.0


@pytest.mark.parametrize("litres", SIZES)
def test_a_vessel_twice_as_quick_as_its_sheet_says_is_still_stable(litres: float) -> None:
    data = vessel(litres)
    truth = sheet.heated(replace(data, jacket=2.0 * data.jacket))
    assert sensitivity(truth, sheet.temperature(data, SCAN_S), SCAN_S) < 4.0
    strong = replace(data, base=1.0)
    acid = sheet.acidity(data, ph_map(litres), 150.0, SCAN_S)
    assert sensitivity(sheet.based(strong, ph_map(litres), 150.0), acid, SCAN_S) < 4.0


@pytest.mark.parametrize("litres", SIZES)
def test_noise_moves_no_output_by_more_than_the_scheme_allows(litres: float) -> None:
    data = vessel(litres)
    acid = sheet.acidity(data, ph_map(litres), 150.0, SCAN_S)
    assert acid.kc * data.noise["pH"] <= sheet.CALM_PH * 1.001
    law, schedule = sheet.oxygen(data, oxygen_map(litres), 40.0, SCAN_S)
    strongest = law.kc * law.inside * max(gain for _, gain, _ in schedule.points)
    allowed = max(sheet.CALM_OXYGEN, law.kc * law.inside * data.noise["dissolved_oxygen"])
    assert strongest * data.noise["dissolved_oxygen"] <= allowed * 1.001


@pytest.mark.parametrize("litres", SIZES)
def test_inside_its_band_every_loop_is_calm_and_robust(litres: float) -> None:
    data = vessel(litres)
    heat, acid = sheet.temperature(data, SCAN_S), sheet.acidity(data, ph_map(litres), 150.0, SCAN_S)
    assert sensitivity(sheet.heated(data), heat.within(), SCAN_S) < 1.5
    assert sensitivity(sheet.based(data, ph_map(litres), 150.0), acid.within(), SCAN_S) < 1.5


def test_no_gain_is_scheduled_below_that_of_the_strongest_segment() -> None:
    _, schedule = sheet.oxygen(vessel(2000.0), oxygen_map(2000.0), 40.0, SCAN_S)
    assert min(gain for _, gain, _ in schedule.points) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"volume": 0.0}, "volume is 0"), ({"jacket": math.nan}, "jacket is nan"),
     ({"base": -1.0}, "above 0"), ({"noise": {"pH": math.inf}}, "pH is inf")],
)  # fmt: skip
def test_a_data_sheet_that_cannot_be_is_refused(wrong: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        replace(vessel(5.0), **wrong)  # type: ignore[arg-type]
