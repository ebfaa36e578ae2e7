import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.control.loop_config import LoopConfig
from bioctl.control.segment import Segment
from bioctl.control.structure import Balance, Structure
from bioctl.errors import InputError

CO2 = Segment(-100, 0, "carbon_dioxide", 0.5, 0)
BASE = Segment(0, 100, "base_pump", 0, 5)


@pytest.mark.parametrize(
    ("u", "carbon_dioxide", "base_pump"),
    [(-100, 0.5, 0), (-50, 0.25, 0), (0, 0, 0), (50, 0, 2.5), (100, 0, 5), (-300, 0.5, 0)],
)
def test_ph_splits_its_range(
    ph: LoopConfig, u: float, carbon_dioxide: float, base_pump: float
) -> None:
    assert ph.structure.values(u) == {"carbon_dioxide": carbon_dioxide, "base_pump": base_pump}


@pytest.mark.parametrize(
    ("u", "expected"),  # nitrogen, agitation, air, oxygen
    [
        (-30, (0.1, 60, 0.0, 0)),
        (-15, (0.05, 60, 0.05, 0)),
        (0, (0, 60, 0.1, 0)),
        (15, (0, 105, 0.1, 0)),
        (45, (0, 150, 0.3, 0)),
        (60, (0, 150, 0.5, 0)),
        (80, (0, 150, 0.25, 0.25)),
        (100, (0, 150, 0.0, 0.5)),
    ],
)
def test_oxygen_runs_through_its_sequence_with_a_constant_total(
    oxygen: LoopConfig, u: float, expected: tuple[float, ...]
) -> None:
    values = oxygen.structure.values(u)
    names = ("nitrogen", "agitation", "air", "oxygen")
    assert [values[name] for name in names] == pytest.approx(list(expected))


@pytest.mark.fault("PV-12")
@given(st.floats(allow_nan=False))
def test_acid_and_base_are_never_both_demanded(u: float) -> None:
    values = Structure((CO2, BASE), exclusive=("carbon_dioxide", "base_pump")).values(u)
    assert min(values.values()) == 0


@given(st.floats(-30, 100))
def test_located_demand_gives_the_same_outputs_again(oxygen: LoopConfig, u: float) -> None:
    values = oxygen.structure.values(u)
    found = oxygen.structure.locate(values)
    assert found is not None
    assert oxygen.structure.values(found) == pytest.approx(values, abs=1e-3)


@given(st.floats(-30, 100), st.floats(0, 200))
def test_located_demand_holds_with_a_floor_under_a_shared_output(
    oxygen: LoopConfig, u: float, speed: float
) -> None:
    floors = {"agitation": speed}
    values = oxygen.structure.values(u, floors)
    found = oxygen.structure.locate(values, floors)
    assert found is not None
    assert oxygen.structure.values(found, floors) == pytest.approx(values, abs=1e-3)


def test_shared_output_begins_at_what_the_phase_asks_for(oxygen: LoopConfig) -> None:
    floors = {"agitation": 120.0}
    assert oxygen.structure.values(0, floors)["agitation"] == 120.0
    assert oxygen.structure.values(15, floors)["agitation"] == 135.0
    assert oxygen.structure.values(30, floors)["agitation"] == 150.0


@given(st.floats(-30, 100), st.floats(0, 400))
def test_shared_output_is_never_below_what_the_phase_asks_for(
    oxygen: LoopConfig, u: float, speed: float
) -> None:
    assert oxygen.structure.values(u, {"agitation": speed})["agitation"] >= speed


def test_more_of_a_shared_output_is_no_deviation(oxygen: LoopConfig) -> None:
    actual = oxygen.structure.values(10) | {"agitation": 140.0}
    assert oxygen.structure.deviation(10, actual) == 0
    assert oxygen.structure.real(10, actual) == 10


def test_output_that_does_not_follow_is_seen(ph: LoopConfig) -> None:
    actual = {"carbon_dioxide": 0.0, "base_pump": 0.0}
    assert ph.structure.deviation(40, actual) == pytest.approx(40.0)
    assert ph.structure.real(40, actual) == 0.0


def test_output_that_moves_nothing_now_does_not_change_the_real_demand(ph: LoopConfig) -> None:
    actual = {"carbon_dioxide": 0.1, "base_pump": 2.0}
    assert ph.structure.real(40, actual) == 40


def test_outputs_that_cannot_be_read_locate_nothing(ph: LoopConfig) -> None:
    assert ph.structure.locate({}) is None
    assert ph.structure.locate({"base_pump": math.nan}) is None
    assert ph.structure.real(40, {}) == 40


def test_of_several_demands_that_explain_the_outputs_the_smallest_wins(ph: LoopConfig) -> None:
    assert ph.structure.locate({"base_pump": 0.0}) == 0.0
    assert ph.structure.locate({"carbon_dioxide": 0.0}) == 0.0


def test_locked_output_leaves_the_other_part_of_the_range(ph: LoopConfig) -> None:
    assert ph.structure.free_of("base_pump") == (-100, 0)
    assert ph.structure.free_of("carbon_dioxide") == (0, 100)


def test_output_in_the_middle_cannot_be_locked(oxygen: LoopConfig) -> None:
    with pytest.raises(InputError, match="agitation can't be locked"):
        oxygen.structure.free_of("agitation")


def test_one_output_may_have_two_segments() -> None:
    structure = Structure(
        (
            Segment(0, 20, "agitation", 60, 100),
            Segment(20, 50, "air", 0.1, 0.5),
            Segment(50, 100, "agitation", 100, 150),
        )
    )
    assert [structure.values(u)["agitation"] for u in (0, 10, 20, 40, 50, 75, 100)] == [
        60, 80, 100, 100, 100, 125, 150,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("segments", "said"),
    [
        ((), "no segment"),
        ((CO2, Segment(-10, 100, "base_pump", 0, 5)), "overlap between u -10 and 0"),
        ((CO2, Segment(5, 100, "base_pump", 0, 5)), "nothing moves between u 0 and 5"),
        ((Segment(0, 1, "air", 0, 1), Segment(1, 2, "air", 2, 3)), "would jump from 1 to 2"),
    ],
)
def test_segments_that_do_not_fit_are_refused(segments: tuple[Segment, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Structure(segments)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ((0, 0, "air", 0, 1), "low must be below high"),
        ((9, 1, "air", 0, 1), "low must be below high"),
        ((0, 1, "air", 2, 2), "moves nothing"),
        ((0, 1, "air", math.nan, 2), "value_low is nan"),
        ((0, math.inf, "air", 0, 2), "u_high is inf"),
        ((0, 1, " ", 0, 2), "output is empty"),
        ((0, 1, "agitation", 9, 2, True), "must rise"),
    ],
)
def test_segment_that_cannot_work_is_refused(wrong: tuple[float, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Segment(*wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("balance", "said"),
    [
        (Balance("air", ("argon",)), "names argon"),
        (Balance("air", ()), "names no part"),
        (Balance("argon", ("oxygen",)), "no total"),
        (Balance("air", ("oxygen",), 0.2), "more than the total of 0.2"),
        (Balance("air", ("oxygen",), math.nan), "total is nan"),
    ],
)
def test_balance_that_cannot_be_met_is_refused(balance: Balance, said: str) -> None:
    segments = (Segment(0, 10, "air", 0.1, 0.5), Segment(10, 20, "oxygen", 0, 0.5))
    with pytest.raises(InputError, match=said):
        Structure(segments, (balance,))


def test_fixed_total_needs_no_segment_of_its_own() -> None:
    structure = Structure((Segment(0, 10, "oxygen", 0, 0.5),), (Balance("air", ("oxygen",), 0.5),))
    assert structure.values(4) == pytest.approx({"oxygen": 0.2, "air": 0.3})
    assert structure.outputs == ("oxygen", "air")


@pytest.mark.fault("PV-12")
def test_structure_that_runs_acid_against_base_is_refused() -> None:
    with pytest.raises(InputError, match="both be above 0"):
        Structure(
            (CO2, Segment(0, 100, "base_pump", 1, 5)), exclusive=("carbon_dioxide", "base_pump")
        )
