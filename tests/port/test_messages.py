"""Messages keep secrets, refuse what they do not know, and errors survive the wire."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from bioctl.errors import BioctlError, InputError, UnreachableError
from bioctl.port import faults, wire
from bioctl.port.messages import Command, Login, Session, Signing, parse

SECRET = "correct horse battery"  # noqa: S105


@pytest.mark.parametrize(
    "message",
    [
        Login(user="ola", password=SecretStr(SECRET)),
        Session(token=SECRET, user="ola", name="Ola", role="qa"),
        Command(
            id="1",
            name="batch.sign",
            signature=Signing(user="ola", password=SecretStr(SECRET), meaning="approved"),
        ),
    ],
    ids=lambda message: type(message).__name__,
)
def test_secret_shows_in_no_repr(message: object) -> None:
    assert SECRET not in repr(message)
    assert SECRET not in str(message)


def test_message_cannot_be_changed() -> None:
    command = Command(id="1", name="batch.hold")
    with pytest.raises(ValidationError):
        command.name = "batch.abort"


texts = st.text(max_size=20)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(args=st.dictionaries(texts, values, max_size=4), reason=texts)
def test_command_arrives_as_it_was_sent(args: dict[str, object], reason: str) -> None:
    command = parse(
        Command, {"id": "1", "name": "batch.start", "args": args, "reason": reason}, "command"
    )
    body = wire.encode(command.model_dump(mode="json"))
    assert parse(Command, wire.decode(body, "command"), "command") == command


@given(st.binary(max_size=200))
def test_any_bytes_decode_or_are_refused_in_a_sentence(body: bytes) -> None:
    try:
        wire.decode(body, "command")
    except InputError as error:
        assert error.message.startswith("The command is")  # noqa: PT017


@given(values)
def test_any_error_body_becomes_an_error(body: object) -> None:
    assert isinstance(faults.from_json(body), BioctlError)


def test_subclass_nobody_listed_keeps_its_nearest_class() -> None:
    class PlantGoneError(UnreachableError):
        pass

    error = faults.from_json(faults.to_json(PlantGoneError("gone")))
    assert type(error) is UnreachableError


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_number_without_a_value_goes_out_as_null(value: float) -> None:
    assert wire.encode({"pv": value}) == b'{"pv":null}'
