"""`bioctl interlock` against a running cell over its real socket."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
NAME = "BR101.level_low"


@pytest.fixture
def who(bench: Path, password: Path) -> tuple[object, ...]:
    return ("--user", "ola", "--password-file", password, "--site", bench)


def test_list_shows_what_acts_what_came_first_and_what_is_bypassed(cli: Run, bench: Path) -> None:
    shown = cli("interlock", "list", "--site", bench).stdout
    assert "BR101.pressure_high  tripped, first out, because pressure > 80 mbar" in shown
    assert "bypassed, 5 min left" in shown
    assert len(json.loads(cli("interlock", "list", "--json", "--site", bench).stdout)) == 2


@pytest.mark.parametrize("verb", ["reset", "restore"])
def test_command_is_given_with_its_reason(cli: Run, who: tuple[object, ...], verb: str) -> None:
    result = cli("interlock", verb, NAME, "--reason", "checked", *who)
    assert (result.exit_code, result.stdout) == (0, f"{verb}: checked, signed nothing\n")


def test_bypass_is_signed_and_has_a_time(cli: Run, who: tuple[object, ...]) -> None:
    result = cli("interlock", "bypass", NAME, "--minutes", 10, "--reason", "test", *who)
    assert (result.exit_code, result.stdout) == (0, "bypass for 10 min: test, signed approved\n")
    assert cli("interlock", "bypass", NAME, "--reason", "test", *who).exit_code == 2
