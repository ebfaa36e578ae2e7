"""Breaking the plant over OPC UA: who may, what is seen, what is logged."""

from collections.abc import Callable
from typing import Any

import pytest
from asyncua import ua

Connect = Callable[..., Any]


@pytest.mark.parametrize("user", ["ctl", "look"])
async def test_only_a_trainer_may_break_the_plant(connect: Connect, user: str) -> None:
    async with connect(user=user) as visitor:
        for call in (visitor.fault("BR101.leak"), visitor.mend()):
            with pytest.raises(ua.UaStatusCodeError) as refusal:
                await call
            assert refusal.value.code == ua.StatusCodes.BadUserAccessDenied


async def test_a_trainer_may_neither_write_nor_command(connect: Connect) -> None:
    async with connect(user="coach") as visitor:
        with pytest.raises(ua.UaStatusCodeError):
            await visitor.write("BR101.SC101", 50.0, ua.VariantType.Double)
        with pytest.raises(ua.UaStatusCodeError):
            await visitor.execute("x", "BR101", "STOP_DOSE", "{}", 4e9)


async def test_a_fault_is_set_listed_seen_cleared_and_logged(
    connect: Connect, plant_home: Any
) -> None:
    async with connect(user="coach") as coach, connect() as operator:
        assert (await coach.fault("BR101.TT101.dropout"))[0] == "accepted"
        await operator.advance(1.0)
        with pytest.raises(ua.UaStatusCodeError) as bad:
            await operator.read("BR101.TT101")
        assert bad.value.code == ua.StatusCodes.BadSensorFailure
        listed = coach.node("Faults")
        active, known = await listed.call_method(coach.id("Faults.List"))
        assert active == "BR101.TT101.dropout"
        assert {"BR101.base_empty", "CW201.cooler_lost", "VF301.jammed"} <= set(known.split("\n"))
        assert await coach.mend() == ["accepted", "BR101.TT101.dropout: mended."]
        assert await coach.mend() == ["accepted", "Nothing was broken."]
        await operator.advance(1.0)
        assert isinstance(await operator.read("BR101.TT101"), float)
    calls = [line for line in plant_home.log if str(line.get("call", "")).startswith("Faults")]
    assert [line["call"] for line in calls[-3:]] == ["Faults.Set", "Faults.Clear", "Faults.Clear"]
    assert {line["user"] for line in calls} == {"coach"}


async def test_a_wrong_fault_is_refused_with_the_nearest(connect: Connect) -> None:
    async with connect(user="coach") as coach:
        state, said = await coach.fault("BR101.base_emty")
        assert (state, "did you mean 'BR101.base_empty'" in said) == ("refused", True)
        state, said = await coach.fault("BR101.base_kinked", 7.0)
        assert (state, "expected 0 to 1" in said) == ("refused", True)
        state, said = await coach.mend("BR101.x")
        assert state == "refused"


async def test_a_fault_ends_after_its_duration(connect: Connect) -> None:
    async with connect(user="coach") as coach, connect() as operator:
        await operator.advance(1.0)
        assert (await coach.fault("BR101.comms_lost", 1.0, 30.0))[0] == "accepted"
        await operator.advance(10.0)
        statuses = await operator.read("Block.Status")
        assert statuses.count(0x80310000) > 40
        with pytest.raises(ua.UaStatusCodeError):
            await operator.write("BR101.SC101", 50.0, ua.VariantType.Double)
        await operator.advance(30.0)
        assert set(await operator.read("Block.Status")) == {0}


async def test_a_stale_sensor_keeps_its_old_time_stamp(connect: Connect) -> None:
    async with connect(user="coach") as coach, connect() as operator:
        await coach.fault("BR101.AT101.stale")
        stamps = []
        for _ in range(2):
            await operator.advance(1.0)
            # An Uncertain value is told by its status, not by an error.
            both = [operator.node(f"BR101.{point}") for point in ("AT101", "TT101")]
            stamps.append([(await n.read_data_value(raise_on_bad_status=False)) for n in both])
        await coach.mend()
        first, second = stamps
        assert first[0].SourceTimestamp == second[0].SourceTimestamp
        assert first[1].SourceTimestamp < second[1].SourceTimestamp
        assert first[0].StatusCode.value == 0x40900000
