import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl_sim.faults import effects
from bioctl_sim.faults.board import NEVER, FaultBoard, Order
from bioctl_sim.faults.library import LIBRARY
from bioctl_sim.faults.names import find
from bioctl_sim.faults.spoken import spoken
from bioctl_sim.plant import Plant, Refused
from bioctl_sim.plantfile.load import breakable, load
from bioctl_sim.sensors.modes import MODES
from bioctl_sim.taglist import template

UNITS = breakable(load("demo").units)
KINDS = {"vessel": "packed_bed", "wash": "wash", "filler": "filler"}
EVERY = [f"{u}.{name}" for u, kind in UNITS.items() for name in kind.faults]


@pytest.mark.parametrize(("group", "name"), [(g, n) for g, body in LIBRARY.items() for n in body])
def test_every_fault_acts_somewhere_and_is_noticed_by_something(group: str, name: str) -> None:
    fault = LIBRARY[group][name]
    assert fault.help
    assert fault.observable
    assert fault.detection
    assert fault.effects or fault.outputs or fault.sensors or fault.silent
    assert fault.low <= fault.amount <= fault.high
    points = {row[0] for row in template(KINDS[group])["tags"]}
    assert {effect for effect, _ in fault.effects} <= set(effects.INDEX)
    assert {point for point, _ in (*fault.outputs, *fault.sensors)} <= points
    assert {mode for _, mode in fault.sensors} <= set(MODES)


def test_index_names_are_those_of_the_effects() -> None:
    for name, index in effects.INDEX.items():
        assert getattr(effects, name.upper()) == index
    for number, name in enumerate(effects.SENSED):
        assert getattr(effects, name.upper()) == len(effects.EFFECTS) + number
    assert len(effects.neutral()) == effects.SIZE


def test_every_fault_of_the_library_sets_and_mends() -> None:
    plant = Plant()
    healthy = {name: list(unit.effects[:25]) for name, unit in plant.units.items()}
    for name in EVERY:
        plant.set_fault(name)
        plant.step(60.0)
        plant.clear_fault(name)
    assert {name: list(unit.effects[:25]) for name, unit in plant.units.items()} == healthy
    assert not any(unit.overrides for unit in plant.units.values())
    assert set(plant.statuses()) == {0}


@given(st.lists(st.sampled_from([n for n in EVERY if n.startswith("BR")]), unique=True))
def test_faults_add_up_whatever_their_order(names: list[str]) -> None:
    one, other = FaultBoard(UNITS), FaultBoard(UNITS)
    for name in names:
        one.set(name, None, None, 0)
    for name in reversed(names):
        other.set(name, None, None, 0)
    assert one.effects("BR101", 1000) == pytest.approx(other.effects("BR101", 1000))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("BR101.base_emty", "did you mean 'BR101.base_empty'"),
        ("BR101.TT101", "is a sensor, expected one of stuck"),
        ("BR101.TT101.melted", "expected one of stuck"),
        ("BR102.leak", "no unit 'BR102', did you mean 'BR101'"),
        ("BR101.TC101.stuck", "no measurement 'TC101'"),
        ("", "no unit ''"),
        ("VF301.leak", "expected one of jammed"),
    ],
)
def test_an_unknown_fault_is_told_with_the_nearest(name: str, words: str) -> None:
    with pytest.raises(Refused, match=re.escape(words)):
        find(name, UNITS)
    with pytest.raises(Refused, match=re.escape(words)):
        Plant().set_fault(name)


@pytest.mark.parametrize(
    ("amount", "duration"), [(2.0, None), (-0.1, None), (None, 0.0), (None, -1.0)]
)
def test_an_impossible_amount_leaves_the_old_fault(amount: float, duration: float) -> None:
    plant = Plant()
    plant.set_fault("BR101.base_kinked", 0.5)
    with pytest.raises(Refused, match="expected"):
        plant.set_fault("BR101.base_kinked", amount, duration)
    assert plant.units["BR101"].effects[effects.BASE_FLOW] == 0.5


def test_a_fault_comes_and_goes_at_its_time_however_the_plant_is_stepped() -> None:
    order = Order("BR101.base_empty", at=100.0, duration=50.0)
    for dt in (1.0, 10.0, 30.0):
        plant = Plant(orders=[order])
        seen = []
        while plant.time < 200.0:
            seen.append((plant.time, plant.units["BR101"].effects[effects.BASE_EMPTY]))
            plant.step(dt)
        assert all((value == 1.0) == (100.0 <= time < 150.0) for time, value in seen), dt


def test_a_window_draws_its_moment_from_the_seed() -> None:
    order = Order("BR101.leak", at=100.0, latest=1000.0)
    moments = {FaultBoard(UNITS, [order], seed).next for seed in range(50)}
    assert len(moments) > 40
    assert all(100 <= moment <= 1000 for moment in moments)
    assert FaultBoard(UNITS, [order], 7).next == FaultBoard(UNITS, [order], 7).next


def test_wear_grows_by_the_day() -> None:
    plant = Plant(noise=False)
    plant.set_fault("BR101.feed_pump_worn")
    plant.step(5 * 86_400.0)
    assert plant.units["BR101"].effects[effects.FEED_FLOW] == pytest.approx(0.9, abs=1e-4)


def test_kinked_feed_shows_in_weight_and_not_in_the_set_point() -> None:
    plant = Plant(noise=False)
    plant.execute("BR101", "DOSE", {"source": "medium", "volume": 3000.0, "rate": 1000.0})
    plant.step(200.0)
    names = [t.name for t in plant.tags]
    plant.write("BR101.PC102", 10.0)
    plant.set_fault("BR101.feed_kinked", duration=600.0)
    before = plant.values()
    plant.step(600.0)
    between = plant.values()
    plant.step(600.0)
    after = plant.values()
    weight, pump = names.index("BR101.WT101"), names.index("BR101.PC102")
    assert between[weight] == before[weight]
    assert after[weight] == pytest.approx(between[weight] + 0.1, abs=0.002)
    assert before[pump] == between[pump] == after[pump] == 10.0


def test_an_unreachable_unit_takes_no_orders() -> None:
    plant = Plant()
    plant.set_fault("BR101.comms_lost")
    with pytest.raises(Refused, match="BR101 can't be reached"):
        plant.write("BR101.SC101", 50.0)
    with pytest.raises(Refused, match="BR101 can't be reached"):
        plant.execute("BR101", "STOP_DOSE", {})
    plant.write("CW201.SC201", 50.0)
    plant.clear_fault("BR101.comms_lost")
    plant.write("BR101.SC101", 50.0)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("BR101.leak@30h", Order("BR101.leak", 108_000.0)),
        ("BR101.leak@90min/2h", Order("BR101.leak", 5400.0, duration=7200.0)),
        ("BR101.AT101.drift=-0.01@1d12h", Order("BR101.AT101.drift", 129_600.0, amount=-0.01)),
    ],
)
def test_a_fault_in_one_word(text: str, order: Order) -> None:
    assert spoken(text) == order


@pytest.mark.parametrize(
    "text", ["", "BR101.leak", "BR101.leak@", "BR101.leak@soon", "a=b@1h", "a@1h/x"]
)
def test_a_wrong_word_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(Refused, match=r"\.$"):
        spoken(text)


def test_nothing_is_due_on_a_healthy_plant() -> None:
    assert FaultBoard(UNITS).next == NEVER


def test_the_page_lists_every_fault() -> None:
    page = Path(__file__).parents[3] / "docs/reference/plant-faults.md"
    text = page.read_text(encoding="utf-8")
    for body in LIBRARY.values():
        for name in body:
            assert f"`{name}`" in text
