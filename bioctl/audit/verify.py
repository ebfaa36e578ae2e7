"""Checking a journal file offline: form, numbers, chains, seals, tables and triggers.

Only the file is read, and it may be in use meanwhile. A chain alone can't show that its end was cut
or that all of it was written anew: for that, give the heads that were kept elsewhere (anchors).
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bioctl.audit.canonical import chain_hash, encode, leaf_hash
from bioctl.audit.chain import Columns, Head, Link
from bioctl.audit.check import ChainCheck, Finding
from bioctl.audit.entry import Entry
from bioctl.audit.file_store import COLUMNS
from bioctl.audit.schema import check_schema
from bioctl.audit.sqlite import connect, uri
from bioctl.errors import IntegrityError, StorageError

CHUNK: Final = 250
"""Rows read in one go: few enough for the processor's cache, and not to hold up a writer."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found.

    Attributes:
        ok: whether everything fits.
        entries: how many entries fit, counted from the first.
        first_bad: number of the first entry that does not fit; None if all fit, or if the file as
            a whole is wrong.
        message: one plain sentence.
        head: number and hash of the last entry that fits, for comparing with an anchor.
        anchored: up to which entry the anchors vouch; later ones could have been written anew.
    """

    ok: bool
    entries: int
    first_bad: int | None
    message: str
    head: Head
    anchored: int = 0


def verify(path: Path, anchors: Iterable[Head] = ()) -> Verdict:
    """Check a whole journal file.

    Args:
        path: the journal; it may be in use.
        anchors: heads kept where the owner of this file can't change them.

    Raises:
        StorageError: there is no such file, or it can't be read.
    """
    path = Path(path)
    if not path.is_file():
        raise StorageError(f"There is no journal at {path}.")
    try:
        return _verify_file(path, anchors)
    except sqlite3.OperationalError as error:
        if "readonly" not in str(error) and "unable to open" not in str(error):
            raise StorageError(f"The journal {path} can't be read: {error}.") from None
    # A crash left an unfinished transaction, or the folder is read-only: check a copy instead, so
    # that evidence stays as it was found.
    with tempfile.TemporaryDirectory(prefix="bioctl-verify-") as folder:
        return _verify_file(_copy(path, Path(folder)), anchors, mode="rw")


def verify_batch(entries: Sequence[Entry]) -> Verdict:
    """Check one batch's entries from an export: numbers, batch chain, hashes and seal.

    Every entry's own hashes are computed again; the seal says whether any is missing at the end.
    """
    last, sealed = Link(), False
    for entry in entries:
        reason = _batch_entry_wrong(entry, last)
        if reason:
            message = f"Entry {entry.seq} of batch {entry.batch} {reason}."
            return Verdict(
                ok=False, entries=last.seq, first_bad=entry.seq, message=message, head=_head(last)
            )
        sealed = entry.kind == "batch.sealed"
        last = Link(last.seq + 1, bytes.fromhex(entry.hash))
    message = (
        f"All {last.seq} entries fit and are sealed."
        if sealed
        else f"{last.seq} entries fit, but the batch is not sealed at its end: some may be missing."
    )
    return Verdict(ok=sealed, entries=last.seq, first_bad=None, message=message, head=_head(last))


def _batch_entry_wrong(entry: Entry, last: Link) -> str | None:
    body = dict(entry.body)
    encoded = encode(body)
    if body.get("seq") != entry.seq or body.get("batch_seq") != last.seq + 1:
        return f"does not follow entry {last.seq} of its batch"
    if body.get("batch_prev") != last.hash.hex():
        return "does not follow the entry before it: one of them was replaced"
    if chain_hash(bytes.fromhex(entry.prev_hash), encoded).hex() != entry.hash:
        return "was altered: its content does not give its chain hash"
    if leaf_hash(encoded).hex() != entry.leaf:
        return "was altered: its content does not give its leaf hash"
    if body["kind"] == "batch.sealed" and body["data"] != {
        "count": last.seq,
        "head": last.hash.hex(),
    }:
        return "seals another count or head"
    return None


def _verify_file(path: Path, anchors: Iterable[Head], mode: str = "ro") -> Verdict:
    with closing(connect(uri(path, mode))) as connection:
        try:
            check_schema(connection, path)
            cell = connection.execute("SELECT id FROM cell").fetchall()
        except IntegrityError as error:
            return _bad_file(str(error), Link())
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            return _bad_file(f"{path} is damaged: {error}.", Link())
        if len(cell) != 1:
            return _bad_file(f"{path} does not say which cell it belongs to.", Link())
        if _cut_short(connection, path):
            return _bad_file(f"{path} is cut short: pages at its end are missing.", Link())
        return _walk(connection, path, ChainCheck(cell[0][0]), anchors)


def _cut_short(connection: sqlite3.Connection, path: Path) -> bool:
    """Return whether the file is shorter than its header says (SQLite file format, 1.3)."""
    connection.execute("BEGIN")
    try:
        # Reading takes a lock, so that no commit comes between header and size.
        connection.execute("SELECT id FROM cell").fetchall()
        with path.open("rb") as file:
            header = file.read(32)
        size = path.stat().st_size
    finally:
        connection.execute("ROLLBACK")
    page, pages = int.from_bytes(header[16:18], "big"), int.from_bytes(header[28:32], "big")
    return size < (65_536 if page == 1 else page) * pages


def _walk(
    connection: sqlite3.Connection, path: Path, check: ChainCheck, anchors: Iterable[Head]
) -> Verdict:
    kept = sorted(anchors)
    due = list(kept)
    try:
        for rows in _chunks(connection):
            finding = check.feed(rows) or _anchor_wrong(due, rows)
            if finding:
                return _bad_entry(path, finding, check.tip)
        if text := _index_wrong(connection, check):
            return _bad_file(f"{path}: {text}.", check.tip)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        text = f"{path} is damaged after entry {check.tip.seq}: {error}."
        return _bad_file(text, check.tip, check.tip.seq + 1)
    if due:
        missing = due[-1].seq - check.tip.seq
        text = f"{path} is shorter than anchor {due[-1].seq} by {missing} entries."
        return _bad_file(text, check.tip, check.tip.seq + 1)
    anchored = kept[-1].seq if kept else 0
    return _good(path, check.tip, anchored)


def _chunks(connection: sqlite3.Connection) -> Iterator[list[Columns]]:
    after = -(2**62)  # also finds rows that someone numbered below 1
    query = f"SELECT {COLUMNS} FROM entry WHERE seq > ? ORDER BY seq LIMIT {CHUNK}"  # noqa: S608
    while page := connection.execute(query, (after,)).fetchall():
        yield page
        after = page[-1][0]


def _index_wrong(connection: sqlite3.Connection, check: ChainCheck) -> str:
    """Return what the index of batches hides: reading one batch goes by it."""
    query = (
        "SELECT count(*) FROM entry INDEXED BY entry_of_batch WHERE batch = ? AND batch_seq <= ?"
    )
    for batch, last in check.batches.items():
        found = connection.execute(query, (batch, last.seq)).fetchone()[0]
        if found != last.seq:
            return f"the index finds {found} of the {last.seq} entries of batch {batch}"
    return ""


def _anchor_wrong(due: list[Head], rows: Sequence[Columns]) -> Finding | None:
    """Compare the anchors within these rows; the ones met are taken off `due`."""
    while due and due[0].seq <= rows[-1][0]:
        anchor = due.pop(0)
        index = anchor.seq - rows[0][0]
        if index >= 0 and rows[index][5].hex() != anchor.hash:
            return Finding(anchor.seq, "or one before it was written anew: its anchor differs")
    return None


def _copy(path: Path, folder: Path) -> Path:
    for file in (path, *(path.with_name(path.name + end) for end in ("-journal", "-wal"))):
        if file.exists():
            shutil.copyfile(file, folder / file.name)
    return folder / path.name


def _head(tip: Link) -> Head:
    return Head(tip.seq, tip.hash.hex())


def _bad_entry(path: Path, finding: Finding, tip: Link) -> Verdict:
    fit = min(tip.seq, finding.seq - 1)
    text = f"{path}: entry {finding.seq} {finding.reason}."
    return Verdict(
        ok=False, entries=max(fit, 0), first_bad=finding.seq, message=text, head=_head(tip)
    )


def _bad_file(text: str, tip: Link, first_bad: int | None = None) -> Verdict:
    return Verdict(ok=False, entries=tip.seq, first_bad=first_bad, message=text, head=_head(tip))


def _good(path: Path, tip: Link, anchored: int) -> Verdict:
    text = f"{path}: all {tip.seq} entries fit"
    if anchored < tip.seq:
        since = f"since entry {anchored}" if anchored else "at all"
        text += f"; not anchored {since}, so only a copy elsewhere can show a complete rewrite"
    return Verdict(
        ok=True,
        entries=tip.seq,
        first_bad=None,
        message=f"{text}.",
        head=_head(tip),
        anchored=anchored,
    )
