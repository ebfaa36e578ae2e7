"""Reading curves back: one tag over a span, few points, extremes and gaps kept."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bioctl.errors import InputError, IntegrityError, StorageError
from bioctl.historian.codec import Bytes, Floats, unpack_floats, unpack_qualities
from bioctl.historian.draft import unpack_draft
from bioctl.historian.store import open_for_reading
from bioctl.values import Quality

GAP_S: Final = 60.0
"""Two rows further apart than this (and than 10 usual steps) have a gap between them, s."""


class Series(NamedTuple):
    """One tag's curve, in order of time.

    Attributes:
        t: process time, s.
        value: in the tag's eu; NaN where Bad, and in a gap.
        quality: 0 GOOD, 1 UNCERTAIN, 2 BAD.
    """

    t: Floats
    value: Floats
    quality: Bytes


def series(path: Path, tag: str, t0: float, t1: float, max_points: int = 1000) -> Series:
    """Return a tag's readings with t0 <= t <= t1.

    Where there are more than `max_points`, each stretch of time gives its lowest and highest
    reading at their own times, and a NaN if any reading in it is Bad. Nothing is interpolated.

    Raises:
        InputError: fewer than 3 points asked for.
        StorageError: the history can't be read.
        IntegrityError: a chunk is damaged.
    """
    if max_points < 3:
        raise InputError(f"{max_points} points can't show a curve: expected 3 or more.")
    try:
        with closing(open_for_reading(path)) as db:
            parts = [*_chunks(db, tag, t0, t1), *_drafts(db, tag)]
    except ValueError as error:
        raise IntegrityError(f"A chunk of {tag} in {path} is damaged: {error}.") from None
    except sqlite3.OperationalError as error:
        raise StorageError(f"The history {path} can't be read: {error}.") from None
    return reduce(with_gaps(_joined(parts, t0, t1)), max_points)


def tags(path: Path) -> list[str]:
    """Return every tag that was ever recorded, in order."""
    with closing(open_for_reading(path)) as db:
        found = {row[0] for row in db.execute("SELECT DISTINCT tag FROM series").fetchall()}
        for (blob,) in db.execute("SELECT blob FROM draft").fetchall():
            found.update(unpack_draft(blob).tags)
    return sorted(found)


def _chunks(db: sqlite3.Connection, tag: str, t0: float, t1: float) -> list[Series]:
    rows = db.execute(
        "SELECT chunk.t, series.value, series.quality, chunk.rows FROM series "
        "JOIN chunk ON chunk.id = series.chunk "
        "WHERE series.tag = ? AND chunk.t_to >= ? AND chunk.t_from <= ?",
        (tag, t0, t1),
    ).fetchall()
    return [
        Series(unpack_floats(t), unpack_floats(value), unpack_qualities(quality, count))
        for t, value, quality, count in rows
    ]


def _drafts(db: sqlite3.Connection, tag: str) -> list[Series]:
    found = []
    for (blob,) in db.execute("SELECT blob FROM draft ORDER BY id").fetchall():
        rows = unpack_draft(blob)
        if tag in rows.tags:
            at = rows.tags.index(tag)
            values, qualities = rows.columns()
            found.append(Series(np.array(rows.t), values[at], qualities[at]))
    return found


def _joined(parts: list[Series], t0: float, t1: float) -> Series:
    if not parts:
        return Series(np.zeros(0), np.zeros(0), np.zeros(0, np.uint8))
    t, value, quality = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    if np.any(np.diff(t) < 0):
        order = np.argsort(t, kind="stable")
        t, value, quality = t[order], value[order], quality[order]
    low, high = np.searchsorted(t, t0, "left"), np.searchsorted(t, t1, "right")
    t, value, quality = t[low:high], value[low:high], quality[low:high]
    return Series(t, np.where(quality == Quality.BAD, np.nan, value), quality)


def with_gaps(found: Series) -> Series:
    """Return the curve with a Bad NaN inside each gap, so that no line is drawn across."""
    if len(found.t) < 2:
        return found
    steps = np.diff(found.t)
    gaps = np.flatnonzero(steps > max(GAP_S, 10 * float(np.median(steps))))
    if not len(gaps):
        return found
    middle = (found.t[gaps] + found.t[gaps + 1]) / 2
    return Series(
        np.insert(found.t, gaps + 1, middle),
        np.insert(found.value, gaps + 1, np.nan),
        np.insert(found.quality, gaps + 1, np.uint8(Quality.BAD)),
    )


def reduce(found: Series, max_points: int) -> Series:
    """Return at most `max_points` points with the extremes and Bad readings of each stretch."""
    if len(found.t) <= max_points:
        return found
    edges = np.linspace(found.t[0], found.t[-1], max_points // 3 + 1)
    starts = np.searchsorted(found.t, edges[:-1], "left").tolist()
    chosen: set[int] = set()
    corners = _Corners(found.value)
    for low, high in pairwise([*starts, len(found.t)]):
        if low < high:
            chosen.update(corners.of(low, high))
    kept = sorted(chosen)
    return Series(found.t[kept], found.value[kept], found.quality[kept])


class _Corners:
    """Where the lowest, the highest and the first NaN of a stretch stand."""

    def __init__(self, value: Floats) -> None:
        self._bad = np.isnan(value)
        self._low = np.where(self._bad, np.inf, value)
        self._high = np.where(self._bad, -np.inf, value)

    def of(self, low: int, high: int) -> Iterator[int]:
        """Yield the indexes of value[low:high], which is not empty."""
        first_bad = low + int(self._bad[low:high].argmax())
        if self._bad[first_bad]:
            yield first_bad
        # Where all are Bad these are Bad too, and say no more than the first.
        for index in (
            low + int(self._low[low:high].argmin()),
            low + int(self._high[low:high].argmax()),
        ):
            if not self._bad[index]:
                yield index
