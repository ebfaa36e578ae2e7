"""The twin behaves as the plant over the wire does, without a network."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from plant_process import Connect, ManualClock, Plant, plant_tags

from bioctl.equipment.driver import Call, CallState, Driver, Link
from bioctl.errors import InputError, RefusedError, UnreachableError
from bioctl.values import Quality
from bioctl_drivers.twin import TwinDriver


def make(clock: ManualClock, tags: Any = None, **options: Any) -> TwinDriver:
    tags = plant_tags() if tags is None else tags
    return TwinDriver("twin", {"driver": "twin", **options}, tags, clock, Path())


@pytest_asyncio.fixture
async def twin(manual_clock: ManualClock) -> TwinDriver:
    driver = make(manual_clock, seed=3)
    await driver.start()
    return driver


async def test_it_is_up_with_all_tags_good(twin: TwinDriver) -> None:
    port: Driver = twin
    snapshot = port.latest()
    assert (snapshot.link, snapshot.process_time) == (Link.UP, 0.0)
    assert all(reading.good for reading in snapshot.readings.values())
    assert set(snapshot.readings) == {tag.name for tag in plant_tags()}


async def test_a_turn_writes_steps_and_reads(twin: TwinDriver) -> None:
    wanted = {"BR101.TC101": 37, "BR101.XV102": True, "VF301.NC301": 4.0, "BR101.FC101": 99}
    snapshot = await twin.exchange(wanted, 60.0)
    assert snapshot.process_time == 60.0
    assert snapshot.readings["BR101.TC101"].value == 37.0
    assert snapshot.readings["BR101.XV102"].value is True
    assert snapshot.readings["VF301.NC301"].value == 4
    assert "99" in snapshot.faults["BR101.FC101"]
    assert snapshot is twin.latest()


async def test_the_same_seed_gives_the_same_plant(manual_clock: ManualClock) -> None:
    runs = []
    for seed in (5, 5, 6):
        driver = make(manual_clock, seed=seed)
        await driver.start()
        runs.append([(await driver.exchange({"BR101.TC101": 37}, 10.0)).readings for _ in range(5)])
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


async def test_a_call_is_done_once_and_never_late(
    twin: TwinDriver, manual_clock: ManualClock
) -> None:
    arguments = {"source": "medium", "volume": 100.0, "rate": 100.0}
    call = Call("a", "BR101", "DOSE", arguments, manual_clock.utc() + 10)
    first = await twin.call(call)
    assert first.state is CallState.ACCEPTED
    await twin.exchange({}, 120.0)
    assert await twin.call(call) == first
    assert twin.latest().readings["BR101.XS101"].value == 2  # done, not dosing again
    assert (await twin.call(replace(call, id="b", deadline=0.0))).state is CallState.REFUSED
    assert (await twin.outcome("c")).state is CallState.NEVER_ARRIVED


async def test_a_post_writes_and_time_stands_still(twin: TwinDriver) -> None:
    twin.post({"BR101.SC101": 50.0}, 1)
    assert twin.latest().readings["BR101.SC101"].value == 50.0
    assert twin.latest().process_time == 0.0


async def test_a_step_the_plant_can_not_do_is_refused(twin: TwinDriver) -> None:
    with pytest.raises(RefusedError, match="advance"):
        await twin.exchange({}, -1.0)


async def test_before_start_and_after_close_everything_is_bad(manual_clock: ManualClock) -> None:
    driver = make(manual_clock)
    for _ in range(2):
        snapshot = driver.latest()
        assert snapshot.link is Link.DOWN
        assert {reading.quality for reading in snapshot.readings.values()} == {Quality.BAD}
        with pytest.raises(UnreachableError):
            await driver.exchange({}, 1.0)
        await driver.start()
        await driver.close()


async def test_a_tag_the_plant_does_not_have_is_bad(manual_clock: ManualClock) -> None:
    driver = make(manual_clock, [replace(plant_tags()[0], node="BR101.TT1O1")])
    await driver.start()
    (reading,) = driver.latest().readings.values()
    assert "did you mean BR101.TT101" in reading.reason


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"sed": 1}, "did you mean 'seed'"),
        ({"seed": "one"}, "expected a whole number"),
        ({"seed": True}, "expected a whole number"),
    ],
)
def test_wrong_options_are_told(
    manual_clock: ManualClock, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        make(manual_clock, **options)


@pytest.mark.promise(10)
async def test_over_the_wire_and_in_process_the_same_plant_answers(
    shared_plant: Plant, connect: Connect, twin: TwinDriver
) -> None:
    wire = await connect(shared_plant)
    for driver in (wire, twin):
        await driver.exchange({"VF301.FC301": 6.5, "BR101.XV103": False}, 1.0)
    one, other = wire.latest().readings, twin.latest().readings
    assert list(one) == list(other)
    assert [type(row.value) for row in one.values()] == [type(row.value) for row in other.values()]
    assert one["VF301.FC301"].value == other["VF301.FC301"].value == 6.5


async def test_an_accelerated_plant_reads_the_same(manual_clock: ManualClock) -> None:
    readings = []
    for accelerate in (False, True):
        driver = make(manual_clock, seed=3, plant="demo", accelerate=accelerate)
        await driver.start()
        await driver.exchange({"BR101.SC101": 80.0, "BR101.TC101": 40.0}, 600.0)
        readings.append({name: r.value for name, r in driver.latest().readings.items()})
    assert readings[0] == readings[1]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"accelerate": "yes"}, "'accelerate' is 'yes'; expected true or false"),
        ({"noise": 0}, "'noise' is 0; expected true or false"),
        ({"seed": 1.5}, "'seed' is 1.5; expected a whole number"),
    ],
)
def test_unfit_options_are_told(
    manual_clock: ManualClock, options: dict[str, Any], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        make(manual_clock, **options)
