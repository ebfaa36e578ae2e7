"""The vessel's own loops: in band at every size, bumpless, and misled by their sensors."""

import pytest

from bioctl_sim.faults import effects
from tests.sim.vessel.rig import Rig


def culture(litres: float) -> Rig:
    """Return a vessel with 2e6 cells/mL, half a day after inoculation, its loops closed."""
    rig = Rig(
        kind="stirred", preset="hek293", volume=f"{litres:g} L", accelerated=True,
        inoculum="{cells: 20 1e6/mL, viability: 97 %}",
    )  # fmt: skip
    rig.dose("medium", 720.0 * litres)
    rig.set(SC01=60.0, XC01=1.0, TS01=37.0, XC02=1.0, AS01=7.1, XC03=1.0, AS02=40.0)
    rig.run(12 * 3600)
    rig.dose("inoculum", 80.0 * litres)
    rig.run(12 * 3600)
    return rig


@pytest.mark.parametrize("litres", [0.5, 5.0, 50.0, 2000.0])
def test_local_loops_hold_temperature_ph_and_oxygen_at_every_size(litres: float) -> None:
    rig = culture(litres)
    worst = {"temperature": 0.0, "ph": 0.0, "oxygen": 0.0}
    for _ in range(24 * 12):
        rig.run(300)
        truth = rig.truth()
        for what, wanted in (("temperature", 37.0), ("ph", 7.1), ("oxygen", 40.0)):
            worst[what] = max(worst[what], abs(truth[what] - wanted))
    assert worst["temperature"] < 0.1
    assert worst["ph"] < 0.1
    assert worst["oxygen"] < 8.0


def test_switching_a_loop_on_does_not_bump_its_output() -> None:
    rig = Rig(4.0)
    rig.put(temperature=36.0, jacket=38.0, probe_t=36.0)
    rig.set(TC01=38.0)
    rig.run(60)
    before = rig.vessel.outputs["TC01"]
    rig.set(XC01=1.0, TS01=36.5)
    rig.run(1)
    assert rig.vessel.outputs["TC01"] == pytest.approx(before, abs=0.1)


def test_a_drifted_ph_sensor_misleads_the_local_loop() -> None:
    rig = culture(5.0)
    broken = list(rig.vessel.effects)
    broken[effects.PH_OFFSET] = 0.2
    rig.vessel.effects = broken
    rig.run(6 * 3600)
    assert rig.truth()["ph"] == pytest.approx(6.9, abs=0.08)


def test_weight_loop_feeds_what_permeate_takes_in_spite_of_a_worn_pump() -> None:
    rig = Rig(4.0, accelerated=True)
    worn = list(rig.vessel.effects)
    worn[effects.FEED_FLOW] = 0.8
    rig.vessel.effects = worn
    rig.set(SC01=60.0, XC04=1.0, WS01=4.0, PC03=3.0)
    rig.run(24 * 3600)
    assert rig.vessel.measure()["WT01"] == pytest.approx(4.0, rel=0.01)


def test_foam_loop_doses_in_pulses_and_stops_at_its_limit() -> None:
    rig = Rig(4.0, kind="stirred", preset="cho", accelerated=True)
    rig.set(XC05=1.0, FC01=2.0, SC01=100.0)
    rig.run(3 * 3600)
    dosed = rig.vessel.measure()["FQ06"]
    assert 0.0 < dosed <= 1.05 * rig.vessel.spec.volume
    assert rig.vessel.measure()["LT01"] < 5.0
