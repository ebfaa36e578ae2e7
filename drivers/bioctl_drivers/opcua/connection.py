"""A connection that is open: the library's client, the namespace, the plant's nodes."""

import asyncio
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.attribute_ids import AttributeIds

from bioctl.clock import Clock
from bioctl.tags import Tag
from bioctl.values import Reading
from bioctl_drivers.opcua.faults import LinkLostError
from bioctl_drivers.opcua.nodes import node_id
from bioctl_drivers.opcua.options import Options

_Answer = TypeVar("_Answer")
_Item = TypeVar("_Item")

NODES_PER_REQUEST = 500
"""Small enough for every server's OperationLimits we know of."""


@dataclass(slots=True)
class Connection:
    """What the parts of a session share.

    Attributes:
        client: connected and activated.
        options: of the site file.
        clock: host time.
        namespace: index of the options' namespace on this server, now.
        tags: by name.
        types: the plant's data type of each tag that can be used.
        readings: of the first full read; tags that can't be used are BAD with the reason.
        writable: output tags this user may write.
        start_time: when the server says it was started.
        process_time: s of a simulated plant's clock when the session began.
    """

    client: Client
    options: Options
    clock: Clock
    namespace: int
    tags: Mapping[str, Tag]
    start_time: datetime | None = None
    process_time: float | None = None
    types: dict[str, ua.VariantType] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    writable: set[str] = field(default_factory=set)

    def node(self, text: str) -> ua.NodeId:
        """Return the node id of a string id of the options."""
        return node_id(text, self.namespace)

    async def read(
        self,
        nodes: Sequence[ua.NodeId],
        attribute: AttributeIds = AttributeIds.Value,
        limit_s: float = 5.0,
    ) -> list[ua.DataValue]:
        """Read one attribute of many nodes in few requests, each answered within `limit_s`."""
        found: list[ua.DataValue] = []
        for part in chunks(nodes, NODES_PER_REQUEST):
            wanted = [ua.ReadValueId(NodeId=node, AttributeId=attribute) for node in part]
            parameters = ua.ReadParameters(
                TimestampsToReturn=ua.TimestampsToReturn.Source, NodesToRead=wanted
            )
            found += await within(limit_s, self.client.uaclient.read(parameters), "a read")
        return found

    async def write(self, items: Sequence[ua.WriteValue], limit_s: float) -> list[int]:
        """Write values and return a status code for each, within `limit_s`.

        Raises:
            LinkLostError: no answer in time; the writes may or may not have been executed.
        """
        found: list[int] = []
        for part in chunks(items, NODES_PER_REQUEST):
            request = self.client.uaclient.write(ua.WriteParameters(NodesToWrite=part))
            found += [int(code.value) for code in await within(limit_s, request, "a write")]
        return found


async def within(limit_s: float, work: Awaitable[_Answer], what: str) -> _Answer:
    """Await an answer for at most `limit_s`; LinkLostError when it does not come."""
    try:
        async with asyncio.timeout(limit_s):
            return await work
    except TimeoutError as problem:
        raise LinkLostError(f"the plant did not answer {what} within {limit_s:g} s") from problem


def chunks(items: Sequence[_Item], size: int) -> Iterator[list[_Item]]:
    """Yield `items` in lists of at most `size`."""
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
