"""What we changed in asyncua holds, and stands on names that are still there."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asyncua import Client, ua
from asyncua.server.address_space import AttributeValue
from asyncua.server.binary_server_asyncio import BinaryServer, OPCUAProtocol
from asyncua.server.internal_server import InternalServer
from asyncua.server.internal_session import InternalSession
from asyncua.server.internal_subscription import InternalSubscription
from asyncua.server.server import Server
from asyncua.server.subscription_service import SubscriptionService
from asyncua.server.uaprocessor import UaProcessor

Connect = Callable[..., Any]
_CODES = ua.StatusCodes


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        (AttributeValue, ("datachange_callbacks", "value_callback")),
        (BinaryServer, ("_make_protocol", "_close_task_loop", "_server", "_policies")),
        (OPCUAProtocol, ("_process_one_msg", "data_received", "_buffer", "messages")),
        (InternalServer, ("create_session", "_external_sessions", "lookup_external_session")),
        (InternalServer, ("register_external_session", "unregister_external_session")),
        (InternalServer, ("disabled_clock", "max_subscriptions", "max_connections")),
        (InternalSession, ("read", "write", "call", "publish", "republish", "auth_token")),
        (InternalSession, ("transfer_subscriptions", "modify_subscription", "touch")),
        (InternalSubscription, ("_not_acknowledged_results", "pub_request_callback")),
        (SubscriptionService, ("_sub_id_counter", "republish", "subscriptions")),
        (Server, ("_setup_server_nodes", "_policies", "limits", "bserver")),
        (UaProcessor, ("_process_message", "send_response", "get_publish_request")),
        (UaProcessor, ("_should_close_session_on_transport_loss", "_session_watchdog_task")),
        (UaProcessor, ("session_last_activity", "_connection", "_transport")),
    ],
)
def test_names_we_build_on_are_still_there(owner: type, names: tuple[str, ...]) -> None:
    methods = [owner.__dict__[name] for name in owner.__dict__ if callable(owner.__dict__[name])]
    used = {
        name
        for method in methods
        if hasattr(method, "__code__")
        for name in method.__code__.co_names
    }
    assert set(names) <= used | set(owner.__dict__)


class _Values:
    def __init__(self) -> None:
        self.queue: asyncio.Queue[object] = asyncio.Queue()

    def datachange_notification(self, _node: object, value: object, _data: object) -> None:
        self.queue.put_nowait(value)

    async def until(self, wanted: object) -> None:
        async with asyncio.timeout(5):
            while await self.queue.get() != wanted:
                pass


async def _subscribe(visitor: Any, path: str) -> tuple[Any, _Values]:
    values = _Values()
    subscription = await visitor.client.create_subscription(50, values)
    await subscription.subscribe_data_change(visitor.node(path))
    async with asyncio.timeout(5):
        await values.queue.get()
    return subscription, values


async def test_missing_message_is_said_to_be_missing(connect: Connect) -> None:
    async with connect() as visitor:
        subscription, _ = await _subscribe(visitor, "BR101.SC101")
        with pytest.raises(ua.UaStatusCodeError) as refusal:
            await visitor.client.uaclient.session.republish(subscription.subscription_id, 4_000_000)
        assert refusal.value.code == _CODES.BadMessageNotAvailable
        await subscription.delete()


async def test_subscription_is_safe_from_another_client(connect: Connect) -> None:
    async with connect() as owner, connect(user="look", client="other") as thief:
        subscription, values = await _subscribe(owner, "BR101.SC101")
        id_ = subscription.subscription_id
        assert id_ > 1000
        session = thief.client.uaclient
        moved = await session.transfer_subscriptions(ua.TransferSubscriptionsParameters([id_]))
        assert [m.StatusCode.value for m in moved] == [_CODES.BadSubscriptionIdInvalid]
        deleted = await session.delete_subscriptions([id_])
        assert [code.value for code in deleted] == [_CODES.BadSubscriptionIdInvalid]
        with pytest.raises(ua.UaStatusCodeError) as refusal:
            await session.session.republish(id_, 1)
        assert refusal.value.code == _CODES.BadSubscriptionIdInvalid
        await owner.write("BR101.SC101", 33.0, ua.VariantType.Double)
        await values.until(33.0)
        await subscription.delete()


async def test_same_client_takes_its_subscription_to_a_new_session(connect: Connect) -> None:
    async with connect() as first, connect() as second:
        subscription, _ = await _subscribe(first, "BR101.SC101")
        # With a subscription of its own the second session sends publish requests.
        own, _ = await _subscribe(second, "BR101.XV101")
        heard: asyncio.Queue[int] = asyncio.Queue()
        session = second.client.uaclient.session
        session._subscription_callbacks[subscription.subscription_id] = lambda result: (
            heard.put_nowait(result.SubscriptionId)
        )
        asked = ua.TransferSubscriptionsParameters([subscription.subscription_id])
        moved = await second.client.uaclient.transfer_subscriptions(asked)
        assert [m.StatusCode.value for m in moved] == [0]
        await second.write("BR101.SC101", 44.0, ua.VariantType.Double)
        async with asyncio.timeout(5):
            assert await heard.get() == subscription.subscription_id
        await own.delete()


async def test_session_can_not_be_taken_over_by_another_client(
    connect: Connect, open_client: Callable[[str], Awaitable[Client]]
) -> None:
    async with connect() as owner:
        session = owner.client.uaclient
        token = session.protocol.authentication_token
        assert len(token.Identifier) == 32
        thief = await open_client("other")
        await thief.connect_socket()
        try:
            await thief.send_hello()
            await thief.open_secure_channel()
            thief.uaclient.protocol.authentication_token = token
            with pytest.raises(ua.UaStatusCodeError) as refusal:
                await thief.uaclient.activate_session(ua.ActivateSessionParameters())
            assert refusal.value.code == _CODES.BadSecurityChecksFailed
        finally:
            thief.disconnect_socket()
        assert await owner.read("Heartbeat.Wd_ms") == 5000


async def test_pipelined_turn_is_answered_in_order(connect: Connect) -> None:
    async with connect() as visitor:
        start = await visitor.advance(0.0)
        sent = [visitor.advance(1.0) for _ in range(20)]
        sent.append(visitor.read("Clock.SimTime"))
        answers = await asyncio.gather(*sent)
        assert answers[:-1] == pytest.approx([start + n for n in range(1, 21)])
        assert answers[-1] == answers[-2]


async def test_garbage_closes_its_own_connection_only(connect: Connect, plant_url: str) -> None:
    port = int(plant_url.rpartition(":")[2].partition("/")[0])
    async with connect() as visitor:
        for garbage in (
            b"GET / HTTP/1.1\r\n\r\n",
            b"MSGF" + (2**32 - 1).to_bytes(4, "little") + bytes(200_000),
            bytes(200_000),
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(garbage)
            async with asyncio.timeout(5):
                with contextlib.suppress(ConnectionError):
                    await reader.read()
            writer.close()
        assert await visitor.read("Heartbeat.Wd_ms") == 5000


async def test_too_fast_publishing_is_revised(connect: Connect) -> None:
    async with connect() as visitor:
        for asked in (0.0, 1.0, -5.0, float("nan")):
            params = ua.CreateSubscriptionParameters(RequestedPublishingInterval=asked)
            params.RequestedLifetimeCount, params.RequestedMaxKeepAliveCount = 100, 10
            made = await visitor.client.uaclient.create_subscription(params, lambda _: None)
            assert made.RevisedPublishingInterval == 50.0
            await visitor.client.uaclient.delete_subscriptions([made.SubscriptionId])
