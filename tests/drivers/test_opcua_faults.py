"""The driver against a real plant that is frozen, killed, cut off and deaf."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from plant_process import Connect, Plant, plant_tags
from proxy import Proxy, Way

from bioctl.clock import SystemClock
from bioctl.equipment.driver import Call, CallState, Link, Snapshot
from bioctl.errors import UnreachableError
from bioctl.values import Quality

SEEN_S = 3.0
"""s in which a dead plant must be announced."""
BACK_S = 15.0
"""s in which a plant that is back must be found: the longest pause plus one slow attempt."""


def is_up(snapshot: Snapshot) -> bool:
    return snapshot.link is Link.UP


def is_down(snapshot: Snapshot) -> bool:
    return snapshot.link is Link.DOWN


@pytest.fixture
def plant(shared_plant: Plant) -> Iterator[Plant]:
    yield shared_plant
    shared_plant.thaw()


@pytest_asyncio.fixture
async def proxy(plant: Plant) -> AsyncIterator[Proxy]:
    async with Proxy(plant.port) as proxy:
        yield proxy


def all_bad(snapshot: Snapshot) -> bool:
    return {reading.quality for reading in snapshot.readings.values()} == {Quality.BAD}


@pytest.mark.fault("plant frozen")
async def test_a_frozen_plant_is_bad_in_time_and_comes_back_by_itself(
    plant: Plant, connect: Connect
) -> None:
    driver = await connect(plant)
    last = driver.latest().readings["BR101.TT101"].value
    plant.freeze()
    asyncio.get_running_loop().call_later(8.0, plant.thaw)
    async with asyncio.timeout(SEEN_S):
        snapshot = await driver.when(is_down)
    assert all_bad(snapshot)
    reading = snapshot.readings["BR101.TT101"]
    assert "connection lost" in reading.reason
    assert reading.value == pytest.approx(last, abs=1)
    driver.post({"BR101.SC101": 77}, 1)  # into the void
    async with asyncio.timeout(8.0 + BACK_S):
        snapshot = await driver.when(is_up)
    assert (snapshot.reason, snapshot.epoch) == ("resumed", 2)
    assert snapshot.readings["BR101.TT101"].good
    driver.post({}, 2)
    async with asyncio.timeout(5):
        await driver.when(lambda now: now.readings["BR101.TT101"] != reading)
    assert driver.latest().readings["BR101.SC101"].value != 77


@pytest.mark.fault("plant frozen in lockstep")
async def test_a_plant_frozen_between_turns_is_seen(plant: Plant, connect: Connect) -> None:
    driver = await connect(plant)
    await driver.exchange({}, 1.0)
    plant.freeze()
    try:
        async with asyncio.timeout(SEEN_S + 1.0):  # life is felt again 1 s after the last turn
            snapshot = await driver.when(is_down)
        assert all_bad(snapshot)
        with pytest.raises(UnreachableError):
            await driver.exchange({}, 1.0)
    finally:
        plant.thaw()


@pytest.mark.fault("plant killed and restarted")
async def test_a_killed_plant_is_seen_at_once_and_its_restart_is_told(
    plant: Plant, connect: Connect
) -> None:
    driver = await connect(plant)
    driver.post({"BR101.SC101": 55}, 1)
    async with asyncio.timeout(3):
        await driver.when(lambda now: now.readings["BR101.SC101"].value == 55)
    await asyncio.to_thread(plant.kill)
    async with asyncio.timeout(1):
        snapshot = await driver.when(is_down)
    assert all_bad(snapshot)
    await asyncio.to_thread(plant.start)
    async with asyncio.timeout(BACK_S):
        snapshot = await driver.when(is_up)
    assert (snapshot.reason, snapshot.epoch) == ("server restarted", 2)
    assert snapshot.readings["BR101.SC101"].value == 0  # nothing was re-sent by the driver itself
    driver.post({"BR101.SC101": 55}, 2)
    async with asyncio.timeout(3):
        await driver.when(lambda now: now.readings["BR101.SC101"].value == 55)


@pytest.mark.fault("connection reset")
async def test_a_reset_connection_comes_back_with_a_new_epoch(
    plant: Plant, connect: Connect, proxy: Proxy
) -> None:
    driver = await connect(plant, port=proxy.port)
    for epoch in (2, 3):
        proxy.reset()
        async with asyncio.timeout(1):
            assert all_bad(await driver.when(is_down))
        async with asyncio.timeout(BACK_S):
            snapshot = await driver.when(is_up)
        assert (snapshot.reason, snapshot.epoch) == ("resumed", epoch)


@pytest.mark.fault("network black hole")
async def test_a_black_hole_is_seen_in_time(plant: Plant, connect: Connect, proxy: Proxy) -> None:
    driver = await connect(plant, port=proxy.port)
    proxy.way = Way.LOST
    async with asyncio.timeout(SEEN_S):
        snapshot = await driver.when(is_down)
    assert all_bad(snapshot)
    proxy.way = Way.OPEN
    async with asyncio.timeout(BACK_S):
        await driver.when(is_up)


@pytest.mark.fault("connection refused for a while")
async def test_a_plant_that_refuses_connections_is_tried_again(
    plant: Plant, connect: Connect, proxy: Proxy
) -> None:
    proxy.way = Way.SHUT
    driver = await connect(plant, wait=False, port=proxy.port)
    async with asyncio.timeout(BACK_S):
        await driver.when(lambda now: "not connected yet" not in now.reason)
    proxy.way = Way.OPEN
    async with asyncio.timeout(BACK_S):
        assert (await driver.when(is_up)).epoch == 1


@pytest.mark.fault("answer of a call lost")
@pytest.mark.promise(3)
async def test_a_call_whose_answer_is_lost_is_unknown_until_read_back(
    plant: Plant, connect: Connect, proxy: Proxy
) -> None:
    driver = await connect(plant, port=proxy.port)
    proxy.way = Way.DEAF
    arguments = {"source": "medium", "volume": 20.0, "rate": 100.0}
    call = Call("lost-1", "BR101", "DOSE", arguments, SystemClock().utc() + 60)
    async with asyncio.timeout(6):
        assert (await driver.call(call)).state is CallState.UNKNOWN
    with pytest.raises(UnreachableError):
        await driver.outcome("lost-1")
    proxy.way = Way.OPEN
    async with asyncio.timeout(BACK_S):
        await driver.when(is_up)
    outcome = await driver.outcome("lost-1")
    assert outcome.state is CallState.ACCEPTED
    assert await driver.call(call) == outcome
    assert plant.log().count('"id":"lost-1"') == 2  # asked twice, done once: the same answer


@pytest.mark.fault("connection lost in a turn")
async def test_a_turn_cut_in_the_middle_is_unreachable_and_everything_is_bad(
    plant: Plant, connect: Connect, proxy: Proxy
) -> None:
    driver = await connect(plant, port=proxy.port)
    await driver.exchange({}, 1.0)
    proxy.way = Way.DEAF
    turn = asyncio.create_task(driver.exchange({"BR101.SC101": 5}, 1.0))
    asyncio.get_running_loop().call_later(0.2, proxy.reset)
    with pytest.raises(UnreachableError, match="is down"):
        await turn
    assert all_bad(driver.latest())
    proxy.way = Way.OPEN
    async with asyncio.timeout(BACK_S):
        await driver.when(is_up)
    assert (await driver.exchange({}, 1.0)).epoch == 2


@pytest.mark.fault("driver closed while the plant is frozen")
async def test_closing_is_quick_even_when_the_plant_is_frozen(
    plant: Plant, connect: Connect
) -> None:
    driver = await connect(plant, plant_tags()[:3])
    plant.freeze()
    try:
        async with asyncio.timeout(2):
            await driver.close()
    finally:
        plant.thaw()


@pytest.mark.fault("driver closed while it connects into a black hole")
async def test_closing_is_quick_while_connecting(
    plant: Plant, connect: Connect, proxy: Proxy
) -> None:
    proxy.way = Way.LOST
    driver = await connect(plant, wait=False, port=proxy.port)
    async with asyncio.timeout(3):
        await proxy.met.wait()
    async with asyncio.timeout(2):
        await driver.close()
