"""The scan: fences, who wins over whom, periods, and what is BAD moves nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bioctl.equipment.regulate as regulate_module
from bioctl.control.loop import scan_loop
from bioctl.control.loop_config import AnyLoop
from bioctl.equipment.commanded import LoopDemand, UnitState
from bioctl.equipment.image import make_image
from bioctl.equipment.regulate import UnitMemory, due, outputs_of
from bioctl.equipment.scan import Decisions, scan
from bioctl.values import Quality, Reading, bad

from ..batch.dry_setting import demo_site  # noqa: TID252  tests are no package

SITE = demo_site()
REACTOR = SITE.units["BR101"]
GOOD: Mapping[str, float] = {
    **{tag.name: tag.range.clamp(0.0) for tag in SITE.tags},
    "BR101.TT101": 36.0, "BR101.AT101": 7.2, "BR101.AT102": 50.0, "BR101.WT101": 4.0,
    "BR101.TC101": 37.0, "BR101.FC101": 0.3, "BR101.SC101": 60.0,
}  # fmt: skip
AUTO = {
    "temperature": LoopDemand("AUTO", 37.0),
    "pH": LoopDemand("AUTO", 7.2),
    "dissolved_oxygen": LoopDemand("AUTO", 50.0),
}
COMMANDED = {"agitation": 60.0, "feed_pump": 2.0, "base_pump": 0.0, "vent_valve": 1.0}
RUNS = UnitState("B-1", COMMANDED, AUTO)


def image(**readings: Reading) -> dict[str, Reading]:
    given = {name.replace("_", ".", 1): reading for name, reading in readings.items()}
    return make_image(SITE.tags, {name: Reading(v) for name, v in GOOD.items()} | given)


def memories() -> dict[str, UnitMemory]:
    return {name: UnitMemory() for name in SITE.units}


def run(
    memory: Mapping[str, UnitMemory],
    now: float,
    *,
    state: UnitState = RUNS,
    steps: Mapping[str, Any] | None = None,
    faulty: Sequence[str] = (),
    **readings: Reading,
) -> Decisions[Any]:
    commanded = {"BR101": state, "CW201": UnitState("B-2", {"mixer": 30.0})}
    return scan(SITE.units, memory, image(**readings), commanded, steps or {}, now, faulty)


def failing() -> list[Any]:
    raise ZeroDivisionError("odd")


@pytest.mark.fault("CR-08")
def test_failing_batch_affects_no_other_and_its_units_take_hold_outputs() -> None:
    memory = memories()
    decided = run(memory, 10.0, steps={"B-1": failing, "B-2": lambda: ["event"]})
    assert decided.broken == {"B-1": "ZeroDivisionError: odd"}
    assert decided.procedure == {"B-2": ["event"]}
    assert decided.outputs["BR101.PC102"] == 0.0
    assert decided.outputs["BR101.SC101"] >= 60.0
    assert decided.outputs["CW201.SC201"] == 30.0
    assert decided.beat == set(SITE.units)
    assert run(memory, 20.0, faulty=["B-1"]).outputs["BR101.PC102"] == 0.0
    assert run(memory, 30.0).outputs["BR101.PC102"] == 2.0


@pytest.mark.fault("CR-08")
@pytest.mark.parametrize("broken", AUTO)
def test_failing_loop_takes_its_fallback_and_the_others_go_on(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sometimes(config: AnyLoop, *args: Any, **more: Any) -> Any:
        if config.name == broken and broken_now:
            raise OverflowError("odd")
        return scan_loop(config, *args, **more)

    monkeypatch.setattr(regulate_module, "scan_loop", sometimes)
    memory, events = memories(), []
    for now in map(float, range(0, 101, 10)):  # Good again for as long as `recover` asks
        broken_now = 0.0 < now < 30.0
        decided = run(memory, now)
        events += [event for unit, event in decided.protective if event.kind.startswith("loop")]
        assert set(decided.broken) == ({f"BR101.{broken}"} if broken_now else set())
        assert decided.beat == set(SITE.units)
        looped = memory["BR101"].looped
        for name, config in REACTOR.loops.items():
            assert set(config.structure.outputs) & looped.keys(), name  # type: ignore[union-attr]
        fallback = REACTOR.loops[broken].fallback  # type: ignore[union-attr]
        assert not broken_now or looped.items() >= fallback.items()
    assert [event.kind for event in events] == ["loop.fallback", "loop.recovered"]
    assert events[0].data == {"loop": broken, "reason": "fault: OverflowError: odd"}


def test_failing_loop_that_is_off_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_args: Any, **_more: Any) -> Any:
        raise OverflowError("odd")

    monkeypatch.setattr(regulate_module, "scan_loop", never)
    memory = memories()
    run(memory, 10.0, state=replace(RUNS, loops={}))
    assert memory["BR101"].looped == {}


def test_failing_protection_of_a_unit_stops_its_beat_only() -> None:
    site = dict(SITE.units)
    interlock = next(iter(REACTOR.interlocks.values()))
    site["BR101"] = replace(REACTOR, interlocks={"odd": replace(interlock, when=None)})  # type: ignore[arg-type]
    decided: Decisions[Any] = scan(site, memories(), image(), {"BR101": RUNS}, {}, 10.0)
    assert decided.beat == set(SITE.units) - {"BR101"}
    assert "BR101" in decided.broken
    assert decided.outputs["BR101.PC102"] == 2.0, "its outputs are still decided"


@pytest.mark.promise(6)
def test_interlock_wins_over_loop_and_command() -> None:
    memory = memories()
    for now in (0.0, 10.0, 20.0):
        decided = run(memory, now, BR101_PT101=Reading(90.0), BR101_WT101=Reading(0.1),
                      BR101_ST101=Reading(60.0), BR101_AT102=Reading(10.0))  # fmt: skip
    forced = {"FC101": 0.0, "FC102": 0.0, "FC103": 0.0, "FC104": 0.0, "XV103": 1.0, "SC101": 0.0}
    assert {name: decided.outputs[f"BR101.{name}"] for name in forced} == forced
    assert decided.outputs["BR101.PC101"] == 0.0
    tripped = {e.data["interlock"] for _, e in decided.protective} | {
        name for name, state in memory["BR101"].interlocks.items() if state.tripped
    }
    assert tripped == {"pressure_high", "level_low"}


def test_outputs_of_a_loop_that_goes_off_fall_back_to_what_is_commanded() -> None:
    memory, state = memories(), replace(RUNS, outputs={**COMMANDED, "air": 0.2, "jacket": 20.0})
    assert run(memory, 10.0, state=state).outputs["BR101.TC101"] != 20.0
    off = replace(state, loops=dict.fromkeys(AUTO, LoopDemand("OFF", None)))
    outputs = run(memory, 20.0, state=off).outputs
    assert (outputs["BR101.TC101"], outputs["BR101.FC101"]) == (20.0, 0.2)


def test_hold_values_go_over_commands_and_under_loops_and_interlocks() -> None:
    memory = UnitMemory(looped={"base_pump": 1.0, "air": 0.4}, forced={"air": 0.0})
    outputs = outputs_of(REACTOR, memory, RUNS, closed=True)
    assert (outputs["feed_pump"], outputs["base_pump"], outputs["air"]) == (0.0, 1.0, 0.0)
    assert outputs["agitation"] == 60.0
    assert outputs_of(REACTOR, memory, RUNS)["feed_pump"] == 2.0


def test_every_unit_keeps_its_own_period() -> None:
    memory, seen = memories(), {name: [] for name in SITE.units}
    for second in range(61):
        run(memory, float(second))
        for name, one in memory.items():
            if one.scanned == second:
                seen[name].append(second)
    for name, unit in SITE.units.items():
        assert seen[name] == list(range(0, 61, int(unit.period_s)))
        assert not due(unit, memory[name], 61.0) or unit.period_s == 1.0


def test_late_unit_is_scanned_once_and_not_made_up_for() -> None:
    memory = memories()
    run(memory, 0.0)
    run(memory, 95.0)
    assert memory["BR101"].scanned == 95.0
    assert not due(REACTOR, memory["BR101"], 100.0)


values = st.floats() | st.sampled_from([0.0, 7.2, 37.0, 50.0, 4.0])


@pytest.mark.promise(6)
@settings(deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                tag: st.builds(
                    Reading, values, st.sampled_from([Quality.BAD, Quality.UNCERTAIN])
                ) | st.just(bad("cut"))
                for tag in ("BR101_TT101", "BR101_AT101", "BR101_AT102")
            }
        ),
        min_size=1, max_size=80,
    )
)  # fmt: skip
def test_bad_readings_never_move_an_output_but_to_the_fallback(
    turns: list[dict[str, Reading]],
) -> None:
    memory = memories()
    for now in (0.0, 10.0, 20.0):
        last = run(memory, now).outputs
    fallback = {
        REACTOR.outputs[name].name: value
        for config in REACTOR.loops.values()
        for name, value in config.fallback.items()  # type: ignore[union-attr]
    }
    for at, readings in enumerate(turns):
        outputs = run(memory, 30.0 + 10.0 * at, **readings).outputs
        for tag, value in outputs.items():
            assert value in (last[tag], fallback.get(tag, last[tag])), tag


@settings(deadline=None)
@given(st.fixed_dictionaries({tag.name: st.builds(Reading, values) for tag in SITE.tags}))
def test_scan_decides_outputs_the_plant_can_take_whatever_it_reads(
    readings: Mapping[str, Reading],
) -> None:
    memory, ranges = memories(), {tag.name: tag.range for tag in SITE.tags}
    for now in (0.0, 10.0, 20.0):
        decided: Decisions[Any] = scan(
            SITE.units, memory, make_image(SITE.tags, readings), {"BR101": RUNS}, {}, now
        )
        assert decided.broken == {}
        for tag, value in decided.outputs.items():
            assert value in ranges[tag], (tag, value)


def test_dose_limit_counts_anew_for_each_batch_and_over_a_restart() -> None:
    memory = memories()
    for now, total in ((0.0, 1000.0), (10.0, 1300.0)):
        run(memory, now, BR101_FQ101=Reading(total))
    assert memory["BR101"].loops["pH"].dose.used == 300.0
    free = replace(RUNS, owner=None)
    run(memory, 20.0, state=free, BR101_FQ101=Reading(1350.0))
    assert memory["BR101"].loops["pH"].dose.used == 350.0
    decided = run(memory, 30.0, state=replace(RUNS, owner="B-9"), BR101_FQ101=Reading(1460.0))
    assert memory["BR101"].loops["pH"].dose.used == 110.0
    assert not [e for _, e in decided.protective if e.kind == "interlock.tripped"]
    decided = run(memory, 40.0, state=replace(RUNS, owner="B-9"), BR101_FQ101=Reading(1751.0))
    tripped = [e for _, e in decided.protective if e.kind == "interlock.tripped"]
    assert [e.data["interlock"] for e in tripped] == ["pH.dose"]
    assert decided.outputs["BR101.PC101"] == 0.0
