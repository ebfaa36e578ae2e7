"""Canonical bytes of a record, and the hashes over them.

Canonical bytes are compact JSON, keys sorted, UTF-8, shortest numbers (orjson). Over them:

    leaf = sha256(0x00 || bytes)            RFC 6962 leaf, for inclusion proofs
    hash = sha256(previous hash || bytes)   chain, cheap to walk; the first previous hash is zeros
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

import orjson

from bioctl.errors import InputError

ZERO: Final = bytes(32)
"""The hash before the first entry."""

MAX_BYTES: Final = 4 * 1024 * 1024
"""The largest event data, in bytes of canonical JSON: a control recipe fits many times."""

_OPTIONS: Final = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_SERIALIZE_NUMPY
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
)


def encode(value: object) -> bytes:
    """Return the canonical bytes of what is known to be plain, finite JSON."""
    return orjson.dumps(value, _plain, _OPTIONS)


def _plain(value: object) -> object:
    """Return what orjson can't write itself: read-only maps and named tuples."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


def canonical(value: object, what: str = "The record") -> bytes:
    """Return the canonical JSON bytes of plain JSON values.

    Raises:
        InputError: a value is no plain JSON, or NaN or infinite, or too large; names its place.
    """
    try:
        encoded = encode(value)
    except orjson.JSONEncodeError as error:
        message = f"{what} cannot be written as JSON: {error}."
        raise InputError(message, help="Hand in text, finite numbers, lists and maps.") from None
    # orjson writes NaN and infinity as null; only then is a closer look worth its time.
    if b"null" in encoded:
        _refuse_not_finite(value, what)
    if len(encoded) > MAX_BYTES:
        raise InputError(f"{what} has {len(encoded)} bytes, more than the {MAX_BYTES} allowed.")
    return encoded


def _refuse_not_finite(value: object, what: str) -> None:
    decoded = orjson.loads(encode(value))
    for place, original, found in _leaves(value, decoded, ""):
        if found is None and original is not None:
            raise InputError(
                f"{what} holds {original} at `{place}`, which is no finite number.",
                help="Record a Bad reading by its quality, with its value left out or null.",
            )


def _leaves(original: Any, decoded: Any, place: str) -> Iterable[tuple[str, Any, Any]]:  # noqa: ANN401
    if isinstance(decoded, dict):
        for key, value in original.items():
            yield from _leaves(value, decoded[key], f"{place}.{key}".lstrip("."))
    elif isinstance(decoded, list):
        for index, value in enumerate(original):
            yield from _leaves(value, decoded[index], f"{place}[{index}]")
    else:
        yield place, original, decoded


def leaf_hash(encoded: bytes) -> bytes:
    """Return the RFC 6962 leaf hash of an entry's canonical bytes."""
    return sha256(b"\0" + encoded).digest()


def chain_hash(previous: bytes, encoded: bytes) -> bytes:
    """Return the chain hash of an entry after `previous`."""
    return sha256(previous + encoded).digest()
