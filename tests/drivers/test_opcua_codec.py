"""Our encoding of a lockstep turn equals the library's own."""

from datetime import UTC, datetime

import pytest
from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.ua_binary import struct_to_binary
from hypothesis import given
from hypothesis import strategies as st

from bioctl_drivers.opcua.codec import (
    ServiceFaultError,
    UnexpectedAnswerError,
    WriteItem,
    call_result,
    patch_double,
    statuses,
    values,
    write_request,
)

T = ua.VariantType
FLOATS = st.floats(allow_nan=False, width=64)
CODES = st.integers(0, 2**32 - 1)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
WRITES = st.one_of(
    st.tuples(st.just(T.Double), FLOATS),
    st.tuples(st.just(T.Boolean), st.booleans()),
    st.tuples(st.just(T.Int32), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just(T.UInt32), CODES),
    st.tuples(st.just(T.Int64), st.integers(-(2**63), 2**63 - 1)),
    st.tuples(st.just(T.Byte), st.integers(0, 255)),
)


@given(st.lists(st.tuples(st.text(min_size=1, max_size=20), WRITES), max_size=8))
def test_a_write_request_is_the_librarys(rows: list[tuple[str, tuple[T, object]]]) -> None:
    request = ua.WriteRequest()
    head = struct_to_binary(request)
    items = []
    for name, (kind, value) in rows:
        node = ua.NodeId(name, 2)
        items.append(WriteItem(node, kind).encode(value))
        data = ua.DataValue(ua.Variant(value, kind), None)
        request.Parameters.NodesToWrite.append(ua.WriteValue(node, AttributeIds.Value, None, data))
    assert bytes(write_request(head, items)) == struct_to_binary(request)


@given(FLOATS)
def test_a_patched_call_is_the_librarys(step: float) -> None:
    def request(value: float) -> bytes:
        call = ua.CallRequest()
        call.RequestHeader.Timestamp = datetime(2026, 1, 5, tzinfo=UTC)
        method = ua.CallMethodRequest(ua.NodeId("Clock", 2), ua.NodeId("Clock.Advance", 2))
        method.InputArguments = [ua.Variant(value, T.Double)]
        call.Parameters.MethodsToCall = [method]
        return struct_to_binary(call)

    body = bytearray(request(0.0))
    patch_double(body, step)
    assert bytes(body) == request(step)


@given(st.lists(FLOATS), st.lists(CODES), MOMENTS, FLOATS, CODES)
def test_a_read_answer_is_understood_as_by_the_library(
    numbers: list[float], codes: list[int], moment: datetime, scalar: float, code: int
) -> None:
    response = ua.ReadResponse()
    response.Results = [
        ua.DataValue(ua.Variant(numbers, T.Double, is_array=True), SourceTimestamp=moment),
        ua.DataValue(ua.Variant(codes, T.UInt32, is_array=True), ua.StatusCode(code)),
        ua.DataValue(ua.Variant(moment, T.DateTime), None, moment, moment, 1, 2),
        ua.DataValue(ua.Variant(scalar, T.Double)),
        ua.DataValue(ua.Variant(None), ua.StatusCode(code)),
    ]
    found = values(struct_to_binary(response), 0)
    assert list(found[0].value) == numbers
    assert (list(found[1].value), found[1].status) == (codes, code)
    assert found[2].value == pytest.approx(moment.timestamp(), abs=1e-5)
    assert found[3].value == scalar
    assert found[4] == (None, code)


@given(st.lists(CODES))
def test_a_write_answer_is_understood(codes: list[int]) -> None:
    response = ua.WriteResponse()
    response.Results = [ua.StatusCode(code) for code in codes]
    assert list(statuses(struct_to_binary(response), 0)) == codes


@given(CODES, FLOATS, st.integers(0, 3))
def test_a_call_answer_is_understood(code: int, time: float, checked: int) -> None:
    result = ua.CallMethodResult(ua.StatusCode(code))
    result.InputArgumentResults = [ua.StatusCode(0)] * checked
    result.OutputArguments = [ua.Variant(time, T.Double)]
    response = ua.CallResponse()
    response.Results = [result]
    assert call_result(struct_to_binary(response), 0) == (time, code)
    result.OutputArguments = []
    assert call_result(struct_to_binary(response), 0) == (None, code)


def test_a_service_fault_is_told_with_its_status() -> None:
    fault = ua.ServiceFault()
    fault.ResponseHeader.ServiceResult = ua.StatusCode(0x80250000)
    for decode in (values, statuses, call_result):
        with pytest.raises(ServiceFaultError) as caught:
            decode(struct_to_binary(fault), 0)
        assert caught.value.status == 0x80250000


def test_an_answer_to_something_else_is_not_guessed_at() -> None:
    response = ua.ReadResponse()
    response.Results = [ua.DataValue(ua.Variant("text", T.String))]
    with pytest.raises(UnexpectedAnswerError, match="data type"):
        values(struct_to_binary(response), 0)
    with pytest.raises(UnexpectedAnswerError, match="type id"):
        statuses(struct_to_binary(response), 0)


@given(st.binary(max_size=200))
def test_garbage_is_an_error_of_ours_never_a_value(garbage: bytes) -> None:
    import struct  # noqa: PLC0415

    for decode in (values, statuses, call_result):
        with pytest.raises((ValueError, ServiceFaultError, struct.error, IndexError)):
            decode(garbage, 0)
