"""The driver against the real plant process: what works, and what is refused in a sentence."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from plant_process import PASSWORD, Connect, Plant, plant_tags

from bioctl.clock import SystemClock
from bioctl.equipment.driver import Call, CallState, Link, Snapshot
from bioctl.errors import RefusedError, UnreachableError
from bioctl.tags import Kind, Tag
from bioctl.values import Quality, Range
from bioctl_drivers.opcua.driver import OpcUaDriver

TAGS = {tag.name: tag for tag in plant_tags()}
ECHO = Tag("ECHO", "", Range(0, 2**32), Kind.MEASUREMENT, "Heartbeat.HB_Echo", "plant", "int32")


def utc_in(seconds: float) -> float:
    return SystemClock().utc() + seconds


async def test_all_tags_are_there_on_the_first_snapshot_that_is_up(
    shared_plant: Plant, connect: Connect
) -> None:
    driver = await connect(shared_plant)
    snapshot = driver.latest()
    assert (snapshot.reason, snapshot.epoch) == ("first", 1)
    assert set(snapshot.readings) == set(TAGS)
    assert [name for name, reading in snapshot.readings.items() if not reading.good] == []
    assert snapshot.readings["BR101.TT101"].time == pytest.approx(utc_in(0), abs=5)
    assert snapshot.process_time is not None


async def test_before_the_link_is_up_every_tag_is_bad(
    shared_plant: Plant, connect: Connect
) -> None:
    driver = await connect(shared_plant, wait=False)
    snapshot = driver.latest()
    assert snapshot.link is Link.DOWN
    assert {reading.quality for reading in snapshot.readings.values()} == {Quality.BAD}


async def test_posted_outputs_arrive_typed_and_the_heartbeat_with_them(
    shared_plant: Plant, connect: Connect
) -> None:
    driver = await connect(shared_plant, [*TAGS.values(), ECHO])
    wanted = {"BR101.TC101": 36, "BR101.XV102": 1, "VF301.NC301": 7.0}
    driver.post(wanted, 4711)
    async with asyncio.timeout(3):
        snapshot = await driver.when(
            lambda now: (
                now.readings["ECHO"].value == 4711
                and all(now.readings[name].value == value for name, value in wanted.items())
            )
        )
    types = [type(snapshot.readings[name].value) for name in wanted]
    assert types == [float, bool, int]
    assert snapshot.faults == {}


async def test_the_latest_post_wins(shared_plant: Plant, connect: Connect) -> None:
    driver = await connect(shared_plant)
    before = shared_plant.log().count("BR101.SC101")
    for speed in (10, 20, 30):
        driver.post({"BR101.SC101": speed}, speed)
    async with asyncio.timeout(3):
        await driver.when(lambda now: now.readings["BR101.SC101"].value == 30)
    assert shared_plant.log().count("BR101.SC101") == before + 1


async def test_a_refused_output_is_told_and_stops_no_other(
    shared_plant: Plant, connect: Connect
) -> None:
    driver = await connect(shared_plant)
    driver.post({"BR101.FC101": 99.0, "BR101.FC102": 0.5, "BR101.TT101": 1, "NO.TAG": 1}, 1)
    async with asyncio.timeout(3):
        snapshot = await driver.when(lambda now: now.readings["BR101.FC102"].value == 0.5)
    assert "out of range" in snapshot.faults["BR101.FC101"]
    assert "measurement" in snapshot.faults["BR101.TT101"]
    assert "no such tag" in snapshot.faults["NO.TAG"]
    driver.post({"BR101.FC101": 1.0}, 2)
    async with asyncio.timeout(3):
        await driver.when(lambda now: "BR101.FC101" not in now.faults)


async def test_tags_that_do_not_fit_the_plant_are_bad_with_the_reason(
    shared_plant: Plant, connect: Connect
) -> None:
    good = TAGS["BR101.TT101"]
    strangers = [
        replace(good, name="typo", node="BR101.TT1O1"),
        replace(good, name="type", type="bool"),
        replace(good, name="eu", eu="degF"),
        good,
    ]
    readings = (await connect(shared_plant, strangers)).latest().readings
    assert "did you mean BR101.TT101" in readings["typo"].reason
    assert "sent Double, expected bool" in readings["type"].reason
    assert "in 'degC', the tag list says 'degF'" in readings["eu"].reason
    assert [readings[name].quality for name in ("typo", "type", "eu")] == [Quality.BAD] * 3
    assert readings["BR101.TT101"].good


async def test_a_bad_tag_stays_bad_in_lockstep(shared_plant: Plant, connect: Connect) -> None:
    good = TAGS["BR101.TT101"]
    driver = await connect(shared_plant, [replace(good, name="eu", eu="degF"), good])
    readings = (await driver.exchange({}, 1.0)).readings
    assert readings["eu"].quality is Quality.BAD
    assert readings["BR101.TT101"].good


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "wrong password": ({"password_file": "wrong"}, "refuses user 'op'"),
    "unknown user": ({"user": "nobody"}, "refuses user 'nobody'"),
    "no user": ({"user": None, "password_file": None}, "refuses a connection without a user"),
    "wrong namespace": (
        {"namespace": "http://plant.example/dem"},
        "did you mean 'http://plant.example/demo'",
    ),
    "certificate of another application": (
        {"application_uri": "urn:plant.example:bioctl:other"},
        "make the two the same",
    ),
    "no certificate": ({"certificate": "own/none.der"}, "can't be read"),
    "key of another certificate": ({"private_key": "own/rival.pem"}, "does not belong"),
    "no trust list": ({"trusted": "nowhere"}, "is not there"),
    "view only": ({"user": "eye"}, "does not let user 'eye' take it over"),
}


@pytest.mark.parametrize(("changes", "sentence"), REFUSALS.values(), ids=REFUSALS)
async def test_a_permanent_fault_is_refused_in_a_sentence(
    shared_plant: Plant, connect: Connect, changes: dict[str, Any], sentence: str
) -> None:
    driver = await connect(shared_plant, wait=False, **changes)
    async with asyncio.timeout(10):
        snapshot = await driver.when(lambda now: now.link is Link.REFUSED)
    assert sentence in snapshot.reason
    assert PASSWORD not in snapshot.reason
    assert {reading.quality for reading in snapshot.readings.values()} == {Quality.BAD}


async def test_a_client_the_plant_does_not_trust_is_told_what_to_do(
    shared_plant: Plant, connect: Connect
) -> None:
    driver = await connect(shared_plant, wait=False, who="stranger")
    async with asyncio.timeout(10):
        snapshot = await driver.when(lambda now: now.link is Link.REFUSED)
    assert "does not accept our certificate" in snapshot.reason
    assert "stranger.der trusted at the plant" in snapshot.reason


async def test_a_plant_we_do_not_trust_gets_neither_password_nor_session(
    shared_plant: Plant, connect: Connect
) -> None:
    logins = shared_plant.log().count('"login"')
    driver = await connect(shared_plant, wait=False, trusted="pins")
    async with asyncio.timeout(10):
        snapshot = await driver.when(lambda now: now.link is Link.REFUSED)
    assert "a certificate we do not trust, SHA-256" in snapshot.reason
    assert shared_plant.log().count('"login"') == logins


async def test_nothing_listening_is_told(shared_plant: Plant, connect: Connect) -> None:
    driver = await connect(shared_plant, wait=False, port=1)
    async with asyncio.timeout(10):
        snapshot = await driver.when(lambda now: "Nothing listens" in now.reason)
    assert snapshot.link is Link.DOWN
    with pytest.raises(UnreachableError, match="Nothing listens"):
        await driver.exchange({}, 1.0)
    with pytest.raises(UnreachableError):
        await driver.outcome("any")
    outcome = await driver.call(Call("n1", "BR101", "STOP_DOSE", {}, utc_in(5)))
    assert outcome.state is CallState.NEVER_ARRIVED


async def test_a_call_is_done_once_and_read_back(shared_plant: Plant, connect: Connect) -> None:
    driver = await connect(shared_plant)
    await driver.call(Call("stop-1", "BR101", "STOP_DOSE", {}, utc_in(30)))
    volume = {"source": "medium", "volume": 50.0, "rate": 100.0}
    call = Call("once-1", "BR101", "DOSE", volume, utc_in(30))
    first = await driver.call(call)
    assert first.state is CallState.ACCEPTED
    assert await driver.call(call) == first
    assert await driver.outcome("once-1") == first
    assert (await driver.outcome("once-2")).state is CallState.NEVER_ARRIVED


async def test_a_call_too_late_unknown_or_without_methods_is_refused(
    shared_plant: Plant, connect: Connect
) -> None:
    driver = await connect(shared_plant)
    late = await driver.call(Call("late-1", "BR101", "STOP_DOSE", {}, utc_in(-1)))
    assert late.state is CallState.REFUSED
    assert (await driver.outcome("late-1")).state is CallState.NEVER_ARRIVED
    odd = await driver.call(Call("odd-1", "BR101", "FLY", {}, utc_in(5)))
    assert odd.state is CallState.REFUSED
    bare = await connect(shared_plant, commands=None)
    assert (await bare.call(Call("b", "BR101", "DOSE", {}, utc_in(5)))).state is CallState.REFUSED


async def test_a_turn_writes_steps_and_reads(shared_plant: Plant, connect: Connect) -> None:
    driver = await connect(shared_plant)
    before = await driver.exchange({}, 0.0)
    after = await driver.exchange({"BR101.TC101": 33, "BR101.XV102": 0, "VF301.NC301": 9.0}, 25.0)
    assert after.process_time == pytest.approx(before.process_time + 25.0)
    assert after.readings["BR101.TC101"].value == 33.0
    assert after.readings["BR101.XV102"].value is False
    assert after.readings["VF301.NC301"].value == 9
    assert after == driver.latest()
    assert all(reading.good for reading in after.readings.values())


async def test_unchanged_readings_are_the_same_objects(
    shared_plant: Plant, connect: Connect
) -> None:
    driver = await connect(shared_plant)
    first = await driver.exchange({"BR101.TC101": 31}, 1.0)
    second = await driver.exchange({"BR101.TC101": 31}, 1.0)
    assert first.readings["BR101.TC101"] is second.readings["BR101.TC101"]
    assert first.readings != second.readings  # but sensors moved


async def test_a_refused_write_in_a_turn_is_told_and_the_turn_goes_on(
    shared_plant: Plant, connect: Connect
) -> None:
    driver = await connect(shared_plant)
    snapshot = await driver.exchange(
        {"BR101.FC101": 99.0, "BR101.XV101": 3, "NO.TAG": 1, "BR101.FC102": 0.25}, 1.0
    )
    assert set(snapshot.faults) == {"BR101.FC101", "BR101.XV101", "NO.TAG"}
    assert snapshot.readings["BR101.FC102"].value == 0.25
    snapshot = await driver.exchange({"BR101.FC101": 0.5}, 1.0)
    assert "BR101.FC101" not in snapshot.faults


async def test_turns_need_a_clock_and_a_step_the_plant_can_do(
    shared_plant: Plant, connect: Connect
) -> None:
    driver = await connect(shared_plant)
    with pytest.raises(RefusedError, match="did not advance"):
        await driver.exchange({}, 3601.0)
    assert driver.latest().link is Link.UP
    real = await connect(shared_plant, clock=None)
    with pytest.raises(RefusedError, match="no lockstep clock"):
        await real.exchange({}, 1.0)


async def test_turns_without_a_block_read_the_same(shared_plant: Plant, connect: Connect) -> None:
    by_block = await connect(shared_plant)
    one = await by_block.exchange({}, 0.0)
    by_tag = await connect(shared_plant, block=None)
    other = await by_tag.exchange({}, 0.0)
    assert _values(one) == _values(other)


async def test_a_post_after_turns_brings_the_subscription_back(
    shared_plant: Plant, connect: Connect
) -> None:
    driver = await connect(shared_plant)
    turned = await driver.exchange({}, 1.0)
    driver.post({}, 1)
    async with asyncio.timeout(5):
        running = await driver.when(lambda now: now.readings != turned.readings)
    assert running.epoch == turned.epoch


async def test_a_plant_held_by_a_living_controller_is_not_taken(
    shared_plant: Plant, connect: Connect
) -> None:
    holder = await connect(shared_plant, [*TAGS.values(), ECHO])
    holder.post({}, 99)
    async with asyncio.timeout(3):
        await holder.when(lambda now: now.readings["ECHO"].value == 99)
    rival = await connect(shared_plant, wait=False, who="rival")
    async with asyncio.timeout(5):
        snapshot = await rival.when(lambda now: now.link is Link.REFUSED)
    assert "is held by 'urn:plant.example:bioctl:cell'" in snapshot.reason
    assert holder.latest().link is Link.UP


async def test_another_name_in_the_owner_register_ends_the_session(
    shared_plant: Plant, connect: Connect
) -> None:
    register = Tag("OWNER", "", Range(0, 0), Kind.OUTPUT, "Heartbeat.Owner", "plant", "string")
    holder = await connect(shared_plant)
    rival = await connect(shared_plant, [register], who="rival", heartbeat=None)
    rival.post({"OWNER": "urn:rival"}, 0)
    async with asyncio.timeout(3):
        lost = await holder.when(lambda now: now.link is not Link.UP)
    assert "another controller has taken the plant: 'urn:rival'" in lost.reason
    async with asyncio.timeout(10):  # nobody beats for it, so it is taken back
        assert (await holder.when(lambda now: now.link is Link.UP)).epoch == 2


async def test_an_output_changed_at_the_plant_is_set_again(
    shared_plant: Plant, connect: Connect
) -> None:
    driver = await connect(shared_plant)
    other = await connect(shared_plant, heartbeat=None)
    await _set(driver, "BR101.SC101", 40.0)
    await _set(other, "BR101.SC101", 60.0)
    await _set(driver, "BR101.SC101", 40.0)


async def test_in_lockstep_an_output_changed_at_the_plant_is_set_again(
    shared_plant: Plant, connect: Connect
) -> None:
    driver = await connect(shared_plant)
    other = await connect(shared_plant, heartbeat=None)
    wanted = {"BR101.SC101": 41.0}
    await driver.exchange(wanted, 1.0)
    await other.exchange({"BR101.SC101": 61.0}, 1.0)
    assert (await driver.exchange({}, 1.0)).readings["BR101.SC101"].value == 61.0
    assert (await driver.exchange(wanted, 1.0)).readings["BR101.SC101"].value == 41.0


async def test_closing_is_quick_and_leaves_everything_bad(
    shared_plant: Plant, connect: Connect
) -> None:
    driver = await connect(shared_plant)
    async with asyncio.timeout(2):
        await driver.close()
    snapshot = driver.latest()
    assert snapshot.link is Link.DOWN
    assert {reading.quality for reading in snapshot.readings.values()} == {Quality.BAD}


def _values(snapshot: Snapshot) -> dict[str, tuple[object, Quality]]:
    return {name: (row.value, row.quality) for name, row in snapshot.readings.items()}


async def _set(driver: OpcUaDriver, name: str, value: float) -> None:
    """Post as a scan does, again and again, until the plant shows it."""
    async with asyncio.timeout(5):
        snapshot = driver.latest()
        while snapshot.readings[name].value != value:
            driver.post({name: value}, 0)
            seen = snapshot
            snapshot = await driver.when(lambda now, seen=seen: now is not seen)
