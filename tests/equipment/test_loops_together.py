"""Loops that work together in one unit: cascade, ratio, override, mid-ranging, two positions."""

from itertools import pairwise

import pytest

from bioctl.equipment.commanded import LoopDemand
from bioctl.errors import InputErrors
from bioctl.values import Reading, bad

from .loops_unit import Running, auto, unit_of

OUTER = """\
  temperature:
    measurement: temperature
    setpoint: 4 .. 40
    gain: 8
    integral: 900 s
    segments: [{output: jacket, u: [5, 45], value: [5, 45]}]
    fallback: {jacket: 37}
"""
INNER = """\
  jacket:
    measurement: jacket_temperature
    setpoint: 5 .. 45
    setpoint_from: {loop: temperature}
    gain: 4
    integral: 60 s
    segments: [{output: heater, u: [0, 100], value: [0, 100]}]
    fallback: {heater: 30}
"""


class Vessel:
    """A vessel in a jacket in a room of 20 degC; the heater warms the jacket by up to 40 K."""

    def __init__(self, power: float = 0.4) -> None:
        self.vessel = self.jacket = 30.0
        self.power = power

    def __call__(self, outputs: dict[str, float], dt: float) -> dict[str, float]:
        for _ in range(int(dt)):
            self.jacket += (20.0 + self.power * outputs["heater"] - self.jacket) / 100.0
            self.vessel += (self.jacket - self.vessel) / 1500.0
        return {
            "temperature": self.vessel, "jacket_temperature": self.jacket, "feed_flow": 10.0,
            "foam": 0.0, "pressure": 10.0,
        }  # fmt: skip


@pytest.fixture
def cascade() -> Running:
    return Running(unit_of(OUTER + INNER), Vessel(), {"heater": 25.0})


def test_cascade_brings_the_outer_measurement_to_its_setpoint(cascade: Running) -> None:
    cascade.ask(temperature=auto(37.0)).run(6 * 3600)
    assert cascade.measured["temperature"] == pytest.approx(37.0, abs=0.02)
    assert cascade.loop("jacket").mode == "CAS"
    assert max(one["temperature"] for one in cascade.trend) < 37.8


def test_inner_loop_that_is_off_stays_off_with_the_outer_one(cascade: Running) -> None:
    cascade.run(60)
    assert cascade.memory.looped == {}


def test_outer_loop_tracks_while_a_person_leads_the_inner_one(cascade: Running) -> None:
    cascade.ask(temperature=auto(37.0)).run(3600)
    cascade.ask(jacket=LoopDemand("AUTO", 33.0, held="ola")).run(3600)
    outer = cascade.loop("temperature")
    assert outer.u == pytest.approx(33.0, abs=0.01)
    assert outer.tracking == "jacket"
    before = cascade.outputs["heater"]
    del cascade.demands["jacket"]
    cascade.run(10)
    assert abs(cascade.outputs["heater"] - before) <= 0.5, "back to the cascade without a bump"


def test_outer_loop_does_not_wind_up_while_the_inner_one_is_at_its_limit() -> None:
    plant = Vessel(power=0.15)  # 35 degC at most
    unit = Running(unit_of(OUTER + INNER), plant, {"heater": 25.0})
    unit.ask(temperature=auto(37.0)).run(24 * 3600)
    assert unit.outputs["heater"] == 100.0
    plant.power = 0.4
    unit.run(12 * 3600)
    assert max(one["temperature"] for one in unit.trend) < 37.8


def test_bad_outer_measurement_falls_back_through_the_inner_loop(cascade: Running) -> None:
    cascade.ask(temperature=auto(37.0)).run(3600)
    cascade.run(7200, temperature=bad("broken wire"))
    assert cascade.loop("temperature").fallback
    assert cascade.loop("jacket").sp == 37.0
    assert cascade.measured["jacket_temperature"] == pytest.approx(37.0, abs=0.3)


RATIO = """\
  level:
    measurement: pressure
    setpoint: 0 .. 100
    law: on_off
    segments: [{output: air, u: [0, 1], value: [0, 1]}]
    fallback: {air: 0}
  permeate:
    measurement: permeate
    setpoint: 0 .. 100
    setpoint_from: {serves: level, of: feed_flow, ratio: 1.5, value: 2}
    gain: 0.2
    integral: 20 s
    segments: [{output: permeate, u: [0, 100], value: [0, 100]}]
    fallback: {permeate: 0}
"""


def test_ratio_follows_the_measurement_it_refers_to() -> None:
    unit = Running(unit_of(RATIO), Vessel(), {}).ask(level=auto(50.0)).run(1200)
    assert unit.outputs["permeate"] == pytest.approx(17.0, abs=0.05)
    unit.run(300, feed_flow=bad("no flow meter"))
    assert unit.loop("permeate").sp == pytest.approx(17.0, abs=0.01), "it keeps the last setpoint"


OVERRIDE = """\
  flow:
    measurement: feed_flow
    setpoint: 0 .. 100
    gain: 0.5
    integral: 60 s
    tracking: 10 s
    segments: [{output: permeate, u: [0, 100], value: [0, 100]}]
    override: {permeate: lowest}
    fallback: {permeate: 0}
  pressure:
    measurement: pressure
    setpoint: 0 .. 500
    gain: 0.03
    integral: 20 s
    tracking: 10 s
    segments: [{output: permeate, u: [0, 100], value: [0, 100]}]
    override: {permeate: lowest}
    fallback: {permeate: 0}
"""


class Filter:
    """A filter that fouls: flow follows the pump, pressure rises with flow and fouling."""

    def __init__(self) -> None:
        self.flow, self.fouling = 0.0, 4.0

    def __call__(self, outputs: dict[str, float], dt: float) -> dict[str, float]:
        self.flow += (outputs["permeate"] - self.flow) * min(1.0, dt / 15.0)
        return {
            "temperature": 20.0, "jacket_temperature": 20.0, "feed_flow": self.flow, "foam": 0.0,
            "pressure": self.flow * self.fouling,
        }  # fmt: skip


def test_override_lets_the_lower_demand_win_and_comes_back_without_wind_up() -> None:
    plant = Filter()
    unit = Running(unit_of(OVERRIDE), plant, {}).ask(flow=auto(40.0), pressure=auto(200.0))
    unit.run(1800)
    assert plant.flow == pytest.approx(40.0, abs=0.5)
    plant.fouling = 10.0
    unit.run(1800)
    assert unit.measured["pressure"] == pytest.approx(200.0, abs=2.0)
    assert unit.loop("flow").tracking == "permeate"
    assert unit.loop("flow").deviation == 0.0, "an output another loop won owes nothing"
    plant.fouling = 4.0
    unit.run(600)
    assert plant.flow == pytest.approx(40.0, abs=2.0), "it takes over within minutes"


MIDDLE = """\
  temperature:
    measurement: temperature
    setpoint: 0 .. 60
    gain: 5
    integral: 60 s
    segments: [{output: oxygen, u: [0, 100], value: [0, 10]}]
    fallback: {oxygen: 0}
  middle:
    measurement: oxygen
    setpoint: 0 .. 10
    setpoint_from: {serves: temperature, value: 3}
    gain: 0.2
    integral: 300 s
    acting: direct
    segments: [{output: air, u: [0, 10], value: [0, 10]}]
    fallback: {air: 5}
"""


def test_mid_ranging_brings_the_quick_output_back_to_its_middle() -> None:
    class Both:
        pv = 30.0

        def __call__(self, outputs: dict[str, float], dt: float) -> dict[str, float]:
            target = 10.0 + 4.0 * outputs["oxygen"] + 2.0 * outputs["air"]
            self.pv += (target - self.pv) * min(1.0, dt / 60.0)
            return {
                "temperature": self.pv, "jacket_temperature": 0.0, "feed_flow": 0.0, "foam": 0.0,
                "pressure": 0.0,
            }  # fmt: skip

    unit = Running(unit_of(MIDDLE), Both(), {"air": 5.0}).ask(temperature=auto(35.0)).run(20_000)
    assert unit.measured["temperature"] == pytest.approx(35.0, abs=0.1)
    assert unit.outputs["oxygen"] == pytest.approx(3.0, abs=0.1)
    assert unit.outputs["air"] == pytest.approx(6.5, abs=0.1)


FOAM = """\
  foam:
    measurement: foam
    setpoint: 0 .. 100
    law: on_off
    dead_band: 5 %
    on_delay: 30 s
    on: 20 s
    rest: 10 min
    segments: [{output: antifoam, u: [0, 1], value: [0, 2]}]
    fallback: {antifoam: 0}
"""


def test_antifoam_is_given_in_portions_with_a_rest_between_them() -> None:
    unit = Running(unit_of(FOAM), Vessel(), {}).ask(foam=auto(50.0))
    unit.run(3600, foam=Reading(80.0))
    on = [one["antifoam"] > 0 for one in unit.trend]
    starts = sum(now and not before for before, now in pairwise(on))
    assert 5 <= starts <= 6
    assert sum(on) * 10 <= starts * 20 + 20
    unit.run(60, foam=bad("no probe"))
    assert unit.outputs["antifoam"] == 0.0


def test_foam_that_comes_and_goes_within_the_delay_switches_nothing() -> None:
    unit = Running(unit_of(FOAM), Vessel(), {}).ask(foam=auto(50.0))
    for _ in range(20):
        unit.run(20, foam=Reading(80.0)).run(10, foam=Reading(40.0))
    assert not any(one["antifoam"] for one in unit.trend)


SINGLE = OUTER.replace("jacket", "heater")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SINGLE.replace("gain: 8", "gain: 0"), "kc is 0"),
        (SINGLE.replace("gain: 8", "gain: nan"), "nan"),
        (SINGLE.replace("4 .. 40", "40 .. 4"), "reversed"),
        (SINGLE.replace("4 .. 40", "277 .. 313 kg"), "kg"),
        (SINGLE.replace("gain: 8", "gain: 8\n    dead_band: 0.1 mbar"), "mbar"),
        (SINGLE.replace("gain: 8", "gain: 8\n    derivative: 5 L"), "L"),
        (OUTER, "jacket, which has its setpoint from elsewhere|unknown output 'jacket'"),
        (OUTER + INNER.replace("loop: temperature", "loop: jacket"), "itself|elsewhere"),
        (OUTER + INNER.replace("5 .. 45", "5 .. 30"), "may ask jacket for 5 .. 45"),
        (OVERRIDE.replace("    override: {permeate: lowest}\n", ""), "both write permeate"),
        (OVERRIDE.replace("lowest", "highest", 1), "both write permeate"),
        (OVERRIDE.replace("lowest", "lowst"), "did you mean 'lowest'"),
        (RATIO.replace("ratio: 1.5", "ratio: 0"), "ratio to feed_flow is 0"),
        (RATIO.replace("serves: level", "serves: levle"), "did you mean 'level'"),
        (FOAM.replace("on_delay: 30 s", "on_delay: 30 s\n    gain: 4"), "no field 'gain'"),
        (SINGLE.replace("gain: 8", "gain: 8\n    feed_forward: [{of: foam, gain: 0}]"), "is 0"),
        (SINGLE.replace("gain: 8", "gain: 8\n    schedule: {by: foam, points: [[1, 1], [1, 2]]}"),
         "must rise"),
        (SINGLE.replace("gain: 8", "gain: 8\n    watch: {stuk: 5 min}"), "did you mean 'stuck'"),
    ],
)  # fmt: skip
def test_loops_that_cannot_work_are_refused_with_file_and_line(text: str, said: str) -> None:
    with pytest.raises(InputErrors, match=said) as caught:
        unit_of(text)
    assert all(error.where and error.where.file == "site.yaml" for error in caught.value.errors)


SHEET = """\
scale:
  volume: 5 L
  diameter: 162 mm
  impeller: 68 mm
  power_number: 1.5
  jacket_W_per_K: 14
  jacket_lag: 2 min
  base_mol_per_L: 0.5
  probe_lag: {temperature: 10 s}
  probe_noise: {temperature: 0.01 degC}
"""
FROM_SHEET = SINGLE.replace("gain: 8\n    integral: 900 s", "tuning: scale")


def test_a_loop_is_tuned_from_the_vessels_data_sheet() -> None:
    law = unit_of(FROM_SHEET, SHEET).loops["temperature"].tuning  # type: ignore[union-attr]
    assert 8 < law.kc < 20
    assert law.td_s > 0
    larger = unit_of(FROM_SHEET, SHEET.replace("5 L", "50 L")).loops["temperature"]
    assert larger.tuning.kc > 5 * law.kc  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("sheet", "loops", "said"),
    [
        ("", FROM_SHEET, "no `scale`"),
        (SHEET.replace("volume: 5 L", "volume: 0 L"), FROM_SHEET, "volume is 0"),
        (SHEET.replace("volume: 5 L", "volume: 5 kg"), FROM_SHEET, "kg"),
        (SHEET.replace("{temperature: 10 s}", "{pH: 10 s}"), FROM_SHEET, "temperature is missing"),
        (SHEET.replace("impeller", "impellor"), FROM_SHEET, "needs `impeller`"),
        (SHEET, FROM_SHEET.replace("tuning: scale", "tuning: scail"), "did you mean 'scale'"),
    ],
)
def test_a_data_sheet_that_cannot_be_is_refused_at_its_place(
    sheet: str, loops: str, said: str
) -> None:
    with pytest.raises(InputErrors, match=said) as caught:
        unit_of(loops, sheet)
    assert all(error.where and error.where.file == "site.yaml" for error in caught.value.errors)
