import math

import pytest

from bioctl_sim.liquid import Liquid, Recipe
from bioctl_sim.process.heat import AMBIENT, conductance, heat_capacity, jacket_step, vessel_step


def test_time_constant_of_5_litres_is_about_25_minutes() -> None:
    assert heat_capacity(5.0) / conductance(5.0) / 3600.0 == pytest.approx(0.41, rel=0.08)


def test_heat_up_follows_the_logarithm_of_the_temperature_difference() -> None:
    temperature, seconds = 5.0, 0
    while temperature < 36.5:
        temperature = vessel_step(temperature, 45.0, 5.0, 0.0)
        seconds += 1
    tau = heat_capacity(5.0) / conductance(5.0)
    assert seconds == pytest.approx(tau * math.log(40.0 / 8.5), rel=0.07)  # the rest is loss


@pytest.mark.parametrize("volume", [0.0, 0.02, 1.0, 5.0])
def test_heat_that_flows_is_heat_that_is_stored(volume: float) -> None:
    after = vessel_step(30.0, 40.0, volume, 5.0)
    stored = (after - 30.0) * heat_capacity(volume)
    assert stored == pytest.approx(conductance(volume) * 10.0 - 0.6 * (30.0 - AMBIENT) + 5.0)


def test_jacket_keeps_its_slew_limit_and_arrives() -> None:
    jacket = 20.0
    for _ in range(60):
        jacket = jacket_step(jacket, 45.0)
    assert jacket == pytest.approx(21.0)
    for _ in range(7200):
        jacket = jacket_step(jacket, 45.0)
    assert jacket == pytest.approx(45.0, abs=0.01)


def test_mixing_keeps_the_heat_of_liquid_and_wall() -> None:
    vessel = Liquid(6.0, temperature=20.0, wall=0.25)
    vessel.add(Recipe(37.0, {}).draw(2.0))
    assert vessel.temperature * 2.25 == pytest.approx(20.0 * 0.25 + 37.0 * 2.0)
