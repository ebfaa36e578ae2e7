"""One parameter set a preset, against what was published: whole runs over the network face.

Two of them belong to every test run, all of them to `python3 run.py campaign`.
"""

from collections.abc import Callable
from math import log
from typing import Any

import pytest

from tests.sim.physics.published import published
from tests.sim.truth import runs
from tests.sim.truth.bench import plant


@pytest.fixture(scope="module", name="home")
def _home(new_home: Callable[[], Any]) -> Any:
    return new_home()


async def test_cho_fed_batch_meets_the_standard_arm_within_8_percent(home: Any) -> None:
    data = published("cho_nistcho_std").points
    async with plant(home, "cho") as units:
        points = await runs.cho(units["BR101"], [p[0] for p in data[1:]])
        sample = await units["BR101"].sample()
    off = [abs(t["vcd"] - p[1]) / p[1] for (_, t), p in zip(points, data, strict=True)]
    assert sum(off) / len(off) <= 0.08
    assert points[0][1]["viability"] == pytest.approx(97.8, abs=0.2)
    assert sample["viability"] == pytest.approx(82.9, abs=2.5)
    assert sample["vcd"] == pytest.approx(points[-1][1]["vcd"], rel=0.01)


@pytest.mark.campaign
async def test_starved_cho_die_at_a_tenth_an_hour(home: Any) -> None:
    """Between 217 h, where glucose runs out, and 245 h: what arm LoG did."""
    async with plant(home, "cho") as units:
        bench = units["BR101"]
        await runs.cho(bench, [190.0], starve=100.0)
        while (await bench.truth())["glucose"] > 0.2:
            await bench.run(3600)
        await bench.run(12 * 3600)
        before = await bench.truth()
        await bench.run(16 * 3600)
        after = await bench.truth()
    assert log(before["amount_live"] / after["amount_live"]) / 16.0 == pytest.approx(0.10, abs=0.03)


async def test_vero_on_cytodex_reach_a_million_at_day_4(home: Any) -> None:
    async with plant(home, "vero") as units:
        points = dict(await runs.vero(units["BR101"], 4))
    assert points[96.0]["vcd"] == pytest.approx(1.0, rel=0.10)
    assert 20.0 <= points[96.0]["lactate"] <= 35.0
    assert points[96.0]["ammonium"] < 2.2


@pytest.mark.campaign
async def test_murine_stromal_cells_stop_at_their_plateau(home: Any) -> None:
    async with plant(home, "murine") as units:
        points = dict(await runs.murine(units["BR101"], 12))
    assert points[288.0]["per_cm2"] == pytest.approx(77e3, abs=6e3)


@pytest.mark.campaign
async def test_rice_reaches_its_dry_weight_when_the_sugar_is_gone(home: Any) -> None:
    async with plant(home, "rice") as units:
        points = dict(await runs.rice(units["BR101"], 8))
    assert points[192.0]["vcd"] == pytest.approx(5.85, abs=0.6)
    assert points[192.0]["glucose"] < 1.0


@pytest.mark.campaign
async def test_t_cells_in_fibres_multiply_400_to_900_fold(home: Any) -> None:
    async with plant(home, "fibre") as units:
        points = dict(await runs.t_fibre(units["BR101"], 9))
    start = points[0.0]["amount_live"]
    assert points[192.0]["amount_live"] / start >= 400.0
    assert points[216.0]["amount_live"] / start <= 900.0


@pytest.mark.campaign
async def test_hek293_batch_peaks_near_the_published(home: Any) -> None:
    async with plant(home, "hek") as units:
        points = await runs.hek(units["BR101"], 8)
    assert 4.7 <= max(t["vcd"] for _, t in points) <= 5.8 * 1.05


@pytest.mark.campaign
async def test_r1_reaches_its_harvest_density_on_day_7(home: Any) -> None:
    async with plant(home, "r1") as units:
        points = await runs.r1(units["BR101"], 8.2)
    reached = next(h for h, t in points if t["on_bed"] >= 7.65)
    assert reached / 24.0 == pytest.approx(7.3, abs=0.7)
