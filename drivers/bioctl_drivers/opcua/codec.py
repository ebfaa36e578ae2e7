"""Binary encoding of the few messages a lockstep turn needs (OPC UA Part 6, 5.2).

The library's own codec is general and builds an object per field. A turn always sends the same
requests and reads the same arrays, so here the bytes stand ready and answers are unpacked directly.
Anything unexpected raises `UnexpectedAnswerError`; tests hold this codec equal to the library's.
"""

import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.ua_binary import struct_to_binary

from bioctl.values import Scalar


class UnexpectedAnswerError(ValueError):
    """The answer is not of the form a lockstep turn reads."""


class ServiceFaultError(Exception):
    """The plant refused the whole request, with a status code."""

    def __init__(self, status: int) -> None:
        super().__init__(f"0x{status:08X}")
        self.status = status


class Value(NamedTuple):
    """A value with its status code: a number, or an array of numbers; None when there is none."""

    value: float | Sequence[float] | None
    status: int


_RESPONSE_HEADER: Final = struct.Struct("<4xqIIBi")
_U32: Final = struct.Struct("<I")
_I32: Final = struct.Struct("<i")
_I64: Final = struct.Struct("<q")
_FORMAT: Final = {1: "?", 6: "i", 7: "I", 8: "q", 9: "Q", 10: "f", 11: "d", 13: "q"}
_SIZE: Final = {1: 1, 6: 4, 7: 4, 8: 8, 9: 8, 10: 4, 11: 8, 13: 8}
_PACK: Final = {
    ua.VariantType.Boolean: struct.Struct("<?"),
    ua.VariantType.SByte: struct.Struct("<b"),
    ua.VariantType.Byte: struct.Struct("<B"),
    ua.VariantType.Int16: struct.Struct("<h"),
    ua.VariantType.UInt16: struct.Struct("<H"),
    ua.VariantType.Int32: struct.Struct("<i"),
    ua.VariantType.UInt32: struct.Struct("<I"),
    ua.VariantType.Int64: struct.Struct("<q"),
    ua.VariantType.UInt64: struct.Struct("<Q"),
    ua.VariantType.Float: struct.Struct("<f"),
    ua.VariantType.Double: struct.Struct("<d"),
}
_TICKS_PER_S: Final = 10_000_000
_1970: Final = 11_644_473_600
"""s from 1601 to 1970; a DateTime counts 100 ns from 1601."""


class WriteItem:
    """One node of a write request: its bytes up to the value."""

    def __init__(self, node: ua.NodeId, type_: ua.VariantType) -> None:
        pack = _PACK[type_]
        zero = ua.DataValue(ua.Variant(pack.unpack(bytes(pack.size))[0], type_), None)
        whole = struct_to_binary(ua.WriteValue(node, AttributeIds.Value, None, zero))
        self._head = whole[: -pack.size]
        self._pack = pack.pack

    def encode(self, value: Scalar) -> bytes:
        """Return the item with this value, which must fit the type."""
        return self._head + self._pack(value)


def write_request(head: bytes, items: Sequence[bytes]) -> bytearray:
    """Return a write request: the bytes of one without items, then these."""
    return bytearray(b"".join((head[:-4], _I32.pack(len(items)), *items)))


def patch_double(body: bytearray, value: float) -> None:
    """Set the last 8 bytes: the only argument of a method call, a Double."""
    struct.pack_into("<d", body, len(body) - 8, value)


def statuses(data: bytes, position: int) -> tuple[int, ...]:
    """Return the status codes of a write answer, one an item."""
    position = _results(data, position, 676)
    (count,) = _I32.unpack_from(data, position)
    return struct.unpack_from(f"<{max(count, 0)}I", data, position + 4)


def call_result(data: bytes, position: int) -> Value:
    """Return status and first output argument, a number, of an answer to one call."""
    position = _results(data, position, 715)
    count, status, checks = struct.unpack_from("<iIi", data, position)
    if count != 1:
        raise UnexpectedAnswerError(f"{count} results of one call")
    position += 12 + 4 * max(checks, 0)
    (diagnostics,) = _I32.unpack_from(data, position)
    if diagnostics > 0:
        raise UnexpectedAnswerError("diagnostics")
    (outputs,) = _I32.unpack_from(data, position + 4)
    if outputs < 1:
        return Value(None, status)
    value, _ = _variant(data, position + 8)
    return Value(value, status)


def values(data: bytes, position: int) -> list[Value]:
    """Return the values of a read answer; a DateTime comes as s since 1970 UTC."""
    position = _results(data, position, 634)
    (count,) = _I32.unpack_from(data, position)
    position += 4
    found = []
    for _ in range(count):
        value, position = _data_value(data, position)
        found.append(value)
    return found


def _results(data: bytes, position: int, type_id: int) -> int:
    """Check type id and response header; return the place of the results."""
    if data[position : position + 2] != b"\x01\x00":
        raise UnexpectedAnswerError("type id")
    given = int.from_bytes(data[position + 2 : position + 4], "little")
    _, _, result, diagnostics, strings = _RESPONSE_HEADER.unpack_from(data, position)
    if result >> 30:
        raise ServiceFaultError(result)
    if given != type_id or diagnostics or strings > 0:
        raise UnexpectedAnswerError(f"type id {given}, diagnostics {diagnostics}")
    position += _RESPONSE_HEADER.size
    if data[position : position + 3] != b"\x00\x00\x00":
        raise UnexpectedAnswerError("additional header")
    return position + 3


def _data_value(data: bytes, position: int) -> tuple[Value, int]:
    mask = data[position]
    position += 1
    value: float | Sequence[float] | None = None
    status = 0
    if mask & 1:
        value, position = _variant(data, position)
    if mask & 2:
        (status,) = _U32.unpack_from(data, position)
        position += 4
    for bit, size in ((4, 8), (16, 2), (8, 8), (32, 2)):
        if mask & bit:
            position += size
    return Value(value, status), position


def _variant(data: bytes, position: int) -> tuple[float | Sequence[float] | None, int]:
    kind = data[position]
    type_, position = kind & 63, position + 1
    if type_ == 0:
        return None, position
    if type_ not in _FORMAT or kind & 64:
        raise UnexpectedAnswerError(f"data type {type_}")
    if not kind & 128:
        (scalar,) = struct.unpack_from(f"<{_FORMAT[type_]}", data, position)
        return (scalar / _TICKS_PER_S - _1970 if type_ == 13 else scalar), position + _SIZE[type_]
    (count,) = _I32.unpack_from(data, position)
    count, position = max(count, 0), position + 4
    array = struct.unpack_from(f"<{count}{_FORMAT[type_]}", data, position)
    return array, position + count * _SIZE[type_]
