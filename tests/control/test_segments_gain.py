"""Gain scheduling, feed-forward and orders: what changes the law changes no output by itself."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.control.forward import FeedForward
from bioctl.control.loop_config import LoopConfig, Mode
from bioctl.control.loop_state import set_manual, set_mode, set_order, set_tuning
from bioctl.control.schedule import Schedule
from bioctl.control.segment import Segment
from bioctl.control.structure import Structure
from bioctl.control.tuning import Tuning
from bioctl.errors import InputError
from bioctl.values import Range, Reading, bad

from .rig import Rig

HALF = 0.5
"""% of the range of u: more is a bump."""


def simple(**more: object) -> LoopConfig:
    made: LoopConfig = LoopConfig(
        name="x", pv="x", pv_range=Range(0, 100), sp_range=Range(0, 100),
        structure=Structure((Segment(0, 100, "pump", 0, 100),)), tuning=Tuning(2.0, 200.0),
        fallback={"pump": 0.0}, **more,
    )  # fmt: skip
    return made


@pytest.fixture
def oxygen_in_orders(oxygen: LoopConfig) -> LoopConfig:
    gas_first = Structure(
        (
            Segment(-30, 0, "nitrogen", 0.1, 0),
            Segment(0, 30, "air", 0.1, 0.5),
            Segment(30, 70, "oxygen", 0, 0.5, gain=0.5),
            Segment(70, 100, "agitation", 60, 150, shared=True),
        ),
        balances=oxygen.structure.balances,
    )
    return replace(oxygen, orders={"gas_first": gas_first})


def test_another_order_moves_the_output_the_recipe_wants_first(
    oxygen_in_orders: LoopConfig,
) -> None:
    rig = Rig(oxygen_in_orders, oxygen_in_orders.structure.values(0.0)).auto(40.0)
    rig.state = set_order(oxygen_in_orders, rig.state, "gas_first")
    for _ in range(100):
        rig.scan(20.0)
    assert rig.outputs["air"] > 0.15
    assert rig.outputs["agitation"] == 60


def test_an_order_nobody_declared_is_refused(oxygen_in_orders: LoopConfig) -> None:
    with pytest.raises(InputError, match="gas_frist"):
        set_order(oxygen_in_orders, Rig(oxygen_in_orders, {}).state, "gas_frist")


def test_an_order_of_other_outputs_is_refused(oxygen: LoopConfig) -> None:
    with pytest.raises(InputError, match="moves vent"):
        replace(oxygen, orders={"odd": Structure((Segment(0, 1, "vent", 0, 1),))})


@given(st.floats(0.2, 5), st.floats(0.2, 5), st.floats(-20, 20))
def test_crossing_into_a_segment_of_another_gain_is_bumpless(
    left: float, right: float, error: float
) -> None:
    structure = Structure(
        (
            Segment(0, 50, "a", 0, 1, gain=left),
            Segment(50, 100, "b", 0, 1, gain=right),
        )
    )
    config = replace(simple(), structure=structure, fallback={"a": 0.0})
    rig = Rig(config, structure.values(49.9), dt=1.0).auto(50.0)
    before = None
    for turn in range(60):
        rig.scan(50.0 - error, dt=0.0 if turn % 2 else 1.0)
        if before is not None and turn % 2:  # no time has passed: nothing but the gain may change
            assert abs((rig.state.u or 0) - before) <= HALF
        before = rig.state.u


laws = st.builds(
    Tuning, kc=st.floats(0.1, 20), ti_s=st.floats(50, 5000), td_s=st.sampled_from([0.0, 30.0]),
    smooth_s=st.sampled_from([0.0, 5.0, 50.0]), beta=st.floats(0, 1),
)  # fmt: skip


@given(st.lists(laws, min_size=2, max_size=10), st.floats(-20, 20))
def test_a_new_tuning_is_bumpless_whenever_it_comes(gains: list[Tuning], error: float) -> None:
    rig = Rig(simple(), {"pump": 50.0}).auto(50.0)
    rig.scan(50.0 - error)
    for gain in gains:
        rig.scan(50.0 - error)
        before = rig.state.u or 0.0
        rig.state = set_tuning(rig.config, rig.state, gain)
        rig.scan(50.0 - error, dt=0.0)
        assert abs((rig.state.u or 0.0) - before) <= HALF


@pytest.mark.fault("PV-10")
@given(
    st.lists(st.sampled_from(["OFF", "MAN", "AUTO", "hand"]), max_size=12),
    st.floats(-5, 5),
)
def test_every_change_of_mode_is_bumpless(modes: list[str], error: float) -> None:
    rig = Rig(simple(), {"pump": 40.0}, dt=1.0).auto(50.0)
    rig.scan(50.0 - error)
    for word in modes:
        before = rig.actual["pump"]
        if word == "hand":
            if rig.state.mode is not Mode.MAN or rig.state.u is None:
                continue
            rig.state = set_manual(rig.config, rig.state, rig.state.u)
        else:
            rig.state = set_mode(rig.config, rig.state, Mode(word))
        rig.scan(50.0 - error)
        # a scan of 1 s: the integral alone may move by kc / Ti * e
        assert abs(rig.actual["pump"] - before) <= HALF


def test_schedule_takes_the_gain_at_the_reading_and_keeps_it_while_the_reading_is_bad() -> None:
    schedule = Schedule("speed", ((50.0, 1.0, 1.0), (150.0, 0.5, 2.0)))
    assert schedule.at({"speed": Reading(20.0)}) == (1.0, 1.0)
    assert schedule.at({"speed": Reading(100.0)}) == (0.75, 1.5)
    assert schedule.at({"speed": Reading(1e9)}) == (0.5, 2.0)
    assert schedule.at({"speed": bad("gone")}, (0.7, 1.1)) == (0.7, 1.1)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (((1.0, 1.0, 1.0),), "two points"),
        (((1.0, 1.0, 1.0), (1.0, 2.0, 1.0)), "must rise"),
        (((1.0, 1.0, 1.0), (2.0, 0.0, 1.0)), "above 0"),
        (((1.0, 1.0, 1.0), (float("nan"), 1.0, 1.0)), "finite"),
    ],
)
def test_schedule_that_cannot_work_is_refused(
    points: tuple[tuple[float, float, float], ...], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        Schedule("speed", points)


def test_feed_forward_acts_in_the_scan_in_which_the_disturbance_is_read() -> None:
    config = simple(forward=(FeedForward("feed", 3.0),))
    rig = Rig(config, {"pump": 40.0}).auto(50.0)
    others = {"feed": Reading(2.0)}
    for _ in range(3):
        rig.scan(50.0, others=others)
    assert rig.outputs["pump"] == pytest.approx(40.0)  # taking over, it explains the real output
    rig.scan(50.0, others={"feed": Reading(4.0)})
    assert rig.outputs["pump"] == pytest.approx(46.0)
    rig.scan(50.0, others={"feed": bad("gone")})
    assert rig.outputs["pump"] == pytest.approx(46.0)


def test_a_disturbance_that_is_read_for_the_first_time_makes_no_bump() -> None:
    rig = Rig(simple(forward=(FeedForward("feed", 3.0),)), {"pump": 40.0}).auto(50.0)
    rig.scan(50.0)
    rig.scan(50.0, others={"feed": Reading(7.0)})
    assert rig.outputs["pump"] == pytest.approx(40.0)
    assert rig.state.parts.f == pytest.approx(21.0)
