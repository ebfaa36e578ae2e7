"""The table of interlocks, I1 to I14, as it ships: driven by the real scan on a unit's readings."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bioctl.control.interlock import Person, first_out, reset
from bioctl.control.loop_config import LoopConfig
from bioctl.equipment.commanded import LoopDemand
from bioctl.equipment.condition_names import lookup_of
from bioctl.equipment.count import count_anew
from bioctl.equipment.permit import blocks_of
from bioctl.errors import RefusedError
from bioctl.values import Reading, bad

from .table_site import AUTO, SITE, Scanned

OLA, QUINN = Person("Ola", "operator"), Person("Quinn", "qa")


def let_go(cell: Scanned, name: str, by: Person = OLA, unit: str = "BR101") -> None:
    """Reset an interlock as the pipeline does."""
    config, memory = cell.site.units[unit].interlocks[name], cell.memory[unit]
    anew = lookup_of(cell.site.units[unit], memory, cell._image(), anew=config.counts)
    memory.interlocks[name], _ = reset(config, memory.interlocks[name], by, anew)
    count_anew(memory, config.counts)


def blocked(cell: Scanned, phase: str, unit: str = "BR101") -> list[str]:
    """Return what keeps a phase from starting."""
    found = blocks_of(cell.site.units[unit], cell.memory[unit])
    return [one.text for one in found if phase in one.phases]


def shut(cell: Scanned) -> bool:
    return not any(cell.output(one) for one in ("air", "oxygen", "nitrogen", "carbon_dioxide"))


@pytest.mark.requirement("I1")
def test_pressure_shuts_the_gas_limits_the_stirrer_and_waits_for_a_person() -> None:
    cell = Scanned().run(20).command(agitation=200.0).run(5, BR101_pressure=90.0)
    assert cell.trips() == []
    cell.run(2)
    assert cell.trips() == ["pressure_high"]
    assert first_out(cell.memory["BR101"].interlocks) == "pressure_high"
    assert shut(cell)
    assert (cell.output("vent_valve"), cell.output("agitation")) == (1.0, 75.0)
    cell.run(60, BR101_pressure=20.0)
    with pytest.raises(RefusedError, match="still there"):
        let_go(cell, "pressure_high")
    cell.run(60, BR101_pressure=9.0)
    assert cell.state("pressure_high").tripped
    let_go(cell, "pressure_high")
    cell.run(30)
    assert cell.output("agitation") == 200.0
    assert not shut(cell)


@pytest.mark.requirement("I1")
@pytest.mark.promise(6)
def test_pressure_that_is_bad_trips_and_does_not_reset() -> None:
    cell = Scanned().run(10).run(8, BR101_pressure=bad("wire break"))
    assert cell.trips() == ["pressure_high"]
    with pytest.raises(RefusedError, match="wire break"):
        let_go(cell, "pressure_high")


@pytest.mark.promise(6)
def test_unit_that_was_not_heard_yet_trips_nothing_and_once_heard_its_bad_readings_do() -> None:
    silent = {f"BR101_{name}": bad("no link yet") for name in SITE.units["BR101"].measurements}
    cell = Scanned().run(60, **silent)
    assert cell.trips() == []
    cell.run(4, **{**silent, "BR101_glucose": Reading(5.0)})
    assert cell.trips() == ["feed_used_up"], "it has no delay"
    cell.run(60, BR101_glucose=bad("lost again"))
    assert {"pressure_high", "level_low"} <= set(cell.trips())


@pytest.mark.requirement("I2")
def test_level_under_the_impeller_stops_stirrer_gas_and_heater_until_there_is_more() -> None:
    cell = Scanned().run(10).run(10, BR101_weight=0.29)
    assert cell.trips() == ["level_low"]
    assert shut(cell)
    off = {name: cell.output(name) for name in ("agitation", "base_pump", "jacket")}
    assert off == {"agitation": 0.0, "base_pump": 0.0, "jacket": 20.0}
    assert cell.run(30, BR101_weight=0.31, BR101_agitator_speed=0.0).state("level_low").tripped
    cell.run(20, BR101_weight=0.316)
    assert not cell.state("level_low").tripped
    assert cell.output("agitation") == 60.0


@pytest.mark.requirement("I2")
def test_empty_vessel_that_is_not_stirred_may_be_inflated() -> None:
    cell = Scanned().run(60, BR101_weight=0.0, BR101_agitator_speed=0.0)
    assert cell.trips() == []


@pytest.mark.requirement("I3")
@pytest.mark.parametrize(
    "seen", [{"BR101_temperature_2": 38.1}, {"BR101_temperature_2": bad("wire break")},
             {"BR101_temperature": 35.9}],
)  # fmt: skip
def test_probes_that_differ_hold_the_jacket_until_qa_has_looked(
    seen: dict[str, float | Reading],
) -> None:
    cell = Scanned().run(20).run(12, **seen)
    assert "temperature_doubtful" in cell.trips()
    assert cell.output("jacket") == 37.0
    with pytest.raises(RefusedError, match="can't be reset"):
        let_go(cell, "temperature_doubtful", QUINN)
    cell.run(60, BR101_temperature=37.0, BR101_temperature_2=37.0)
    with pytest.raises(RefusedError, match="is reset by QA"):
        let_go(cell, "temperature_doubtful", OLA)
    let_go(cell, "temperature_doubtful", QUINN)
    assert not cell.run(30).state("temperature_doubtful").tripped


@pytest.mark.requirement("I4")
def test_bad_ph_keeps_the_last_outputs_then_stops_acid_and_base_until_it_was_good() -> None:
    cell = Scanned().run(120, BR101_pH=7.0)
    base = cell.output("base_pump")
    assert base > 0
    cell.run(55, BR101_pH=bad("wire break"))
    assert cell.output("base_pump") == base
    cell.run(20)
    assert (cell.output("base_pump"), cell.output("carbon_dioxide")) == (0.0, 0.0)
    cell.run(50, BR101_pH=7.0)
    assert cell.output("base_pump") == 0.0
    assert cell.run(120).output("base_pump") > 0
    kinds = [kind for _, kind, data in cell.events if data.get("loop") == "pH"]
    assert kinds == ["loop.fallback", "loop.recovered"]


@pytest.mark.requirement("I5")
@pytest.mark.parametrize(("days", "air", "oxygen"), [(0, 0.3, 0.0), (2.5, 0.4, 0.1), (9, 0.3, 0.2)])
def test_bad_oxygen_keeps_the_mix_then_takes_the_table_for_the_age_of_the_culture(
    days: float, air: float, oxygen: float
) -> None:
    cell = Scanned().run(60, BR101_dissolved_oxygen=40.0)
    old = cell.commanded["BR101"]
    state = type(old)(old.owner, old.outputs, old.loops, cell.now - days * 86400.0)
    cell.commanded["BR101"] = state
    cell.run(10)
    mix = [cell.output(name) for name in ("nitrogen", "air", "oxygen")]
    cell.run(580, 10.0, BR101_dissolved_oxygen=bad("cap"))
    assert [cell.output(name) for name in ("nitrogen", "air", "oxygen")] == mix
    cell.run(40)
    assert [cell.output(name) for name in ("nitrogen", "air", "oxygen")] == [0.0, air, oxygen]
    cell.run(20, BR101_dissolved_oxygen=40.0)
    assert not cell.memory["BR101"].loops["dissolved_oxygen"].fallback


@pytest.mark.requirement("I6")
@pytest.mark.fault("PV-12")
def test_base_against_carbon_dioxide_stops_both_after_10_s_and_waits_for_a_person() -> None:
    cell = Scanned(pH=LoopDemand("OFF", None)).command(base_pump=1.0, carbon_dioxide=0.05)
    cell.run(10)
    assert cell.trips() == []
    cell.run(3)
    assert cell.trips() == ["acid_against_base"]
    cell.run(120)
    assert (cell.output("base_pump"), cell.output("carbon_dioxide")) == (0.0, 0.0)
    cell.command(carbon_dioxide=0.0)
    let_go(cell, "acid_against_base")
    assert cell.run(10).output("base_pump") == 1.0


@pytest.mark.requirement("I6")
def test_outputs_that_read_bad_neither_trip_it_nor_reset_it() -> None:
    cell = Scanned(pH=LoopDemand("OFF", None)).command(base_pump=1.0, carbon_dioxide=0.0).run(30)
    cell.stuck["BR101.carbon_dioxide"] = float("nan")
    assert cell.run(60).trips() == []


@pytest.mark.requirement("I7")
def test_dose_limit_locks_the_base_pump() -> None:
    cell = Scanned().run(60, BR101_pH=7.0, BR101_base_total=100.0)
    assert cell.output("base_pump") > 0
    cell.run(30, BR101_base_total=501.0)
    assert cell.output("base_pump") == 0.0
    assert cell.trips() == ["pH.dose"]
    count_anew(cell.memory["BR101"], ["pH"])
    assert cell.run(60).output("base_pump") > 0


@pytest.mark.requirement("I7")
def test_feed_that_is_used_up_is_stopped_and_counts_anew_after_two_people() -> None:
    cell = Scanned().run(10, BR101_feed_total=500_000.0)
    assert cell.output("feed_pump") == 2.0
    cell.run(5, BR101_feed_total=520_001.0)
    assert (cell.trips(), cell.output("feed_pump")) == (["feed_used_up"], 0.0)
    assert cell.run(600, 10.0).state("feed_used_up").tripped
    let_go(cell, "feed_used_up")
    assert cell.run(5).output("feed_pump") == 2.0
    cell.run(5, BR101_feed_total=540_003.0)
    assert cell.trips() == ["feed_used_up", "feed_used_up"]


@pytest.mark.requirement("I7")
@pytest.mark.promise(6)
def test_totaliser_that_can_not_be_read_stops_the_feed() -> None:
    cell = Scanned().run(10).run(5, BR101_feed_total=bad("wire break"))
    assert cell.output("feed_pump") == 0.0
    with pytest.raises(RefusedError, match="can't be reset"):
        let_go(cell, "feed_used_up")


@pytest.mark.requirement("I8")
def test_valve_that_is_not_where_it_was_sent_stops_the_transfer() -> None:
    cell = Scanned().command(harvest_pump=100.0).run(15)
    assert blocked(cell, "transfer") == []
    cell.stuck["BR101.harvest_valve"] = 0.0
    cell.run(3)
    assert cell.trips() == []
    cell.run(2)
    assert cell.trips() == ["harvest_valve_not_following"]
    assert (cell.output("harvest_pump"), cell.output("harvest_valve")) == (0.0, 0.0)
    assert "has tripped" in blocked(cell, "transfer")[-1]
    del cell.stuck["BR101.harvest_valve"]
    cell.run(60)
    let_go(cell, "harvest_valve_not_following")
    assert cell.run(20).output("harvest_valve") == 1.0
    assert blocked(cell, "transfer") == []


@pytest.mark.requirement("I12")
@pytest.mark.parametrize(
    "seen", [{"ROOM1_particles_05um": 4000.0}, {"ROOM1_pressure_difference": 4.0},
             {"VF301_last_weight": bad("weigher")}, {"ROOM1_particles_05um": bad("counter")}],
)  # fmt: skip
def test_room_or_weigher_that_fails_stops_filling_until_qa(
    seen: dict[str, float | Reading],
) -> None:
    cell = Scanned().run(10)
    assert blocked(cell, "fill_vials", "VF301") == []
    cell.run(7, **seen)
    assert cell.trips("VF301") == ["environment_lost"]
    cell.run(60, ROOM1_particles_05um=0.0, ROOM1_pressure_difference=15.0, VF301_last_weight=5.0)
    assert "environment_lost has tripped" in blocked(cell, "fill_vials", "VF301")[0]
    with pytest.raises(RefusedError, match="is reset by QA"):
        let_go(cell, "environment_lost", OLA, "VF301")
    let_go(cell, "environment_lost", QUINN, "VF301")
    assert blocked(cell.run(2), "fill_vials", "VF301") == []


@pytest.mark.requirement("I13")
def test_inoculation_waits_for_half_an_hour_in_band() -> None:
    cell = Scanned().run(1790, 10.0)
    assert "must hold for" in blocked(cell, "inoculate")[0]
    assert "now" not in blocked(cell, "inoculate")[0]
    assert blocked(cell.run(30), "inoculate") == []
    cell.run(5, BR101_pH=6.9)
    assert "now dissolved_oxygen 50" in blocked(cell, "inoculate")[0]
    cell.run(1700, 10.0, BR101_pH=7.2)
    assert blocked(cell, "inoculate")
    assert blocked(cell.run(120), "inoculate") == []


@pytest.mark.requirement("I13")
@pytest.mark.promise(6)
@pytest.mark.parametrize("point", ["temperature", "pH", "dissolved_oxygen"])
def test_bad_reading_blocks_inoculation(point: str) -> None:
    cell = Scanned().run(2000, 10.0).run(1, **{f"BR101_{point}": bad("wire break")})
    assert f"{point} is not Good (wire break)" in blocked(cell, "inoculate")[0]


@pytest.mark.requirement("I13")
def test_loop_that_does_not_control_blocks_inoculation() -> None:
    cell = Scanned(**{**AUTO, "pH": LoopDemand("OFF", None)}).run(2000, 10.0)
    assert "pH.setpoint is not Good (the loop does not control)" in blocked(cell, "inoculate")[0]


@pytest.mark.parametrize("limited_s", [600.0, 6000.0])
def test_loop_does_not_wind_up_against_a_limit(limited_s: float) -> None:
    cell = Scanned().command(agitation=20.0).run(900, 10.0, BR101_dissolved_oxygen=30.0)
    assert cell.output("agitation") > 76.0
    cell.run(30, BR101_pressure=90.0)
    assert cell.output("agitation") == 75.0
    assert "agitation" in cell.memory["BR101"].loops["dissolved_oxygen"].tracking
    cell.run(limited_s, 10.0, BR101_pressure=5.0)
    assert "no_follow" not in cell.memory["BR101"].loops["dissolved_oxygen"].seen.doubts
    let_go(cell, "pressure_high")
    proportional = 0.5 * 20.0 * 100.0 / 30.0  # gain, error in %, rpm of the segment per u
    assert cell.run(10).output("agitation") < 78.0 + proportional, "no more than its error asks"


readings = st.fixed_dictionaries(
    {
        "BR101_pressure": st.one_of(st.sampled_from([5.0, 90.0]), st.just(bad("off"))),
        "BR101_weight": st.sampled_from([0.2, 4.0]),
        "BR101_temperature_2": st.one_of(st.sampled_from([37.0, 39.0]), st.just(bad("off"))),
        "BR101_feed_total": st.sampled_from([0.0, 9000.0, 30_000.0]),
        "BR101_pH": st.one_of(st.floats(6.5, 7.9), st.just(bad("off"))),
    }
)


@settings(max_examples=15, deadline=None)
@given(st.lists(readings, min_size=1, max_size=8), st.lists(st.floats(0, 250), min_size=8))
def test_what_interlocks_ask_is_what_the_plant_is_told(
    seen: list[dict[str, float | Reading]], speeds: list[float]
) -> None:
    """Whatever recipe and loops want: the first that acts has its value, and no limit is passed."""
    cell = Scanned()
    config = cell.site.units["BR101"].interlocks
    for now, speed in zip(seen, speeds, strict=False):
        cell.command(agitation=speed, feed_pump=5.0).run(7, **now)
        states = cell.memory["BR101"].interlocks
        acting = [one for name, one in config.items() if states[name].acts]
        for name in cell.memory["BR101"].told:
            limits = [one.at_most[name] for one in acting if name in one.at_most]
            wanted = next((one.then[name] for one in acting if name in one.then), None)
            if wanted is not None:
                assert cell.output(name) == min([wanted, *limits])
            assert cell.output(name) <= min([math.inf, *limits])


def test_every_interlock_of_the_tables_is_driven_here() -> None:
    shipped = {key for unit in SITE.units.values() for key in unit.origins if "alarms" not in key}
    assert {key.partition(".")[2] for key in shipped} == {
        "pressure_high", "acid_against_base", "level_low", "temperature_doubtful", "feed_used_up",
        "harvest_valve_not_following", "harvest_valve_follows", "ready_for_cells",
        "product_valve_not_following", "product_valve_follows", "inlet_valve_not_following",
        "inlet_valve_follows", "something_to_fill", "environment_lost",
    }  # fmt: skip


def test_loops_of_the_demonstration_have_the_fallbacks_of_the_table() -> None:
    loops = SITE.units["BR101"].loops
    acidity, oxygen = loops["pH"], loops["dissolved_oxygen"]
    assert isinstance(acidity, LoopConfig)
    assert isinstance(oxygen, LoopConfig)
    assert (acidity.hold_s, acidity.recover_s, oxygen.hold_s) == (60.0, 60.0, 600.0)
    assert set(oxygen.fallback_from) == {2 * 86400.0, 4 * 86400.0}
