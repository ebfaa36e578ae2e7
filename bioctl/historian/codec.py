"""One column of numbers as bytes: lossless, small, and quick to read alone.

Instruments resolve a few decimals, so most columns are whole numbers times a power of ten; their
steps are small and compress well. What does not come back bit for bit that way is stored as the
bytes of its float64, bytes of equal weight together. Both end in zstandard.
"""

import struct
from typing import Final

import numpy as np
import numpy.typing as npt
import zstandard

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

MAX_ROWS: Final = 1_000_000
"""More rows than any chunk has; a header that says more is damaged."""

_RAW: Final = 255
_HEADER: Final = struct.Struct("<BBIq")  # decimals or _RAW, bytes per step, rows, first
_EXACT: Final = 2.0**53
_LEVEL: Final = 3


def pack_floats(values: Floats) -> bytes:
    """Return a column of at least one float64 as bytes; NaN and infinity come back as they are."""
    for decimals in range(7):
        scaled = np.rint(values * 10.0**decimals)
        if not np.all(np.abs(scaled) < _EXACT):  # also NaN and infinity
            break
        whole = scaled.astype(np.int64)
        # Equal as numbers is not enough: -0.0, which no whole number is, must come back as -0.0.
        if (whole / 10.0**decimals).tobytes() == values.tobytes():
            return _pack_steps(whole, decimals)
    shuffled = values.view(np.uint8).reshape(-1, 8).T.tobytes()
    return _HEADER.pack(_RAW, 8, len(values), 0) + _compress(shuffled)


def unpack_floats(blob: bytes) -> Floats:
    """Return the column that `pack_floats` packed.

    Raises:
        ValueError: the bytes are damaged.
    """
    try:
        decimals, width, rows, first = _HEADER.unpack_from(blob)
    except struct.error as error:
        raise ValueError(str(error)) from None
    if not 1 <= rows <= MAX_ROWS or width not in {1, 2, 4, 8} or 6 < decimals != _RAW:
        raise ValueError(f"a column of {rows} rows can't be read")
    if decimals == _RAW:
        plain = _decompress(blob[_HEADER.size :], rows * 8)
        shuffled = np.frombuffer(plain, np.uint8).reshape(8, rows)
        return np.ascontiguousarray(shuffled.T).view(np.float64).reshape(rows)
    whole = np.full(rows, first, np.int64)
    steps = np.frombuffer(_decompress(blob[_HEADER.size :], (rows - 1) * width), f"<i{width}")
    whole[1:] += np.cumsum(steps, dtype=np.int64)
    values: Floats = whole / 10.0**decimals
    return values


def pack_qualities(qualities: Bytes) -> bytes:
    """Return a column of qualities as bytes; none at all where every one is GOOD."""
    if not qualities.any():
        return b""
    return struct.pack("<I", len(qualities)) + _compress(qualities.tobytes())


def unpack_qualities(blob: bytes, rows: int) -> Bytes:
    """Return the column that `pack_qualities` packed.

    Raises:
        ValueError: the bytes are damaged.
    """
    if not blob:
        return np.zeros(rows, np.uint8)
    return np.frombuffer(_decompress(blob[4:], rows), np.uint8)


def _pack_steps(whole: npt.NDArray[np.int64], decimals: int) -> bytes:
    steps = np.diff(whole)
    largest = int(np.abs(steps).max(initial=0))
    width = next(size for size in (1, 2, 4, 8) if largest < 1 << (8 * size - 1))
    header = _HEADER.pack(decimals, width, len(whole), whole[0])
    return header + _compress(steps.astype(f"<i{width}").tobytes())


def _compress(plain: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=_LEVEL).compress(plain)


def _decompress(packed: bytes, size: int) -> bytes:
    try:
        # Asked first: a damaged header could make zstandard take all memory.
        found = zstandard.frame_content_size(packed)
        if found != size:
            raise ValueError(f"a column has {found} bytes instead of {size}")
        return zstandard.ZstdDecompressor().decompress(packed)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from None
