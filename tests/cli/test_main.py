"""The command line as a whole: help, exit codes, examples, imports, documentation."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from bioctl.cli.main import app
from bioctl.cli.screen import plain, print_table, sentence
from bioctl.errors import InputError, InputErrors, Where

Run = Callable[..., Any]
HEAVY = {"asyncua", "numpy", "scipy", "pint", "pydantic", "httpx", "uvicorn", "yaml", "asyncio"}


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands(typer.main.get_command(app)))
NAMES = [" ".join(path) for path in COMMANDS]


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; sys.argv = ['bioctl', '--help']\n"
        "from bioctl.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "Exit codes" in done.stdout
    assert not HEAVY & {name.partition(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize("name", NAMES)
def test_help_of_every_command_shows_an_example(cli: Run, name: str) -> None:
    result = cli(*name.split(), "--help")
    assert result.exit_code == 0
    assert f"  bioctl {name}" in result.stdout.partition("Example:")[2]


RUNNING = ("plant", "serve", "demo")
"""These run programs instead of giving an answer."""


@pytest.mark.parametrize("name", [name for name in NAMES if name.split()[0] not in RUNNING])
def test_every_command_speaks_json(name: str) -> None:
    assert "--json" in {o for p in COMMANDS[tuple(name.split())].params for o in p.opts}


@pytest.mark.parametrize("name", NAMES)
def test_no_command_takes_a_password_as_a_word(name: str) -> None:
    options = {o for p in COMMANDS[tuple(name.split())].params for o in p.opts}
    assert not {option for option in options if option.endswith("password")}


@pytest.mark.parametrize("words", [("batsh",), ("batch", "strat"), ("batch", "list", "--nosuch")])
def test_wrong_usage_is_exit_2(cli: Run, words: tuple[str, ...]) -> None:
    assert cli(*words).exit_code == 2


def test_missing_site_file_is_wrong_usage(cli: Run, tmp_path: Path) -> None:
    result = cli("batch", "list", "--site", tmp_path / "none.yaml")
    assert result.exit_code == 2
    assert "bioctl site init" in result.stderr


def test_the_installed_command_runs() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bioctl", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("bioctl ")


def test_sentence_puts_place_first_and_remedy_last() -> None:
    error = InputErrors(
        [
            InputError("no such phase", where=Where("a.yaml", 3, 5), help="did you mean grow?"),
            InputError("cut short\n  x: [\n     ^"),
        ]
    )
    assert sentence(error).splitlines() == [
        "a.yaml:3:5: error: no such phase",
        "help: did you mean grow?",
        "cut short",
        "  x: [",
        "     ^",
    ]


def test_control_characters_are_shown_not_sent() -> None:
    assert plain("a\x1b[31mb\r\nc\u202e µ°") == r"a\x1b[31mb\r\nc\u202e µ°"


def test_table_lines_up_and_empty_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["batch", "state"], [["B-1", "HELD"], ["B-1234", "x"]], "none")
    print_table(["batch"], [], "There is none.")
    assert capsys.readouterr().out == "batch   state\nB-1     HELD\nB-1234  x\nThere is none.\n"
