"""`bioctl audit` against a real journal, whole and altered."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bioctl.audit.entry import Event, actor
from bioctl.audit.journal import Journal
from bioctl.clock import SystemClock

Run = Callable[..., Any]


@pytest.fixture
def journal(site: Path) -> Path:
    file = site.parent / "data" / "journal.db"
    file.parent.mkdir()
    ola = actor("person", "ola", "Ola", "operator")
    state = {"state": "RUNNING", "from": "IDLE", "cause": "start"}
    events = [
        Event("login.accepted", ola, {"user": "ola"}),
        Event("batch.state", ola, state, batch="B-1"),
        Event("batch.state", actor("system", "bench"), state, batch="B-2"),
    ]
    with Journal.open(file, SystemClock(), cell="bench") as journal:
        asyncio.run(journal.commit(events))
    return file


def alter(journal: Path, body: bytes) -> None:
    with closing(sqlite3.connect(journal)) as db, db:
        sql = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = db.execute(sql).fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE entry SET body = ? WHERE seq = 2", (body,))
        for _, text in triggers:
            db.execute(text)


def test_whole_journal_verifies(cli: Run, site: Path, journal: Path) -> None:
    by_site = cli("audit", "verify", "--site", site)
    by_file = cli("audit", "verify", journal)
    assert by_site.exit_code == by_file.exit_code == 0
    assert "3 entries fit" in by_site.stdout


def test_altered_entry_is_exit_5_and_named(cli: Run, site: Path, journal: Path) -> None:
    alter(journal, b'{"forged":1}')
    result = cli("audit", "verify", "--site", site)
    verdict = json.loads(cli("audit", "verify", "--site", site, "--json").stdout)
    assert result.exit_code == 5
    assert "entry 2" in result.stderr
    assert (verdict["ok"], verdict["first_bad"]) == (False, 2)


def test_journal_that_is_no_json_is_damaged_not_a_traceback(
    cli: Run, site: Path, journal: Path
) -> None:
    alter(journal, b"{")
    assert cli("audit", "show", "--site", site).exit_code == 5


def test_file_that_is_no_journal_is_damaged(cli: Run, tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text("not a database " * 100)
    assert cli("audit", "show", file).exit_code == 5
    assert cli("audit", "verify", file).exit_code == 5


def test_missing_journal_is_not_reachable(cli: Run, site: Path) -> None:
    assert cli("audit", "verify", "--site", site).exit_code == 4
    assert cli("audit", "show", "--site", site).exit_code == 4


@pytest.mark.parametrize(
    ("words", "seqs"),
    [
        ((), [1, 2, 3]),
        (("--batch", "B-1"), [2]),
        (("--user", "ola"), [1, 2]),
        (("--kind", "batch"), [2, 3]),
        (("--kind", "login.accepted"), [1]),
        (("--since", "1 h"), [1, 2, 3]),
        (("--since", "2999-01-01T00:00:00Z"), []),
        (("--since", "2020-01-01T00:00:00+01:00", "--user", "ola", "--kind", "batch"), [2]),
    ],
)
def test_show_filters(
    cli: Run, site: Path, journal: Path, words: tuple[str, ...], seqs: list[int]
) -> None:
    assert journal.exists()
    people = cli("audit", "show", *words, "--site", site).stdout.splitlines()
    programs = cli("audit", "show", *words, "--json", "--site", site).stdout.splitlines()
    assert [int(line.split()[0]) for line in people] == seqs
    assert [json.loads(line)["seq"] for line in programs] == seqs


@pytest.mark.parametrize("since", ["yesterday", "2026-01-05", "2026-01-05T06:00:00", "5 kg", ""])
def test_time_without_a_zone_is_wrong_usage(
    cli: Run, site: Path, journal: Path, since: str
) -> None:
    assert journal.exists()
    result = cli("audit", "show", "--since", since, "--site", site)
    assert result.exit_code == 2
    assert "zone" in result.stderr
