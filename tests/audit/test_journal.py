"""The journal: what was acknowledged is there, in order, once, and only one may write."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bioctl.audit.chain import Head
from bioctl.audit.entry import Entry, Event
from bioctl.audit.journal import Journal
from bioctl.audit.verify import verify
from bioctl.clock import Clock
from bioctl.errors import InputError, RefusedError, StorageError

MakeEvent = Callable[..., Event]


def test_entry_carries_who_what_and_all_three_times(journal: Journal, event: MakeEvent) -> None:
    entry = journal.append([event(batch="B-1", name="yield", value=0.5, t=42.0)]).result()[0]
    assert (entry.seq, entry.batch, entry.batch_seq, entry.kind) == (1, "B-1", 1, "result")
    assert (entry.t, entry.mono, entry.utc) == (42.0, 100.0, 1_767_592_900.0)
    assert entry.actor == {"type": "person", "id": "anna", "name": "Anna Berg", "role": "operator"}
    assert entry.body["cell"] == "CELL-1"
    assert not entry.late


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(groups=st.lists(st.lists(st.sampled_from([None, "B-1", "B-2"]), max_size=5), max_size=8))
def test_chain_equals_a_list_of_what_was_handed_in(
    groups: list[list[str | None]], clock: Clock, event: MakeEvent
) -> None:
    with Journal.in_memory(clock, cell="CELL-1") as journal:
        futures = [journal.append([event(batch=batch) for batch in group]) for group in groups]
        answered = [entry for future in futures for entry in future.result()]
        assert list(journal.read()) == answered
        model = [batch for group in groups for batch in group]
        assert [entry.batch for entry in answered] == model
        assert [entry.seq for entry in answered] == list(range(1, len(model) + 1))
        for batch in ("B-1", "B-2"):
            own = list(journal.read(batch=batch))
            assert [entry.batch_seq for entry in own] == list(range(1, model.count(batch) + 1))
            links = ["0" * 64, *(entry.hash for entry in own)]
            assert [entry.body["batch_prev"] for entry in own] == links[:-1]


def test_reopened_journal_goes_on_where_it_ended(
    path: Path, clock: Clock, event: MakeEvent
) -> None:
    for count in range(1, 4):
        with Journal.open(path, clock, cell="CELL-1") as journal:
            entry = journal.append([event(batch="B-1")]).result()[0]
            assert (entry.seq, entry.batch_seq) == (count, count)
            assert journal.head() == Head(count, entry.hash)
    assert verify(path).entries == 3


def test_entries_from_many_threads_all_stand_in_the_journal(
    journal: Journal, event: MakeEvent
) -> None:
    def many(thread: int) -> list[int]:
        futures = [journal.append([event(batch=f"B-{thread}", n=n)]) for n in range(50)]
        return [future.result()[0].seq for future in futures]

    with ThreadPoolExecutor(4) as pool:
        seqs = [seq for found in pool.map(many, range(4)) for seq in found]
    assert sorted(seqs) == list(range(1, 201))
    for thread in range(4):
        assert [e.data["n"] for e in journal.read(batch=f"B-{thread}")] == list(range(50))


async def test_coroutine_waits_without_blocking_the_loop(path: Path, clock: Clock) -> None:
    journal = await asyncio.to_thread(Journal.open, path, clock, cell="CELL-1")
    event = Event("result", {"type": "system", "id": "test"}, {})
    entries = await asyncio.gather(*(journal.commit([event]) for _ in range(20)))
    assert sorted(found[0].seq for found in entries) == list(range(1, 21))
    await asyncio.to_thread(journal.close)


async def test_cancelled_waiter_takes_nothing_back(path: Path, clock: Clock) -> None:
    journal = await asyncio.to_thread(Journal.open, path, clock, cell="CELL-1")
    waiter = asyncio.create_task(
        journal.commit([Event("result", {"type": "system", "id": "test"}, {})])
    )
    await asyncio.sleep(0)
    waiter.cancel()
    await asyncio.to_thread(journal.close)
    assert (await asyncio.to_thread(verify, path)).entries == 1


async def test_watcher_sees_each_durable_entry_before_its_waiter_goes_on(
    path: Path, clock: Clock
) -> None:
    journal = await asyncio.to_thread(Journal.open, path, clock, cell="CELL-1")
    seen: list[Entry] = []
    stop = journal.watch(seen.extend, asyncio.get_running_loop())
    event = Event("result", {"type": "system", "id": "test"}, {})
    for count in range(1, 6):
        await journal.append([event, event])
        assert [entry.seq for entry in seen] == list(range(1, 2 * count + 1))
    stop()
    await journal.append([event])
    assert len(seen) == 10
    await asyncio.to_thread(journal.close)


def test_read_gives_pages_after_a_number(journal: Journal, event: MakeEvent) -> None:
    journal.append([event(n=n) for n in range(1200)]).result()
    assert [entry.seq for entry in journal.read()] == list(range(1, 1201))
    assert [entry.seq for entry in journal.page(after=600, limit=3)] == [601, 602, 603]
    assert journal.page(after=1200) == []


def test_wrong_event_hands_in_none_of_its_group(journal: Journal, event: MakeEvent) -> None:
    with pytest.raises(InputError):
        journal.append([event(), event(value=float("nan"))])
    assert journal.append([event()]).result()[0].seq == 1


def test_seal_counts_the_batch_and_names_its_last_hash(journal: Journal, event: MakeEvent) -> None:
    entries = journal.append([event(batch="B-1"), event(), event(batch="B-1")]).result()
    seal = journal.seal("B-1", t=9.0).result()[0]
    assert seal.kind == "batch.sealed"
    assert seal.data == {"count": 2, "head": entries[2].hash}
    assert seal.batch_seq == 3


def test_seal_counts_entries_handed_in_just_before(journal: Journal, event: MakeEvent) -> None:
    journal.append([event(batch="B-1") for _ in range(7)])
    assert journal.seal("B-1").result()[0].data["count"] == 7


def test_event_for_the_seal_alone_cannot_claim_a_count(journal: Journal, event: MakeEvent) -> None:
    entry = journal.append([event("batch.sealed", "B-1", count=99, head="")]).result()[0]
    assert entry.data == {"count": 0, "head": "0" * 64}


def test_last_snapshot_comes_back_with_its_place(journal: Journal, event: MakeEvent) -> None:
    journal.append([event()]).result()
    for n in range(8):
        journal.snapshot(float(n), f"state {n}".encode()).result()
    found = journal.last_snapshot()
    assert found is not None
    assert (found.t, found.blob, found.seq) == (7.0, b"state 7", 9)
    assert next(iter(journal.read(after=8))).data["sha256"] == found.sha256


@pytest.mark.promise(1)
def test_deleting_all_snapshots_changes_no_entry(
    path: Path, journal: Journal, event: MakeEvent, sql: Callable[[str], None]
) -> None:
    journal.append([event()]).result()
    journal.snapshot(1.0, b"state").result()
    before = list(journal.read())
    sql("DELETE FROM snapshot")
    assert journal.last_snapshot() is None
    assert list(journal.read()) == before
    assert verify(path).ok


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE snapshot SET blob = x'00' WHERE t = 2",
        (
            "UPDATE snapshot SET blob = x'00', sha256 = "
            "x'6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d' WHERE t = 2"
        ),
    ],
)
def test_altered_snapshot_is_passed_over(
    journal: Journal, sql: Callable[[str], None], tamper: str
) -> None:
    journal.snapshot(1.0, b"one").result()
    journal.snapshot(2.0, b"two").result()
    sql(tamper)
    found = journal.last_snapshot()
    assert found is not None
    assert found.blob == b"one"


def test_closed_journal_refuses_and_says_so(path: Path, clock: Clock, event: MakeEvent) -> None:
    journal = Journal.open(path, clock, cell="CELL-1")
    journal.close()
    journal.close()
    with pytest.raises(StorageError, match="closed"):
        journal.append([event()]).result()


def test_close_writes_what_was_handed_in(path: Path, clock: Clock, event: MakeEvent) -> None:
    with Journal.open(path, clock, cell="CELL-1") as journal:
        futures = [journal.append([event()]) for _ in range(500)]
    assert futures[-1].result()[0].seq == 500


def test_journal_of_another_cell_is_refused(path: Path, clock: Clock) -> None:
    Journal.open(path, clock, cell="CELL-1").close()
    with pytest.raises(RefusedError, match=r"belongs to cell 'CELL-1', not to 'CELL-2'"):
        Journal.open(path, clock, cell="CELL-2")
    Journal.open(path, clock, cell="CELL-1").close()


def test_missing_folder_is_told_in_a_sentence(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(StorageError, match="can't be opened"):
        Journal.open(tmp_path / "no" / "journal.db", clock, cell="CELL-1")


OPEN = (
    "import sys; from pathlib import Path; from bioctl.audit.journal import Journal;"
    "from bioctl.clock import SystemClock; from bioctl.errors import BioctlError\n"
    "try: Journal.open(Path(sys.argv[1]), SystemClock(), cell='CELL-1').close()\n"
    "except BioctlError as error: print(error); sys.exit(error.exit_code)"
)


def test_second_process_is_refused_and_told_who_holds_it(path: Path, journal: Journal) -> None:
    command = [sys.executable, "-c", OPEN, str(path)]
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode == 3
    assert f"journal locked by process {os.getpid()}" in second.stdout
    journal.close()
    assert subprocess.run(command, check=False).returncode == 0


def test_second_opener_in_the_same_process_is_refused_too(
    path: Path, journal: Journal, clock: Clock
) -> None:
    with pytest.raises(RefusedError, match="locked by process"):
        Journal.open(path, clock, cell="CELL-1")
    assert journal.failed is None
