"""Heat of whole vessels, from 0.5 to 2000 L."""

import math

import pytest

from tests.sim.vessel.rig import Rig

HEATING = 4150.0


def filled(litres: float, jacket: float) -> Rig:
    rig = Rig(kind="stirred", preset="hek293", volume=f"{litres:g} L")
    rig.put(volume=litres, temperature=5.0, jacket=jacket)
    rig.set(TC01=jacket, XV03=0.0)
    return rig


@pytest.mark.parametrize(
    ("litres", "hours", "heat_up"),
    [
        (0.5, 0.24, 0.38),
        (5.0, 0.41, 0.63),
        (50.0, 0.96, 1.5),
        (200.0, 1.5, 2.4),
        (2000.0, 3.6, 5.5),
    ],
)
def test_time_constant_and_heat_up_are_those_of_the_size(
    litres: float, hours: float, heat_up: float
) -> None:
    rig = filled(litres, 45.0)
    p = rig.vessel.parameters
    assert HEATING * litres / p.jacket_ua / 3600.0 == pytest.approx(hours, rel=0.05)
    while rig.vessel.truth()["temperature"] < 36.5:
        rig.run(10)
    assert rig.second / 3600.0 == pytest.approx(heat_up, rel=0.10)


@pytest.mark.parametrize(
    ("litres", "fall"), [(0.5, 6.6), (5.0, 3.5), (50.0, 1.8), (200.0, 1.1), (2000.0, 0.5)]
)
def test_large_vessels_cool_slowly_when_the_jacket_is_lost(litres: float, fall: float) -> None:
    rig = filled(litres, 37.0)
    rig.put(temperature=37.0)
    effects = list(rig.vessel.effects)
    effects[13] = 1.0
    rig.vessel.effects = effects
    rig.run(3600)
    assert 37.0 - rig.truth()["temperature"] == pytest.approx(fall, rel=0.15)


@pytest.mark.parametrize("litres", [0.0, 0.02, 1.0, 5.0])
def test_heat_that_flows_is_heat_that_is_stored(litres: float) -> None:
    rig = Rig(kind="stirred", preset="hek293", volume="5 L")
    rig.put(volume=litres, temperature=30.0, jacket=40.0)
    rig.set(TC01=40.0, SC01=200.0, FC01=0.2)
    for _ in range(20):
        start = rig.truth()
        rig.run(1)
        now = rig.truth()
        flows = {k: now[k] - start[k] for k in ("heat_jacket", "heat_power", "heat_lost")}
        held = [HEATING * (t["volume"] + 0.1) * t["temperature"] for t in (start, now)]
        assert held[1] - held[0] == pytest.approx(
            flows["heat_jacket"] + flows["heat_power"] - flows["heat_lost"], rel=1e-6, abs=1e-6
        )


def test_jacket_keeps_its_slew_limit_and_arrives() -> None:
    rig = Rig()
    rig.set(TC01=45.0)
    rig.run(60)
    assert rig.truth()["jacket"] == pytest.approx(21.0)
    rig.run(7200)
    assert rig.truth()["jacket"] == pytest.approx(45.0, abs=0.01)


def test_a_third_of_cold_medium_costs_five_kelvin() -> None:
    rig = Rig(4.0)
    rig.put(temperature=37.0, jacket=37.0)
    rig.set(TC01=37.0)
    rig.dose("feed", 2000.0)
    assert 37.0 - rig.truth()["temperature"] == pytest.approx(17.0 / 3.0, rel=0.15)
    assert not math.isnan(rig.truth()["temperature"])
