"""JSON on the wire: strict in, lenient out.

In: no duplicate key (the last would win silently), no NaN or infinity, no number JSON readers round
differently, no lone surrogate, no nesting deeper than Python's own limit. Out: NaN becomes null, as
a reading without a value has none.
"""

import json
import math
from collections.abc import Sequence

import orjson

from bioctl.errors import InputError

EXACT = 2**53
"""Above this a JSON number loses digits in most readers (RFC 8259 §6)."""


def decode(body: bytes, what: str) -> object:
    """Return the JSON value in `body`.

    Args:
        body: UTF-8 JSON.
        what: what a person would call it, for the error sentence.

    Raises:
        InputError: says what is wrong, and where the parser knows it.
    """
    try:
        text = body.decode()
        value = json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_real,
        )
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise InputError(f"The {what} is not JSON: {error.msg} at {place}.") from None
    except UnicodeError:
        raise InputError(f"The {what} is not JSON: its text is not UTF-8.") from None
    except RecursionError:
        raise InputError(f"The {what} is nested too deeply.") from None
    except ValueError as error:
        raise InputError(f"The {what} is not usable JSON: {error}.") from None
    return value


def encode(value: object) -> bytes:
    """Return compact JSON; NaN and infinities become null."""
    return orjson.dumps(value)


def _pairs(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands there twice")
    return found


def _constant(name: str) -> object:
    raise ValueError(f"{name} is not a number; leave the field out instead")


def _integer(digits: str) -> int:
    number = int(digits) if len(digits) < 20 else EXACT + 1
    if abs(number) > EXACT:
        raise ValueError(f"the whole number {digits[:24]} is beyond 2^53")
    return number


def _real(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits[:24]} is too large")
    return number
