"""Every command the documentation shows can be typed: it exists, and so do its options."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from bioctl.cli.main import app

from .generate import ROOT, pages

FENCE = re.compile(r"^( *)```(sh|console)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
ROOMS = ("recipes", "drivers", "sim")
TOP = typer.main.get_command(app)


def shell_lines(text: str) -> Iterator[str]:
    """Yield each command line of the fenced blocks; in `console` ones those after the prompt."""
    for _, language, block in FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            words = line.strip()
            if language == "console":
                prompt, words = words[:2], words[2:]
                if prompt != "$ ":
                    continue
            yield words


def split(line: str) -> list[str]:
    """Return the words of a command, without what goes to a file."""
    words = shlex.split(re.sub(r"(^|\s)#.*", "", line))
    return words[: words.index(">")] if ">" in words else words


def bioctl(line: str) -> list[str] | None:
    words = split(line)
    return words[1:] if words and words[0] == "bioctl" else None


def parse(words: list[str]) -> Any:
    """Let the command line read the words as it would; nothing is run."""
    command: Any = TOP
    while hasattr(command, "commands"):
        name, *words = words
        command = command.commands[name]
    context = command.make_context(command.name, words)
    assert command.get_help(context)
    return context


PAGES = [*ROOT.glob("*.md"), *pages(), *(ROOT / room / "README.md" for room in ROOMS)]
LINES = [
    pytest.param(words, id=f"{page.relative_to(ROOT)}: {line}")
    for page in PAGES
    for line in shell_lines(page.read_text("utf-8"))
    if (words := bioctl(line)) is not None
]


@pytest.mark.parametrize("words", LINES)
def test_command_can_be_typed(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIOCTL_USER", "siri")
    assert parse(words)


def test_the_documentation_shows_commands() -> None:
    assert len(LINES) > 40


def test_a_wrong_option_would_be_found() -> None:
    with pytest.raises(Exception, match="No such option"):
        parse(["audit", "verify", "--quickly"])


def test_run_py_offers_what_the_readme_says(markdown: list[Path]) -> None:
    tree = ast.parse((ROOT / "run.py").read_text("utf-8"))
    offered = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "COMMANDS"
    )
    text = "".join(page.read_text("utf-8") for page in markdown)
    shown = set(re.findall(r"python3 run\.py (\w+)", text))
    assert {"demo", "test"} <= shown <= set(offered)
