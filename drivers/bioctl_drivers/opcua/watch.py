"""One subscription for all tags of a free-running plant; its silence is the end of the link."""

from collections.abc import Callable
from typing import Final

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds

from bioctl.values import Reading
from bioctl_drivers.opcua.connection import NODES_PER_REQUEST, Connection, chunks, within
from bioctl_drivers.opcua.faults import CLOSED, LinkLostError, PermanentError
from bioctl_drivers.opcua.nodes import to_reading
from bioctl_drivers.opcua.store import Store
from bioctl_drivers.status import quality_of, status_words

PUBLISHING_MS: Final = 200.0
KEEP_ALIVES: Final = 4
"""Publishing intervals without news until the plant must say that it is alive: 0.8 s."""
LIFETIME: Final = 50
"""Publishing intervals until the plant forgets a subscription nobody asks for: 10 s."""
BAD_SHUTDOWN: Final = 0x800C0000
"""What the library itself tells every subscription when the transport is gone."""
SILENCE_S: Final = 2.0
"""s without news and without keep-alive until the link is down."""


class Watch:
    """The subscription of one connection.

    Args:
        connection: open and resolved.
        store: where readings go.
        fail: called with the reason when the plant ends the subscription, or another controller
            writes its name into the owner register.
    """

    def __init__(
        self, connection: Connection, store: Store, fail: Callable[[Exception], None]
    ) -> None:
        self._connection = connection
        self._store = store
        self._fail = fail
        self._take: dict[int, Callable[[ua.DataValue], None]] = {}
        self._readings: dict[str, Reading] = {}
        self._process_time: float | None = None
        self._open = False
        self._id: int | None = None
        self._heard = 0.0

    @property
    def active(self) -> bool:
        """Whether the plant has been asked to publish."""
        return self._id is not None

    async def start(self) -> None:
        """Create the subscription; the plant sends every value once and then what changes.

        Raises:
            PermanentError: the plant insists on keep-alives too rare to be a life sign.
        """
        parameters = ua.CreateSubscriptionParameters(
            RequestedPublishingInterval=PUBLISHING_MS,
            RequestedLifetimeCount=ua.UInt32(LIFETIME),
            RequestedMaxKeepAliveCount=ua.UInt32(KEEP_ALIVES),
            MaxNotificationsPerPublish=ua.UInt32(1000),
            PublishingEnabled=True,
        )
        self._heard = self._connection.clock.monotonic()
        create = self._connection.client.uaclient.create_subscription(parameters, self._on_publish)
        made = await within(5.0, create, "a request to subscribe")
        longest = made.RevisedPublishingInterval * made.RevisedMaxKeepAliveCount / 1000
        if longest >= SILENCE_S:
            raise PermanentError(
                f"The plant will say only every {longest:.1f} s that it is alive; its death must "
                f"be seen within {SILENCE_S:g} s. help: let it accept publishing every 200 ms."
            )
        self._id = int(made.SubscriptionId)
        await self._monitor(self._id)

    def open(self) -> tuple[dict[str, Reading], float | None]:
        """Send news to the store from now on; return what came until now, and the plant's time."""
        self._open = True
        readings, self._readings = self._readings, {}
        return readings, self._process_time

    async def stop(self) -> None:
        """Delete the subscription; what still arrives of it is not looked at."""
        if self._id is None:
            return
        subscription, self._id, self._open = self._id, None, False
        delete = self._connection.client.uaclient.delete_subscriptions([subscription])
        await within(5.0, delete, "a request to end the subscription")

    def check(self) -> None:
        """Raise LinkLostError when neither news nor keep-alive came for too long."""
        age = self._connection.clock.monotonic() - self._heard
        if self.active and age > SILENCE_S:
            raise LinkLostError(f"the plant has published nothing for {age:.1f} s")

    async def _monitor(self, subscription: int) -> None:
        uaclient = self._connection.client.uaclient
        for part in chunks(self._wanted(), NODES_PER_REQUEST):
            request = ua.CreateMonitoredItemsParameters(
                SubscriptionId=ua.UInt32(subscription),
                TimestampsToReturn=ua.TimestampsToReturn.Source,
                ItemsToCreate=part,
            )
            work = uaclient.create_monitored_items(request)
            results = await within(5.0, work, "a request to monitor")
            for item, result in zip(part, results, strict=True):
                self._check_item(item, result)

    def _wanted(self) -> list[ua.MonitoredItemCreateRequest]:
        options, connection = self._connection.options, self._connection
        wanted: list[tuple[str, Callable[[ua.DataValue], None]]] = [
            (connection.tags[name].node, self._taker(name)) for name in connection.types
        ]
        if options.heartbeat is not None and options.heartbeat.owner is not None:
            wanted.append((options.heartbeat.owner, self._take_owner))
        if options.clock is not None:
            wanted.append((options.clock.time, self._take_time))
        self._take = {handle: take for handle, (_, take) in enumerate(wanted)}
        return [_item(connection.node(node), handle) for handle, (node, _) in enumerate(wanted)]

    def _taker(self, name: str) -> Callable[[ua.DataValue], None]:
        type_ = self._connection.tags[name].type

        def take(value: ua.DataValue) -> None:
            self._readings[name] = to_reading(value, type_)

        return take

    def _take_owner(self, value: ua.DataValue) -> None:
        owner = value.Value.Value if value.Value is not None else None
        if owner and owner != self._connection.options.application_uri:
            self._fail(LinkLostError(f"another controller has taken the plant: '{owner}'"))

    def _take_time(self, value: ua.DataValue) -> None:
        reading = to_reading(value, "double")
        self._process_time = reading.number if reading.good else None

    def _check_item(
        self, item: ua.MonitoredItemCreateRequest, result: ua.MonitoredItemCreateResult
    ) -> None:
        status = int(result.StatusCode.value)
        if quality_of(status):
            refused = ua.DataValue(ua.Variant(None), ua.StatusCode(ua.UInt32(status)))
            self._take[int(item.RequestedParameters.ClientHandle)](refused)

    def _on_publish(self, result: ua.PublishResult) -> None:
        if result.SubscriptionId != self._id:
            return  # what was still under way of one that was stopped
        self._heard = self._connection.clock.monotonic()
        for notification in result.NotificationMessage.NotificationData or ():
            if isinstance(notification, ua.DataChangeNotification):
                for item in notification.MonitoredItems:
                    self._take[int(item.ClientHandle)](item.Value)
            elif isinstance(notification, ua.StatusChangeNotification):
                self._fail(_ended(int(notification.Status.value)))
        if self._open and result.NotificationMessage.NotificationData:
            readings, self._readings = self._readings, {}
            self._store.put(readings, self._process_time)


def _item(node: ua.NodeId, handle: int) -> ua.MonitoredItemCreateRequest:
    # A queue of one: only the freshest value counts, and the plant drops the older ones for us.
    return ua.MonitoredItemCreateRequest(
        ItemToMonitor=ua.ReadValueId(NodeId=node, AttributeId=AttributeIds.Value),
        MonitoringMode=ua.MonitoringMode.Reporting,
        RequestedParameters=ua.MonitoringParameters(
            ClientHandle=ua.UInt32(handle),
            SamplingInterval=PUBLISHING_MS / 2,
            QueueSize=ua.UInt32(1),
            DiscardOldest=True,
        ),
    )


def _ended(status: int) -> LinkLostError:
    if status == BAD_SHUTDOWN:
        return LinkLostError(CLOSED)
    return LinkLostError(f"the plant ended the subscription: {status_words(status)}")
