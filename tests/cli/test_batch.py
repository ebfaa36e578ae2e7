"""`bioctl batch` against a running cell over its real socket."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bioctl.cli.watch import hint

Run = Callable[..., Any]


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    file = tmp_path / "expand.yaml"
    file.write_text("recipe: expand\n")
    return file


@pytest.fixture
def who(bench: Path, password: Path) -> tuple[object, ...]:
    return ("--user", "ola", "--password-file", password, "--site", bench)


@pytest.fixture
def started(cli: Run, who: tuple[object, ...], recipe: Path, batch_id: str) -> str:
    assert cli("batch", "start", recipe, "--id", batch_id, *who).exit_code == 0
    return batch_id


def bioctl(*words: object) -> list[str]:
    return [sys.executable, "-m", "bioctl", *(str(word) for word in words)]


def test_start_sends_recipe_units_and_values(
    cli: Run, who: tuple[object, ...], recipe: Path, batch_id: str, bench: Path
) -> None:
    binding = ("--unit", "reactor=BR101", "--unit", "wash=CW201", "--set", "temperature = 37 degC")
    words = ("batch", "start", recipe, "--id", batch_id, *binding, "--reason", "dose 1")
    result = cli(*words, *who)
    assert (result.exit_code, result.stdout) == (0, f"Batch {batch_id} is RUNNING.\n")
    batches = json.loads(cli("batch", "list", "--json", "--site", bench).stdout)
    args = next(one for one in batches if one["id"] == batch_id)["args"]
    assert args["units"] == {"reactor": "BR101", "wash": "CW201"}
    assert args["values"] == {"temperature": "37 degC"}
    assert args["recipe"] == "recipe: expand\n"


@pytest.mark.parametrize(
    "wrong",
    [
        ("--unit", "BR101"),
        ("--unit", "=BR101"),
        ("--set", "a="),
        ("--set", "a=1", "--set", "a=2"),
    ],
)
def test_mistyped_binding_is_wrong_usage(
    cli: Run, who: tuple[object, ...], recipe: Path, wrong: tuple[str, ...]
) -> None:
    assert cli("batch", "start", recipe, "--id", "x", *wrong, *who).exit_code == 2


def test_list_is_a_table_for_people(cli: Run, started: str, bench: Path) -> None:
    lines = cli("batch", "list", "--site", bench).stdout.splitlines()
    assert lines[0].split() == ["batch", "recipe", "state", "elapsed", "where"]
    assert any(line.startswith(started) and "RUNNING  01:00:00" in line for line in lines)


def test_batch_is_answered_signed_and_watched_to_the_end(
    cli: Run, who: tuple[object, ...], started: str, bench: Path
) -> None:
    words = bioctl("batch", "watch", started, "--site", bench)
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout
        first = watching.stdout.readline()
        assert cli("batch", "answer", started, "P1", "7.2", *who).exit_code == 0
        sign = cli("batch", "sign", started, "P2", "--meaning", "approved", *who)
        text = first + watching.stdout.read()
    assert (sign.exit_code, sign.stdout) == (0, "accepted\n")
    assert watching.returncode == 0
    assert first == f"1 d 01:01:01  Batch {started} is RUNNING: .\n"
    assert text.splitlines()[-1].endswith(f"Batch {started} is COMPLETE: approved.")
    assert f"bioctl batch answer {started} P1 VALUE --user USER --site" in text
    assert f"bioctl batch sign {started} P2 --meaning approved --user USER" in text


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ({"kind": "choice", "choices": ["yes", "no"], "eu": ""}, "answer B P1 yes {}  # or no"),
        ({"kind": "number", "choices": [], "eu": "mmol/L"}, "answer B P1 VALUE {}  # in mmol/L"),
        ({"kind": "number"}, "answer B P1 VALUE {}"),
        (
            {"kind": "signature", "choices": ["approved", "rejected"]},
            "sign B P1 --meaning approved {}  # or rejected",
        ),
        ({"kind": "signature", "eu": "pH"}, "sign B P1 --meaning approved {}"),
        ({"kind": "choice", "choices": ["a; rm -r /"]}, "answer B P1 'a; rm -r /' {}"),
    ],
)
def test_hint_is_ready_to_copy(prompt: dict[str, object], expected: str) -> None:
    place = "--user USER --site 'my site.yaml'"
    found = hint({"id": "P1", "batch": "B", **prompt}, Path("my site.yaml"))
    assert found == f"    bioctl batch {expected.format(place)}"


@pytest.mark.parametrize(("verb", "code"), [("stop", 1), ("abort", 1), ("hold", 0)])
def test_watch_ends_as_the_batch_does(
    cli: Run, who: tuple[object, ...], started: str, verb: str, code: int
) -> None:
    assert cli("batch", "command", started, verb, "--reason", "test", *who).exit_code == 0
    assert cli("batch", "watch", started, "--no-follow", *who[-2:]).exit_code == code


def test_watch_without_follow_shows_what_is_open(cli: Run, started: str, bench: Path) -> None:
    result = cli("batch", "watch", started, "--no-follow", "--site", bench)
    assert result.exit_code == 0
    assert "open prompt P1: pH of the medium" in result.stdout


def test_text_from_outside_cannot_drive_the_terminal(cli: Run, started: str, bench: Path) -> None:
    result = cli("batch", "watch", started, "--no-follow", "--site", bench)
    assert "\x1b" not in result.stdout
    assert r"\x1b[2J" in result.stdout


def test_watch_json_is_one_entry_per_line(cli: Run, started: str, bench: Path) -> None:
    result = cli("batch", "watch", started, "--no-follow", "--json", "--site", bench)
    entries = [json.loads(line) for line in result.stdout.splitlines()]
    assert [entry["kind"] for entry in entries] == ["batch.state", "prompt.opened"]


def test_watch_of_an_unknown_batch_names_the_known(cli: Run, started: str, bench: Path) -> None:
    result = cli("batch", "watch", "B-none", "--site", bench)
    assert result.exit_code == 1
    assert started in result.stderr


def test_interrupt_leaves_the_watch_without_a_traceback(started: str, bench: Path) -> None:
    words = bioctl("batch", "watch", started, "--site", bench)
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as watching:
        assert watching.stdout
        assert watching.stderr
        watching.stdout.readline()
        watching.send_signal(signal.SIGINT)
        assert watching.wait(10) == 130
        assert watching.stderr.read() == ""


def test_rejected_answer_is_a_refusal(cli: Run, who: tuple[object, ...], started: str) -> None:
    result = cli("batch", "answer", started, "P1", "9", *who)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "Expected 6.8 .. 7.4.\n"


def test_refusal_tells_what_to_do(
    cli: Run, who: tuple[object, ...], recipe: Path, started: str
) -> None:
    result = cli("batch", "start", recipe, "--id", started, *who)
    assert result.exit_code == 3
    assert result.stderr == f"Batch {started} was already started.\nhelp: Choose a new id.\n"


def test_command_json_is_the_answer(cli: Run, who: tuple[object, ...], started: str) -> None:
    result = cli("batch", "command", started, "hold", "--reason", "look", "--json", *who)
    assert json.loads(result.stdout)["outcome"] == "done"


def test_wrong_password_is_refused(cli: Run, bench: Path, tmp_path: Path, started: str) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("guess\n")
    who = ("--user", "ola", "--password-file", wrong, "--site", bench)
    result = cli("batch", "command", started, "abort", "--reason", "x", *who)
    assert result.exit_code == 3
    assert "guess" not in result.stderr


def test_without_password_file_and_terminal_it_says_which_option(
    cli: Run, bench: Path, started: str
) -> None:
    result = cli(
        "batch", "command", started, "hold", "--reason", "x", "--user", "ola", "--site", bench
    )
    assert result.exit_code == 2
    assert "--password-file" in result.stderr


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    person, program = os.openpty()
    yield person, program
    os.close(person)
    os.close(program)


def at(terminal: tuple[int, int], *words: object) -> "subprocess.Popen[str]":
    """Run a command whose input is a terminal, and wait until it asks."""
    pipe = subprocess.PIPE
    running = subprocess.Popen(
        bioctl(*words),
        stdin=terminal[1],
        stdout=pipe,
        stderr=pipe,
        text=True,
        start_new_session=True,
    )
    assert running.stderr
    asked = ""
    while not asked.endswith("Password of ola: "):
        asked += running.stderr.read(1)
    return running


def test_terminal_is_asked_for_the_password(
    terminal: tuple[int, int], bench: Path, started: str
) -> None:
    words = ("batch", "command", started, "hold", "--reason", "x", "--user", "ola", "--site", bench)
    with at(terminal, *words) as running:
        os.write(terminal[0], b"correct horse\n")
        assert running.stdout
        assert running.stdout.read() == f"Batch {started} is HELD.\n"
    assert running.returncode == 0


def test_interrupt_at_the_password_gives_no_command(
    cli: Run, terminal: tuple[int, int], bench: Path, started: str
) -> None:
    words = ("batch", "command", started, "stop", "--reason", "x", "--user", "ola", "--site", bench)
    with at(terminal, *words) as running:
        running.send_signal(signal.SIGINT)
        assert running.wait(10) == 130
    assert cli("batch", "watch", started, "--no-follow", "--site", bench).exit_code == 0


def test_no_controller_is_unreachable_before_a_password_is_asked(cli: Run, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("site: nobody\n")
    result = cli("batch", "command", "B", "abort", "--reason", "x", "--user", "ola", "--site", site)
    assert result.exit_code == 4
    assert f"bioctl serve --site {site}" in result.stderr
