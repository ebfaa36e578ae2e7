"""Drafts: rows that belong to no closed chunk yet, stored whole so that a crash loses seconds."""

import orjson
import zstandard

from bioctl.historian.chunk import Rows

_LIMIT = 256 * 1024 * 1024


def pack_draft(rows: Rows) -> bytes:
    """Return rows as bytes."""
    header = orjson.dumps([rows.unit, rows.tags, len(rows)])
    times = rows.t.tobytes() + rows.utc.tobytes()
    plain = header + b"\n" + times + rows.values.tobytes() + rows.qualities
    return zstandard.ZstdCompressor(level=1).compress(plain)


def unpack_draft(blob: bytes) -> Rows:
    """Return the rows that `pack_draft` packed.

    Raises:
        ValueError: the bytes are damaged.
    """
    try:
        # Asked first: a damaged header could make zstandard take all memory.
        if not 0 <= zstandard.frame_content_size(blob) <= _LIMIT:
            raise ValueError("a draft is too large")
        plain = zstandard.ZstdDecompressor().decompress(blob)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from None
    header, _, rest = plain.partition(b"\n")
    unit, tags, count = orjson.loads(header)
    found, at = Rows(unit, tuple(tags)), 0
    for column, length in ((found.t, count), (found.utc, count), (found.values, count * len(tags))):
        column.frombytes(rest[at : at + 8 * length])
        at += 8 * length
    found.qualities.extend(rest[at:])
    if len(found.qualities) != count * len(tags) or len(found.values) != count * len(tags):
        raise ValueError("a draft is cut short")
    return found


def join(drafts: list[Rows]) -> list[Rows]:
    """Return drafts of one unit joined where they have the same tags and time goes on."""
    joined: list[Rows] = []
    for rows in drafts:
        last = joined[-1] if joined else None
        if last is not None and last.tags == rows.tags and last.t[-1] < rows.t[0]:
            last.extend(rows)
        else:
            joined.append(rows)
    return joined
