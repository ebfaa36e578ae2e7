"""Rows of one unit on their way to the disk: collecting them, packing them, hashing them."""

import struct
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bioctl.historian.codec import Floats, pack_floats, pack_qualities
from bioctl.values import Quality, Reading


@dataclass(slots=True)
class Rows:
    """Rows of one unit with the same tags, row by row.

    Attributes:
        t: process times, s.
        utc: host times, s since 1970 UTC.
        values: all tags of the first row, then of the second, ...
        qualities: likewise.
    """

    unit: str
    tags: tuple[str, ...]
    t: "array[float]" = field(default_factory=lambda: array("d"))
    utc: "array[float]" = field(default_factory=lambda: array("d"))
    values: "array[float]" = field(default_factory=lambda: array("d"))
    qualities: bytearray = field(default_factory=bytearray)

    def add(self, t: float, utc: float, readings: Iterable[Reading]) -> None:
        """Append a row; a value that is no number is kept as a Bad NaN."""
        row = list(readings)
        plain: list[Any] = [reading[0] for reading in row]
        values: array[float]
        try:
            values = array("d", plain)
            qualities = bytes([reading[1] for reading in row])
        except TypeError:
            values = array("d", map(_number, row))
            qualities = bytes(map(_quality, row))
        self.t.append(t)
        self.utc.append(utc)
        self.values.extend(values)
        self.qualities.extend(qualities)

    def __len__(self) -> int:
        return len(self.t)

    def since(self, row: int) -> "Rows":
        """Return a copy of the rows from `row` on."""
        at = row * len(self.tags)
        return Rows(
            self.unit, self.tags, self.t[row:], self.utc[row:],
            self.values[at:], self.qualities[at:],
        )  # fmt: skip

    def extend(self, more: "Rows") -> None:
        """Append rows with the same tags."""
        self.t.extend(more.t)
        self.utc.extend(more.utc)
        self.values.extend(more.values)
        self.qualities.extend(more.qualities)

    def columns(self) -> tuple[Floats, npt.NDArray[np.uint8]]:
        """Return values and qualities, one row per tag."""
        shape = (len(self), len(self.tags))
        values = np.frombuffer(self.values, np.float64).reshape(shape)
        qualities = np.frombuffer(bytes(self.qualities), np.uint8).reshape(shape)
        return np.ascontiguousarray(values.T), np.ascontiguousarray(qualities.T)


class Column(NamedTuple):
    """One tag's packed values and qualities."""

    tag: str
    value: bytes
    quality: bytes


@dataclass(frozen=True, slots=True)
class Packed:
    """A chunk as it is stored."""

    unit: str
    t_from: float
    t_to: float
    rows: int
    t: bytes
    utc: bytes
    columns: Sequence[Column]

    def digest(self) -> bytes:
        """Return the sha256 over every part with its length, tags in order of their names."""
        found = sha256()
        times = struct.pack("<ddI", self.t_from, self.t_to, self.rows)
        parts = [self.unit.encode(), times, self.t, self.utc]
        for tag, value, quality in sorted(self.columns):
            parts += [tag.encode(), value, quality]
        for part in parts:
            found.update(struct.pack("<I", len(part)) + part)
        return found.digest()


def pack(rows: Rows) -> Packed:
    """Return rows (at least one) as a chunk."""
    values, qualities = rows.columns()
    columns = [
        Column(tag, pack_floats(values[n]), pack_qualities(qualities[n]))
        for n, tag in enumerate(rows.tags)
    ]
    t, utc = pack_floats(np.array(rows.t)), pack_floats(np.array(rows.utc))
    return Packed(rows.unit, rows.t[0], rows.t[-1], len(rows), t, utc, columns)


class Chunk(NamedTuple):
    """A closed chunk, as the journal is told of it.

    Attributes:
        unit: whose readings.
        t_from: process time of the first row, s.
        t_to: process time of the last row, s.
        sha256: hash of its stored content, hex.
        rowid: its number in the history file.
    """

    unit: str
    t_from: float
    t_to: float
    sha256: str
    rowid: int

    def data(self) -> Mapping[str, Any]:
        """Return the data of its `history.chunk` entry."""
        return {
            "unit": self.unit, "from": self.t_from, "to": self.t_to,
            "sha256": self.sha256, "rowid": self.rowid,
        }  # fmt: skip


def _number(reading: Reading) -> float:
    value = reading.value
    return float(value) if isinstance(value, int | float) else float("nan")


def _quality(reading: Reading) -> int:
    return int(reading.quality) if isinstance(reading.value, int | float) else Quality.BAD
