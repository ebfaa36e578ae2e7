"""docs/reference/cli.md tells of every command and option, and of no other command."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from bioctl.cli.main import app

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "cli.md").read_text("utf-8")
SHARED = PAGE.partition("## A whole batch")[0]
SECTION = re.compile(r"^### `(bioctl [^`]+)`$(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
SECTIONS = dict(SECTION.findall(PAGE))


def commands(group: Any, path: str = "bioctl") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(commands(typer.main.get_command(app)))


def test_every_command_is_told_of_and_no_other() -> None:
    assert set(SECTIONS) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_section_shows_the_command_in_use(name: str) -> None:
    assert f"$ {name}" in SECTIONS[name]


@pytest.mark.parametrize("name", COMMANDS)
def test_section_tells_of_every_option(name: str) -> None:
    options = {option for p in COMMANDS[name].params for option in p.opts if option[:2] == "--"}
    told = SECTIONS[name] + SHARED
    assert {option for option in options if option not in told} == set()
