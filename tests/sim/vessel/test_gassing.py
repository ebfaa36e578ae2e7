"""Gas transfer, headspace and pH of whole vessels."""

import pytest

from bioctl_sim.physics import water
from bioctl_sim.physics.transfer import bubble_conductance, kla_bubbles, plug_flow_uptake
from bioctl_sim.vessel.geometry import speed_for
from tests.sim.vessel.rig import Rig


def warm(litres: float = 4.0, **given: str) -> Rig:
    """Return a vessel at 37 degC, by its own loop."""
    rig = Rig(litres, accelerated=True, **given)
    rig.set(SC01=80.0, XC01=1.0, TS01=37.0)
    rig.run(4 * 3600)
    return rig


def moles(rig: Rig, gas: str) -> float:
    t = rig.truth()
    liquid = t["amount_oxygen"] if gas == "o2" else t["amount_tic"] + t["pool_tic"]
    return float(t[f"head_{gas}"] + 1e-3 * liquid)


def test_medium_holds_the_known_oxygen_at_37_degc() -> None:
    assert water.oxygen_saturation(37.0) == pytest.approx(0.201, rel=0.02)
    assert water.oxygen_solubility(37.0) == pytest.approx(1.008e-5, rel=0.005)


@pytest.mark.parametrize(("vvm", "expected"), [(0.2, 8.7), (0.4, 13.2)])
def test_kla_of_5_litres_is_within_30_percent_of_the_published(vvm: float, expected: float) -> None:
    rig = Rig(5.0, kind="stirred", agitator_max="400 rpm", gas_max="4 L/min", accelerated=True)
    rig.set(SC01=215.0, XC01=1.0, TS01=37.0, FC01=vvm * 5.0)
    rig.run(4 * 3600)
    assert rig.truth()["kla"] == pytest.approx(expected, rel=0.30)


def test_stirrer_draws_20_w_per_m3_at_215_rpm_in_5_litres() -> None:
    p = Rig(kind="stirred").vessel.parameters
    assert speed_for(20.0, p._asdict()) == pytest.approx(215.0, rel=0.02)


@pytest.mark.parametrize(
    ("power", "vvm", "litres", "sparger", "part"),
    [(20.0, 0.02, 5.0, 1.0, 0.06), (20.0, 0.02, 5.0, 6.0, 0.30), (30.0, 0.008, 2000.0, 6.0, 0.84)],
)
def test_bubbles_spend_more_of_their_oxygen_in_larger_vessels(
    power: float, vvm: float, litres: float, sparger: float, part: float
) -> None:
    p = Rig(kind="stirred", volume=f"{litres:g} L").vessel.parameters
    kla = sparger * kla_bubbles(power, vvm * litres / 60_000.0 / p.area)
    turnover, rt = 60.0 * vvm, water.gas_energy(37.0)
    most = turnover * 1e3 / rt
    spent = bubble_conductance(kla, water.oxygen_solubility(37.0), turnover, rt) / most
    assert spent == pytest.approx(part, abs=0.04)


def test_closed_vessel_keeps_its_gases_but_for_a_tight_leak() -> None:
    rig = warm()
    rig.set(XV03=0.0, SC01=80.0)
    before = moles(rig, "o2"), moles(rig, "co2"), rig.truth()["gas_o2"], rig.truth()["gas_co2"]
    rig.run(4 * 3600)
    t = rig.truth()
    assert moles(rig, "o2") - before[0] == pytest.approx(t["gas_o2"] - before[2], abs=1e-12)
    assert moles(rig, "co2") - before[1] == pytest.approx(t["gas_co2"] - before[3], abs=1e-12)
    assert abs(t["gas_o2"] - before[2]) < 1e-3 * before[0]


def test_respiration_turns_oxygen_into_carbon_dioxide() -> None:
    rig = warm(preset="cho", kind="stirred", inoculum="{cells: 20 1e6/mL, viability: 99 %}")
    rig.dose("inoculum", 200.0)
    rig.set(XV03=0.0)
    rig.run(600)
    start = moles(rig, "o2"), moles(rig, "co2"), rig.truth()
    rig.run(1800)
    t = rig.truth()
    used = 1e-3 * (t["oxygen_total"] - start[2]["oxygen_total"])
    assert used > 1e-4
    leaked = t["gas_o2"] - start[2]["gas_o2"], t["gas_co2"] - start[2]["gas_co2"]
    assert moles(rig, "o2") == pytest.approx(start[0] - used + leaked[0], rel=1e-9)
    assert moles(rig, "co2") == pytest.approx(start[1] + used + leaked[1], rel=1e-9)


def test_air_brings_the_medium_to_air_saturation() -> None:
    rig = warm()
    rig.set(FC01=0.5)
    rig.run(3 * 3600)
    assert rig.truth()["oxygen"] == pytest.approx(100.0, abs=3.0)


def test_vented_vessel_stays_near_the_room_pressure() -> None:
    rig = warm()
    rig.set(FC01=2.0)
    rig.run(60)
    assert 0.5 < rig.vessel.measure()["PT01"] < 2.0


def test_closed_vent_lets_the_pressure_rise_as_the_gas_law_says() -> None:
    rig = warm()
    rig.set(FC03=0.1)
    rig.run(3600)
    start = rig.truth()["pressure"]
    rig.set(XV03=0.0)
    rig.run(60)
    free = rig.vessel.parameters.total - rig.vessel.volume
    expected = 0.1 / 22.414 * rig.truth()["rt"] / free
    assert rig.truth()["pressure"] - start == pytest.approx(expected, rel=0.03)


def test_relief_valve_limits_the_pressure() -> None:
    rig = warm()
    rig.set(XV03=0.0, FC01=2.0)
    rig.run(600)
    assert rig.vessel.measure()["PT01"] == pytest.approx(150.0)


def test_draining_with_the_vent_open_draws_room_air_in() -> None:
    rig = warm()
    rig.set(FC03=0.5)
    rig.run(3600)
    poor = rig.vessel.measure()["AT06"]
    rig.set(FC03=0.0, PC04=1000.0, XV02=1.0)
    rig.run(300)
    assert rig.vessel.measure()["AT06"] > poor + 5.0
    assert rig.vessel.measure()["PT01"] == pytest.approx(0.0, abs=2.0)


def test_gas_carries_water_off_and_a_condenser_holds_most_of_it_back() -> None:
    """Dry gas leaves saturated at the temperature of its last surface."""
    stirred, rocked = warm(kind="stirred", preset="cho"), warm(kind="rocking", preset="t_cell")
    for rig in (stirred, rocked):
        rig.set(FC01=0.1)
        rig.run(24 * 3600)
    day = [rig.truth()["evaporated"] for rig in (stirred, rocked)]
    litres = 0.1 * 1440 / 22.414 * 18.016e-3
    cold, hot = (water.water_vapour(t) for t in (12.0, 37.0))
    assert day[0] == pytest.approx(litres * cold / (101325 - cold), rel=0.1)
    assert day[1] == pytest.approx(litres * hot / (101325 - hot), rel=0.1)


def test_foam_grows_with_gas_and_antifoam_breaks_it() -> None:
    rig = warm(kind="stirred", preset="cho")
    rig.set(FC01=1.5)
    rig.run(3600)
    high = rig.vessel.measure()["LT01"]
    rig.dose("antifoam", 1.0)
    rig.run(600)
    assert high > 5.0 > rig.vessel.measure()["LT01"]


def test_foam_that_reaches_the_vent_filter_blocks_it() -> None:
    rig = warm(kind="stirred", preset="cho")
    rig.set(FC01=1.5)
    rig.run(3600)
    free = rig.vessel.measure()["PT01"]
    rig.put(foam=40.0)
    effects = list(rig.vessel.effects)
    effects[19] = 50.0
    rig.vessel.effects = effects
    rig.run(3600)
    assert rig.vessel.measure()["PT01"] > 1.5 * free


@pytest.mark.parametrize("demand", [0.0, 0.001, 0.1, 3.0])
@pytest.mark.parametrize("inlet", [0.0, 1e-6, 0.1])
def test_a_bed_segment_takes_up_what_monod_says(inlet: float, demand: float) -> None:
    out = plug_flow_uptake(inlet, demand, 0.002)
    assert 0.0 <= out <= inlet
    assert inlet - out == pytest.approx(demand * out / (0.002 + out), abs=1e-12)
