"""`bioctl user`: accounts are journaled, and only a supervisor adds them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bioctl.audit.journal import Journal
from bioctl.clock import SystemClock

Run = Callable[..., Any]


def add(cli: Run, site: Path, password: Path, user: str, role: str, *more: object) -> Any:
    words = ("user", "add", user, "--name", user.title(), "--role", role)
    return cli(*words, "--password-file", password, "--site", site, *more)


@pytest.fixture
def with_siri(cli: Run, site: Path, password: Path) -> tuple[object, ...]:
    assert add(cli, site, password, "siri", "supervisor").exit_code == 0
    return ("--by", "siri", "--by-password-file", password)


def kinds(cli: Run, site: Path) -> list[str]:
    lines = cli("audit", "show", "--json", "--site", site).stdout.splitlines()
    return [json.loads(line)["body"]["kind"] for line in lines]


def test_first_account_is_a_supervisor_by_bootstrap(cli: Run, site: Path, password: Path) -> None:
    refused = add(cli, site, password, "ola", "operator")
    done = add(cli, site, password, "siri", "supervisor")
    assert (refused.exit_code, done.exit_code) == (3, 0)
    assert kinds(cli, site) == [
        "command.rejected",
        "command.intent",
        "people.added",
        "command.outcome",
    ]


def test_supervisor_adds_the_others(
    cli: Run, site: Path, password: Path, with_siri: tuple[object, ...]
) -> None:
    assert add(cli, site, password, "ola", "operator", *with_siri).exit_code == 0
    listed = json.loads(cli("user", "list", "--json", "--site", site).stdout)
    assert [(one["id"], one["role"]) for one in listed] == [
        ("ola", "operator"),
        ("siri", "supervisor"),
    ]
    shown = cli("audit", "show", "--user", "siri", "--kind", "people", "--site", site).stdout
    assert "made the account ola for Ola as operator" in shown


def test_nobody_is_added_by_nobody(
    cli: Run, site: Path, password: Path, with_siri: tuple[object, ...]
) -> None:
    assert with_siri
    assert add(cli, site, password, "ola", "operator").exit_code == 2


def test_operator_adds_nobody_and_the_attempt_is_journaled(
    cli: Run, site: Path, password: Path, with_siri: tuple[object, ...]
) -> None:
    add(cli, site, password, "ola", "operator", *with_siri)
    by_ola = ("--by", "ola", "--by-password-file", password)
    assert add(cli, site, password, "per", "qa", *by_ola).exit_code == 3
    assert kinds(cli, site)[-1] == "command.rejected"


def test_wrong_password_of_the_supervisor_adds_nobody(
    cli: Run, site: Path, password: Path, with_siri: tuple[object, ...], tmp_path: Path
) -> None:
    assert with_siri
    wrong = tmp_path / "wrong"
    wrong.write_text("not the password\n")
    by_siri = ("--by", "siri", "--by-password-file", wrong)
    assert add(cli, site, password, "ola", "operator", *by_siri).exit_code == 3
    assert len(json.loads(cli("user", "list", "--json", "--site", site).stdout)) == 1


def test_id_is_never_given_out_twice(
    cli: Run, site: Path, password: Path, with_siri: tuple[object, ...]
) -> None:
    again = add(cli, site, password, "siri", "qa", *with_siri)
    assert again.exit_code == 3
    assert kinds(cli, site)[-1] == "command.outcome"


def test_running_controller_keeps_the_journal_to_itself(
    cli: Run, site: Path, password: Path
) -> None:
    data = site.parent / "data"
    data.mkdir()
    with Journal.open(data / "journal.db", SystemClock(), cell="bench"):
        result = add(cli, site, password, "siri", "supervisor")
    assert result.exit_code == 3
    assert "locked" in result.stderr


def test_password_stands_nowhere_in_the_journal(
    cli: Run, site: Path, password: Path, with_siri: tuple[object, ...]
) -> None:
    add(cli, site, password, "ola", "operator", *with_siri)
    assert b"correct horse" not in (site.parent / "data" / "journal.db").read_bytes()


def test_empty_list_says_so(cli: Run, site: Path) -> None:
    assert cli("user", "list", "--site", site).stdout == "There is no account yet.\n"
