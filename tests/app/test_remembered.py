"""What people did to alarms and interlocks outlives a crash right after its entry.

`_recovered` reads the journal as the next controller does; no snapshot was taken since.
"""

from dataclasses import replace
from typing import Any

import pytest

from bioctl.app.cell import _recovered
from bioctl.control.alarm_state import AlarmCondition, AlarmState
from bioctl.control.interlock_config import InterlockState, Reset
from bioctl.control.loop_state import LoopState
from bioctl.control.totaliser import DoseState

from .desk import Desk
from .setting import SITE, kinds
from .test_alarms import GLUCOSE, JACKET, OXYGEN, break_, give, mend, state
from .test_interlocks import FAULT as PRESSURE
from .test_interlocks import NAME, allow, signed, trip
from .test_interlocks import give as give_interlock

N = AlarmCondition


async def killed(desk: Desk) -> Any:
    """Return the core that the next controller begins with; the last snapshot is an old one."""
    snapshots = len(kinds(await desk.run.entries(), "snapshot.taken"))
    site = replace(SITE, units=desk.run.core.site.units)
    again = await _recovered(site, desk.run.store.journal)
    assert len(kinds(await desk.run.entries(), "snapshot.taken")) == snapshots
    return again.core


async def alarm(desk: Desk, name: str) -> AlarmState:
    return (await killed(desk)).memory["BR101"].alarms[name.partition(".")[2]]


async def snapshot(desk: Desk) -> None:
    """Let a snapshot be taken of how things are before a person does something."""
    desk.run.shell.keeper.save(desk.run.core.world.now, desk.run.clock.now)
    await desk.run.entries()


@pytest.mark.promise(1)
async def test_acknowledgement_outlives_a_kill_between_its_entry_and_the_snapshot(
    desk: Desk,
) -> None:
    await break_(desk, GLUCOSE)
    await snapshot(desk)
    await give(desk, "ada", "ack", GLUCOSE)
    kept = await alarm(desk, GLUCOSE)
    assert (kept.condition, kept.occurrence, kept.active) == (N.ACK_ACTIVE, 1, True)


@pytest.mark.promise(1)
async def test_lifted_silence_stays_lifted(desk: Desk) -> None:
    """The worst loss: an alarm that speaks again falls silent because of an old snapshot."""
    await give(desk, "kim", "remove", OXYGEN)
    await give(desk, "kim", "shelve", GLUCOSE, minutes=30)
    await snapshot(desk)
    await give(desk, "ada", "return", OXYGEN)
    await give(desk, "ada", "unshelve", GLUCOSE)
    assert (await alarm(desk, OXYGEN)).condition is N.NORMAL
    assert (await alarm(desk, GLUCOSE)).condition is N.NORMAL


@pytest.mark.promise(1)
async def test_silence_is_kept_with_its_end(desk: Desk) -> None:
    await snapshot(desk)
    await give(desk, "kim", "shelve", GLUCOSE, minutes=30)
    await give(desk, "kim", "remove", OXYGEN)
    until = desk.run.core.memory["BR101"].alarms["glucose_bad"].shelved_until
    kept = await alarm(desk, GLUCOSE)
    assert (kept.condition, kept.shelved_until) == (N.SHELVED, until)
    assert (await alarm(desk, OXYGEN)).condition is N.OUT_OF_SERVICE


@pytest.mark.promise(1)
async def test_reset_of_a_latched_alarm_outlives_a_kill(desk: Desk) -> None:
    await break_(desk, JACKET)
    await mend(desk, JACKET, N.UNACK_LATCHED)
    await snapshot(desk)
    await give(desk, "ada", "ack", JACKET)
    assert (await alarm(desk, JACKET)).condition is N.ACK_LATCHED
    await give(desk, "ada", "reset", JACKET)
    assert (await alarm(desk, JACKET)).condition is N.NORMAL


@pytest.mark.promise(1)
async def test_without_any_snapshot_alarms_are_as_the_journal_tells(desk: Desk) -> None:
    await break_(desk, JACKET)
    await break_(desk, GLUCOSE)
    await give(desk, "ada", "ack", JACKET)
    core = await killed(desk)
    for name in (JACKET, GLUCOSE):
        mine = desk.run.core.memory["BR101"].alarms[name.partition(".")[2]]
        kept = core.memory["BR101"].alarms[name.partition(".")[2]]
        assert kept == replace(mine, unevaluable=False, turning_since=None, arrived_at=None)


@pytest.mark.promise(1)
async def test_bypass_restore_and_reset_of_an_interlock_outlive_a_kill(desk: Desk) -> None:
    allow(desk, reset=Reset.PERSON, bypass_s=3600.0)
    await trip(desk)
    await snapshot(desk)

    async def kept() -> InterlockState:
        core = await killed(desk)
        found: InterlockState = core.memory["BR101"].interlocks["pressure_high"]
        return found

    more = {"args": {"minutes": 5}, "signature": signed("kim")}
    await give_interlock(desk, "kim", "bypass", **more)
    until = desk.run.core.memory["BR101"].interlocks["pressure_high"].bypassed_until
    assert (await kept()).bypassed_until == until
    await give_interlock(desk, "ada", "restore")
    assert (await kept()).bypassed_until is None
    desk.run.line.bench.plant.clear_fault(PRESSURE)
    await desk.run.turn(60)
    await give_interlock(desk, "ada", "reset")
    assert not (await kept()).tripped
    assert NAME == "BR101.pressure_high"


@pytest.mark.promise(1)
async def test_release_of_a_dose_outlives_a_kill(desk: Desk) -> None:
    dose = DoseState(used=400.0, last=400.0, locked=True)
    desk.run.core.memory["BR101"].loops["pH"] = LoopState(dose=dose)
    await snapshot(desk)
    args = {"unit": "BR101", "loop": "pH"}
    await desk.give("ada", "loop.release", args=args, reason="ok", signature=signed("kim"))
    kept = (await killed(desk)).memory["BR101"].loops["pH"].dose
    assert (kept.locked, kept.used) == (False, 0.0)


@pytest.mark.promise(1)
async def test_bypass_of_a_permissive_outlives_a_kill_and_its_time_counts_anew(desk: Desk) -> None:
    await snapshot(desk)
    args = {"interlock": "BR101.ready_for_cells", "minutes": 30}
    given = {"args": args, "reason": "seed train"}
    await desk.give("kim", "interlock.bypass", signature=signed("kim"), **given)
    until = desk.run.core.memory["BR101"].permissives["ready_for_cells"].bypassed_until
    kept = (await killed(desk)).memory["BR101"].permissives["ready_for_cells"]
    assert (kept.bypassed_until, kept.since) == (until, None)
    await desk.give("ada", "interlock.restore", **given)
    assert not (await killed(desk)).memory["BR101"].permissives["ready_for_cells"].given


@pytest.mark.promise(1)
async def test_trip_outlives_a_kill_and_forces_its_outputs(desk: Desk) -> None:
    await snapshot(desk)
    await trip(desk)
    core = await killed(desk)
    kept = core.memory["BR101"].interlocks["pressure_high"]
    mine = desk.run.core.memory["BR101"].interlocks["pressure_high"]
    assert (kept.tripped, kept.cause) == (True, mine.cause)


async def test_acknowledgement_of_what_was_raised_again_since_is_refused(desk: Desk) -> None:
    await break_(desk, GLUCOSE)
    await mend(desk, GLUCOSE, N.UNACK_RETURNED)
    await break_(desk, GLUCOSE)
    args = {"alarm": GLUCOSE, "occurrence": 1}
    entry = await desk.refused("ada", "alarm.ack", args=args, reason="seen")
    assert "you have seen #1, now it is #2" in entry.data["reason"]
    assert state(desk, GLUCOSE) is N.UNACK_ACTIVE
    await give(desk, "ada", "ack", GLUCOSE, occurrence=2)
    assert state(desk, GLUCOSE) is N.ACK_ACTIVE
