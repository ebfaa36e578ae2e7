"""`bioctl alarm` against a running cell over its real socket."""

import json
import os
import pty
import subprocess
import sys
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
    assert {*SIMPLE, "shelve", "ack"} == set(SIGNALS)
    assert {f"alarm.{verb}" for verb in SIGNALS} <= set(ACTIONS)


def test_list_shows_what_must_be_acted_on_first_and_nothing_that_is_quiet(
    cli: Run, bench: Path
) -> None:
    result = cli("alarm", "list", "--site", bench)
    assert result.exit_code == 0
    names = [line.split()[1] for line in result.stdout.splitlines() if "BR101" in line]
    assert names == [f"BR101.{one}" for one in
                     ("temperature_high#3", "glucose_low#1", "oxygen_bad#1", "ph_low")]  # fmt: skip
    assert "unacknowledged, annunciated 3 times" in result.stdout
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
    result = cli("alarm", "ack", "BR101.oxygen#1", "--reason", "seen", *who)
    assert result.exit_code == 1
    assert "there is no alarm 'BR101.oxygen'" in result.stderr


def test_reason_is_asked_for(cli: Run, who: tuple[object, ...]) -> None:
    assert cli("alarm", "ack", f"{ALARM}#1", *who).exit_code == 2


def test_acknowledgement_names_the_annunciation_that_was_seen(
    cli: Run, who: tuple[object, ...]
) -> None:
    result = cli("alarm", "ack", f"{ALARM}#1", "--reason", "seen", *who)
    assert (result.exit_code, result.stdout) == (0, "ack BR101.oxygen_bad #1: seen\n")


def test_name_without_its_number_is_not_acknowledged_and_the_present_one_is_told(
    cli: Run, who: tuple[object, ...]
) -> None:
    result = cli("alarm", "ack", "BR101.temperature_high", "--reason", "seen", *who)
    assert result.exit_code == 2
    assert "now it is BR101.temperature_high#3" in result.stderr


def test_several_are_acknowledged_one_by_one_and_one_refusal_stops_no_other(
    cli: Run, who: tuple[object, ...]
) -> None:
    names = (f"{ALARM}#7", "BR101.glucose_low#1")
    result = cli("alarm", "ack", *names, "--reason", "seen", *who)
    assert result.exit_code == 3
    assert result.stdout == "ack BR101.glucose_low #1: seen\n"
    assert "was raised again since" in result.stderr


def test_all_is_for_a_person_who_sees_the_screen(cli: Run, who: tuple[object, ...]) -> None:
    result = cli("alarm", "ack", "--all", "--reason", "seen", *who)
    assert result.exit_code == 3
    assert "needs a terminal" in result.stderr
    assert cli("alarm", "ack", "--reason", "seen", *who).exit_code == 2
    assert cli("alarm", "ack", f"{ALARM}#1", "--all", "--reason", "seen", *who).exit_code == 2


@pytest.mark.parametrize(("answer", "acked"), [("y", 2), ("n", 0)])
def test_all_shows_what_waits_and_acknowledges_it_after_a_yes(
    who: tuple[object, ...], answer: str, acked: int
) -> None:
    words = ["alarm", "ack", "--all", "--reason", "seen", *map(str, who)]
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "bioctl", *words], stdin=slave, stdout=subprocess.PIPE, text=True
    ) as process:
        os.write(master, f"{answer}\n".encode())
        said, _ = process.communicate(timeout=60)
    os.close(master)
    os.close(slave)
    assert "BR101.temperature_high#3" in said
    assert said.count(": seen") == acked
