"""Read all tags at once: the plant's block of arrays, or node by node where it has none."""

import math
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.ua_binary import struct_from_binary

from bioctl.values import Reading, bad
from bioctl_drivers.arrays import ArrayImage
from bioctl_drivers.opcua.codec import UnexpectedAnswerError, Value, values
from bioctl_drivers.opcua.connection import Connection
from bioctl_drivers.opcua.nodes import to_reading
from bioctl_drivers.opcua.options import BlockNodes
from bioctl_drivers.status import quality_of, status_words

NOT_IN_BLOCK: Final = "the plant's block does not hold this tag"


class Reader(Protocol):
    """One prepared read of everything, and what its answer means."""

    def request(self) -> ua.ReadRequest:
        """Return the request, always the same."""
        ...

    def readings(self, answer: bytes, position: int) -> Mapping[str, Reading]:
        """Return all tags' readings from the bytes of an answer; ValueError if it is not one."""
        ...


class BlockReader:
    """Reads arrays of values and status codes; the cost hardly grows with the number of tags."""

    def __init__(self, connection: Connection, block: BlockNodes, names: Sequence[str]) -> None:
        self._connection = connection
        self._nodes = [block.values, block.status] + ([block.time] if block.time else [])
        tags = [tag for tag in connection.tags.values() if tag.name in connection.types]
        self._image = ArrayImage(tags, names)
        served = self._image.served
        self._unserved = {
            name: reading if name not in connection.types else bad(NOT_IN_BLOCK)
            for name, reading in connection.readings.items()
            if name not in served
        }

    def request(self) -> ua.ReadRequest:
        """Return the read request of two or three nodes."""
        return _request([self._connection.node(node) for node in self._nodes])

    def readings(self, answer: bytes, position: int) -> Mapping[str, Reading]:
        """Return all readings; those that did not change are the same objects as before."""
        found = values(answer, position)
        if len(found) != len(self._nodes):
            raise UnexpectedAnswerError(f"{len(found)} values of {len(self._nodes)}")
        time = _scalar(found[2]) if len(found) > 2 else math.nan
        numbers, statuses = _array(found[0]), _array(found[1])
        served = self._image.update(numbers, [int(status) for status in statuses], time)
        return {**served, **self._unserved} if self._unserved else served


class TagReader:
    """Reads every tag's node; for plants without a block."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._names = list(connection.types)
        self._bad = {
            name: reading
            for name, reading in connection.readings.items()
            if name not in connection.types
        }

    def request(self) -> ua.ReadRequest:
        """Return the read request of all usable tags."""
        tags = self._connection.tags
        return _request([self._connection.node(tags[name].node) for name in self._names])

    def readings(self, answer: bytes, position: int) -> Mapping[str, Reading]:
        """Return all readings."""
        tags = self._connection.tags
        response = struct_from_binary(ua.ReadResponse, Buffer(answer, position))
        response.ResponseHeader.ServiceResult.check()
        found = zip(self._names, response.Results, strict=True)
        return self._bad | {name: to_reading(value, tags[name].type) for name, value in found}


def _request(nodes: Sequence[ua.NodeId]) -> ua.ReadRequest:
    wanted = [ua.ReadValueId(NodeId=node, AttributeId=AttributeIds.Value) for node in nodes]
    request = ua.ReadRequest()
    request.Parameters = ua.ReadParameters(
        TimestampsToReturn=ua.TimestampsToReturn.Source, NodesToRead=wanted
    )
    return request


def _scalar(value: Value) -> float:
    return float(value.value) if isinstance(value.value, int | float) else math.nan


def _array(value: Value) -> Sequence[float]:
    if quality_of(value.status):
        raise UnexpectedAnswerError(f"the plant's block: {status_words(value.status)}")
    if value.value is None or isinstance(value.value, int | float):
        raise UnexpectedAnswerError("the plant's block is no array")
    return value.value
