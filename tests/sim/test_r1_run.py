"""The reference run R1 on the whole plant under a simple controller: seven days, harvest, wash."""

from collections.abc import Mapping

import pytest

from bioctl_sim.liquid import LIVE
from bioctl_sim.plant import Plant

SCAN = 20
DAY = 86400


class Operator:
    """P and PI laws good enough to keep the vessel in band, and a hand for the pumps."""

    def __init__(self) -> None:
        self.plant = Plant(seed=1, accelerated=True)
        self.reactor = self.plant.units["BR101"]
        self.index = {tag.name: i for i, tag in enumerate(self.plant.tags)}
        self.perfusion = 0.0  # mL/min
        self.jacket, self.acid, self.gas = 37.5, 0.0, 0.0

    def set(self, unit: str, **values: float) -> None:
        for point, value in values.items():
            self.plant.write(f"{unit}.{point}", value)

    def scan(self) -> None:
        self.plant.step(SCAN)
        values = self.plant.values()
        temperature, ph, oxygen, weight = (
            values[self.index[f"BR101.{p}"]] for p in ("TT101", "AT101", "AT102", "WT101")
        )
        self.heat(37.0 - temperature)
        self.acidify(ph - 7.25)
        self.aerate(50.0 - oxygen)
        if self.perfusion:
            feed = min(20.0, max(0.0, self.perfusion + 50.0 * (4.02 - weight)))
            self.set("BR101", PC103=self.perfusion, PC102=feed)

    def heat(self, error: float) -> None:
        if abs(error) < 1.0:
            self.jacket = min(45.0, max(25.0, self.jacket + 0.002 * SCAN * error))
        self.set("BR101", TC101=min(44.0, max(5.0, self.jacket + 5.0 * error)))

    def acidify(self, error: float) -> None:
        self.acid = min(0.2, max(-1.5, self.acid + 0.0002 * SCAN * error))
        u = self.acid + 0.5 * error
        self.set("BR101", FC104=min(0.5, max(0.0, u)), PC101=min(5.0, max(0.0, -u)))

    def aerate(self, error: float) -> None:
        self.gas = min(100.0, max(-50.0, self.gas + 0.001 * SCAN * error))
        u = self.gas + 0.5 * error
        other = min(1.0, max(-u / 30.0, u / 100.0))
        nitrogen, oxygen = (other, 0.0) if u < 0.0 else (0.0, other)
        self.set("BR101", FC101=0.1 * (1 - other), FC102=0.1 * oxygen, FC103=0.1 * nitrogen)

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / SCAN)):
            self.scan()

    def dose(self, unit: str, source: str, volume: float, rate: float) -> None:
        arguments = {"source": source, "volume": volume, "rate": rate}
        self.plant.execute(unit, "DOSE", arguments)
        self.plant.step(volume / rate * 60.0 + 1.0)

    def drain(self, **valves: float) -> None:
        inlet = valves.pop("XV201", 0.0)
        self.set("BR101", PC104=1000.0, **valves)
        self.set("CW201", XV201=inlet)
        self.plant.step(300.0)
        self.set("BR101", PC104=0.0, XV101=0.0, XV102=0.0)
        self.set("CW201", XV201=0.0)


def grow(operator: Operator) -> list[float]:
    """Fill, settle, inoculate and grow for 7.3 days; return cells on the bed a day (1e9)."""
    operator.dose("BR101", "medium", 4000.0, 500.0)
    operator.set("BR101", SC101=80.0)
    operator.run(4 * 3600)
    operator.dose("BR101", "inoculum", 200.0, 100.0)
    operator.set("BR101", SC101=40.0)
    operator.run(5 * 3600)
    operator.set("BR101", SC101=80.0)
    daily = []
    for hour in range(5, round(7.3 * 24)):
        operator.run(3600)
        truth = operator.reactor.truth()
        if operator.perfusion or truth["glucose"] < 15.0:
            days = max(0.15, truth["lactate"] / 18.0 * 0.5)  # vvd
            operator.perfusion = days * 4000.0 / 1440.0
        if (hour + 1) % 24 == 0:
            daily.append(operator.reactor.truth()["on_bed"])
    return daily


Run = tuple[Operator, list[float], Mapping[str, float]]


@pytest.fixture(scope="module")
def harvested() -> Run:
    operator = Operator()
    daily = grow(operator)
    on_bed = operator.reactor.truth()["on_bed"]
    conditions = operator.reactor.measure()
    operator.set("BR101", PC101=0, PC102=0, PC103=0, FC102=0, FC103=0, FC104=0, SC101=0)
    operator.drain(XV102=1.0)
    for _ in range(3):
        operator.dose("BR101", "buffer", 3000.0, 1000.0)
        operator.drain(XV102=1.0)
    operator.dose("BR101", "enzyme", 3000.0, 1000.0)
    operator.set("BR101", SC101=40.0)
    operator.plant.step(900.0)
    for rpm in (150.0, 40.0) * 3:
        operator.set("BR101", SC101=rpm)
        operator.plant.step(180.0 if rpm > 100.0 else 60.0)
    operator.dose("BR101", "quench", 1000.0, 1000.0)
    operator.set("CW201", SC201=30.0)
    operator.drain(XV101=1.0, XV201=1.0)
    for _ in range(2):
        operator.dose("BR101", "buffer", 1500.0, 1000.0)
        operator.drain(XV101=1.0, XV201=1.0)
    return operator, daily, conditions | {"on_bed": on_bed}


def test_cells_grow_as_in_the_reference_run(harvested: Run) -> None:
    _, daily, conditions = harvested
    expected = [thousands * 0.18 for thousands in (2.2, 4.4, 8.9, 16.7, 25.9, 34.0, 40.6)]
    assert daily == pytest.approx(expected, rel=0.15)
    assert conditions["on_bed"] == pytest.approx(7.6, rel=0.06)


def test_vessel_is_in_band_at_the_end_of_growth(harvested: Run) -> None:
    _, _, conditions = harvested
    assert conditions["TT01"] == pytest.approx(37.0, abs=0.1)
    assert conditions["AT01"] == pytest.approx(7.25, abs=0.1)  # the electrode drifts
    assert conditions["AT02"] == pytest.approx(50.0, abs=5.0)
    assert conditions["WT01"] == pytest.approx(4.02, abs=0.05)
    assert 40.0 < conditions["AT05"] < 150.0


def test_harvest_yields_85_percent_of_cells_90_percent_alive(harvested: Run) -> None:
    operator, _, conditions = harvested
    feed = operator.plant.units["CW201"].feed
    assert feed.volume == pytest.approx(7.0, abs=0.05)
    assert feed.amounts[LIVE] > 0.85 * conditions["on_bed"]
    assert feed.viability > 90.0
