"""What the documentation takes from the code is as the code says it now."""

from pathlib import Path

import pytest

from .generate import PARTS, pages, renewed

HINT = "run `python tests/docs/generate.py`"


def plain(text: str) -> str:
    """Return a page without its table of promises: `test_promises.py` looks at that one."""
    before, mark, rest = text.partition("<!-- generated: promises -->")
    return before + rest.partition("<!-- end -->")[2] if mark else text


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_page_is_as_the_code(page: Path) -> None:
    text = page.read_text("utf-8")
    assert plain(text) == plain(renewed(text)), HINT


def test_every_part_stands_on_a_page() -> None:
    all_pages = "".join(page.read_text("utf-8") for page in pages())
    assert [name for name in PARTS if f"<!-- generated: {name} -->" not in all_pages] == []
