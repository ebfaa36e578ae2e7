"""`bioctl alarm` against a running cell over its real socket."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bioctl.app.alarms import SIGNALS
from bioctl.audit.actions import ACTIONS
from bioctl.cli.alarm import SIMPLE

Run = Callable[..., Any]
ALARM = "BR101.oxygen_bad"


@pytest.fixture
def who(bench: Path, password: Path) -> tuple[object, ...]:
    return ("--user", "ola", "--password-file", password, "--site", bench)


def test_there_is_a_command_for_everything_a_person_does_to_an_alarm() -> None:
    assert {*SIMPLE, "shelve"} == set(SIGNALS)
    assert {f"alarm.{verb}" for verb in SIGNALS} <= set(ACTIONS)


def test_list_shows_what_must_be_acted_on_first_and_nothing_that_is_quiet(
    cli: Run, bench: Path
) -> None:
    result = cli("alarm", "list", "--site", bench)
    assert result.exit_code == 0
    names = [line.split()[1] for line in result.stdout.splitlines() if "BR101" in line]
    assert names == [f"BR101.{one}" for one in
                     ("temperature_high", "glucose_low", "oxygen_bad", "ph_low")]  # fmt: skip
    assert "shelved, 10 min left, abnormal" in result.stdout
    assert "unacknowledged, its reading is Bad" in result.stdout
    assert "\x1b" not in result.stdout


def test_list_as_json_can_show_all(cli: Run, bench: Path) -> None:
    shown = json.loads(cli("alarm", "list", "--all", "--json", "--site", bench).stdout)
    assert len(shown) == 5
    assert shown[0]["alarm"] == "temperature_high"


@pytest.mark.parametrize("verb", SIMPLE)
def test_command_is_given_with_its_reason(cli: Run, who: tuple[object, ...], verb: str) -> None:
    result = cli("alarm", verb, ALARM, "--reason", "seen", *who)
    assert (result.exit_code, result.stdout) == (0, f"{verb}: seen\n")


def test_shelving_has_a_time(cli: Run, who: tuple[object, ...]) -> None:
    result = cli("alarm", "shelve", ALARM, "--minutes", 30, "--reason", "repair", *who)
    assert (result.exit_code, result.stdout) == (0, "shelve for 30 min: repair\n")
    result = cli("alarm", "shelve", ALARM, "--reason", "repair", *who)
    assert result.exit_code == 2


def test_unknown_alarm_is_one_sentence(cli: Run, who: tuple[object, ...]) -> None:
    result = cli("alarm", "ack", "BR101.oxygen", "--reason", "seen", *who)
    assert result.exit_code == 1
    assert "there is no alarm 'BR101.oxygen'" in result.stderr


def test_reason_is_asked_for(cli: Run, who: tuple[object, ...]) -> None:
    assert cli("alarm", "ack", ALARM, *who).exit_code == 2
