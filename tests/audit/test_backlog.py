"""A disk that takes its time: handing in never waits, and memory stays bounded."""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event as Flag

import pytest

import bioctl.audit.writer
from bioctl.audit.chain import Row
from bioctl.audit.entry import Event
from bioctl.audit.file_store import SqliteStore
from bioctl.audit.journal import Journal
from bioctl.audit.sqlite import ROLLBACK
from bioctl.audit.store import Snapshot
from bioctl.clock import Clock
from bioctl.errors import StorageError


class SlowStore(SqliteStore):
    """A disk whose sync ends when the test says so."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "CELL-1", ROLLBACK)
        self.entered, self.released, self.groups = Flag(), Flag(), list[int]()

    def commit(self, rows: Sequence[Row], snapshots: Sequence[Snapshot]) -> None:
        self.entered.set()
        self.released.wait(30)
        super().commit(rows, snapshots)
        self.groups.append(len(rows))


@pytest.mark.fault("ST-05")
def test_entries_handed_in_during_a_slow_sync_become_one_group(
    path: Path, clock: Clock, event: Callable[..., Event]
) -> None:
    store = SlowStore(path)
    with Journal(store, clock, "CELL-1", None) as journal:
        first = journal.append([event()])
        assert store.entered.wait(10)
        rest = [journal.append([event()]) for _ in range(300)]
        assert not first.done()
        store.released.set()
        assert [future.result()[0].seq for future in rest] == list(range(2, 302))
    assert store.groups == [1, 300]


@pytest.mark.fault("ST-05")
def test_backlog_is_bounded_and_late_entries_still_pass(
    path: Path, clock: Clock, event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bioctl.audit.writer, "MAX_WAITING", 10)
    store = SlowStore(path)
    with Journal(store, clock, "CELL-1", None) as journal:
        journal.append([event()])
        assert store.entered.wait(10)
        for _ in range(10):
            journal.append([event()])
        assert journal.waiting == 10
        with pytest.raises(StorageError, match="behind"):
            journal.append([event()]).result(timeout=0)
        late = journal.append_late([event()])
        store.released.set()
        assert late.result(timeout=10)[0].seq == 12
