"""The cell models in an ideal vessel against the published runs they stand for."""

from math import log

import pytest

from bioctl_sim.vessel.presets import PRESETS

from . import runs
from .published import FOLDER, published

NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_a_published_run_says_where_it_is_from(name: str) -> None:
    run = published(name)
    assert run.preset in PRESETS
    assert run.provenance in {"read", "quoted"}
    assert run.source
    assert all(len(point) == len(run.columns) for point in run.points)
    assert all({"value", "eu"} <= set(v) for v in run.values.values())


def test_cho_fed_batch_is_nistcho_std() -> None:
    run, v = published("cho_nistcho_std"), runs.cho()
    assert runs.mape(v, run.points) <= 8.0
    assert v.trace[0].viability == pytest.approx(run.values["viability_start"]["value"], abs=0.2)
    assert v.viability == pytest.approx(run.values["viability_end"]["value"], abs=2.5)


def test_cho_starves_as_in_arm_log() -> None:
    run, v = published("cho_nistcho_log"), runs.cho_low_glucose()
    (_, x1, _), (_, x2, viability) = run.points
    a, b = v.trace[7], v.trace[8]
    goal = run.values["starvation_death"]
    assert log(x1 / x2) / 28.0 == pytest.approx(goal["value"], abs=0.01)
    assert log(a.live / b.live) / 27.7 == pytest.approx(goal["value"], abs=goal["spread"])
    assert b.viability == pytest.approx(viability, abs=5.0)


def test_richer_feed_gives_more_cho() -> None:
    best = max(t.live for t in runs.cho(feed=0.0525).trace)
    assert best == pytest.approx(published("cho_nistcho_hip").points[0][0], rel=0.1)


def test_vero_reaches_a_million_on_day_4_with_20_to_35_mm_lactate() -> None:
    day_4 = runs.vero("batch", 4).trace[4]
    assert day_4.live == pytest.approx(1.0, rel=0.15)
    assert 20.0 <= day_4.lactate <= 35.0
    assert day_4.ammonium < 2.0


@pytest.mark.parametrize(("mode", "vcd"), published("vero_cytodex").points[1:])
def test_vero_with_fresh_medium_is_within_30_percent(mode: str, vcd: float) -> None:
    assert runs.vero(mode).live == pytest.approx(vcd, rel=0.3)


def test_murine_cells_end_at_their_plateau() -> None:
    v = runs.murine()
    assert v.density == pytest.approx(77e3, abs=6e3)
    assert v.trace[12].live == pytest.approx(v.live, rel=0.05)


def test_reference_run_takes_about_7_3_days() -> None:
    assert runs.day_of(runs.r1(), 7.65 / 4.0) == pytest.approx(7.3, abs=0.7)


def test_t_cells_in_fibres_grow_400_to_900_fold_in_8_to_9_days() -> None:
    v = runs.t_fibre()
    assert all(400.0 <= v.trace[day].live / v.trace[0].live <= 900.0 for day in (8, 9))


def test_t_cells_in_a_perfused_tank_reach_30_million() -> None:
    assert runs.t_stirred().live == pytest.approx(30.0, rel=0.2)


def test_t_cells_in_batch_are_within_what_media_and_stimulation_make() -> None:
    v = runs.t_batch()
    table = published("t_cell_batch").points
    assert min(p[1] for p in table) <= max(t.live for t in v.trace) <= max(p[1] for p in table)
    assert runs.mean_mu(v, 3) >= 0.028


def test_hek_batch_ends_near_5_million() -> None:
    table = [p[1] for p in published("hek293_freestyle").points]
    assert min(table) <= max(t.live for t in runs.hek().trace) <= 1.05 * max(table)


def test_rice_grows_to_5_85_g_as_the_sugar_ends() -> None:
    v, run = runs.rice(), published("plant_rice_40l")
    goal = run.values["dry_weight_end"]
    assert v.trace[8].live == pytest.approx(goal["value"], abs=goal["spread"])
    assert v.trace[8].glucose < 0.1 * max(t.glucose for t in v.trace)
    assert 24.0 * runs.mean_mu(v, 5) == pytest.approx(0.16, abs=0.03)


def test_tobacco_with_oxygen_control_grows_as_published() -> None:
    mu = 24.0 * runs.mean_mu(runs.rice(oxygen=0.075), 5)
    assert 0.9 * 0.144 <= mu <= 1.1 * 0.161
