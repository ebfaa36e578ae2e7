"""Tags and the plant's nodes: types, values to readings, values to writes."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from asyncua import ua

from bioctl.values import Quality, Reading, Scalar, bad
from bioctl_drivers.status import quality_of, status_words

Type = ua.VariantType

FITS: Final[Mapping[str, frozenset[Type]]] = {
    "double": frozenset({Type.Double, Type.Float}),
    "int32": frozenset(
        {Type.SByte, Type.Byte, Type.Int16, Type.UInt16, Type.Int32, Type.UInt32}
        | {Type.Int64, Type.UInt64}
    ),
    "bool": frozenset({Type.Boolean}),
    "string": frozenset({Type.String}),
}
"""Which of the plant's data types may serve a tag of each type."""

INTEGERS: Final[Mapping[Type, tuple[int, int]]] = {
    Type.SByte: (-(2**7), 2**7 - 1),
    Type.Byte: (0, 2**8 - 1),
    Type.Int16: (-(2**15), 2**15 - 1),
    Type.UInt16: (0, 2**16 - 1),
    Type.Int32: (-(2**31), 2**31 - 1),
    Type.UInt32: (0, 2**32 - 1),
    Type.Int64: (-(2**63), 2**63 - 1),
    Type.UInt64: (0, 2**64 - 1),
}


def node_id(text: str, namespace: int) -> ua.NodeId:
    """Return a node id in the connection's namespace: a string id, or `i=1234` for a number."""
    if text.startswith("i=") and text[2:].isdecimal():
        return ua.NodeId(ua.Int32(int(text[2:])), ua.Int16(namespace))
    return ua.NodeId(ua.String(text), ua.Int16(namespace))


def source_time(value: ua.DataValue) -> float:
    """Return the source time in s since 1970 UTC, NaN where the plant gave none."""
    time = value.SourceTimestamp
    return seconds(time) if isinstance(time, datetime) else math.nan


def seconds(time: datetime) -> float:
    """Return a time of the plant in s since 1970 UTC; on the wire it is UTC (Part 6, 5.2.2.5)."""
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def to_reading(value: ua.DataValue, type_: str) -> Reading:
    """Return a value of the plant as the reading of a tag of `type_`: quality, time, or why not."""
    status = int(value.StatusCode.value) if value.StatusCode is not None else 0
    variant = value.Value
    time = source_time(value)
    if variant is None or variant.Value is None:
        return bad(status_words(status) or "the plant has no value", time=time)
    if variant.VariantType not in FITS[type_] or variant.is_array:
        return bad(f"the plant sent {type_name(variant)}, expected {type_}", time=time)
    typed: Scalar = variant.Value
    if type_ == "double" and not math.isfinite(typed := float(typed)):
        return bad("the plant sent no finite number", typed, time)
    quality = quality_of(status)
    return Reading(typed, quality, time, "" if quality is Quality.GOOD else status_words(status))


def type_name(variant: ua.Variant) -> str:
    """Return a value's data type in words."""
    name = variant.VariantType.name if variant.VariantType else "nothing"
    return f"an array of {name}" if variant.is_array else name


def to_write(value: Scalar, type_: Type) -> ua.DataValue:
    """Return what to write: coerced to the node's type, without timestamps and status.

    Many controllers refuse a write that carries a time (`write not supported`).

    Raises:
        ValueError: the value does not fit the type; the sentence says why.
    """
    return ua.DataValue(ua.Variant(coerce(value, type_), type_), None)


def coerce(value: Scalar, type_: Type) -> Scalar:
    """Return `value` as the plant's type would hold it; ValueError if it can't."""
    if type_ is Type.String:
        if isinstance(value, str):
            return value
        raise ValueError(f"{value!r} is no text")
    if isinstance(value, str):
        raise ValueError(f"{value!r} is no number")  # noqa: TRY004  one kind of failure
    if type_ in {Type.Double, Type.Float}:
        if math.isfinite(value):
            return float(value)
        raise ValueError(f"{value} is no finite number")
    if type_ is Type.Boolean:
        if value in {0, 1}:
            return bool(value)
        raise ValueError(f"{value} is neither 0 nor 1")
    return _whole(value, type_)


def _whole(value: float, type_: Type) -> int:
    low, high = INTEGERS.get(type_, (0, -1))
    if not math.isfinite(value) or value != int(value):
        raise ValueError(f"{value} is no whole number")
    if not low <= value <= high:
        raise ValueError(f"{value} does not fit the plant's {type_.name}")
    return int(value)
