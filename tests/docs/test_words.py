"""Words that have no place in any file of the project."""

from pathlib import Path

import pytest

FORBIDDEN = (  # in pieces, so that this file does not hold them
    "compl" + "iant",
    "/wo" + "rk/",
    "/ro" + "ot/",
    "/tm" + "p/",
    "pypi" + ".org",
    "python" + "hosted.org",
    "arti" + "factory",
)
EXEMPT = {"uv.lock"}


@pytest.fixture(scope="module")
def texts(tracked: list[Path], root: Path) -> dict[str, str]:
    found = {}
    for path in tracked:
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if path.name not in EXEMPT:
            found[path.relative_to(root).as_posix()] = text.lower()
    return found


@pytest.mark.parametrize("word", FORBIDDEN, ids=range(len(FORBIDDEN)))
def test_word_is_nowhere(word: str, texts: dict[str, str]) -> None:
    assert [name for name, text in texts.items() if word in text] == []


def test_readme_says_what_bioctl_is_not(texts: dict[str, str]) -> None:
    assert "not a safety system" in texts["README.md"]
    assert "not validated" in texts["README.md"]
