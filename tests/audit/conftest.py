"""A journal on a temporary disk, with a clock that stands still until told."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bioctl.audit.entry import Event, actor
from bioctl.audit.journal import Journal


class ManualClock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def utc(self) -> float:
        return 1_767_592_800.0 + self.now


MakeEvent = Callable[..., Event]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path, clock: ManualClock) -> Iterator[Journal]:
    with Journal.open(path, clock, cell="CELL-1") as opened:
        yield opened


@pytest.fixture
def event() -> MakeEvent:
    who = actor("person", "anna", "Anna Berg", "operator")

    def make(kind: str = "result", batch: str | None = None, **data: Any) -> Event:
        return Event(kind, who, data, batch, t=float(data.get("t", 1.0)))

    return make


@pytest.fixture
def sql(path: Path) -> Callable[[str], None]:
    """Do to the file what somebody with a database tool could."""

    def run(script: str) -> None:
        with closing(sqlite3.connect(path, timeout=10)) as db:
            db.executescript(script)

    return run
