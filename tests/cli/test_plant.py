"""`bioctl plant` becomes the plant's own program; bioctl imports nothing of it."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


class BecameError(Exception):
    """The process would be another program now."""


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []

    def execv(program: str, words: list[str]) -> None:
        seen.extend([program, *words])
        raise BecameError

    monkeypatch.setattr("os.execv", execv)
    return seen


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "serve --home h --port 0 --speed 60 --seed 7",
            "serve --home h --port 0 --speed 60.0 --seed 7",
        ),
        ("serve", "serve --home plant --port 4840 --speed 1.0"),
        (
            "user ctl --role control --password-file p",
            "user ctl --role control --password-file p --home plant",
        ),
        ("trust c.der --home h", "trust c.der --home h"),
    ],
)
def test_words_are_handed_to_the_plant(
    cli: Run, became: list[str], words: str, expected: str
) -> None:
    result = cli("plant", *words.split())
    assert isinstance(result.exception, BecameError)
    assert became == [sys.executable, sys.executable, "-m", "bioctl_sim", *expected.split()]


@pytest.mark.parametrize(
    "words", ["serve --port 70000", "serve --speed -1", "user x --role root --password-file p"]
)
def test_wrong_words_do_not_reach_the_plant(cli: Run, became: list[str], words: str) -> None:
    assert cli("plant", *words.split()).exit_code == 2
    assert not became
