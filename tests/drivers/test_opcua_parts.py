"""What needs no plant: the store, the mailbox, the back-off."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st
from plant_process import ManualClock, plant_tags

from bioctl.equipment.driver import Link
from bioctl.values import Quality, Reading
from bioctl_drivers.opcua.store import Store
from bioctl_drivers.opcua.supervisor import FIRST_S, LONGEST_S, Backoff
from bioctl_drivers.opcua.writer import Mailbox

TAGS = plant_tags()[:3]
FIRST, SECOND, THIRD = (tag.name for tag in TAGS)


def full(value: float) -> dict[str, Reading]:
    return {tag.name: Reading(value) for tag in TAGS}


def test_a_snapshot_never_changes_afterwards() -> None:
    store = Store(TAGS)
    store.up("first", full(1.0), 5.0)
    before = store.snapshot()
    store.put({FIRST: Reading(2.0)})
    store.fault(FIRST, "refused")
    assert before.readings == full(1.0)
    assert before.faults == {}
    assert store.snapshot().readings == full(1.0) | {FIRST: Reading(2.0)}
    assert store.snapshot() is store.snapshot()


def test_down_makes_all_bad_at_once_and_keeps_the_last_values_for_people() -> None:
    store = Store(TAGS)
    store.up("first", full(1.0), 5.0)
    store.down("cable pulled")
    snapshot = store.snapshot()
    assert (snapshot.link, snapshot.reason) == (Link.DOWN, "cable pulled")
    for reading in snapshot.readings.values():
        assert (reading.value, reading.quality) == (1.0, Quality.BAD)
        assert reading.reason == "connection lost: cable pulled"


async def test_who_waits_for_a_state_is_woken_by_it() -> None:
    store = Store(TAGS)
    waiting = asyncio.create_task(store.when(lambda now: now.link is Link.UP))
    await asyncio.sleep(0)
    store.fault(FIRST, "refused")
    assert not waiting.done()
    store.up("first", full(1.0), None)
    assert (await waiting).epoch == 1


def test_a_fault_is_gone_when_the_write_goes_well() -> None:
    store = Store(TAGS)
    store.fault(FIRST, "refused")
    store.fault(FIRST, "")
    store.fault(SECOND, "")
    assert store.snapshot().faults == {}


async def test_the_latest_value_of_each_tag_is_taken_with_the_latest_heartbeat(
    manual_clock: ManualClock,
) -> None:
    mailbox = Mailbox(manual_clock, 2.0)
    mailbox.put({FIRST: 1, SECOND: 1}, 1)
    mailbox.put({FIRST: 2}, 2)
    assert await mailbox.take() == ({FIRST: 2, SECOND: 1}, 2)


async def test_outputs_older_than_two_periods_are_dropped_the_heartbeat_is_not(
    manual_clock: ManualClock,
) -> None:
    mailbox = Mailbox(manual_clock, 2.0)
    mailbox.put({FIRST: 1}, 1)
    manual_clock.now += 2.1
    mailbox.put({SECOND: 2}, 2)
    assert await mailbox.take() == ({SECOND: 2}, 2)


@given(st.lists(st.floats(0, 100), max_size=30))
def test_pauses_double_up_to_a_limit_and_begin_anew_after_a_good_life(lives: list[float]) -> None:
    backoff = Backoff()
    expected = FIRST_S
    for lived in lives:
        expected = FIRST_S if lived > 10 else expected
        assert expected * 0.8 <= backoff.after(lived) <= expected * 1.2
        expected = min(expected * 2, LONGEST_S)
