import math
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.control.loop import Events, scan_loop
from bioctl.control.loop_config import AnyLoop, FollowedLoopConfig, LoopConfig, Mode, Runs
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
from bioctl.values import Quality, Range, Reading, bad

TOTAL = Reading(1000.0)


class Rig:
    """A loop on outputs that do what they are told: scans it and keeps what happened."""

    def __init__(self, config: AnyLoop, actual: Mapping[str, float], dt: float = 10.0) -> None:
        self.config = config
        self.state = LoopState()
        self.actual = dict(actual)
        self.outputs: dict[str, float] = {}
        self.events: Events = ()
        self.kinds: list[str] = []
        self.now = 0.0
        self.dt = dt

    def auto(self, sp: float) -> "Rig":
        state = set_setpoint(self.config, self.state, sp)
        self.state = set_mode(self.config, state, Mode.AUTO)
        return self

    def scan(
        self,
        pv: float | Reading,
        forced: Mapping[str, float] | None = None,
        floors: Mapping[str, float] | None = None,
        total: Reading | None = TOTAL,
        stuck: tuple[str, ...] = (),
        dt: float | None = None,
    ) -> dict[str, float]:
        step = self.dt if dt is None else dt
        self.now += step
        reading = pv if isinstance(pv, Reading) else Reading(pv)
        self.state, self.outputs, self.events = scan_loop(
            self.config, self.state, reading, self.actual, self.now, step,
            forced=forced or {}, floors=floors or {}, total=total,
        )  # fmt: skip
        self.kinds += [event.kind for event in self.events]
        moved = {name: value for name, value in self.outputs.items() if name not in stuck}
        self.actual |= moved | dict(forced or {})
        return self.outputs


# --- modes and bumpless transfer ---------------------------------------------------------------


def test_loop_that_is_off_writes_nothing(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 20.0})
    assert rig.scan(30.0) == {}
    assert rig.scan(bad("broken")) == {}
    assert rig.kinds == []


@given(st.floats(5, 42), st.floats(5, 40), st.floats(4, 40))
def test_first_scan_in_auto_keeps_the_real_output(
    temperature: LoopConfig, jacket: float, pv: float, sp: float
) -> None:
    rig = Rig(temperature, {"jacket": jacket}).auto(sp)
    assert rig.scan(pv)["jacket"] == pytest.approx(jacket, abs=1e-6)


@given(st.floats(-100, 100), st.floats(6.6, 7.9))
def test_ph_loop_takes_over_either_side_without_a_jump(ph: LoopConfig, u: float, pv: float) -> None:
    actual = ph.structure.values(u)
    assert Rig(ph, actual).auto(7.2).scan(pv) == pytest.approx(actual, abs=0.005)


def test_manual_begins_at_the_output_of_the_law_and_obeys_the_person(
    temperature: LoopConfig,
) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    for _ in range(20):
        rig.scan(36.0)
    before = rig.actual["jacket"]
    rig.state = set_mode(temperature, rig.state, Mode.MAN)
    assert rig.scan(36.0)["jacket"] == pytest.approx(before)
    rig.state = set_manual(temperature, rig.state, 25.0)
    assert rig.scan(36.0) == {"jacket": 25.0}
    rig.state = set_mode(temperature, rig.state, Mode.AUTO)
    assert rig.scan(36.0)["jacket"] == pytest.approx(25.0)


def test_manual_goes_on_when_the_measurement_is_bad(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 30.0})
    rig.state = set_mode(temperature, rig.state, Mode.MAN)
    rig.state = set_manual(temperature, rig.state, 25.0)
    for _ in range(100):
        assert rig.scan(bad("broken")) == {"jacket": 25.0}
    assert rig.kinds == []


@given(st.floats(0.1, 50), st.floats(10, 5000), st.floats(0, 1))
def test_change_of_tuning_does_not_move_the_output(
    temperature: LoopConfig, kc: float, ti_s: float, beta: float
) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    for _ in range(20):
        rig.scan(36.5)
    before = rig.actual["jacket"]
    rig.config = replace(temperature, tuning=Tuning(kc, ti_s, beta=beta))
    # only the integral of this one scan may move it
    assert abs(rig.scan(36.5)["jacket"] - before) <= kc / ti_s * 0.5 * 10 + 1e-6


def test_change_of_setpoint_source_walks_at_the_declared_rate(temperature: LoopConfig) -> None:
    rig = Rig(replace(temperature, sp_rate_per_min=0.1), {"jacket": 37.0}).auto(37.0)
    for _ in range(5):
        rig.scan(37.0)
    before = rig.actual["jacket"]
    rig.state = set_setpoint(rig.config, rig.state, 30.0)
    after = rig.scan(37.0)["jacket"]
    assert rig.state.sp == pytest.approx(37.0 - 0.1 / 6)
    assert abs(after - before) < 7.0 * 0.1 / 6 + 0.01


def test_ramp_begins_at_the_measurement(temperature: LoopConfig) -> None:
    rig = Rig(replace(temperature, sp_rate_per_min=0.1), {"jacket": 20.0}).auto(37.0)
    rig.scan(21.0)
    assert rig.state.sp == 21.0
    rig.scan(21.0)
    assert rig.state.sp == pytest.approx(21.0 + 0.1 / 6)


def test_slower_rate_of_a_recipe_wins_and_a_faster_one_does_not(temperature: LoopConfig) -> None:
    config = replace(temperature, sp_rate_per_min=0.6)
    for asked, expected in ((0.06, 0.01), (60.0, 0.1)):
        rig = Rig(config, {"jacket": 20.0})
        rig.state = set_setpoint(config, rig.state, 37.0, asked)
        rig.state = set_mode(config, rig.state, Mode.AUTO)
        rig.scan(20.0)
        rig.scan(20.0)
        assert rig.state.sp == pytest.approx(20.0 + expected)


@pytest.mark.fault("PV-10")
def test_resuming_after_two_hours_is_bumpless(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    for _ in range(50):
        rig.scan(36.8)
    rig.state = set_mode(temperature, rig.state, Mode.OFF)
    for _ in range(720):
        rig.scan(34.0)
    rig.actual["jacket"] = 33.0  # somebody used the panel
    rig.auto(37.0)
    assert abs(rig.scan(34.0)["jacket"] - 33.0) <= 0.005 * 37.0


@pytest.mark.fault("PV-10")
def test_long_pause_between_scans_is_bumpless(temperature: LoopConfig) -> None:
    rig = Rig(replace(temperature, sp_rate_per_min=0.1), {"jacket": 30.0}).auto(37.0)
    for _ in range(50):
        rig.scan(30.0)
    before, sp = rig.actual["jacket"], rig.state.sp
    assert abs(rig.scan(25.0, dt=7200.0)["jacket"] - before) <= 0.005 * 37.0
    assert rig.state.sp == sp


def test_output_rate_limits_the_speed_of_the_output(temperature: LoopConfig) -> None:
    rig = Rig(replace(temperature, out_rate_per_min=0.6), {"jacket": 20.0}).auto(37.0)
    last = rig.scan(20.0)["jacket"]
    for _ in range(100):
        now = rig.scan(20.0)["jacket"]
        assert 0 <= now - last <= 0.1 + 1e-9
        last = now


@given(st.lists(st.floats(0, 60), min_size=1, max_size=40), st.floats(4, 40))
def test_outputs_never_leave_the_structure(
    temperature: LoopConfig, pvs: list[float], sp: float
) -> None:
    rig = Rig(temperature, {"jacket": 20.0}).auto(sp)
    for pv in pvs:
        assert 5.0 <= rig.scan(pv)["jacket"] <= 42.0


# --- quality ------------------------------------------------------------------------------------


BROKEN = (
    Reading(math.nan),
    Reading(math.inf),
    Reading(-math.inf),
    bad("sensor failure"),
    Reading(37.0, Quality.UNCERTAIN),
    Reading("n/a"),
)


@pytest.mark.fault("PV-01")
@pytest.mark.parametrize("broken", BROKEN)
def test_measurement_that_is_no_number_holds_then_falls_back_then_recovers(
    temperature: LoopConfig, broken: Reading
) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    for _ in range(10):
        rig.scan(36.0)
    held = rig.actual["jacket"]
    for _ in range(6):
        assert rig.scan(broken) == {"jacket": held}
    assert rig.kinds == []
    for _ in range(50):
        assert rig.scan(broken) == {"jacket": 37.0}
    assert rig.kinds == ["loop.fallback"]
    assert rig.scan(36.0)["jacket"] == pytest.approx(37.0)
    assert rig.kinds == ["loop.fallback", "loop.recovered"]
    assert rig.events[0].data == {"loop": "temperature", "reason": "temperature is Good again"}


@pytest.mark.fault("PV-02")
def test_impossible_value_is_bad(ph: LoopConfig) -> None:
    rig = Rig(ph, {"carbon_dioxide": 0.0, "base_pump": 1.0}).auto(7.2)
    held = rig.scan(7.1)
    for _ in range(6):
        assert rig.scan(19.0) == held
    assert rig.scan(19.0) == {"carbon_dioxide": 0.0, "base_pump": 0.0}
    assert rig.events[0].data["reason"] == "19 is outside 2 .. 12"


@pytest.mark.fault("PV-06")
@pytest.mark.parametrize(("seconds", "kinds"), [(1, []), (60, ["loop.fallback"])])
def test_short_loss_holds_and_long_loss_falls_back(
    temperature: LoopConfig, seconds: int, kinds: list[str]
) -> None:
    rig = Rig(temperature, {"jacket": 30.0}, dt=1.0).auto(37.0)
    for _ in range(10):
        rig.scan(36.0)
    held = rig.actual["jacket"]
    for _ in range(seconds):
        assert rig.scan(bad("timeout"))["jacket"] == held
    rig.scan(bad("timeout"))
    assert rig.kinds == kinds
    after = rig.actual["jacket"]
    assert rig.scan(36.0)["jacket"] == pytest.approx(after)


def test_every_loss_is_held_for_its_own_time(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    rig.scan(36.0)
    for losses in (4, 5, 10, 3, 6):  # the third is long enough to fall back
        for _ in range(losses):
            rig.scan(bad("broken"))
        rig.scan(36.0)
    assert rig.kinds == ["loop.fallback", "loop.recovered"]


def test_loop_started_on_a_bad_measurement_leaves_the_plant_as_it_is(
    temperature: LoopConfig,
) -> None:
    rig = Rig(temperature, {"jacket": 12.0}).auto(37.0)
    assert rig.scan(bad("broken")) == {}
    for _ in range(6):
        rig.scan(bad("broken"))
    assert rig.outputs == {"jacket": 37.0}


def test_old_demand_is_forgotten_while_off(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    rig.scan(36.0)
    rig.state = set_mode(temperature, rig.state, Mode.OFF)
    rig.scan(36.0)
    rig.auto(37.0)
    assert rig.scan(bad("broken")) == {}


def test_fallback_ends_only_after_the_measurement_stayed_good(temperature: LoopConfig) -> None:
    rig = Rig(replace(temperature, recover_s=30.0, hold_s=0.0), {"jacket": 30.0}).auto(37.0)
    rig.scan(36.0)
    rig.scan(bad("broken"))
    for pv in (36.0, 36.0, bad("again"), 36.0, 36.0, 36.0):
        assert rig.scan(pv) == {"jacket": 37.0}
    rig.scan(36.0)
    assert rig.kinds == ["loop.fallback", "loop.recovered"]


def test_setpoint_ramp_waits_for_the_measurement(temperature: LoopConfig) -> None:
    rig = Rig(replace(temperature, sp_rate_per_min=0.1), {"jacket": 30.0}).auto(37.0)
    for _ in range(10):
        rig.scan(30.0)
    sp = rig.state.sp
    for _ in range(100):
        rig.scan(bad("broken"))
    assert rig.state.sp == sp


@pytest.mark.fault("PV-04")
def test_spike_leaves_no_trace_in_the_integral(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 37.0}).auto(37.0)
    for _ in range(5):
        rig.scan(37.0)
    before = rig.scan(37.0)["jacket"]
    rig.scan(39.0)
    after = rig.scan(37.0)["jacket"]
    assert abs(after - before) < 0.5


@given(st.lists(st.floats(0, 200), min_size=1, max_size=30), st.floats(0, 250))
def test_oxygen_loop_and_its_fallback_never_slow_the_phase_down(
    oxygen: LoopConfig, pvs: list[float], speed: float
) -> None:
    floors = {"agitation": speed}
    rig = Rig(oxygen, oxygen.structure.values(10.0, floors), dt=100.0).auto(40.0)
    for pv in pvs:
        assert rig.scan(pv, floors=floors)["agitation"] >= speed
    for _ in range(10):
        assert rig.scan(bad("broken"), floors=floors)["agitation"] >= speed
    assert rig.state.fallback


# --- interlocks, actuators ----------------------------------------------------------------------


def test_forced_output_is_passed_on_and_winds_nothing_up(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    for _ in range(1000):
        assert rig.scan(30.0, forced={"jacket": 10.0}) == {"jacket": 10.0}
    # let go: the loop begins at the forced output, plus the integral of one scan
    assert rig.scan(30.0)["jacket"] == pytest.approx(10.0, abs=2 * 7.0 / 840 * 7.0 * 10)


def test_forced_base_does_not_keep_carbon_dioxide_away(ph: LoopConfig) -> None:
    rig = Rig(ph, {"carbon_dioxide": 0.0, "base_pump": 3.0}).auto(7.2)
    for _ in range(200):
        rig.scan(7.5, forced={"base_pump": 0.0})
    assert rig.outputs["carbon_dioxide"] > 0


@pytest.mark.fault("PV-12")
def test_base_forced_on_keeps_carbon_dioxide_off(ph: LoopConfig) -> None:
    rig = Rig(ph, {"carbon_dioxide": 0.3, "base_pump": 0.0}).auto(7.2)
    for _ in range(20):
        outputs = rig.scan(7.5, forced={"base_pump": 1.0})
        assert outputs == {"base_pump": 1.0, "carbon_dioxide": 0.0}


@pytest.mark.fault("PV-12")
@given(st.lists(st.floats(6, 9), min_size=1, max_size=60))
def test_acid_and_base_never_run_together(ph: LoopConfig, pvs: list[float]) -> None:
    rig = Rig(ph, {"carbon_dioxide": 0.2, "base_pump": 2.0}).auto(7.2)
    for pv in pvs:
        assert min(rig.scan(pv).values()) == 0.0


@pytest.mark.fault("PV-12")
def test_noise_inside_the_dead_band_switches_neither_acid_nor_base(ph: LoopConfig) -> None:
    rig = Rig(ph, {"carbon_dioxide": 0.0, "base_pump": 0.0}).auto(7.2)
    for turn in range(500):
        outputs = rig.scan(7.2 + (0.019 if turn % 2 else -0.019))
        assert outputs == {"carbon_dioxide": 0.0, "base_pump": 0.0}


@pytest.mark.fault("PV-08")
def test_pump_that_does_not_follow_shows_as_deviation_and_winds_nothing_up(
    ph: LoopConfig,
) -> None:
    rig = Rig(ph, {"carbon_dioxide": 0.0, "base_pump": 0.0}).auto(7.2)
    for _ in range(5000):
        rig.scan(7.0, stuck=("base_pump",))
    assert rig.state.deviation > 5.0
    stopped = rig.scan(7.35, stuck=("base_pump",))
    assert stopped["base_pump"] == 0.0  # as soon as the error turns: nothing was wound up


def test_deviation_ignores_what_an_interlock_forces(temperature: LoopConfig) -> None:
    rig = Rig(temperature, {"jacket": 30.0}).auto(37.0)
    for _ in range(20):
        rig.scan(36.0, forced={"jacket": 10.0})
    assert rig.state.deviation == 0.0


# --- dose limit ---------------------------------------------------------------------------------


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
