import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bioctl_sim.liquid import PROTEIN
from bioctl_sim.plant import Plant, Refused
from bioctl_sim.taglist import TagDef

OUTPUTS = [tag for tag in Plant().tags if tag.kind == "o"]


def tag(plant: Plant, name: str) -> float:
    return dict(zip((t.name for t in plant.tags), plant.values(), strict=True))[name]


def write(plant: Plant, **values: float) -> None:
    units = {"1": "BR101", "2": "CW201", "3": "VF301"}
    for point, value in values.items():
        plant.write(f"{units[point[2]]}.{point}", value)


def dose(plant: Plant, source: str, volume: float, rate: float) -> None:
    plant.execute("BR101", "DOSE", {"source": source, "volume": volume, "rate": rate})


def filled(litres: float = 4.0) -> Plant:
    plant = Plant(noise=False)
    dose(plant, "medium", litres * 1000.0, 1000.0)
    plant.step(litres * 60.0 + 1.0)
    return plant


def test_every_tag_starts_at_its_initial_value_or_near() -> None:
    plant = Plant()
    for definition, value in zip(plant.tags, plant.values(), strict=True):
        assert definition.low <= value <= definition.high
        assert value == pytest.approx(definition.initial, rel=0.03, abs=1.5), definition.name
    assert set(plant.statuses()) == {0}
    assert {(c.unit, c.command) for c in plant.commands} == {
        ("BR101", "DOSE"), ("BR101", "STOP_DOSE"), ("BR101", "SAMPLE"), ("BR101", "CALIBRATE"),
        ("CW201", "DOSE"), ("CW201", "STOP_DOSE"),
        ("VF301", "PACKML"),
    }  # fmt: skip


def test_part_seconds_are_carried_over() -> None:
    plant = Plant()
    for _ in range(30):
        plant.step(0.1)
    assert plant.time == pytest.approx(3.0)
    plant.step(0.5)
    assert plant.time == pytest.approx(3.5)


@pytest.mark.parametrize("dt", [-1.0, math.nan, math.inf])
def test_time_never_goes_back(dt: float) -> None:
    with pytest.raises(Refused):
        Plant().step(dt)


def test_same_seed_same_plant_however_it_is_stepped_and_read() -> None:
    one, other = Plant(seed=7), Plant(seed=7)
    for plant in (one, other):
        dose(plant, "medium", 3000.0, 500.0)
        write(plant, TC101=38.0, SC101=80.0, FC101=0.2)
    one.step(900.0)
    for _ in range(900):
        other.step(1.0)
        other.values()
    assert one.values() == other.values()
    assert one.values() != Plant(seed=8).values()


@given(st.sampled_from(OUTPUTS), st.floats())
def test_an_output_takes_only_what_fits_it(definition: TagDef, value: float) -> None:
    plant = PLANT
    before = plant.values()
    whole = definition.type == "double" or value == math.floor(value) if math.isfinite(value) else 0
    if whole and definition.low <= value <= definition.high:
        plant.write(definition.name, value)
        assert tag(plant, definition.name) == value
    else:
        with pytest.raises(Refused, match=definition.name):
            plant.write(definition.name, value)
        assert plant.values() == before


PLANT = Plant()


@pytest.mark.parametrize("name", ["BR101.TT101", "BR101.XX999", "TC101"])
def test_only_outputs_can_be_written(name: str) -> None:
    with pytest.raises(Refused, match="no output"):
        Plant().write(name, 1.0)


@pytest.mark.parametrize(
    ("unit", "command", "arguments"),
    [
        ("BR999", "DOSE", {}),
        ("BR101", "JUMP", {}),
        ("BR101", "DOSE", {"source": "medium", "volume": 100.0}),
        ("BR101", "DOSE", {"source": "beer", "volume": 100.0, "rate": 10.0}),
        ("BR101", "DOSE", {"source": "medium", "volume": 6001.0, "rate": 10.0}),
        ("BR101", "DOSE", {"source": "medium", "volume": -1.0, "rate": 10.0}),
        ("BR101", "DOSE", {"source": "medium", "volume": math.nan, "rate": 10.0}),
        ("BR101", "DOSE", {"source": "medium", "volume": "100", "rate": 10.0}),
        ("BR101", "DOSE", {"source": "medium", "volume": 100.0, "rate": 0.0}),
        ("BR101", "DOSE", {"source": "medium", "volume": 100.0, "rate": True}),
        ("BR101", "STOP_DOSE", {"now": True}),
    ],
)
def test_commands_that_make_no_sense_are_refused(
    unit: str, command: str, arguments: dict[str, object]
) -> None:
    with pytest.raises(Refused, match="expected"):
        Plant().execute(unit, command, arguments)


def test_dose_stops_itself_at_its_volume() -> None:
    plant = Plant(noise=False)
    dose(plant, "buffer", 505.0, 100.0)
    plant.step(60.0)
    assert (tag(plant, "BR101.XS101"), tag(plant, "BR101.FQ105")) == (1.0, 100.0)
    with pytest.raises(Refused, match="already"):
        dose(plant, "buffer", 10.0, 10.0)
    plant.step(3600.0)
    assert (tag(plant, "BR101.XS101"), tag(plant, "BR101.FQ105")) == (2.0, 505.0)
    assert plant.units["BR101"].volume == pytest.approx(0.505, rel=1e-4)


def test_stopped_dose_stays_stopped() -> None:
    plant = Plant(noise=False)
    dose(plant, "buffer", 500.0, 100.0)
    plant.step(60.0)
    plant.execute("BR101", "STOP_DOSE", {})
    plant.step(60.0)
    assert (tag(plant, "BR101.XS101"), tag(plant, "BR101.FQ105")) == (3.0, 100.0)


def test_fallback_stops_doses_closes_what_must_close_and_holds_the_rest() -> None:
    plant = filled()
    dose(plant, "medium", 1000.0, 10.0)
    write(plant, PC101=1.0, PC104=50.0, XV101=1.0, XV103=0.0, TC101=38.0, FC101=0.1, XV201=1.0)
    plant.fallback()
    for point in ("PC101", "PC104", "XV101"):
        assert tag(plant, f"BR101.{point}") == 0.0
    assert tag(plant, "CW201.XV201") == 0.0
    assert tag(plant, "BR101.XV103") == 1.0
    assert (tag(plant, "BR101.TC101"), tag(plant, "BR101.FC101")) == (38.0, 0.1)
    assert tag(plant, "BR101.XS101") == 3.0


@pytest.mark.parametrize(
    ("outlet", "inlet"), [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)], ids=["both", "inlet", "outlet"]
)
def test_drain_with_a_closed_valve_moves_nothing(outlet: float, inlet: float) -> None:
    plant = filled()
    before = plant.units["BR101"].volume
    write(plant, XV101=outlet, XV201=inlet, PC104=500.0)
    plant.step(120.0)
    assert plant.units["BR101"].volume == pytest.approx(before, rel=1e-6)
    assert plant.units["CW201"].feed.volume == 0.0
    assert tag(plant, "BR101.FQ104") == 0.0


def test_harvest_moves_mass_and_protein_to_the_wash_skid() -> None:
    plant = filled()
    write(plant, XV101=1.0, XV201=1.0, PC104=500.0)
    plant.step(240.0)
    reactor, feed = plant.units["BR101"], plant.units["CW201"].feed
    assert feed.volume == pytest.approx(2.0)
    assert reactor.volume + feed.volume == pytest.approx(4.0, rel=1e-4)
    assert reactor.state[PROTEIN] + feed.amounts[PROTEIN] == pytest.approx(4.0, rel=1e-4)
    assert tag(plant, "BR101.FQ104") == pytest.approx(2000.0, abs=0.1)
    assert tag(plant, "CW201.WT201") == pytest.approx(feed.mass, abs=0.001)


def test_drain_leaves_only_the_bed_wet() -> None:
    plant = filled()
    write(plant, XV102=1.0, PC104=1000.0)
    plant.step(600.0)
    assert plant.units["BR101"].volume == pytest.approx(0.02)
    assert plant.units["BR101"].waste.volume == pytest.approx(3.98, rel=1e-4)


def test_vacuum_of_a_closed_vent_stalls_the_drain() -> None:
    plant = filled()
    write(plant, XV103=0.0, XV102=1.0, PC104=1000.0)
    plant.step(600.0)
    assert plant.units["BR101"].volume > 2.5
    assert tag(plant, "BR101.PT101") == -50.0


@settings(max_examples=20, deadline=None)
@given(st.tuples(*(st.floats(0.0, 20.0) for _ in range(2)), st.floats(0.0, 5.0)))
def test_volume_is_what_the_totalisers_say(rates: tuple[float, float, float]) -> None:
    plant = filled()
    feed, permeate, base = rates
    write(plant, PC102=feed, PC103=permeate, PC101=base)
    plant.step(1800.0)
    reactor = plant.units["BR101"]
    seen, truth = reactor.measure(), reactor.truth()
    expected = 4000.0 + seen["FQ02"] + seen["FQ01"] - seen["FQ03"] - 1000.0 * truth["evaporated"]
    assert reactor.volume * 1000.0 == pytest.approx(expected)
    assert reactor.volume >= 0.0


def test_base_raises_and_carbon_dioxide_lowers_the_ph() -> None:
    plant = filled()
    write(plant, TC101=37.5, SC101=80.0, FC104=0.02, FC101=0.05)
    plant.step(7200.0)
    acid = tag(plant, "BR101.AT101")
    write(plant, PC101=1.0)
    plant.step(1200.0)
    assert acid < 7.2
    assert tag(plant, "BR101.AT101") > acid + 0.05


def test_bad_sensor_holds_its_value_and_says_so() -> None:
    plant = filled()
    index = [t.name for t in plant.tags].index("BR101.TT101")
    held = plant.values()[index]
    plant.set_fault("BR101.TT101.dropout")
    write(plant, TC101=45.0)
    plant.step(1800.0)
    assert plant.statuses()[index] == 0x808C0000
    assert plant.values()[index] == held
    plant.clear_fault("BR101.TT101.dropout")
    assert plant.statuses()[index] == 0
    assert plant.values()[index] != held


def test_frozen_sensor_looks_good_and_lies() -> None:
    plant = filled()
    plant.set_fault("BR101.WT101.stuck")
    write(plant, XV102=1.0, PC104=500.0)
    plant.step(120.0)
    assert set(plant.statuses()) == {0}
    assert tag(plant, "BR101.WT101") == pytest.approx(4.0 * 1.005, rel=1e-4)


def test_a_leak_shows_in_a_pressure_test() -> None:
    fall = {}
    for leaky in (False, True):
        plant = Plant(noise=False)
        if leaky:
            plant.set_fault("BR101.leak")
        write(plant, XV103=0.0, FC101=0.5)
        while plant.values()[12] < 50.0:
            plant.step(1.0)
        write(plant, FC101=0.0)
        plant.step(30.0)
        start = tag(plant, "BR101.PT101")
        plant.step(1200.0)
        fall[leaky] = start - tag(plant, "BR101.PT101")
    assert fall[False] < 0.3
    assert fall[True] > 2.0
