"""What a client sees and writes."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asyncua import ua

Connect = Callable[..., Any]
_KINDS = ua.VariantType
_CODES = ua.StatusCodes


async def test_block_has_all_tags_in_the_order_of_the_list(connect: Connect) -> None:
    from bioctl_sim.plant import Plant  # noqa: PLC0415

    async with connect() as visitor:
        names = await visitor.read("Block.Names")
        assert names == [tag.name for tag in Plant().tags]
        values, statuses = await visitor.read("Block.Values"), await visitor.read("Block.Status")
        assert len(values) == len(statuses) == len(names)
        assert set(statuses) == {0}
        single = await visitor.client.read_values([visitor.node(name) for name in names])
        assert [float(value) for value in single] == values


@pytest.mark.parametrize("path", ["BR101.TT101", "BR101.SC101", "VF301.NC301", "BR101.XV103"])
async def test_tag_explains_itself(connect: Connect, path: str) -> None:
    from bioctl_sim.plant import Plant  # noqa: PLC0415

    tag = next(tag for tag in Plant().tags if tag.name == path)
    async with connect(user="look") as visitor:
        node = visitor.node(path)
        properties = {
            (await p.read_browse_name()).Name: await p.read_value()
            for p in await node.get_properties()
        }
        assert (properties["EURange"].Low, properties["EURange"].High) == (tag.low, tag.high)
        assert (properties["EngineeringUnits"].DisplayName.Text or "") == tag.eu
        assert (await node.read_description()).Text == tag.description
        hold = "hold" if tag.fallback is None else f"{tag.fallback:g}"
        assert properties.get("Fallback") == (hold if tag.kind == "o" else None)


async def test_stranger_finds_units_and_methods_by_browsing(connect: Connect) -> None:
    async with connect(user="look") as visitor:
        plant = await visitor.client.nodes.objects.get_child(f"{visitor.index}:Plant")
        found = [(await child.read_browse_name()).Name for child in await plant.get_children()]
        assert found == [
            *("BR101", "CW201", "VF301"),
            *("Block", "Truth", "Heartbeat", "Clock", "Commands", "Faults"),
        ]
        arguments = await visitor.node("Commands.Execute.InputArguments").read_value()
        assert [a.Name for a in arguments] == ["id", "unit", "command", "arguments", "deadline"]


@pytest.mark.parametrize(
    ("path", "value", "kind", "code"),
    [
        ("BR101.SC101", 250.1, _KINDS.Double, _CODES.BadOutOfRange),
        ("BR101.SC101", -0.1, _KINDS.Double, _CODES.BadOutOfRange),
        ("BR101.SC101", float("nan"), _KINDS.Double, _CODES.BadOutOfRange),
        ("BR101.SC101", float("inf"), _KINDS.Double, _CODES.BadOutOfRange),
        ("BR101.SC101", 50, _KINDS.Int32, _CODES.BadTypeMismatch),
        ("BR101.SC101", 50.0, _KINDS.Float, _CODES.BadTypeMismatch),
        ("BR101.SC101", [50.0], _KINDS.Double, _CODES.BadTypeMismatch),
        ("BR101.SC101", "50", _KINDS.String, _CODES.BadTypeMismatch),
        ("BR101.XV101", 1, _KINDS.Int32, _CODES.BadTypeMismatch),
        ("VF301.NC301", 10_001, _KINDS.Int32, _CODES.BadOutOfRange),
        ("BR101.TT101", 37.0, _KINDS.Double, _CODES.BadNotWritable),
        ("Block.Values", [1.0], _KINDS.Double, _CODES.BadNotWritable),
        ("Heartbeat.Wd_ms", 1, _KINDS.Int32, _CODES.BadNotWritable),
        ("Clock.SimTime", 1.0, _KINDS.Double, _CODES.BadNotWritable),
        ("BR101.TT999", 1.0, _KINDS.Double, _CODES.BadNotWritable),
        ("Heartbeat.Owner", "x" * 201, _KINDS.String, _CODES.BadOutOfRange),
    ],
)
async def test_wrong_write_is_refused_with_its_reason(
    connect: Connect, plant_home: Any, path: str, value: object, kind: ua.VariantType, code: int
) -> None:
    async with connect() as visitor:
        before = await visitor.read("Block.Values")
        with pytest.raises(ua.UaStatusCodeError) as refusal:
            await visitor.write(path, value, kind)
        assert refusal.value.code == code
        assert await visitor.read("Block.Values") == before
        lines = [line for line in plant_home.log if line["what"] == "write"]
        assert any(path in name for name in lines[-1]["refused"])


async def test_good_writes_of_a_request_stand_beside_a_refused_one(
    connect: Connect, plant_home: Any
) -> None:
    async with connect() as visitor:
        await visitor.advance(1.0)
        values = [("BR101.SC101", 77.0), ("BR101.PC101", 6.0), ("BR101.TC101", 21.0)]
        nodes = [visitor.node(path) for path, _ in values]
        data = [ua.DataValue(ua.Variant(value, _KINDS.Double)) for _, value in values]
        codes = await visitor.client.write_values(nodes, data, raise_on_partial_error=False)
        assert [code.value for code in codes] == [0, _CODES.BadOutOfRange, 0]
        assert [await node.read_value() for node in nodes] == [77.0, 0.0, 21.0]
        line = [line for line in plant_home.log if line["what"] == "write"][-1]
        assert line["user"] == "ctl"
        assert line["nodes"] == 3
        assert line["values"] == {"BR101.SC101": 77.0, "BR101.TC101": 21.0}
        assert line["refused"].keys() == {"BR101.PC101"}


async def test_write_with_a_bad_status_is_not_a_value(connect: Connect) -> None:
    async with connect() as visitor:
        bad = ua.DataValue(ua.Variant(50.0, _KINDS.Double), ua.StatusCode(_CODES.BadSensorFailure))
        with pytest.raises(ua.UaStatusCodeError) as refusal:
            await visitor.node("BR101.SC101").write_value(bad)
        assert refusal.value.code == _CODES.BadWriteNotSupported


async def test_echo_and_owner_follow_their_writes(connect: Connect) -> None:
    async with connect() as visitor:
        await visitor.write("Heartbeat.HB_Cmd", 4_294_967_295, _KINDS.UInt32)
        await visitor.write("Heartbeat.Owner", "cell-1", _KINDS.String)
        assert await visitor.read("Heartbeat.HB_Echo") == 4_294_967_295
        assert await visitor.read("Heartbeat.Owner") == "cell-1"
        assert await visitor.read("Heartbeat.Wd_State") == 1
        await visitor.write("Heartbeat.Owner", None, _KINDS.String)
        assert await visitor.read("Heartbeat.Owner") == ""


class _Changes:
    """Collects what a subscription brings."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[tuple[str, object]] = asyncio.Queue()

    def datachange_notification(self, node: Any, value: object, _data: object) -> None:
        self.queue.put_nowait((node.nodeid.Identifier, value))

    async def until(self, path: str, value: object) -> None:
        async with asyncio.timeout(5):
            while await self.queue.get() != (path, value):
                pass


async def test_subscriber_hears_of_changes_and_of_nothing_else(connect: Connect) -> None:
    changes = _Changes()
    async with connect() as visitor:
        await visitor.write("BR101.SC101", 10.0, _KINDS.Double)
        subscription = await visitor.client.create_subscription(50, changes)
        nodes = [visitor.node("BR101.SC101"), visitor.node("BR101.XV101")]
        await subscription.subscribe_data_change(nodes)
        await changes.until("BR101.XV101", False)  # noqa: FBT003
        await visitor.write("BR101.SC101", 11.0, _KINDS.Double)
        await changes.until("BR101.SC101", 11.0)
        assert changes.queue.empty()
        await subscription.delete()


async def test_single_tag_is_fresh_right_after_advance(connect: Connect) -> None:
    async with connect() as visitor:
        await visitor.write("BR101.SC101", 100.0, _KINDS.Double)
        before = await visitor.read("BR101.ST101")
        time = await visitor.advance(30.0)
        assert await visitor.read("Clock.SimTime") == time
        assert await visitor.read("BR101.ST101") > before
        assert await visitor.read("Clock.Speed") == 0.0


async def test_current_time_advances_with_every_read(connect: Connect) -> None:
    async with connect() as visitor:
        node = visitor.client.get_node(ua.ObjectIds.Server_ServerStatus_CurrentTime)
        assert await node.read_value() < await node.read_value()
