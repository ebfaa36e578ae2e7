"""A tuning test on the live loop: under guard, bumpless at its end; its samples give the law."""

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bioctl.control.experiment import Experiment, Method
from bioctl.control.identify import fit
from bioctl.control.loop_config import LoopConfig, Mode
from bioctl.control.loop_state import set_experiment, set_mode, set_tuning
from bioctl.control.process import Process, promise, sensitivity
from bioctl.control.rules import SLOWEST, calm, from_relay, side_by_side, simc, ultimate
from bioctl.control.segment import Segment
from bioctl.control.structure import Structure
from bioctl.control.tuning import Acting, Tuning
from bioctl.errors import InputError, RefusedError
from bioctl.values import Range, bad

from .plants import Analytic
from .rig import Rig

HEATED = Process(1.0, 30.0, 1500.0, 120.0)
BASED = Process(0.0006, 60.0)
COOLED = Process(-0.5, 40.0, 400.0)
ALL = pytest.mark.parametrize(
    "process", [HEATED, BASED, COOLED], ids=["lag", "integrating", "direct"]
)


def loop_of(process: Process) -> LoopConfig:
    acting = Acting.REVERSE if process.gain > 0 else Acting.DIRECT
    cautious = Tuning(0.5, 2000.0, acting=acting)
    return LoopConfig(
        name="x", pv="x", pv_range=Range(0, 100), sp_range=Range(0, 100),
        structure=Structure((Segment(-50, 50, "pump", -50, 50),)), tuning=cautious,
        fallback={"pump": 0.0},
    )  # fmt: skip


def after_test(process: Process, test: Experiment, noise: float = 0.01) -> tuple[Rig, Analytic]:
    """Return the rig after the test, and its plant."""
    plant, rig = Analytic(process, 40.0, noise), Rig(loop_of(process), {"pump": 0.0}).auto(40.0)
    rig.scan(40.0)
    rig.state = set_experiment(rig.config, rig.state, test, rig.now, "ola")
    for _ in range(2000):
        pv = plant.run(rig.actual["pump"], rig.dt)
        rig.scan(pv)
        if rig.state.trial is not None and rig.state.trial.over:
            break
    return rig, plant


RELAY = Experiment(Method.RELAY, 5.0, guard=2.0, longest_s=20_000, hysteresis=0.03)
STEP = Experiment(Method.STEP, 2.0, guard=2.0, longest_s=20_000, enough=0.6)


@ALL
@pytest.mark.parametrize("test", [RELAY, STEP], ids=["relay", "step"])
def test_samples_of_a_test_give_back_the_process(process: Process, test: Experiment) -> None:
    rig, _ = after_test(process, test)
    assert rig.state.trial is not None
    assert rig.state.trial.stage == "done", rig.state.trial.reason
    found = fit(rig.state.trial.samples)
    assert found.process.slope == pytest.approx(process.slope, rel=0.25)
    # what is slow at the frequency that matters counts as dead time together
    lag = process.theta_s + process.tau2_s
    assert found.process.theta_s + found.process.tau2_s == pytest.approx(lag, rel=0.35, abs=10.0)
    off = abs(found.process.slope / process.slope - 1.0)
    assert off <= 3.0 * found.unsure["slope"] + 0.1, "its standard error covers the truth"
    law = simc(found.process, rig.dt)
    assert sensitivity(process, law, rig.dt) < 2.1


@ALL
def test_after_the_test_the_loop_goes_on_from_the_output_before(process: Process) -> None:
    rig, plant = after_test(process, RELAY)
    assert rig.actual["pump"] == pytest.approx(0.0, abs=0.05)
    assert "loop.tested" in rig.kinds
    for _ in range(3):
        rig.scan(plant.run(rig.actual["pump"], rig.dt))
    assert abs(rig.actual["pump"]) < 0.5
    assert rig.state.mode is Mode.AUTO


@ALL
def test_relay_never_leaves_its_guard_without_giving_the_output_back(process: Process) -> None:
    wild = replace(RELAY, amplitude=45.0, guard=0.2)
    rig, _ = after_test(process, wild)
    assert rig.state.trial is not None
    assert rig.state.trial.stage == "aborted"
    assert "guard" in rig.state.trial.reason
    assert rig.actual["pump"] == pytest.approx(0.0, abs=0.05)


def test_a_test_that_takes_too_long_is_aborted() -> None:
    rig, _ = after_test(HEATED, replace(RELAY, longest_s=600.0))
    assert rig.state.trial is not None
    assert "longer than 600 s" in rig.state.trial.reason


def test_a_bad_measurement_aborts_the_test_and_the_output_goes_back() -> None:
    rig = Rig(loop_of(HEATED), {"pump": 0.0}).auto(40.0)
    rig.scan(40.0)
    rig.state = set_experiment(rig.config, rig.state, replace(STEP, settle_s=0.0), rig.now)
    rig.scan(40.0)
    rig.scan(40.0)
    assert rig.actual["pump"] == pytest.approx(2.0)
    rig.scan(bad("broken wire"))
    assert rig.actual["pump"] == pytest.approx(0.0)
    assert rig.kinds.count("loop.tested") == 1


def test_a_person_who_changes_the_mode_ends_the_test() -> None:
    rig = Rig(loop_of(HEATED), {"pump": 0.0}).auto(40.0)
    rig.scan(40.0)
    rig.state = set_experiment(rig.config, rig.state, RELAY, rig.now)
    rig.scan(40.0)
    rig.state = set_mode(rig.config, rig.state, Mode.MAN)
    rig.scan(40.0)
    assert rig.events[-1].data["reason"] == "the mode was changed"


def test_an_interlock_ends_the_test() -> None:
    rig = Rig(loop_of(HEATED), {"pump": 0.0}).auto(40.0)
    rig.scan(40.0)
    rig.state = set_experiment(rig.config, rig.state, RELAY, rig.now)
    rig.scan(40.0, forced={"pump": -20.0})
    assert rig.events[-1].data["reason"] == "pump is led by others"
    assert rig.outputs["pump"] == -20.0


def test_a_test_needs_a_loop_that_controls_and_room_for_its_amplitude() -> None:
    rig = Rig(loop_of(HEATED), {"pump": 0.0})
    with pytest.raises(RefusedError, match="begins from AUTO"):
        set_experiment(rig.config, rig.state, RELAY, 0.0)
    rig.auto(40.0).scan(40.0)
    with pytest.raises(InputError, match=r"leaves -50 \.\. 50"):
        set_experiment(rig.config, rig.state, replace(RELAY, amplitude=60.0), 0.0)
    rig.state = set_experiment(rig.config, rig.state, RELAY, 0.0)
    with pytest.raises(RefusedError, match="runs already"):
        set_experiment(rig.config, rig.state, RELAY, 0.0)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amplitude": 0.0}, "amplitude is 0"),
        ({"amplitude": math.nan}, "finite"),
        ({"guard": 0.0}, "guard is 0"),
        ({"guard": math.inf}, "finite"),
        ({"longest_s": -1.0}, "above 0"),
        ({"hysteresis": 3.0}, "outside its own guard"),
        ({"swings": 0}, "1 to 20"),
    ],
)
def test_a_test_that_cannot_be_guarded_is_refused(wrong: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        replace(RELAY, **wrong)  # type: ignore[arg-type]


processes = st.builds(
    Process,
    gain=st.floats(0.1, 10).map(lambda x: x),
    theta_s=st.floats(5, 200),
    tau_s=st.floats(50, 5000),
    tau2_s=st.just(0.0),
)


@settings(max_examples=40)
@given(processes)
def test_rules_keep_the_robustness_their_papers_promise(process: Process) -> None:
    laws = side_by_side(process, 1.0)
    assert sensitivity(process, laws["SIMC tight"], 1.0) < 1.75
    assert sensitivity(process, laws["SIMC smooth"], 1.0) < 1.4
    assert sensitivity(process, laws["lambda"], 1.0) < 1.5


@settings(max_examples=25)
@given(processes, st.floats(1.02, 1.5))
def test_robustness_and_the_law_itself_agree_on_what_is_stable(
    process: Process, factor: float
) -> None:
    ku, _ = ultimate(process, 1.0)
    p_only = Tuning(ku * factor, math.inf)
    assert sensitivity(process, p_only, 1.0) == math.inf
    assert sensitivity(process, Tuning(ku / factor / 1.2, math.inf), 1.0) < math.inf


def test_ultimate_gain_is_what_a_relay_finds() -> None:
    rig, _ = after_test(HEATED, replace(RELAY, hysteresis=0.0, amplitude=10.0, swings=6), noise=0.0)
    trial = rig.state.trial
    assert trial is not None
    late = [y for t, _, y in trial.samples if t + trial.began > trial.turns[4]]
    ku, pu = ultimate(HEATED, rig.dt)
    assert from_relay(10.0, (max(late) - min(late)) / 2.0, 0.0) == pytest.approx(ku, rel=0.25)
    period = (trial.turns[-1] - trial.turns[3]) / ((len(trial.turns) - 4) / 2)
    assert period == pytest.approx(pu, rel=0.25)


def test_predicted_response_is_what_the_loop_does() -> None:
    law = simc(HEATED, 10.0)
    promised = promise(HEATED, law, 10.0)
    plant, rig = Analytic(HEATED, 40.0), Rig(loop_of(HEATED), {"pump": 0.0}).auto(40.0)
    rig.state = set_tuning(rig.config, rig.state, law)
    rig.scan(40.0)
    plant.load, error = 1.0, 0.0
    for _ in range(600):
        pv = plant.run(rig.actual["pump"], rig.dt)
        rig.scan(pv)
        error += abs(pv - 40.0) * rig.dt
    assert error == pytest.approx(promised.iae, rel=0.1)


@pytest.mark.parametrize(
    "samples",
    [
        [(0.0, 0.0, 1.0)] * 5,
        [(float(t), 1.0, 36.0) for t in range(50)],
        [(float(t), float(t % 7), 36.0 + (t * 7919 % 13)) for t in range(200)],
    ],
    ids=["few", "u stands still", "noise"],
)
def test_samples_that_show_nothing_give_no_process(
    samples: list[tuple[float, float, float]],
) -> None:
    with pytest.raises(InputError):
        fit(samples)


def test_the_end_of_a_test_tells_what_segment_and_schedule_made_of_the_tuning() -> None:
    config = loop_of(HEATED)
    halves = Structure((
        Segment(-50, 0, "pump", -50, 0), Segment(0, 50, "pump", 0, 50, gain=2.0, time=0.5),
    ))  # fmt: skip
    rig = Rig(replace(config, structure=halves), {"pump": 10.0}).auto(40.0)
    for _ in range(5):
        rig.scan(40.0)
    rig.state = set_experiment(rig.config, rig.state, STEP, rig.now, "ola")
    rig.scan(43.0)
    tested = next(event for event in rig.events if event.kind == "loop.tested")
    assert (tested.data["gain_factor"], tested.data["time_factor"]) == (2.0, 0.5)


def short_step(seed: int) -> list[tuple[float, float, float]]:
    """Return a step of 1 degC on a jacket: half an hour of a vessel that needs two hours."""
    noise = random.Random(seed)  # noqa: S311  a test
    jacket, vessel, rows = 0.0, 0.0, []
    for row in range(345):
        t = 5.0 * (row + 1)
        u = 1.0 if t > 300.0 else 0.0
        jacket += 5.0 * (u - jacket) / 206.0
        vessel += 5.0 * (jacket - vessel) / 7500.0
        rows.append((t, u, 37.0 + round((vessel + noise.gauss(0.0, 0.01)) / 0.01) * 0.01))
    return rows


@pytest.mark.parametrize("seed", [34, 45, 57, 63, 66])  # where two lags fit a little better
def test_a_form_whose_slope_the_test_cannot_tell_is_not_taken(seed: int) -> None:
    found = fit(short_step(seed))
    assert found.unsure["slope"] <= 0.5
    assert abs(found.process.slope * 7500.0 - 1.0) < 0.35


def test_no_dead_time_is_shorter_than_two_samples() -> None:
    rows, y = [], 40.0
    for row in range(400):
        u = 1.0 if row // 40 % 2 else -1.0
        y += 5.0 * 0.003 * u
        rows.append((5.0 * row, u, y))
    assert fit(rows).process.theta_s >= 10.0


@given(st.floats(0.1, 100), st.floats(30, 20_000), st.floats(0.001, 1))
def test_a_calm_law_follows_what_takes_hours(kc: float, ti_s: float, noise: float) -> None:
    law = calm(Tuning(kc, ti_s), noise, 5.0)
    assert 0.2 <= law.inside <= 1.0
    assert law.ti_s / law.inside <= max(SLOWEST, ti_s) * (1 + 1e-9) or law.inside == 0.2
