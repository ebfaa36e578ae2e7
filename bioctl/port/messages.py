"""What goes over the command port, each message a frozen value that checks itself.

Unknown fields are refused, so that a mistyped `deadlin` never becomes a command without a deadline.
Secrets are kept out of every `repr`, because a repr ends in logs.
"""

from typing import Annotated, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    SecretStr,
    ValidationError,
    field_serializer,
)
from pydantic_core import ErrorDetails

from bioctl.errors import InputError

Word = Annotated[str, Field(min_length=1, max_length=128)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=1024)]


class Message(BaseModel):
    """The base of every message: immutable, no unknown field, numbers finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Login(Message):
    """A person asks for a session."""

    user: Word
    password: Secret

    @field_serializer("password", when_used="json")
    def _reveal(self, secret: SecretStr) -> str:
        return secret.get_secret_value()


class Session(Message):
    """A session the cell opened; the token goes into every later command of that person."""

    token: str = Field(repr=False)
    user: str
    name: str
    role: str


class Signing(Message):
    """Both components of an electronic signature, given at each signing, and its meaning."""

    user: Word
    password: Secret
    meaning: Word

    @field_serializer("password", when_used="json")
    def _reveal(self, secret: SecretStr) -> str:
        return secret.get_secret_value()


class Command(Message):
    """One command to the cell.

    Attributes:
        id: chosen by the sender; the same id again gives the same answer and acts once.
        name: noun and verb, such as `batch.hold`.
        args: plain JSON, checked by the cell.
        reason: why, in the words of the person.
        seen: the version of the state its author looked at; None where there was none.
        deadline: seconds since 1970 UTC after which it must not act; None for no deadline.
        signature: where the policy asks for one.
    """

    id: Word
    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]*(\.[a-z][a-z_]*)*$", max_length=64)]
    args: dict[str, JsonValue] = Field(default_factory=dict)
    reason: Annotated[str, Field(max_length=2000)] = ""
    seen: int | None = None
    deadline: Annotated[float, Field(gt=0)] | None = None
    signature: Signing | None = None


class Answer(Message):
    """What became of a command; `accepted` means its outcome follows as an entry."""

    outcome: Literal["done", "accepted", "rejected"]
    message: str = ""
    data: dict[str, JsonValue] = Field(default_factory=dict)


class EntriesQuery(Message):
    """Which journal entries to read, and how long to wait (s) while there is none."""

    model_config = ConfigDict(strict=False)

    after: Annotated[int, Field(ge=0, le=2**53)] = 0
    batch: Word | None = None
    wait: Annotated[float, Field(ge=0, le=60)] = 0.0
    limit: Annotated[int, Field(ge=1, le=5000)] = 500


M = TypeVar("M", bound=Message)


def parse(model: type[M], value: object, what: str) -> M:
    """Return `value` as a message.

    Args:
        model: the message class.
        value: decoded JSON.
        what: what a person would call it, for the error sentence.

    Raises:
        InputError: names each wrong field and what was expected, never the value: it may be secret.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = "; ".join(_finding(detail) for detail in error.errors(include_url=False))
        fields = ", ".join(model.model_fields)
        raise InputError(f"The {what} is wrong: {found}.", help=f"Its fields: {fields}.") from None


def _finding(detail: ErrorDetails) -> str:
    place = ".".join(str(part) for part in detail["loc"]) or "the whole"
    match detail["type"]:
        case "missing":
            return f"`{place}` is missing"
        case "extra_forbidden":
            return f"`{place}` is not a field"
        case _:
            return f"`{place}`: {detail['msg'][0].lower()}{detail['msg'][1:]}"
