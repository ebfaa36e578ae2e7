"""Each kind of entry as one sentence, word for word: reviewers learn them by heart."""

import ast
from pathlib import Path
from typing import Any

import pytest

import bioctl
from bioctl.audit.entry import Entry
from bioctl.audit.kinds import MEANING, Kind
from bioctl.audit.sentence import SENTENCES, line, sentence

from .sentences import GOLDEN, RULE, P, S


def entry(kind: str, who: dict[str, str], data: dict[str, Any], **more: Any) -> Entry:
    times = {"t": 0.0, "utc": 1_767_592_800.25, "mono": 0.0}
    place = {"unit": "BR101", "path": "expand/fill"}
    body = {"kind": kind, "actor": who, "data": data, **times, **place, **more}
    return Entry(7, "B-1", 3, body, "", "", "")


@pytest.mark.parametrize(("kind", "who", "data", "expected"), GOLDEN)
def test_entry_reads_as_one_plain_sentence(
    kind: str, who: dict[str, str], data: dict[str, Any], expected: str
) -> None:
    assert sentence(entry(kind, who, data)) == expected


def test_every_kind_has_a_meaning_a_sentence_and_a_golden_example() -> None:
    assert set(MEANING) == set(Kind) == set(SENTENCES) == {kind for kind, *_ in GOLDEN}


@pytest.mark.parametrize("kind", Kind)
def test_sentence_is_told_even_when_data_is_missing(kind: Kind) -> None:
    told = sentence(entry(kind, S, {}))
    assert told[0].isupper()
    assert told.endswith(".")


def test_kind_of_a_newer_version_is_shown_as_it_stands() -> None:
    assert (
        sentence(entry("robot.moved", P, {})) == "Anna Berg (anna, operator) recorded robot.moved."
    )


def test_late_entry_says_so() -> None:
    told = sentence(entry("batch.state", RULE, {"state": "HOLDING"}, late=True))
    assert told == "Batch B-1 went to HOLDING (written late)."


def test_line_begins_with_number_and_utc() -> None:
    told = line(entry("link.up", S, {"connection": "plant"}))
    assert told == "7 2026-01-05T06:00:00.250Z The connection plant is back."


def kinds_in(tree: ast.AST) -> set[str]:
    """Return every kind that a module gives to an event, as far as it stands there as text."""
    found: set[str] = set()
    for node in ast.walk(tree):
        name = getattr(node, "func", None)
        called = getattr(name, "attr", getattr(name, "id", ""))
        if isinstance(node, ast.Call) and called in {"Event", "ControlEvent", "emit"}:
            named = [keyword.value for keyword in node.keywords if keyword.arg == "kind"]
            for value in [*node.args[:1], *named]:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found.add(value.value)
    return found


def test_no_room_uses_a_kind_outside_the_vocabulary() -> None:
    files = sorted(Path(bioctl.__file__).parent.rglob("*.py"))
    used = {kind for file in files for kind in kinds_in(ast.parse(file.read_text("utf-8")))}
    assert used <= set(Kind), f"add to bioctl/audit/kinds.py: {sorted(used - set(Kind))}"
