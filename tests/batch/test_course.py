"""Ramps and orders of a recipe on the plant: what the loop is told, and that nothing jumps."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.audit.entry import Event
from bioctl.batch.course import STEPS, leg_at, value_at
from bioctl.batch.record.setpoints import legs
from bioctl.control.loop_config import Mode
from bioctl.phases.states import State

from .cell import Cell, recipe
from .test_hold import CHARGE, LIFE

SHIFT = [(0.0, 37.0), (600.0, 37.0), (4200.0, 34.0), (4800.0, 34.0)]
RAMP = (
    "{shift: grow, with: {temperature: [at 37 degC for 10 min, to 34 degC over 1 h, stay 10 min], "
    "pH: 7.2, dissolved_oxygen: 50 %, agitation: [at 60 rpm, to 100 rpm over 1 h]}, "
    "until: elapsed > 80 min, timeout: 3 h}"
)
WARM = f"{{warm: grow, with: {{{LIFE}}}, until: elapsed > 1 h, timeout: 2 h}}"
GAS = WARM.replace("warm: grow", "gas: grow").replace(
    "until", "orders: {dissolved_oxygen: gas_first}, until"
)


def told(cell: Cell, loop: str) -> list[Event]:
    return [e for e in cell.journal if e.kind == "loop.set" and e.data["loop"] == loop]


corners = st.lists(
    st.tuples(st.floats(1.0, 1e5), st.floats(-50.0, 50.0)), min_size=1, max_size=8
).map(lambda rows: [(0.0, 1.0), *((sum(r[0] for r in rows[: i + 1]), r[1]) for i, r in enumerate(rows))])  # fmt: skip  # noqa: E501


@given(corners, st.floats(-10.0, 1e6))
def test_a_ramp_is_between_the_corners_around_it(ramp: list[tuple[float, float]], t: float) -> None:
    found = value_at(ramp, t)
    around = [(a, b) for (t0, a), (t1, b) in pairwise(ramp) if t0 <= t < t1]
    low, high = (min(around[0]), max(around[0])) if around else (ramp[0][1], ramp[0][1])
    if t >= ramp[-1][0]:
        low = high = ramp[-1][1]
    assert low <= found <= high


@given(corners)
def test_a_loop_that_walks_the_legs_is_at_every_corner_in_time(
    ramp: list[tuple[float, float]],
) -> None:
    value = leg_at(ramp, 0.0)[0]
    for (t0, _), (t1, b) in pairwise(ramp):
        target, rate = leg_at(ramp, t0 + 0.01 * (t1 - t0))
        assert target == b
        if value != b:
            assert rate is not None
            assert abs(b - value) / rate * 60.0 == pytest.approx(t1 - t0)
        value = b


def test_a_piece_of_a_ramp_is_one_entry_and_the_setpoint_walks() -> None:
    cell = Cell.started(recipe(CHARGE, WARM, RAMP))
    cell.until(lambda: cell.step_of("u/o/shift") != "")
    begun = cell.t
    setpoints = {}
    while cell.batch.state is not State.COMPLETE:
        cell.turn()
        setpoints[cell.t - begun] = cell.core.memory["BR101"].loops["temperature"].sp
    entries = [(e.data["sp"], e.data.get("rate")) for e in told(cell, "temperature")]
    assert entries == [(37.0, None), (34.0, pytest.approx(0.05)), (None, None)]
    for at, sp in setpoints.items():
        if sp is not None:
            assert sp == pytest.approx(exact(at), abs=0.05)
    speeds = [e.data["value"] for e in cell.journal if e.kind == "output.set"
              and e.data["output"] == "agitation"]  # fmt: skip
    assert speeds == [*sorted(speeds[:-1]), 0.0], "up, and to rest when the batch is over"
    assert len(speeds) <= STEPS + 3


def exact(t: float) -> float:
    """Return the ramp without the steps of `value_at`."""
    for (t0, a), (t1, b) in pairwise(SHIFT):
        if t < t1:
            return a + (b - a) * max(0.0, t - t0) / (t1 - t0)
    return SHIFT[-1][1]


def test_a_held_ramp_goes_to_the_end_of_its_piece_and_waits_there() -> None:
    cell = Cell.started(recipe(CHARGE, WARM, RAMP))
    cell.until(lambda: cell.step_of("u/o/shift") != "")
    begun = cell.t
    cell.until(lambda: cell.t - begun > 1800)
    cell.command("hold")
    cell.until_state(State.HELD)
    held = cell.t
    cell.until(lambda: cell.t - held > 7200)
    assert cell.core.memory["BR101"].loops["temperature"].sp == 34.0
    assert cell.core.state.units["BR101"].loops["temperature"].sp == 34.0
    cell.command("restart")
    cell.until_state(State.COMPLETE)


def test_a_ramp_goes_on_after_the_controller_was_killed() -> None:
    cell = Cell.started(recipe(CHARGE, WARM, RAMP))
    cell.until(lambda: cell.step_of("u/o/shift") != "")
    begun = cell.t
    cell.until(lambda: cell.t - begun > 1800)
    again = cell.killed()
    again.until_state(State.HELD)
    again.command("restart")
    again.until_state(State.COMPLETE)
    assert again.core.state.units["BR101"].loops["temperature"].mode == "OFF"
    assert [e.data["sp"] for e in told(again, "temperature")] == [37.0, 34.0, None]


@pytest.mark.fault("PV-10")
def test_an_order_a_phase_asks_for_is_taken_without_a_bump_and_given_back() -> None:
    cell = Cell.started(recipe(CHARGE, WARM, GAS, WARM.replace("warm", "again")))
    moves = []
    before: dict[str, float] = {}
    orders = []
    while cell.batch.state is not State.COMPLETE:
        cell.turn()
        loop = cell.core.memory["BR101"].loops.get("dissolved_oxygen")
        if loop is not None and loop.order not in orders[-1:]:
            orders.append(loop.order)
            moves.append((before, {n: float(cell.outputs.get(f"BR101.{n}", 0.0)) for n in GASES}))
        before = {n: float(cell.outputs.get(f"BR101.{n}", 0.0)) for n in GASES}
    assert orders == ["", "gas_first", ""]
    for old, new in moves[1:]:
        for name, span in GASES.items():
            assert abs(new[name] - old[name]) <= 0.01 * span, (name, old, new)
    said = [e.data.get("order") for e in told(cell, "dissolved_oxygen")]
    assert said == [None, "gas_first", "", None]


GASES = {"FC101": 2.0, "FC102": 2.0, "FC103": 2.0, "SC101": 250.0}


def test_a_record_shows_the_setpoint_as_it_walked() -> None:
    cell = Cell.started(recipe(CHARGE, WARM, RAMP))
    cell.until(lambda: cell.step_of("u/o/shift") != "")
    begun = cell.t
    cell.until_state(State.COMPLETE)
    found = legs(told(cell, "temperature"), cell.t, (Mode.AUTO,))  # type: ignore[arg-type]
    for leg in found:
        for t in (leg.begin, (leg.begin + leg.end) / 2):
            if t >= begun:
                assert leg.at(t) == pytest.approx(exact(t - begun), abs=0.01)
    assert all(one.first == one.last for leg in found for one in leg.stairs())
