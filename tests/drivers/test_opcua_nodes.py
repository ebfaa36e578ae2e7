import math
from datetime import UTC, datetime

import pytest
from asyncua import ua

from bioctl.values import Quality, Scalar
from bioctl_drivers.opcua.nodes import FITS, coerce, to_reading, to_write

T = ua.VariantType
MOMENT = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)

FITTING = [
    (36, T.Double, 36.0),
    (True, T.Double, 1.0),
    (0.1, T.Float, 0.1),
    (7.0, T.Int32, 7),
    (255, T.Byte, 255),
    (1, T.Boolean, True),
    (0.0, T.Boolean, False),
    ("go", T.String, "go"),
]

NOT_FITTING = [
    (7.5, T.Int32),
    (256, T.Byte),
    (-1, T.UInt32),
    (2, T.Boolean),
    (math.nan, T.Double),
    (math.inf, T.Int32),
    ("1", T.Double),
    (1.0, T.String),
    (1.0, T.DateTime),
]


@pytest.mark.parametrize(("value", "kind", "expected"), FITTING)
def test_a_value_is_written_as_the_nodes_own_type_without_times(
    value: Scalar, kind: ua.VariantType, expected: Scalar
) -> None:
    written = to_write(value, kind)
    assert written.Value is not None
    assert (written.Value.Value, written.Value.VariantType) == (expected, kind)
    assert type(written.Value.Value) is type(expected)
    assert written.SourceTimestamp is written.ServerTimestamp is written.StatusCode is None


@pytest.mark.parametrize(("value", "kind"), NOT_FITTING)
def test_a_value_that_does_not_fit_is_not_written(value: Scalar, kind: ua.VariantType) -> None:
    with pytest.raises(ValueError, match=r"no |not fit|neither"):
        coerce(value, kind)


def value_of(value: object, kind: ua.VariantType, status: int = 0) -> ua.DataValue:
    return ua.DataValue(ua.Variant(value, kind), ua.StatusCode(status), SourceTimestamp=MOMENT)


def test_status_and_time_come_with_the_value() -> None:
    reading = to_reading(value_of(1.5, T.Double, 0x808C0000), "double")
    assert (reading.value, reading.quality) == (1.5, Quality.BAD)
    assert "sensor failure" in reading.reason
    assert reading.time == MOMENT.timestamp()
    assert to_reading(value_of(1.5, T.Double, 0x40930000), "double").quality is Quality.UNCERTAIN


@pytest.mark.parametrize("type_", FITS)
@pytest.mark.parametrize("kind", [T.Double, T.Int32, T.Boolean, T.String])
def test_another_type_is_bad_never_converted(type_: str, kind: ua.VariantType) -> None:
    samples = {T.Double: 1.5, T.Int32: 1, T.Boolean: True, T.String: "x"}
    reading = to_reading(value_of(samples[kind], kind), type_)
    assert reading.good is (kind in FITS[type_])


@pytest.mark.parametrize(
    "odd",
    [
        value_of(math.nan, T.Double),
        value_of([1.0], T.Double),
        ua.DataValue(ua.Variant(None)),
        ua.DataValue(ua.Variant(None), ua.StatusCode(0x80320000)),
    ],
)
def test_what_is_no_finite_scalar_is_bad(odd: ua.DataValue) -> None:
    reading = to_reading(odd, "double")
    assert reading.quality is Quality.BAD
    assert reading.reason
