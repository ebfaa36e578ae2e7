"""asyncua's sessions, subscriptions and services, made safe for two clients and a restart."""

import math
import random
import secrets
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any, Final, Protocol

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.internal_server import InternalServer
from asyncua.server.internal_session import InternalSession
from asyncua.server.subscription_service import SubscriptionService
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.status_codes import StatusCodes

from bioctl_sim.access import PlantUser

MAX_CONNECTIONS: Final = 50
MAX_SESSIONS: Final = 20
MAX_SUBSCRIPTIONS: Final = 40
MIN_PUBLISHING_MS: Final = 50.0

ADMITTED: ContextVar[PlantUser | None] = ContextVar("ADMITTED", default=None)
"""Whom the processor has just admitted; only while asyncua activates the session."""


class Hooks(Protocol):
    """What the plant decides; the rest is asyncua's."""

    async def admit_client(self, certificate: bytes | None, application_uri: str) -> None:
        """Raise ServiceError unless this client program may have a session."""

    async def admit_user(self, certificate: bytes, name: str, password: str) -> PlantUser:
        """Return the user, or raise ServiceError."""
        ...

    def write(self, user: PlantUser, nodes: list[ua.WriteValue]) -> list[ua.StatusCode]:
        """Apply a write request."""
        ...

    def call(self, user: PlantUser, method: ua.CallMethodRequest) -> ua.CallMethodResult:
        """Call a method."""
        ...

    def left(self, user: PlantUser) -> None:
        """Take note that a user's session ended."""


class _Admitted:
    """The user manager asyncua asks: knows only whom the processor has just admitted."""

    def get_user(self, _iserver: InternalServer, username: str | None = None, **_: object) -> User:
        user = ADMITTED.get()
        if user is None or user.name != username:
            raise ServiceError(StatusCodes.BadUserAccessDenied)
        return user


class PlantSubscriptions(SubscriptionService):
    """Subscriptions that know their owner.

    asyncua counts ids from 78 after each start and checks no owner: after a restart of the plant
    two clients would take over each other's subscriptions.
    """

    def __init__(self, iserver: "PlantInternalServer") -> None:
        super().__init__(iserver.aspace, iserver=iserver)
        self._sub_id_counter = random.SystemRandom().randrange(10**6, 2**30)
        self.owners: dict[int, str] = {}

    def own(self, subscription: int, owner: str) -> None:
        """Note whose a new subscription is, and forget those that have ended."""
        for gone in self.owners.keys() - self.subscriptions.keys():
            del self.owners[gone]
        self.owners[subscription] = owner

    def republish(self, params: ua.RepublishParameters) -> ua.NotificationMessage:
        """Answer per Part 4 §5.13.6; asyncua gives an empty message, and clients ask for ever."""
        kept = self.subscriptions[params.SubscriptionId]._not_acknowledged_results  # noqa: SLF001
        result = kept.get(params.RetransmitSequenceNumber)
        if result is None:
            raise ServiceError(StatusCodes.BadMessageNotAvailable)
        message: ua.NotificationMessage = result.NotificationMessage
        return message


class PlantSession(InternalSession):
    """A client's session: unguessable token, writes and calls decided by the plant."""

    iserver: "PlantInternalServer"
    subscription_service: PlantSubscriptions

    def __init__(self, iserver: "PlantInternalServer", name: str) -> None:
        service = iserver.subscription_service
        nobody = User(role=UserRole.Anonymous)
        super().__init__(iserver, iserver.aspace, service, name, user=nobody, external=True)
        # asyncua counts tokens from 1001: whoever comes back first after a restart of the plant
        # would re-activate another client's session.
        iserver.unregister_external_session(self)
        token = ua.ByteString(secrets.token_bytes(32))
        self.auth_token = ua.NodeId(token, ua.Int16(0), ua.NodeIdType.ByteString)
        iserver.register_external_session(self)
        self.certificate: bytes = b""
        self.carrier: object = None

    @property
    def plant_user(self) -> PlantUser:
        """Who logged in here."""
        if not isinstance(self.user, PlantUser):
            raise ServiceError(StatusCodes.BadUserAccessDenied)
        return self.user

    async def read(self, params: ua.ReadParameters) -> list[ua.DataValue]:
        """Read without asyncua's callbacks around it; nobody listens to them here."""
        return self.iserver.attribute_service.read(params)

    async def write(self, params: ua.WriteParameters) -> list[ua.StatusCode]:
        """Hand the request to the plant; asyncua knows write access per node, not per user."""
        return self.iserver.hooks.write(self.plant_user, params.NodesToWrite)

    async def call(self, params: list[ua.CallMethodRequest]) -> list[ua.CallMethodResult]:
        """Hand calls to the plant; asyncua does not tell a method who calls."""
        user = self.plant_user
        return [self.iserver.hooks.call(user, method) for method in params]

    async def close_session(self, delete_subs: bool = True) -> None:  # noqa: FBT001, FBT002
        """Close, and tell the plant who left."""
        was_active = self.is_activated()
        await super().close_session(delete_subs)
        if was_active and isinstance(self.user, PlantUser):
            self.iserver.hooks.left(self.user)

    async def create_subscription(
        self,
        params: ua.CreateSubscriptionParameters,
        callback: Callable[..., Any],
        request_callback: Callable[..., Any] | None = None,
    ) -> ua.CreateSubscriptionResult:
        """Create one, with a publishing interval that can't turn the server into a busy loop."""
        asked = params.RequestedPublishingInterval
        revised = max(MIN_PUBLISHING_MS, asked) if math.isfinite(asked) else MIN_PUBLISHING_MS
        params.RequestedPublishingInterval = ua.Duration(revised)
        result = await super().create_subscription(params, callback, request_callback)
        self.subscription_service.own(result.SubscriptionId, self._owner())
        return result

    async def create_monitored_items(
        self, params: ua.CreateMonitoredItemsParameters
    ) -> list[ua.MonitoredItemCreateResult]:
        """Only in a subscription of this session, like all the services below."""
        self._mine(params.SubscriptionId)
        return await super().create_monitored_items(params)

    async def modify_monitored_items(
        self, params: ua.ModifyMonitoredItemsParameters
    ) -> list[ua.MonitoredItemModifyResult]:
        """Modify own items."""
        self._mine(params.SubscriptionId)
        return await super().modify_monitored_items(params)

    async def delete_monitored_items(
        self, params: ua.DeleteMonitoredItemsParameters
    ) -> list[ua.StatusCode]:
        """Delete own items."""
        self._mine(params.SubscriptionId)
        return await super().delete_monitored_items(params)

    async def set_monitoring_mode(
        self, params: ua.SetMonitoringModeParameters
    ) -> list[ua.StatusCode]:
        """Switch own items."""
        self._mine(params.SubscriptionId)
        return await super().set_monitoring_mode(params)

    async def set_publishing_mode(
        self, params: ua.SetPublishingModeParameters
    ) -> list[ua.StatusCode]:
        """Switch own subscriptions, all or none."""
        for subscription in params.SubscriptionIds:
            self._mine(subscription)
        return await super().set_publishing_mode(params)

    def modify_subscription(
        self, params: ua.ModifySubscriptionParameters
    ) -> ua.ModifySubscriptionResult:
        """Modify an own one."""
        self._mine(params.SubscriptionId)
        return super().modify_subscription(params)

    def republish(self, params: ua.RepublishParameters) -> ua.NotificationMessage:
        """Send again what an own one has sent."""
        self._mine(params.SubscriptionId)
        return super().republish(params)

    async def delete_subscriptions(self, ids: list[int]) -> list[ua.StatusCode]:
        """Delete own ones; others' ids are as unknown as ones that never were."""
        mine = [subscription for subscription in ids if self._is_mine(subscription)]
        results = dict(zip(mine, await super().delete_subscriptions(mine), strict=True))
        return [results.get(subscription, _unknown()) for subscription in ids]

    def publish(
        self, acks: Iterable[ua.SubscriptionAcknowledgement] | None = None
    ) -> tuple[int, list[ua.StatusCode]]:
        """Acknowledge own messages; without an own subscription there is nothing to wait for."""
        own = sum(map(self._is_mine, self.subscription_service.subscriptions))
        if not own:
            raise ServiceError(StatusCodes.BadNoSubscription)
        results = []
        for ack in acks or ():
            mine = self._is_mine(ack.SubscriptionId)
            results += super().publish([ack])[1] if mine else [_unknown()]
        return own, results

    async def transfer_subscriptions(  # type: ignore[override]  # asyncua's server signature
        self, params: ua.TransferSubscriptionsParameters, callback: Callable[..., Any]
    ) -> list[ua.TransferResult]:
        """Transfer from a session of the same user and client only (Part 4 §5.13.7).

        asyncua forgets to move the source of publish requests: the subscription would starve.
        """
        service, asked = self.subscription_service, params.SubscriptionIds
        mine = [i for i in asked if service.owners.get(i) == self._owner()]
        params.SubscriptionIds = mine
        moved = await super().transfer_subscriptions(params, callback)
        results = dict(zip(mine, moved, strict=True))
        for subscription in service.subscriptions.keys() & set(mine):
            source = getattr(self.carrier, "get_publish_request", None)
            service.subscriptions[subscription].pub_request_callback = source
        return [results.get(i) or ua.TransferResult(StatusCode=_unknown()) for i in asked]

    def _owner(self) -> str:
        return f"{self.user.name}\n{self.certificate.hex()}"

    def _is_mine(self, subscription: int) -> bool:
        known = self.subscription_service.subscriptions.get(subscription)
        return known is not None and known.session_id == self.session_id

    def _mine(self, subscription: int) -> None:
        if not self._is_mine(subscription):
            raise ServiceError(StatusCodes.BadSubscriptionIdInvalid)


def _unknown() -> ua.StatusCode:
    return ua.StatusCode(ua.UInt32(StatusCodes.BadSubscriptionIdInvalid))


class PlantInternalServer(InternalServer):
    """asyncua's services with our sessions, subscriptions and limits."""

    hooks: Hooks
    subscription_service: PlantSubscriptions

    def __init__(self) -> None:
        super().__init__(user_manager=_Admitted())  # type: ignore[arg-type]  # asked by its method
        self.allow_remote_admin = False
        self.supported_tokens = (ua.UserNameIdentityToken,)  # type: ignore[assignment]  # fewer
        self.disabled_clock = True  # CurrentTime is computed when read; stopping theirs takes 1 s
        self.max_connections = MAX_CONNECTIONS
        self.max_subscriptions = MAX_SUBSCRIPTIONS
        self.max_pending_activation_seconds = 10.0
        self.subscription_service = PlantSubscriptions(self)
        self.isession.subscription_service = self.subscription_service

    def create_session(
        self,
        name: str,
        user: User | None = None,
        external: bool = False,  # noqa: FBT001, FBT002
    ) -> InternalSession:
        """Make a client's session; it has no user until one was admitted."""
        if not external:
            return super().create_session(name, user or User(role=UserRole.Anonymous))
        if len(self._external_sessions) >= MAX_SESSIONS:
            raise ServiceError(StatusCodes.BadTooManySessions)
        return PlantSession(self, name)

    async def close_sessions(self) -> None:
        """End all clients' sessions and their subscriptions."""
        for session in list(self._external_sessions.values()):
            await session.close_session()

    def set_reader(self, node: ua.NodeId, read: Callable[[], ua.DataValue]) -> None:
        """Compute a variable's value when it is read."""
        self.set_attribute_value_callback(node, lambda _node, _attribute: read())

    async def push(self, node: ua.NodeId, read: Callable[[], ua.DataValue]) -> None:
        """Give a variable's value to the items that monitor it; asyncua sends only changes.

        Not by `write_attribute_value`, which would put the value in the reader's place.
        """
        callbacks = self.aspace[node].attributes[AttributeIds.Value].datachange_callbacks
        if callbacks:
            value = read()
            for handle, callback in list(callbacks.items()):
                await callback(handle, value)
