"""Every state, command, kind, phase and role has its place in the documentation."""

import re
from collections.abc import Iterable

import pytest

from bioctl.audit.kinds import Kind
from bioctl.audit.people import Role
from bioctl.phases.library import PHASES
from bioctl.phases.states import Command, State

from .generate import ROOT, pages

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
ALL = [page.read_text("utf-8") for page in pages()]


def headed(words: Iterable[str]) -> set[str]:
    """Return the words that are a heading or begin a table's row on some page."""
    return {word for word in words if any(place(word).search(text) for text in ALL)}


def place(word: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:#+ |\| )[`*]*{re.escape(word)}[`*]*(?: \||$)", re.MULTILINE)


@pytest.mark.parametrize("words", [State, Kind, PHASES], ids=["states", "journal kinds", "phases"])
def test_every_word_has_a_heading_or_row(words: Iterable[str]) -> None:
    assert set(words) - headed(words) == set()


@pytest.mark.parametrize("words", [State, Command, Role], ids=["states", "commands", "roles"])
def test_glossary_knows_the_word(words: Iterable[str]) -> None:
    assert [word for word in words if f"`{word}`" not in GLOSSARY and word not in GLOSSARY] == []


def test_glossary_gives_a_word_one_meaning() -> None:
    rows = re.findall(r"^\| (\*\*[^|]+) \|", GLOSSARY, re.MULTILINE)
    words = [word for row in rows for word in re.findall(r"\*\*([^*]+)\*\*", row)]
    assert len(words) == len(set(words)) > 60
