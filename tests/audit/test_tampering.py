"""Everything somebody could do to the file, and what says so."""

# ruff: noqa: S608  the SQL is ours

import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import orjson
import pytest

from bioctl.audit.chain import Head
from bioctl.audit.entry import Entry, Event
from bioctl.audit.journal import Journal
from bioctl.audit.verify import verify, verify_batch
from bioctl.clock import Clock
from bioctl.errors import IntegrityError, StorageError

MakeEvent = Callable[..., Event]
UNLOCK = "DROP TRIGGER entry_stays; DROP TRIGGER entry_remains; DROP TRIGGER entry_follows;"
COLUMNS = "batch, batch_seq, kind, body, hash, leaf"
FORGED = "x'" + b'{"kind":"result"}'.hex() + "'"


def relock() -> str:
    """Return the triggers again, as a careful forger would put them back."""
    text = (Path(verify.__code__.co_filename).parent / "schema_v1.sql").read_text()
    return "\n".join(
        part + "END;"
        for part in text.replace("END;", "END;\0").replace("END;\0", "\0").split("\0")[:-1]
        for part in [part[part.index("CREATE TRIGGER") :]]
        if "entry_" in part.split("BEFORE")[0]
    )


@pytest.fixture
def filled(path: Path, clock: Clock, event: MakeEvent) -> Head:
    """Write 20 entries, half of them of a batch that is sealed at its end."""
    with Journal.open(path, clock, cell="CELL-1") as journal:
        for n in range(19):
            journal.append([event(batch="B-1" if n % 2 else None, n=n)]).result()
        journal.seal("B-1").result()
        return journal.head()


@pytest.mark.fault("AU-01")
@pytest.mark.parametrize(
    ("script", "first_bad"),
    [
        (f"UPDATE entry SET body = {FORGED} WHERE seq = 7", 7),
        ("UPDATE entry SET body = CAST(CAST(body AS TEXT) || ' ' AS BLOB) WHERE seq = 7", 7),
        ("UPDATE entry SET hash = zeroblob(32) WHERE seq = 7", 7),
        ("UPDATE entry SET leaf = zeroblob(32) WHERE seq = 7", 7),
        ("UPDATE entry SET kind = 'alarm.raised' WHERE seq = 7", 7),
        ("UPDATE entry SET batch = 'B-2' WHERE seq = 8", 8),
        ("UPDATE entry SET batch_seq = 99 WHERE seq = 8", 8),
        ("DELETE FROM entry WHERE seq = 7", 7),
        ("DELETE FROM entry WHERE seq = 1", 1),
        ("DELETE FROM entry WHERE seq BETWEEN 5 AND 9", 5),
        ("UPDATE entry SET seq = seq + 5 WHERE seq = 20", 20),
        (
            (
                "UPDATE entry SET seq = 999 WHERE seq = 7; UPDATE entry SET seq = 7 WHERE seq = 9;"
                "UPDATE entry SET seq = 9 WHERE seq = 999;"
            ),
            7,
        ),
        (f"INSERT INTO entry SELECT 21, {COLUMNS} FROM entry WHERE seq = 7", 21),
        (f"INSERT INTO entry SELECT 0, {COLUMNS} FROM entry WHERE seq = 7", 1),
        (f"INSERT INTO entry SELECT -1, {COLUMNS} FROM entry WHERE seq = 7", 1),
    ],
)
@pytest.mark.usefixtures("filled")
def test_verify_names_the_first_bad_entry(
    path: Path, sql: Callable[[str], None], script: str, first_bad: int
) -> None:
    assert verify(path).ok
    batch_index = "DROP INDEX entry_of_batch;"
    restore = (
        "CREATE UNIQUE INDEX entry_of_batch ON entry (batch, batch_seq) WHERE batch IS NOT NULL;"
    )
    try:
        sql(f"{UNLOCK} {script}; {relock()}")
    except sqlite3.IntegrityError:  # a copied batch number: the forger drops the index too
        sql(f"{batch_index} {script}; {relock()}")
        with pytest.raises(sqlite3.IntegrityError):
            sql(restore)
        assert not verify(path).ok
        return
    verdict = verify(path)
    assert (verdict.ok, verdict.first_bad) == (False, first_bad)
    assert f"entry {first_bad} " in verdict.message
    assert verdict.entries == first_bad - 1


@pytest.mark.fault("AU-12")
@pytest.mark.parametrize(
    "script",
    [
        "UPDATE entry SET kind = 'result' WHERE seq = 3",
        "DELETE FROM entry WHERE seq = 20",
        "DELETE FROM entry",
        f"INSERT INTO entry SELECT 99, {COLUMNS} FROM entry WHERE seq = 3",
        f"INSERT OR REPLACE INTO entry SELECT seq, {COLUMNS} FROM entry WHERE seq = 3",
        "UPDATE cell SET id = 'CELL-2'",
        "DELETE FROM cell",
    ],
)
def test_database_refuses_to_change_an_entry(
    path: Path, filled: Head, sql: Callable[[str], None], script: str
) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        sql(script)
    assert verify(path).head == filled


@pytest.mark.fault("AU-12")
@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("DROP TRIGGER entry_stays", "trigger entry_stays is missing"),
        ("DROP TRIGGER cell_remains", "trigger cell_remains is missing"),
        ("DROP INDEX entry_of_batch", "index entry_of_batch is missing"),
        ("CREATE TABLE more (x)", "table more does not belong here"),
        (
            (
                "DROP TRIGGER entry_stays; CREATE TRIGGER entry_stays BEFORE UPDATE ON entry "
                "BEGIN SELECT 1; END"
            ),
            "trigger entry_stays was changed",
        ),
        ("PRAGMA application_id = 1", "is no journal of bioctl"),
        ("PRAGMA user_version = 2", "has journal version 2"),
    ],
)
@pytest.mark.usefixtures("filled")
def test_dropped_or_changed_guard_is_found_at_start_and_offline(
    path: Path, clock: Clock, sql: Callable[[str], None], script: str, words: str
) -> None:
    sql(script)
    verdict = verify(path)
    assert not verdict.ok
    assert words in verdict.message
    with pytest.raises(IntegrityError, match=words):
        Journal.open(path, clock, cell="CELL-1")


@pytest.mark.usefixtures("filled")
def test_altered_end_keeps_the_controller_from_starting(
    path: Path, clock: Clock, sql: Callable[[str], None]
) -> None:
    sql(f"{UNLOCK} UPDATE entry SET body = {FORGED} WHERE seq = 20; {relock()}")
    with pytest.raises(IntegrityError, match="entry 20 was altered"):
        Journal.open(path, clock, cell="CELL-1")


def rewrite_from(path: Path, first: int) -> None:
    """Alter entry `first` and compute every later hash anew, as a knowing forger would."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(UNLOCK)
        rows = db.execute("SELECT seq, body, hash FROM entry ORDER BY seq").fetchall()
        hashes = {row[0]: row[2] for row in rows}
        last = {None: "0" * 64}
        for seq, encoded, _ in rows:
            body = orjson.loads(encoded)
            if seq >= first:
                if seq == first:
                    body["data"] = {"n": "forged"}
                if "batch" in body:
                    body["batch_prev"] = last.get(body["batch"], "0" * 64)
                if body["kind"] == "batch.sealed":
                    body["data"]["head"] = body["batch_prev"]
                encoded = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)  # noqa: PLW2901
                hashes[seq] = sha256(hashes.get(seq - 1, bytes(32)) + encoded).digest()
                leaf = sha256(b"\0" + encoded).digest()
                db.execute(
                    "UPDATE entry SET body = ?, hash = ?, leaf = ? WHERE seq = ?",
                    (encoded, hashes[seq], leaf, seq),
                )
            last[body.get("batch")] = hashes[seq].hex()
        db.commit()
        db.executescript(relock())


@pytest.mark.fault("AU-02")
@pytest.mark.promise(9)
def test_rewritten_chain_is_found_by_an_anchor(path: Path, filled: Head) -> None:
    rewrite_from(path, 8)
    assert verify(path).ok  # without an anchor nothing can show it, and the message says so
    assert "not anchored at all" in verify(path).message
    verdict = verify(path, [filled])
    assert (verdict.ok, verdict.first_bad) == (False, 20)
    assert "anchor" in verdict.message


@pytest.mark.fault("AU-03")
@pytest.mark.promise(9)
def test_deleted_end_is_found_by_an_anchor(
    path: Path, filled: Head, sql: Callable[[str], None]
) -> None:
    sql(f"{UNLOCK} DELETE FROM entry WHERE seq > 15; {relock()}")
    assert verify(path).ok
    verdict = verify(path, [filled])
    assert not verdict.ok
    assert verdict.first_bad == 16
    assert "shorter than anchor 20 by 5" in verdict.message


@pytest.mark.fault("AU-07")
def test_verdict_says_up_to_where_the_anchors_vouch(path: Path, filled: Head) -> None:
    assert verify(path, [filled]).anchored == 20
    assert "not anchored" not in verify(path, [filled]).message


def batch(path: Path, clock: Clock) -> list[Entry]:
    with Journal.open(path, clock, cell="CELL-1") as journal:
        return list(journal.read(batch="B-1"))


@pytest.mark.promise(9)
@pytest.mark.usefixtures("filled")
def test_export_of_one_batch_is_complete_by_its_seal(path: Path, clock: Clock) -> None:
    entries = batch(path, clock)
    assert verify_batch(entries).ok
    assert verify_batch(entries).entries == 10
    for missing in range(10):
        assert not verify_batch(entries[:missing] + entries[missing + 1 :]).ok
    assert "not sealed" in verify_batch(entries[:-1]).message


@pytest.mark.usefixtures("filled")
def test_export_with_an_altered_entry_does_not_verify(path: Path, clock: Clock) -> None:
    entries = batch(path, clock)
    old = entries[4]
    body = {**old.body, "data": {"n": 1000}}
    entries[4] = Entry(old.seq, old.batch, old.batch_seq, body, old.prev_hash, old.hash, old.leaf)
    verdict = verify_batch(entries)
    assert (verdict.ok, verdict.first_bad) == (False, old.seq)


@pytest.mark.fault("ST-06")
@pytest.mark.parametrize("table", ["sqlite_schema", "cell", "entry", "entry_of_batch"])
@pytest.mark.usefixtures("filled")
def test_damaged_page_is_told_in_a_sentence(path: Path, table: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        pages = dict(db.execute("SELECT name, rootpage FROM sqlite_schema").fetchall())
        size = db.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((pages[table] - 1) * size if table in pages else 100)
        file.write(b"\xff" * 600)
    verdict = verify(path)
    assert not verdict.ok
    assert str(path) in verdict.message
    assert verdict.message.endswith(".")


def test_file_that_is_no_database_is_told_in_a_sentence(path: Path, clock: Clock) -> None:
    path.write_bytes(b"no database at all" * 1000)
    assert "damaged" in verify(path).message
    with pytest.raises(IntegrityError, match="damaged"):
        Journal.open(path, clock, cell="CELL-1")


def test_missing_file_is_told_in_a_sentence(path: Path) -> None:
    with pytest.raises(StorageError, match="no journal at"):
        verify(path)


def test_verify_works_while_the_journal_is_written(
    path: Path, journal: Journal, event: MakeEvent
) -> None:
    futures = [journal.append([event(batch="B-1", n=n)]) for n in range(400)]
    futures[0].result()
    while not futures[-1].done():
        assert verify(path).ok
    assert verify(path).entries == 400


def test_verify_changes_nothing_in_the_file(path: Path, filled: Head) -> None:
    before = path.read_bytes()
    assert verify(path).head == filled
    assert path.read_bytes() == before
