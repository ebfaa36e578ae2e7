import math

import pytest

from bioctl_sim.equipment.gassing import AREA, TOTAL, Gassing, stirrer_power
from bioctl_sim.liquid import OXYGEN, TIC, Liquid
from bioctl_sim.process.gas import (
    AIR_O2,
    ATMOSPHERE,
    Headspace,
    bubble_conductance,
    kla_bubbles,
    oxygen_saturation,
    properties,
)
from bioctl_sim.stock import MEDIUM

VENTED = {"FC01": 0.0, "FC02": 0.0, "FC03": 0.0, "FC04": 0.0, "XV03": 1.0}
CLOSED = VENTED | {"XV03": 0.0}
TIGHT = CLOSED | {"leak": -2e-12}  # even the little a good vessel leaks


def vessel(litres: float = 4.0) -> Liquid:
    liquid = Liquid(6.3, temperature=37.0)
    liquid.add(MEDIUM.draw(litres))
    return liquid


def run(gas: Gassing, liquid: Liquid, outputs: dict[str, float], seconds: int) -> None:
    for second in range(1, seconds + 1):
        gas.breathe(outputs, liquid.volume)
        if second % 5 == 0:
            gas.exchange(liquid, 80.0, 0.0, 5)


def test_medium_holds_the_known_oxygen_at_37_degc() -> None:
    assert oxygen_saturation(37.0) == pytest.approx(0.201, abs=0.0005)
    assert properties(37.0).h_o2 == pytest.approx(1.008e-5, rel=0.005)


@pytest.mark.parametrize(("vvm", "expected"), [(0.02, 2.8), (0.2, 8.8), (0.4, 12.5)])
def test_kla_meets_published_5_litre_values(vvm: float, expected: float) -> None:
    velocity = vvm * 5.0 / 60.0 / 1000.0 / AREA
    assert kla_bubbles(20.0, velocity) == pytest.approx(expected, rel=0.02)


def test_stirrer_draws_20_w_per_m3_at_215_rpm_in_5_litres() -> None:
    assert stirrer_power(215.0) / 5.0 * 1000.0 == pytest.approx(20.0, rel=0.02)


def test_bubbles_lose_six_percent_of_their_driving_force_in_a_5_litre_vessel() -> None:
    p = properties(37.0)
    turnover = 60.0 * 0.02
    most = turnover * 1e3 / p.rt
    assert bubble_conductance(2.8, p.h_o2, turnover, p.rt) / most == pytest.approx(0.06, abs=0.005)
    assert bubble_conductance(2.8, p.h_o2, 0.0, p.rt) == 0.0
    assert bubble_conductance(1e4, p.h_o2, turnover, p.rt) == pytest.approx(most)


def test_closed_vessel_keeps_its_oxygen_and_carbon() -> None:
    liquid, gas = vessel(), Gassing(37.0)
    gas.head = Headspace(TOTAL - liquid.volume, gas.props)
    liquid.amounts[OXYGEN] = 0.0

    def inventory() -> tuple[float, float]:
        a = liquid.amounts
        return a[OXYGEN] + 1e3 * gas.head.o2, a[TIC] + 1e3 * gas.head.co2

    before = inventory()
    run(gas, liquid, TIGHT, 4 * 3600)
    assert inventory() == pytest.approx(before)
    assert liquid.concentration(OXYGEN) > 0.1


def test_respiration_turns_oxygen_into_carbon_dioxide() -> None:
    liquid, gas = vessel(), Gassing(37.0)
    gas.head = Headspace(TOTAL - liquid.volume, gas.props)
    start = liquid.amounts[OXYGEN] + 1e3 * gas.head.o2, liquid.amounts[TIC] + 1e3 * gas.head.co2
    used = 0.0
    for _ in range(720):
        gas.exchange(liquid, 80.0, 0.7, 5)
        used += gas.oxygen_used * 5 / 3600
    assert 0.6 < used <= 0.7
    assert liquid.amounts[OXYGEN] + 1e3 * gas.head.o2 == pytest.approx(start[0] - used)
    assert liquid.amounts[TIC] + 1e3 * gas.head.co2 == pytest.approx(start[1] + used)


def test_air_brings_the_medium_to_air_saturation() -> None:
    liquid, gas = vessel(), Gassing(37.0)
    liquid.amounts[OXYGEN] = 0.0
    run(gas, liquid, VENTED | {"FC01": 0.5}, 3 * 3600)
    depth = 4930.0 * 4.0 / AREA / 1000.0
    assert liquid.concentration(OXYGEN) / gas.props.saturation == pytest.approx(
        1.0 + depth / ATMOSPHERE, abs=0.03
    )


def test_vented_vessel_stays_near_the_room_pressure() -> None:
    liquid, gas = vessel(), Gassing(37.0)
    run(gas, liquid, VENTED | {"FC01": 2.0}, 60)
    assert 50.0 < gas.head.pressure - ATMOSPHERE < 200.0


def test_closed_vent_lets_the_pressure_rise_as_the_gas_law_says() -> None:
    liquid, gas = vessel(), Gassing(37.0)
    run(gas, liquid, VENTED | {"FC03": 0.1}, 3600)
    start = gas.head.pressure
    run(gas, liquid, CLOSED | {"FC03": 0.1}, 60)
    expected = 0.1 / 22.414 * gas.props.rt / (TOTAL - 4.0)
    assert gas.head.pressure - start == pytest.approx(expected, rel=0.03)


def test_relief_valve_limits_the_pressure() -> None:
    liquid, gas = vessel(), Gassing(37.0)
    run(gas, liquid, CLOSED | {"FC01": 2.0}, 600)
    assert gas.head.pressure == pytest.approx(ATMOSPHERE + 15000.0)


def test_draining_with_the_vent_open_draws_room_air_in() -> None:
    gas = Gassing(37.0)
    gas.head.o2 = gas.head.co2 = 0.0
    for second in range(240):
        gas.breathe(VENTED, 4.0 - second / 60.0)
    total = gas.head.o2 + gas.head.co2 + gas.head.n2
    assert 0.05 < gas.head.o2 / total < AIR_O2
    assert math.isclose(gas.head.pressure, ATMOSPHERE, rel_tol=0.002)
