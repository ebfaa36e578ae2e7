"""When the journal can't be written: nothing is acknowledged and late entries wait."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

import bioctl.audit.work
from bioctl.audit.chain import Row
from bioctl.audit.entry import Event
from bioctl.audit.file_store import SqliteStore
from bioctl.audit.journal import Journal
from bioctl.audit.sqlite import ROLLBACK, connect
from bioctl.audit.store import Snapshot
from bioctl.audit.verify import verify
from bioctl.clock import Clock
from bioctl.errors import StorageError

MakeEvent = Callable[..., Event]


class Disk:
    """A disk that can be full: SQLite's own limit on pages gives its real SQLITE_FULL."""

    def __init__(self) -> None:
        self.pages = 1_000_000

    def open(self, uri: str) -> sqlite3.Connection:
        connection = connect(uri)
        connection.execute(f"PRAGMA max_page_count = {self.pages}")
        return connection


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def journal(path: Path, clock: Clock, disk: Disk) -> Iterator[Journal]:
    store = SqliteStore(path, "CELL-1", ROLLBACK, disk.open)
    with Journal(store, clock, "CELL-1", None) as opened:
        yield opened


def fill(journal: Journal, disk: Disk, event: MakeEvent) -> None:
    """Make the disk full, and let the journal find out."""
    disk.pages = 1
    # The first refusal closes the connection; the limit holds from the next one on.
    journal._store._connection.execute("PRAGMA max_page_count = 1")  # type: ignore[attr-defined]
    with pytest.raises(StorageError):
        journal.append([event(text="x" * 100_000)]).result()


@pytest.mark.fault("ST-01")
@pytest.mark.promise(7)
def test_full_disk_refuses_and_recovers_when_there_is_room(
    path: Path, journal: Journal, disk: Disk, event: MakeEvent
) -> None:
    journal.append([event(n=1)]).result()
    fill(journal, disk, event)
    with pytest.raises(StorageError, match="can't be written") as refused:
        journal.append([event(text="x" * 100_000)]).result()
    assert "Nothing that starts" in refused.value.help
    assert journal.failed is not None
    disk.pages = 1_000_000
    assert journal.append([event(n=2)]).result()[0].seq == 2
    assert journal.failed is None
    kinds = [(entry.kind, entry.data.get("n")) for entry in journal.read()]
    assert kinds == [("result", 1), ("result", 2), ("journal.recovered", None)]
    assert verify(path).ok


@pytest.mark.promise(7)
def test_late_entries_keep_their_own_times_and_come_first(
    path: Path, journal: Journal, disk: Disk, event: MakeEvent, clock: Clock
) -> None:
    fill(journal, disk, event)
    big = "x" * 100_000
    clock.now = 200.0  # type: ignore[attr-defined]
    late = journal.append_late([event("batch.state", "B-1", state="HOLDING", t=7.0, text=big)])
    with pytest.raises(StorageError):
        journal.append([event(text=big)]).result()
    assert journal.late == 1
    assert not late.done()
    clock.now = 230.0  # type: ignore[attr-defined]
    disk.pages = 1_000_000
    journal.append([event(n=2)]).result()
    first, second, third = journal.read()
    assert late.result() == [first]
    assert (first.late, first.t, first.mono) == (True, 7.0, 200.0)
    assert (second.late, second.data["n"], second.mono) == (False, 2, 230.0)
    assert third.kind == "journal.recovered"
    assert (third.data["seconds"], third.data["late"], third.data["lost"]) == (130.0, 1, 0)
    assert verify(path).ok


def test_late_entry_of_a_working_journal_is_not_late(journal: Journal, event: MakeEvent) -> None:
    assert not journal.append_late([event()]).result()[0].late


@pytest.mark.promise(7)
def test_late_entries_beyond_the_bound_are_counted(
    journal: Journal, disk: Disk, event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bioctl.audit.work, "MAX_LATE", 3)
    fill(journal, disk, event)
    waiting = [journal.append_late([event(n=n, text="x" * 100_000)]) for n in range(5)]
    for dropped in waiting[:2]:
        with pytest.raises(StorageError):
            dropped.result(timeout=10)
    disk.pages = 1_000_000
    journal.append([event()]).result()
    *kept, _, recovered = journal.read()
    assert [entry.data["n"] for entry in kept] == [2, 3, 4]
    assert recovered.data["lost"] == 2


def test_journal_recovers_by_itself(journal: Journal, disk: Disk, event: MakeEvent) -> None:
    fill(journal, disk, event)
    late = journal.append_late([event(n=1)])
    disk.pages = 1_000_000
    assert late.result(timeout=10)[0].seq == 1
    assert journal.failed is None


@pytest.mark.fault("ST-08")
def test_deleted_file_is_an_outage_and_never_begun_anew(
    path: Path, journal: Journal, event: MakeEvent
) -> None:
    journal.append([event()]).result()
    kept = path.rename(path.with_name("moved.db"))
    for _ in range(2):
        with pytest.raises(StorageError, match="moved or deleted"):
            journal.append([event()]).result()
    assert not path.exists()
    kept.rename(path)
    assert journal.append([event()]).result()[0].seq == 2


class LyingStore(SqliteStore):
    """A disk that reports an error although the transaction is in the file."""

    lie = False

    def commit(self, rows: Sequence[Row], snapshots: Sequence[Snapshot]) -> None:
        super().commit(rows, snapshots)
        if self.lie:
            self.lie = False
            raise sqlite3.OperationalError("disk I/O error")


@pytest.mark.fault("ST-03")
def test_late_entry_that_was_durable_after_all_is_not_written_twice(
    path: Path, clock: Clock, event: MakeEvent
) -> None:
    store = LyingStore(path, "CELL-1", ROLLBACK)
    with Journal(store, clock, "CELL-1", None) as journal:
        journal.append([event(n=0)]).result()
        store.lie = True
        late = journal.append_late([event(n=1)])
        journal.append_late([event(n=2)]).result(timeout=10)
        assert late.result()[0].seq == 2
        told = [entry.data.get("n") for entry in journal.read() if entry.kind == "result"]
    assert told == [0, 1, 2]
    assert verify(path).ok


@pytest.mark.fault("ST-03")
def test_refused_entry_that_was_durable_after_all_stays_in_the_chain(
    path: Path, clock: Clock, event: MakeEvent
) -> None:
    store = LyingStore(path, "CELL-1", ROLLBACK)
    with Journal(store, clock, "CELL-1", None) as journal:
        store.lie = True
        with pytest.raises(StorageError):
            journal.append([event(n=1)]).result()
        assert journal.append([event(n=2)]).result()[0].seq == 2
    assert verify(path).entries == 3


def test_closing_during_an_outage_leaves_nobody_waiting(
    path: Path, clock: Clock, disk: Disk, event: MakeEvent
) -> None:
    store = SqliteStore(path, "CELL-1", ROLLBACK, disk.open)
    journal = Journal(store, clock, "CELL-1", None)
    fill(journal, disk, event)
    late = journal.append_late([event(text="x" * 100_000)])
    journal.close()
    with pytest.raises(StorageError):
        late.result(timeout=0)
