"""Growth, death and metabolism of every preset."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl_sim.physics.cell import Cell
from bioctl_sim.physics.growth import comfort, death_rate, growth_rate, hunger, stress
from bioctl_sim.physics.metabolism import capacity_uptake, glutamine_decay, uptake
from bioctl_sim.physics.plant_cell import sucrose_split
from bioctl_sim.vessel.presets import CHO, PLANT, PRESETS, VERO

every = pytest.mark.parametrize("name", PRESETS)
cells = st.sampled_from(sorted(PRESETS)).map(PRESETS.__getitem__)
mmol = st.floats(0.0, 100.0)


def best(cell: Cell, **change: float) -> float:
    """Growth where nothing is in the way, but for `change`."""
    at = {
        "glucose": 60.0,
        "glutamine": 4.0,
        "lactate": 0.0,
        "ammonium": 0.0,
        "oxygen": 0.1,
        "capacity": 1.0,
        "osmolality": cell.osmolality_best,
        "temperature": cell.temperature_best,
        "ph": 0.5 * (cell.ph_low + cell.ph_high),
        "pco2_mmhg": 40.0,
        "age_h": 60.0,
        "density": 0.0,
    }
    return growth_rate(cell, **{**at, **change})


def quiet_death(cell: Cell, **change: float) -> float:
    at = {
        "lactate": 0.0,
        "ammonium": 0.0,
        "temperature": cell.temperature_best,
        "ph": 0.5 * (cell.ph_low + cell.ph_high),
        "osmolality": cell.osmolality_best,
        "hungry_h": 0.0,
        "shear": 0.0,
        "capacity": 1.0,
    }
    return death_rate(cell, **{**at, **change})


@every
def test_growth_is_near_its_greatest_where_nothing_is_in_the_way(name: str) -> None:
    cell = PRESETS[name]
    assert 0.75 * cell.mu_max < best(cell) <= cell.mu_max


@every
@pytest.mark.parametrize(
    "change",
    [{"glucose": 0.0}, {"oxygen": 0.0}, {"capacity": 0.0}, {"age_h": 0.0}, {"density": 1e9}],
    ids=str,
)
def test_nothing_grows_without_food_or_room_or_before_the_lag(
    name: str, change: dict[str, float]
) -> None:
    assert best(PRESETS[name], **change) == 0.0


@every
@pytest.mark.parametrize(
    "change",
    [
        {"temperature": 20.0},
        {"temperature": 41.0},
        {"ph": 3.5},
        {"ph": 9.0},
        {"osmolality": 700.0},
        {"osmolality": 0.0},
        {"pco2_mmhg": 300.0},
        {"oxygen": 0.002},
    ],
    ids=str,
)
def test_what_cells_do_not_like_slows_them(name: str, change: dict[str, float]) -> None:
    assert best(PRESETS[name], **change) < 0.92 * best(PRESETS[name])


@pytest.mark.parametrize("name", [n for n in PRESETS if n != "plant"])
def test_waste_slows_animal_cells(name: str) -> None:
    cell = PRESETS[name]
    assert best(cell, lactate=cell.k_lactate) == pytest.approx(best(cell) / 2)
    assert best(cell, ammonium=cell.k_ammonium) == pytest.approx(best(cell) / 2)


def test_ph_6_9_to_7_4_keeps_nine_tenths_of_growth() -> None:
    assert min(comfort(CHO, 37.0, ph) for ph in (6.9, 7.15, 7.4)) > 0.9


@given(cells, mmol, mmol, mmol, mmol, st.floats(0.0, 0.3), st.floats(0.0, 5.0), st.floats(4, 9))
def test_growth_stays_between_nothing_and_its_greatest(
    cell: Cell, g: float, q: float, lac: float, a: float, o: float, u: float, ph: float
) -> None:
    mu = growth_rate(cell, g, q, lac, a, o, u, 320.0, 35.0, ph, 60.0, 30.0, 1.0)
    assert 0.0 <= mu <= cell.mu_max


@given(cells, st.floats(0.0, 1.0), mmol, mmol, mmol)
def test_no_carbon_and_no_nitrogen_out_of_nothing(
    cell: Cell, part: float, glucose: float, glutamine: float, lactate: float
) -> None:
    mu = part * cell.mu_max
    sugar, glut, lac, ammonium, oxygen, product = uptake(cell, mu, glucose, glutamine, lactate)
    assert min(sugar, glut, oxygen, product) >= 0.0
    assert lac <= 2.0 * sugar
    assert ammonium <= 2.0 * glut + cell.ammonium_idle
    # The 60 mmol/L of nitrogen in a medium's amino acids cover what is not glutamine's.
    assert cell.ammonium_idle <= 60.0 * capacity_uptake(cell, cell.mu_max)


@given(cells, st.floats(0.0, 1.0), st.floats(5.0, 50.0), st.floats(0.0, 30.0))
def test_oxygen_is_no_more_than_burns_what_is_eaten(
    cell: Cell, part: float, glucose: float, lactate: float
) -> None:
    sugar, glut, lac, _, oxygen, _ = uptake(cell, part * cell.mu_max, glucose, 4.0, lactate)
    if glucose > 10.0 * cell.k_glucose:
        assert oxygen <= 6.0 * sugar - 3.0 * lac + 4.5 * glut


def test_cho_eats_lactate_when_growth_ends() -> None:
    assert uptake(CHO, CHO.mu_max, 20.0, 2.0, 20.0)[2] > 0.0
    assert uptake(CHO, 0.0, 20.0, 2.0, 20.0)[2] < 0.0


def test_without_glucose_no_lactate_is_made() -> None:
    assert uptake(VERO, VERO.mu_max, 0.0, 2.0, 0.0)[2] == 0.0


@pytest.mark.parametrize(
    ("hours", "low", "high"), [(0, 0.0, 0.001), (6, 0.02, 0.04), (48, 0.11, 0.13)]
)
def test_starving_cells_die_after_some_hours_at_0_1_an_hour(
    hours: float, low: float, high: float
) -> None:
    assert low <= quiet_death(CHO, hungry_h=hours) <= high


@every
def test_food_makes_up_for_hunger_twice_as_fast(name: str) -> None:
    cell = PRESETS[name]
    starved = hunger(cell, 3.0, 0.0, 0.1, 1.0)
    assert starved == 4.0
    assert hunger(cell, 3.0, 20.0, 0.0, 1.0) == 4.0
    assert hunger(cell, starved, 20.0, 0.1, 1.5) == 1.0
    assert hunger(cell, starved, 20.0, 0.1, 9.0) == 0.0


@every
@pytest.mark.parametrize(
    "change",
    [{"temperature": 45.0}, {"ph": 2.5}, {"ph": 9.5}, {"shear": 0.1}, {"osmolality": 1500.0}],
    ids=str,
)
def test_what_kills(name: str, change: dict[str, float]) -> None:
    cell = PRESETS[name]
    assert quiet_death(cell, **change) > 5.0 * quiet_death(cell)


def test_comfort_means_no_stress() -> None:
    assert all(
        stress(c, c.temperature_best, 0.5 * (c.ph_low + c.ph_high), c.osmolality_best) == 0.0
        for c in PRESETS.values()
    )


def test_spent_medium_kills_slowly() -> None:
    assert quiet_death(CHO, capacity=0.0) == pytest.approx(CHO.death + CHO.death_spent)


def test_glutamine_decays_within_what_is_reported() -> None:
    assert 0.0025 < glutamine_decay(37.0, 7.0) < glutamine_decay(37.0, 7.4) < 0.005
    assert glutamine_decay(27.0, 7.2) == pytest.approx(glutamine_decay(37.0, 7.2) / 2, rel=0.01)


def test_sucrose_is_split_only_where_both_are() -> None:
    assert sucrose_split(0.0, 5.0) == sucrose_split(40.0, 0.0) == 0.0
    assert sucrose_split(40.0, 4.0) == pytest.approx(2.0 * sucrose_split(40.0, 2.0))


@every
def test_every_number_of_a_preset_is_finite_and_none_is_negative(name: str) -> None:
    assert all(0.0 <= value < inf for value in PRESETS[name])


def test_plant_cells_make_neither_lactate_nor_ammonium() -> None:
    assert uptake(PLANT, PLANT.mu_max, 40.0, 4.0, 0.0)[1:4] == (0.0, 0.0, 0.0)
