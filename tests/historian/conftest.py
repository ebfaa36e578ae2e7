"""A recorder on a temporary disk, with a clock that stands still until told."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from bioctl.historian.chunk import Chunk
from bioctl.historian.recorder import Recorder
from bioctl.values import Quality, Reading


class ManualClock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def utc(self) -> float:
        return 1_767_592_800.0 + self.now


Row = Callable[..., Mapping[str, Reading]]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.db"


@pytest.fixture
def reported() -> list[Chunk]:
    return []


@pytest.fixture
def recorder(path: Path, clock: ManualClock, reported: list[Chunk]) -> Iterator[Recorder]:
    with Recorder(path, reported.append, clock) as opened:
        yield opened


@pytest.fixture
def row() -> Row:
    def make(value: float = 37.0, quality: Quality = Quality.GOOD) -> Mapping[str, Reading]:
        return {
            "BR101.TT101": Reading(value, quality, 0.0),
            "BR101.ST101": Reading(120, Quality.GOOD, 0.0),
            "BR101.XV101": Reading(value=True),
        }

    return make
