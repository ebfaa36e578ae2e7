"""Physics and chemistry of the plant as its network face shows them, noise off."""

import math
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bioctl_sim.plantfile.load import load
from bioctl_sim.vessel.vessel import sources
from tests.sim.truth.bench import PLANTS, Bench, plant

HEATING = 4150.0
DENSITY = 1.005


@pytest.fixture(scope="module", name="home")
def _home(new_home: Callable[[], Any]) -> Any:
    return new_home()


@pytest.fixture(name="vessels")
async def _vessels(home: Any) -> AsyncIterator[dict[str, Bench]]:
    async with plant(home, "physics") as benches:
        yield benches


async def equilibrate(bench: Bench, co2_percent: float, hours: float = 5.0) -> None:
    """Gas with air and CO2 at 37 degC until nothing changes any more."""
    await bench.set(FC01=1.0 - co2_percent / 100.0, FC04=co2_percent / 100.0, FC03=0.0)
    await bench.run(hours * 3600)


async def warm(bench: Bench, litres: float = 5.0) -> None:
    await bench.dose("medium", 1000.0 * litres)
    await bench.set(SC01=215.0, XC01=1, TS01=37.0)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("BR601", {5.0: 7.68, 10.0: 7.39}),
        ("BR701", {5.0: 7.47, 10.0: 7.18}),
        ("BR801", {5.0: 7.43, 1.0: 8.10}),
    ],
)
async def test_carbonate_gives_the_handbook_ph(
    vessels: dict[str, Bench], unit: str, expected: dict[float, float]
) -> None:
    bench = vessels[unit]
    await warm(bench)
    for percent, ph in expected.items():
        await equilibrate(bench, percent, hours=8.0)
        assert await bench.read("AT01") == pytest.approx(ph, abs=0.05)


async def test_medium_buffers_5_mmol_closed_and_42_under_gas(vessels: dict[str, Bench]) -> None:
    bench = vessels["BR901"]
    await warm(bench)
    await equilibrate(bench, 6.31, hours=8.0)
    start = await bench.read("AT01")
    assert start == pytest.approx(7.2, abs=0.02)
    await bench.dose("base", 4.0)
    await equilibrate(bench, 6.31, hours=8.0)
    under_gas = await bench.read("AT01") - start
    await bench.set(FC01=0.0, FC04=0.0)
    await bench.run(60)
    start = await bench.read("AT01")
    await bench.dose("base", 2.5)
    await bench.run(180)
    closed = await bench.read("AT01") - start
    assert 4.0 * 0.5 / 5.0 / under_gas == pytest.approx(42.0, rel=0.10)
    assert 2.5 * 0.5 / 5.0 / closed == pytest.approx(5.1, rel=0.15)


async def test_medium_under_air_holds_the_known_oxygen(vessels: dict[str, Bench]) -> None:
    bench = vessels["BR201"]
    await warm(bench)
    await equilibrate(bench, 0.0)
    truth = await bench.truth()
    assert truth["temperature"] == pytest.approx(37.0, abs=0.05)
    assert truth["amount_oxygen"] / truth["volume"] == pytest.approx(0.201, rel=0.02)
    assert await bench.read("AT02") == pytest.approx(100.0, abs=2.0)


@pytest.mark.parametrize(("vvm", "published"), [(0.2, 8.7), (0.4, 13.2)])
async def test_dynamic_method_finds_the_published_kla(
    vessels: dict[str, Bench], vvm: float, published: float
) -> None:
    """Gassing out with nitrogen, then air: the slope of ln(C* - C) in a 5 L vessel at 20 W/m3."""
    bench = vessels["BR201"]
    await warm(bench)
    await bench.set(FC03=2.0)
    await bench.run(4 * 3600)
    await bench.set(FC03=0.0, FC01=5.0 * vvm)
    seen = []
    for _ in range(40):
        await bench.run(30)
        seen.append(await bench.read("AT02"))
    rising = [(i * 30 / 3600, math.log(100.0 - y)) for i, y in enumerate(seen) if 30 < y < 85]
    (t0, y0), (t1, y1) = rising[0], rising[-1]
    assert (y0 - y1) / (t1 - t0) == pytest.approx(published, rel=0.30)


@pytest.mark.parametrize(
    ("unit", "hours"),
    [("BR101", 0.24), ("BR201", 0.41), ("BR301", 0.96), ("BR401", 1.5), ("BR501", 3.6)],
)
async def test_thermal_time_constant_is_that_of_the_size(
    vessels: dict[str, Bench], unit: str, hours: float
) -> None:
    bench = vessels[unit]
    await bench.dose("medium", 1000.0 * bench.volume)
    await bench.set(TC01=40.0)
    await bench.run(3600 * (1.0 + hours))
    readings = []
    for _ in range(3):
        readings.append(await bench.read("TT01"))
        await bench.run(3600 * hours)
    first, second = readings[0] - readings[1], readings[1] - readings[2]
    assert hours / math.log(first / second) == pytest.approx(hours, rel=0.12)


async def test_mass_charge_carbon_and_heat_balance_over_1000_additions(
    vessels: dict[str, Bench],
) -> None:
    """What went in, less what went out, is what is there; from the outside's own bookkeeping."""
    bench = vessels["BR601"]
    stock = sources(load(PLANTS / "physics.yaml").vessels[5])
    chance = random.Random(7)  # noqa: S311 - a test's own choices
    await bench.dose("medium", 2000.0)
    await bench.set(FC01=0.2, FC04=0.02, SC01=120.0, TC01=38.0)
    start = await bench.truth()
    added = dict.fromkeys(("volume", "sid", "tic", "glucose", "heat"), 0.0)
    for _ in range(1000):
        name = chance.choice(["medium", "buffer", "base", "feed", "glucose", "quench", "enzyme"])
        litres = chance.uniform(0.1, 3.0) / 1000.0 * (0.02 if name == "base" else 1.0)
        await bench.dose(name, 1000.0 * litres)
        content = dict(zip(("glucose", "sid", "tic"), _pick(stock[name].per_litre), strict=True))
        for key, value in content.items():
            added[key] += litres * value
        added["volume"] += litres
        added["heat"] += litres * HEATING * stock[name].temperature
    end = await bench.truth()
    went = {key: end[key] - start[key] for key in end}
    assert _off(went["volume"], added["volume"] - went["evaporated"]) < 1e-6
    assert await bench.read("WT01") == pytest.approx(DENSITY * end["volume"], rel=1e-6)
    assert _off(went["amount_sid"] + went["pool_sid"], added["sid"]) < 1e-6
    assert _off(went["amount_glucose"], added["glucose"]) < 1e-6
    carbon = went["amount_tic"] + went["pool_tic"] + 1e3 * went["head_co2"]
    assert _off(carbon, added["tic"] + 1e3 * went["gas_co2"]) < 1e-6
    heat = [HEATING * (t["volume"] + 0.1) * t["temperature"] for t in (start, end)]
    flows = went["heat_jacket"] + went["heat_power"] - went["heat_lost"]
    assert _off(heat[1] - heat[0], added["heat"] + flows) < 1e-6
    assert abs(_charge(end)) / (end["amount_sid"] / end["volume"]) < 1e-6


def _pick(per_litre: list[float]) -> tuple[float, float, float]:
    return per_litre[0], per_litre[3], per_litre[4]


def _off(found: float, expected: float) -> float:
    return abs(found - expected) / max(1.0, abs(expected))


def _charge(t: dict[str, float]) -> float:
    """Return the net charge of the liquid in mmol/L, from constants of the handbook."""
    h = 10.0 ** -t["ph"]
    pk1 = 6.086 + 0.042 * (7.4 - t["ph"])
    pk1 += (38.0 - t["temperature"]) * (0.00472 + 0.00139 * (7.4 - t["ph"]))
    k1, k2 = 10.0**-pk1, 10.0**-9.85
    share = 1.0 / (h * h + k1 * h + k1 * k2)
    amounts = {k: t[f"amount_{k}"] / t["volume"] for k in ("sid", "tic", "phosphate", "amino")}
    bicarbonate, carbonate = k1 * h * share, k1 * k2 * share
    weak = amounts["phosphate"] / (1.0 + h / 10.0**-6.8) + amounts["amino"] / (1.0 + h / 10.0**-7)
    water = 1e3 * (h - 10.0**-13.62 / h)
    return amounts["sid"] + water - weak - amounts["tic"] * (bicarbonate + 2.0 * carbonate)
