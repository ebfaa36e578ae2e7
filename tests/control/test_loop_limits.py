import math
from dataclasses import replace

import pytest

from bioctl.control.loop import scan_loop
from bioctl.control.loop_config import FollowedLoopConfig, LoopConfig, Mode, Runs
from bioctl.control.loop_state import (
    LoopState,
    release_dose,
    set_manual,
    set_mode,
    set_setpoint,
)
from bioctl.control.pid import Tuning
from bioctl.control.segment import Segment
from bioctl.control.structure import Structure
from bioctl.errors import InputError, RefusedError
from bioctl.values import Range, Reading, bad

from .rig import Rig


def test_used_up_dose_locks_the_pump_until_a_person_releases_it(ph: LoopConfig) -> None:
    rig = Rig(ph, {"carbon_dioxide": 0.0, "base_pump": 1.0}).auto(7.2)
    rig.scan(7.0, total=Reading(1000.0))
    rig.scan(7.0, total=Reading(1149.9))
    assert rig.outputs["base_pump"] > 0
    rig.scan(7.0, total=Reading(1150.0))
    assert rig.outputs["base_pump"] == 0.0
    data = {"interlock": "pH.dose", "cause": "base_total reached 150"}
    assert rig.events[0].data == data
    for _ in range(500):
        assert rig.scan(7.0, total=Reading(1150.0))["base_pump"] == 0.0
        assert rig.state.u is not None
        assert rig.state.u <= 0.0
    assert rig.kinds == ["interlock.tripped"]
    assert rig.scan(7.6, total=Reading(1150.0))["carbon_dioxide"] > 0
    rig.state = release_dose(rig.state)
    for _ in range(200):
        rig.scan(7.0, total=Reading(1150.0))
    assert rig.outputs["base_pump"] > 0


@pytest.mark.parametrize("total", [None, bad("link down"), Reading(math.nan)])
def test_totaliser_that_cannot_be_read_stops_the_dose_for_as_long(
    ph: LoopConfig, total: Reading | None
) -> None:
    rig = Rig(ph, {"carbon_dioxide": 0.0, "base_pump": 1.0}).auto(7.2)
    assert rig.scan(7.0)["base_pump"] > 0
    assert rig.scan(7.0, total=total)["base_pump"] == 0.0
    assert rig.scan(7.0)["base_pump"] > 0
    assert rig.kinds == []


def test_fallback_does_not_dose_past_the_limit(ph: LoopConfig) -> None:
    config = replace(ph, fallback={"carbon_dioxide": 0.0, "base_pump": 0.5}, hold_s=0.0)
    rig = Rig(config, {"carbon_dioxide": 0.0, "base_pump": 1.0}).auto(7.2)
    rig.scan(7.0, total=Reading(0.0))
    assert rig.scan(bad("broken"), total=Reading(10.0))["base_pump"] == 0.5
    assert rig.scan(bad("broken"), total=Reading(150.0))["base_pump"] == 0.0


def test_dose_limit_holds_in_manual_too(ph: LoopConfig) -> None:
    rig = Rig(ph, {"carbon_dioxide": 0.0, "base_pump": 0.0})
    rig.state = set_mode(ph, rig.state, Mode.MAN)
    rig.state = set_manual(ph, rig.state, 50.0)
    assert rig.scan(7.0, total=Reading(0.0))["base_pump"] == 2.5
    assert rig.scan(7.0, total=Reading(200.0))["base_pump"] == 0.0


# --- commands -----------------------------------------------------------------------------------


def test_auto_without_a_setpoint_is_refused(temperature: LoopConfig) -> None:
    with pytest.raises(RefusedError, match="no setpoint"):
        set_mode(temperature, LoopState(), Mode.AUTO)


@pytest.mark.parametrize("target", [3.9, 40.1, math.nan, math.inf])
def test_setpoint_outside_its_range_is_refused(temperature: LoopConfig, target: float) -> None:
    with pytest.raises(InputError, match=r"outside 4 \.\. 40"):
        set_setpoint(temperature, LoopState(), target)


@pytest.mark.parametrize("rate", [0.0, -1.0, math.nan])
def test_rate_that_never_arrives_is_refused(temperature: LoopConfig, rate: float) -> None:
    with pytest.raises(InputError, match="not above 0"):
        set_setpoint(temperature, LoopState(), 37.0, rate)


def test_typed_output_is_refused_outside_manual_and_outside_its_range(
    temperature: LoopConfig,
) -> None:
    with pytest.raises(RefusedError, match="in OFF"):
        set_manual(temperature, LoopState(), 20.0)
    manual = set_mode(temperature, LoopState(), Mode.MAN)
    for wrong in (43.0, math.nan):
        with pytest.raises(InputError, match=r"outside 5 \.\. 42"):
            set_manual(temperature, manual, wrong)


# --- closed by the equipment --------------------------------------------------------------------


@pytest.fixture(scope="session")
def followed() -> FollowedLoopConfig:
    return FollowedLoopConfig(
        name="temperature", pv="temperature", pv_range=Range(0, 60), sp_range=Range(4, 40),
        setpoint_output="temperature_setpoint", sp_rate_per_min=0.6, status="temperature_mode",
    )  # fmt: skip


def test_followed_loop_writes_only_its_setpoint_and_mirrors_the_status(
    followed: FollowedLoopConfig,
) -> None:
    rig = Rig(followed, {"temperature_setpoint": 20.0}).auto(37.0)
    assert rig.scan(20.0) == {"temperature_setpoint": 20.0}
    assert rig.scan(20.0) == {"temperature_setpoint": pytest.approx(20.1)}
    assert rig.scan(bad("broken")) == {"temperature_setpoint": pytest.approx(20.1)}
    assert followed.runs is Runs.EQUIPMENT
    state, _, _ = scan_loop(
        followed, rig.state, Reading(20.0), {}, 0, 10, status=Reading("AUTOMATIC")
    )
    assert state.status == "AUTOMATIC"


def test_setpoint_the_equipment_does_not_take_shows_as_deviation(
    followed: FollowedLoopConfig,
) -> None:
    rig = Rig(followed, {"temperature_setpoint": 20.0}).auto(37.0)
    for _ in range(100):
        rig.scan(30.0, stuck=("temperature_setpoint",))
    assert rig.state.deviation > 10


def test_followed_loop_knows_no_manual(followed: FollowedLoopConfig) -> None:
    with pytest.raises(RefusedError, match="closed by the equipment"):
        set_mode(followed, LoopState(), Mode.MAN)


def test_followed_loop_that_is_off_writes_nothing(followed: FollowedLoopConfig) -> None:
    assert Rig(followed, {"temperature_setpoint": 20.0}).scan(20.0) == {}


# --- configuration ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "name is empty"),
        ({"pv_range": Range(60, 0)}, "low must be below high"),
        ({"pv_range": Range(math.nan, 60)}, "pv_range low is nan"),
        ({"sp_range": Range(4, 80)}, "leave the measurement's range"),
        ({"fallback": {}}, "no fallback"),
        ({"fallback": {"jaket": 37.0}}, "fallback names jaket"),
        ({"fallback": {"jacket": math.nan}}, "fallback of jacket is nan"),
        ({"hold_s": math.nan}, "hold_s is nan"),
        ({"sp_rate_per_min": 0.0}, "sp_rate_per_min is 0"),
        ({"out_rate_per_min": -1.0}, "out_rate_per_min is -1"),
        ({"gap_s": 0.0}, "gap_s is 0"),
        ({"tuning": Tuning(1, 1, dead_band=50.0)}, "dead band is wider"),
    ],
)
def test_loop_that_cannot_work_is_refused(
    temperature: LoopConfig, wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        replace(temperature, **wrong)  # type: ignore[arg-type]


@pytest.mark.fault("PV-12")
def test_fallback_that_runs_acid_against_base_is_refused(ph: LoopConfig) -> None:
    with pytest.raises(InputError, match="against each other"):
        replace(ph, fallback={"carbon_dioxide": 0.1, "base_pump": 0.1})


def test_dose_limit_on_an_output_that_cannot_be_locked_is_refused(ph: LoopConfig) -> None:
    structure = Structure((Segment(0, 100, "base_pump", 0, 5),))
    with pytest.raises(InputError, match="can't be locked"):
        replace(ph, structure=structure, fallback={"base_pump": 0.0})
