"""What can't be trusted moves no phase, and no number that is none is ever remembered."""

import math
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bioctl.batch.world import World
from bioctl.equipment.driver import CallState
from bioctl.phases.library import PHASES
from bioctl.phases.phase import CallRecord, Do, Fail, Go
from bioctl.phases.states import State
from bioctl.values import Quality, Reading, Scalar, bad

from .setting import SITE, states, view

STEPS: Mapping[str, tuple[str, ...]] = {
    "leak_test": ("begin", "inflate", "stabilise", "test", "vent"),
    "charge": ("begin", "dosing", "delivered"),
    "equilibrate": ("begin", "wait"),
    "sterility_hold": ("begin", "settle", "watch"),
    "confirm": ("begin", "wait"),
    "sample": ("begin", "wait"),
    "decide": ("begin", "wait"),
    "inoculate": ("begin", "identity", "cells", "dosing_cells", "rinse", "dosing_rinse", "x"),
    "attach": ("begin", "on", "off"),
    "grow": ("begin",),
    "perfuse": ("begin", "level", "low", "high"),
    "drain": ("begin", "pump"),
    "detach": (
        "begin", "dosing_enzyme", "contact", "burst", "rest", "quench", "dosing_quench", "detached",
    ),
    "transfer": ("begin", "open", "pump"),
    "concentrate": ("begin", "fill", "run", "reduce"),
    "wash": ("begin", "run", "judge"),
    "formulate": ("begin", "cool", "adding", "mixed"),
    "fill_vials": ("begin", "ready", "filling"),
    "wait": ("begin",),
    "settle": ("begin", "settle"),
}  # fmt: skip
ALL = [(phase, step) for phase, steps in STEPS.items() for step in steps]
MEMORY: Mapping[str, Scalar] = {
    **{f"{name}_{key}": 1 for name in ("dose", "cells", "rinse", "enzyme", "quench", "cryo")
       for key in ("n", "open")},
    "p0": 50.0, "T0": 310.0, "loss": 0.5, "oxygen": 50.0, "pH": 7.2, "cycle": 1, "burst": 1,
    "rate": 2.0, "changed": 0.0, "before": 4.0, "sent0": 2.0, "received0": 0.0, "fed": 2.0,
    "buffer0": 0.0, "Reset": 1, "Start": 1,
}  # fmt: skip
CALLS = {
    key: CallRecord(key, CallState.ACCEPTED)
    for key in (
        "dose_1", "cells_1", "rinse_1", "enzyme_1", "quench_1", "cryo_1", "Reset_1", "Start_1"
    )
}  # fmt: skip

BY_TIME = {
    ("attach", "begin"), ("attach", "on"), ("attach", "off"), ("detach", "contact"),
    ("detach", "burst"), ("detach", "rest"), ("equilibrate", "begin"), ("formulate", "begin"),
    ("perfuse", "begin"), ("perfuse", "low"), ("perfuse", "high"), ("settle", "begin"),
    ("settle", "settle"),
}  # fmt: skip
"""Steps that end by time, or that only choose what comes next."""
BY_PEOPLE_OR_DOSE = {
    ("confirm", "begin"), ("sample", "begin"), ("decide", "begin"), ("charge", "begin"),
    ("charge", "delivered"), ("inoculate", "rinse"), ("inoculate", "x"), ("detach", "begin"),
    ("detach", "quench"), ("detach", "detached"), ("formulate", "mixed"),
}  # fmt: skip
"""Steps that ask a person or for a dose, or that only report: no reading decides."""


def test_every_phase_and_step_of_the_library_is_looked_at() -> None:
    assert STEPS.keys() == PHASES.keys()


@pytest.mark.promise(6)
@pytest.mark.parametrize(
    ("phase", "step"), [one for one in ALL if one not in BY_TIME | BY_PEOPLE_OR_DOSE]
)
def test_bad_readings_let_no_phase_go_on(phase: str, step: str) -> None:
    v = view(phase, step, memory=MEMORY, calls=CALLS, in_step=1e5)
    actions = tuple(PHASES[phase].running(v))
    assert not any(isinstance(action, Do) for action in actions)
    assert states(actions) in ([], ["fail"])


@pytest.mark.promise(6)
@pytest.mark.parametrize(
    ("phase", "step"),
    [("drain", "pump"), ("concentrate", "fill"), ("concentrate", "run"), ("concentrate", "reduce"),
     ("wash", "run"), ("leak_test", "inflate")],
)  # fmt: skip
def test_pump_that_nobody_sees_is_held_after_half_a_minute(phase: str, step: str) -> None:
    world = World(SITE.units, {}, 0.0, 0.0)
    for now, expected in ((100.0, []), (129.0, []), (130.0, ["fail"])):
        v = view(phase, step, memory=MEMORY, now=now, in_step=now, world=world)
        assert states(tuple(PHASES[phase].running(v))) == expected, now


@pytest.mark.promise(6)
def test_perfusion_that_can_not_weigh_feeds_and_removes_the_same() -> None:
    for step in ("low", "high"):
        v = view("perfuse", step, memory=MEMORY)
        assert states(tuple(PHASES["perfuse"].running(v))) == ["level"]


def test_leak_test_wants_to_know_that_the_vessel_is_dry() -> None:
    for weight, expected in ((0.0, ["inflate"]), (0.06, ["fail"]), (math.nan, [])):
        v = view("leak_test", readings={"BR101.WT101": Reading(weight)})
        assert states(tuple(PHASES["leak_test"].running(v))) == expected


values = st.floats() | st.sampled_from([0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 17.0, 37.0, 50.0])
a_reading = st.builds(Reading, values, st.sampled_from(Quality)) | st.just(bad("cut"))
images = st.fixed_dictionaries({tag.name: a_reading for tag in SITE.tags})
answers = st.sampled_from(["yes", "no", "approved", "rejected", 7.2])


@pytest.mark.promise(6)
@settings(deadline=None)
@given(
    images,
    st.sampled_from(ALL),
    st.sampled_from(["running", "holding", "restarting", "stopping", "aborting"]),
    st.sampled_from([*CallState, None]),
    answers,
    st.floats(0, 1e6),
)
def test_no_phase_remembers_or_sends_what_is_no_number(
    image: Mapping[str, Reading],
    where: tuple[str, str],
    logic: str,
    call: CallState | None,
    said: Scalar,
    in_step: float,
) -> None:
    phase, step = where
    calls = {key: CallRecord(key, call) for key in CALLS}
    state = State.RUNNING if logic == "running" else State.HOLDING
    key = {"inoculate": "identity"}.get(phase, phase)
    v = view(
        phase, step, memory=MEMORY, readings=image, calls=calls, answer=(key, said),
        in_step=in_step, state=state,
    )  # fmt: skip
    for action in getattr(PHASES[phase], logic)(v):
        sent = action.memory if isinstance(action, Go) else {}
        sent = action.arguments if isinstance(action, Do) else sent
        assert all(isinstance(one, str) or math.isfinite(one) for one in sent.values()), action


@pytest.mark.parametrize(("phase", "step"), ALL)
def test_hold_logic_of_every_phase_ends_or_asks_for_its_dose(phase: str, step: str) -> None:
    """R-88-15: with nothing open, a phase can be held from any step, at once."""
    readings = {"VF301.XS301": Reading(2.0), "BR101.XS101": Reading(2.0)}
    memory = {**MEMORY, **{name: 0 for name in MEMORY if name.endswith("_open")}}
    v = view(phase, step, memory=memory, readings=readings, state=State.HOLDING)
    actions = tuple(PHASES[phase].holding(v))
    quench = [a.arguments["source"] for a in actions if isinstance(a, Do) and a.command == "DOSE"]
    assert "done" in states(actions) or quench == ["quench"]
    assert not any(isinstance(action, Fail) for action in actions)
