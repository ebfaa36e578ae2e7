"""The table of promises names tests that exist, and says where there is none."""

import re

import pytest

from .generate import NONE, PROMISES, ROOT, promise_marks

PAGE = (ROOT / "docs" / "qa" / "README.md").read_text("utf-8")
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
ROWS = {int(number): (text, tests) for number, text, tests in ROW.findall(PAGE)}
MARKED = promise_marks()
HINT = "run `python tests/docs/generate.py`"


def test_the_page_lists_every_promise() -> None:
    assert {number: text for number, (text, _) in ROWS.items()} == dict(PROMISES)


def test_no_mark_is_for_a_promise_nobody_gave() -> None:
    assert set(MARKED) <= set(PROMISES)


@pytest.mark.parametrize("number", PROMISES)
def test_claimed_promise_has_the_tests_it_names(number: int) -> None:
    named = set(re.findall(r"`([^`]+)`", ROWS[number][1]))
    assert named <= set(MARKED.get(number, ())), HINT
    if number in MARKED:
        assert named, HINT
    else:
        assert ROWS[number][1] == NONE, HINT
