import math

import pytest

from bioctl_sim.equipment.wash import WashSkid
from bioctl_sim.liquid import DEAD, DMSO, LIVE, PROTEIN, SID, Liquid, Recipe
from bioctl_sim.refused import Refused
from bioctl_sim.taglist import unit_tags

HARVEST = Recipe(37.0, {LIVE: 1.0, DEAD: 0.05, PROTEIN: 1.0, SID: 28.0})
OFF = {t.generic: t.initial for t in unit_tags("wash", "CW201", 2, {}).tags if t.kind == "o"}


class Rig:
    """A wash skid with harvest in its feed bag and an empty bulk bag behind its product valve."""

    def __init__(self, litres: float = 6.0) -> None:
        self.skid = WashSkid(dict(OFF), "CW201")
        self.skid.feed.add(HARVEST.draw(litres))
        self.bulk = Liquid(5.0)
        self.second = 0

    def run(self, seconds: int, *, inlet: bool = False, **outputs: float) -> None:
        self.skid.outputs.update(outputs)
        self.skid.target = self.bulk if inlet else None
        self.skid.advance(self.second, seconds)
        self.second += seconds

    def concentrate(self) -> None:
        self.run(90, SC01=30.0, PC01=200.0)
        self.run(1710, PC02=200.0)
        self.run(40, PC01=0.0)
        self.run(0, PC02=0.0)

    def total(self, *solutes: int) -> float:
        skid = self.skid
        bodies = (skid.feed, skid.loop, skid.waste, self.bulk)
        return sum(body.amounts[s] for body in bodies for s in solutes)

    def volume(self) -> float:
        skid = self.skid
        return skid.feed.volume + skid.loop.volume + skid.waste.volume + self.bulk.volume


def test_nothing_is_lost_between_bags() -> None:
    rig = Rig()
    cells, protein, volume = rig.total(LIVE, DEAD), rig.total(PROTEIN), rig.volume()
    rig.concentrate()
    rig.run(600, PC02=40.0, PC03=40.0)
    rig.run(300, inlet=True, PC02=0.0, PC03=0.0, XV02=1.0, PC04=100.0)
    assert rig.total(LIVE, DEAD) == pytest.approx(cells)
    assert rig.total(PROTEIN) == pytest.approx(protein)
    assert rig.volume() == pytest.approx(volume + rig.skid.buffer_total / 1000.0)
    assert rig.bulk.volume > 0.1


def test_five_diavolumes_leave_what_the_exponential_says() -> None:
    rig = Rig()
    rig.concentrate()
    hold_up = rig.skid.loop.volume
    rig.run(int(5.0 * hold_up / 0.04 * 60.0), PC02=40.0, PC03=40.0)
    assert rig.skid.loop.volume == pytest.approx(hold_up, rel=0.01)
    assert rig.skid.measure()["AT01"] == pytest.approx(100.0 * math.exp(-5.0), rel=0.03)


def test_total_recovery_is_90_to_97_percent_and_few_cells_die() -> None:
    rig = Rig()
    before = rig.skid.feed.viability
    rig.concentrate()
    rig.run(1500, PC02=40.0, PC03=40.0, TC01=10.0)
    rig.run(300, inlet=True, PC02=0.0, PC03=0.0, XV02=1.0, PC04=100.0)
    assert 0.90 < rig.bulk.cells / 6.3 < 0.97
    assert 0.0 < before - rig.bulk.viability < 4.0


def test_pressure_follows_flow_and_crowding() -> None:
    rig = Rig()
    rig.run(120, SC01=30.0, PC01=200.0)
    rig.run(1, PC01=0.0, PC02=50.0)
    slow = rig.skid.membrane.pressure
    rig.run(1, PC02=100.0)
    assert rig.skid.measure()["FT01"] == pytest.approx(100.0)
    assert rig.skid.membrane.pressure == pytest.approx(2.0 * slow, rel=0.02)
    rig.run(1, PC02=0.0)
    assert (rig.skid.membrane.pressure, rig.skid.membrane.flow) == (0.0, 0.0)


def test_an_unmixed_feed_bag_keeps_cells_back() -> None:
    mixed, still = Rig(), Rig()
    for rig, rpm in ((mixed, 30.0), (still, 0.0)):
        rig.run(1800, SC01=rpm)
        rig.run(1900, PC01=200.0, PC02=195.0)
    assert mixed.skid.feed.volume == still.skid.feed.volume == 0.0
    assert mixed.skid.feed.cells < 1e-3
    assert still.skid.feed.cells > 0.3


@pytest.mark.parametrize(("valve", "inlet"), [(0.0, True), (1.0, False), (0.0, False)])
def test_product_moves_only_with_both_valves_open(valve: float, inlet: bool) -> None:  # noqa: FBT001
    rig = Rig()
    rig.run(120, PC01=200.0)
    before = rig.skid.loop.volume
    rig.run(60, inlet=inlet, PC01=0.0, XV02=valve, PC04=100.0)
    assert rig.skid.loop.volume == before
    assert rig.bulk.volume == 0.0


def test_cryo_medium_makes_ten_percent_dmso_and_cools() -> None:
    rig = Rig(0.2)
    rig.run(60, PC01=200.0, TC01=5.0)
    rig.skid.execute("DOSE", {"source": "cryo_medium", "volume": 200.0, "rate": 40.0})
    rig.run(330, PC01=0.0)
    assert rig.skid.loop.concentration(DMSO) == pytest.approx(100.0)
    assert rig.skid.measure()["FQ05"] == 200.0
    assert rig.skid.loop.temperature < 12.0


def test_dose_into_a_full_loop_stops() -> None:
    rig = Rig()
    rig.skid.execute("DOSE", {"source": "buffer", "volume": 1990.0, "rate": 200.0})
    rig.run(60, PC01=200.0)
    rig.run(600, PC01=200.0)
    assert rig.skid.measure()["XS01"] == 3.0
    assert rig.skid.loop.volume <= 2.0


def test_unknown_source_is_refused() -> None:
    with pytest.raises(Refused, match="cryo_medium"):
        Rig().skid.execute("DOSE", {"source": "medium", "volume": 10.0, "rate": 10.0})
