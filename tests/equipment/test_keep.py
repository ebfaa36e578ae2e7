"""What units keep over a restart, and that its loss is no matter."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bioctl.app.core import Core
from bioctl.batch.state import CellState
from bioctl.control.alarm_state import AlarmCondition, AlarmState
from bioctl.control.interlock_config import InterlockState
from bioctl.control.loop_config import Mode
from bioctl.control.loop_state import LoopState
from bioctl.control.permissive import PermissiveState
from bioctl.control.totaliser import DoseState
from bioctl.equipment.keep import recall, remember
from bioctl.equipment.regulate import UnitMemory
from bioctl.values import Reading

from ..batch.cell import Cell, recipe  # noqa: TID252  tests are no package
from ..batch.dry_setting import demo_site  # noqa: TID252
from ..batch.test_hold import CHARGE, GROW  # noqa: TID252
from .table_site import Scanned

SITE = demo_site()


def kept() -> dict[str, UnitMemory]:
    memory = {name: UnitMemory() for name in SITE.units}
    memory["BR101"] = UnitMemory(
        loops={"pH": LoopState(Mode.AUTO, 7.2, 7.1, dose=DoseState(120.0, 4000.0, locked=True))},
        interlocks={"pressure_high": InterlockState(tripped=True, since=5.0, cause="pressure")},
        alarms={"ph_bad": AlarmState(AlarmCondition.UNACK_RETURNED, raised_at=7.0)},
        owner="B-1",
    )
    return memory


def test_interlocks_alarms_and_dose_counters_outlive_a_restart() -> None:
    again = recall(SITE.units, remember(kept()))["BR101"]
    before = kept()["BR101"]
    assert again.interlocks == before.interlocks
    assert again.alarms == before.alarms
    assert again.loops["pH"].dose == before.loops["pH"].dose
    assert again.owner == "B-1"


def test_counts_and_bypasses_outlive_a_restart_and_the_time_of_a_permissive_does_not() -> None:
    cell = Scanned().run(2000, 10.0).run(5, BR101_feed_total=12_000.0)
    memory = cell.memory["BR101"]
    assert memory.permissives["ready_for_cells"].given
    memory.permissives["ready_for_cells"] = PermissiveState(5.0, "", bypassed_until=9000.0)
    again = recall(cell.site.units, remember(cell.memory))["BR101"]
    assert again.counted["feed_total"].used == memory.counted["feed_total"].used == 12_000.0
    kept = again.permissives["ready_for_cells"]
    assert (kept.since, kept.bypassed_until, bool(kept.missing)) == (None, 9000.0, True)


def test_what_ran_while_the_controller_was_down_is_counted() -> None:
    cell = Scanned().run(5, BR101_feed_total=1000.0)
    cell.memory = recall(cell.site.units, remember(cell.memory))
    cell.run(2, BR101_feed_total=1300.0)
    assert cell.memory["BR101"].counted["feed_total"].used == 300.0


def test_dose_counter_of_the_same_batch_goes_on_after_a_restart() -> None:
    core = Core(SITE, CellState(), remember(kept()))
    assert core.memory["BR101"].loops["pH"].dose.locked


def test_what_the_site_no_longer_has_is_left_out() -> None:
    unit = replace(SITE.units["BR101"], loops={}, interlocks={}, alarms={})
    again = recall({"BR101": unit}, remember(kept()))
    assert again["BR101"] == UnitMemory(owner="B-1")


json = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=9), one, max_size=3),
)
shaped = st.fixed_dictionaries(
    {},
    optional={
        "BR101": st.fixed_dictionaries(
            {},
            optional={
                "owner": json,
                "loops": st.fixed_dictionaries({}, optional={"pH": json}) | json,
                "interlocks": st.fixed_dictionaries({}, optional={"pressure_high": json}) | json,
                "alarms": st.fixed_dictionaries({}, optional={"ph_bad": json}) | json,
            },
        )
        | json
    },
)


@pytest.mark.promise(8)
@settings(deadline=None)
@given(shaped)
def test_blob_that_is_none_of_ours_is_forgotten(blob: Any) -> None:
    assert recall(SITE.units, orjson.dumps(blob)).keys() == SITE.units.keys()


@pytest.mark.parametrize("blob", [None, b"", b"{}", b"\xff", b"[1]", b"null"])
def test_lost_snapshot_leaves_units_that_begin_from_the_plant(blob: bytes | None) -> None:
    assert recall(SITE.units, blob) == {name: UnitMemory() for name in SITE.units}


@pytest.mark.promise(1)
def test_lost_snapshot_changes_no_batch_state() -> None:
    cell = Cell.started(recipe(CHARGE, GROW))
    cell.until(lambda: cell.step_of("u/o/grow") == "begin")
    with_it = Core(SITE, cell.core.state, remember(cell.core.memory))
    without = Core(SITE, cell.core.state, None)
    assert with_it.memory != without.memory
    for now in (cell.t + 10, cell.t + 20):
        decided = [core.scan(cell.readings, now, 0.0, now) for core in (with_it, without)]
        assert decided[0].procedure == decided[1].procedure
    assert with_it.state == without.state


def test_recalled_ramp_and_recalled_trip_are_in_force_at_the_first_scan() -> None:
    core = Core(SITE, CellState(), remember(kept()))
    readings = {tag.name: Reading(tag.range.clamp(1.0)) for tag in SITE.tags}
    readings["BR101.PT101"] = Reading(50.0)  # below the limit, above the reset
    core.scan(readings, 10.0, 0.0, 10.0)
    assert core.memory["BR101"].interlocks["pressure_high"].tripped
    assert core.outputs()["BR101.XV103"] == 1.0
