"""Promise 9 on the file of a real run: one changed byte, a cut file, rows taken off the end."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from .cell import Cell, new_cell
from .programs import bioctl

FORGE = "UPDATE entry SET body = x'7b7d' WHERE seq = (SELECT max(seq) FROM entry) - 2"


@pytest.fixture(scope="module")
def finished(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the journal of a batch that was complete before anyone touched it."""
    with new_cell(template, tmp_path_factory.mktemp("cell")) as cell:
        cell.start_plant()
        cell.start()
        cell.begin()
        cell.finish()
        assert cell.controller
        assert cell.controller.stop() == 0
        assert bioctl("audit", "verify", str(cell.journal)).returncode == 0
        return cell.journal


@pytest.fixture
def copy(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(finished, tmp_path / "journal.db"))


def body_of(journal: Path, seq: int) -> bytes:
    connection = sqlite3.connect(journal)
    try:
        (body,) = connection.execute("SELECT body FROM entry WHERE seq = ?", (seq,)).fetchone()
    finally:
        connection.close()
    return body if isinstance(body, bytes) else str(body).encode()


@pytest.mark.promise(9)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.95])
def test_changed_byte_in_an_entry_is_found_and_named(copy: Path, part: float) -> None:
    content = bytearray(copy.read_bytes())
    seq = int(last_seq(copy) * part)
    body = body_of(copy, seq)
    assert content.count(body) == 1  # it stands on one page, in one piece
    content[content.index(body) + len(body) // 2] ^= 0x01
    copy.write_bytes(content)
    result = bioctl("audit", "verify", str(copy))
    assert result.returncode == 5
    assert f"ntry {seq} " in result.stderr
    assert "Traceback" not in result.stderr


def cut_in_the_middle(journal: Path) -> None:
    content = journal.read_bytes()
    journal.write_bytes(content[: len(content) // 2])


def cut_within_a_page(journal: Path) -> None:
    journal.write_bytes(journal.read_bytes()[:-1000])


def make_empty(journal: Path) -> None:
    journal.write_bytes(b"")


def make_noise(journal: Path) -> None:
    journal.write_bytes(b"no database at all\n" * 500)


def drop_the_guards(journal: Path) -> None:
    alter(journal, "DELETE FROM entry WHERE seq > (SELECT max(seq) FROM entry) - 3", again=False)


def take_one_out(journal: Path) -> None:
    alter(journal, "DELETE FROM entry WHERE seq = 40")


@pytest.mark.promise(9)
@pytest.mark.parametrize(
    "harm",
    [
        cut_in_the_middle,
        cut_within_a_page,
        make_empty,
        make_noise,
        drop_the_guards,
        take_one_out,
    ],
)
def test_damaged_journal_is_exit_5_in_one_sentence(
    copy: Path, harm: Callable[[Path], None]
) -> None:
    harm(copy)
    result = bioctl("audit", "verify", str(copy))
    assert result.returncode == 5, result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) <= 2


def alter(journal: Path, sql: str, *, again: bool = True) -> None:
    """Change the file as its owner can: guards off, change, guards on again."""
    connection = sqlite3.connect(journal)
    try:
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(sql)
        for _, text in guards if again else ():
            connection.execute(text)
        connection.commit()
    finally:
        connection.close()


def last_seq(journal: Path) -> int:
    connection = sqlite3.connect(journal)
    try:
        (last,) = connection.execute("SELECT max(seq) FROM entry").fetchone()
    finally:
        connection.close()
    return int(last)


def head_of(journal: Path) -> str:
    printed = bioctl("audit", "verify", str(journal)).stdout
    return next(line.split()[1] for line in printed.splitlines() if line.startswith("head: "))


@pytest.mark.promise(9)
def test_rows_cut_off_the_end_are_found_by_a_head_kept_elsewhere(copy: Path) -> None:
    head = head_of(copy)
    last = int(head.partition(":")[0])
    assert bioctl("audit", "verify", str(copy), "--anchor", head).returncode == 0
    alter(copy, "DELETE FROM entry WHERE seq > (SELECT max(seq) FROM entry) - 3")
    alone = bioctl("audit", "verify", str(copy))
    assert (alone.returncode, "not anchored" in alone.stdout) == (0, True)
    result = bioctl("audit", "verify", str(copy), "--anchor", head)
    assert result.returncode == 5
    assert f"anchor {last} by 3 entries" in result.stderr


@pytest.mark.promise(9)
def test_controller_does_not_start_on_a_damaged_journal(cell: Cell, finished: Path) -> None:
    shutil.copy(finished, cell.journal)
    alter(cell.journal, FORGE)
    before = cell.journal.read_bytes()
    result = bioctl("serve", "--site", str(cell.site))
    assert result.returncode == 5
    assert "Traceback" not in result.stderr
    assert cell.journal.read_bytes() == before
