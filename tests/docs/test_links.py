"""Links between pages lead somewhere: to a file, and to a heading of it."""

import re
from functools import cache
from pathlib import Path

FENCE = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def slug(heading: str) -> str:
    """Return the anchor GitHub makes of a heading."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


@cache
def anchors(page: Path) -> frozenset[str]:
    text = FENCE.sub("", page.read_text("utf-8"))
    return frozenset(slug(heading) for heading in HEADING.findall(text))


def broken(page: Path, target: str) -> str:
    """Return what is wrong with a link, "" for a good one."""
    if "://" in target or target.startswith("mailto:"):
        return ""
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not file.exists():
        return f"{page}: {target}: there is no such file"
    if anchor and anchor not in anchors(file):
        return f"{page}: {target}: there is no such heading"
    return ""


def test_every_link_leads_somewhere(markdown: list[Path]) -> None:
    links = [
        (page, target)
        for page in markdown
        for target in LINK.findall(FENCE.sub("", page.read_text("utf-8")))
    ]
    assert [said for page, target in links if (said := broken(page, target))] == []
    assert len(links) > 80


def test_every_page_of_docs_is_reached_from_the_readme(root: Path, markdown: list[Path]) -> None:
    reached, todo = set[Path](), [root / "README.md"]
    while todo:
        page = todo.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        links = LINK.findall(FENCE.sub("", page.read_text("utf-8")))
        here = [target.partition("#")[0] for target in links if "://" not in target]
        todo += [(page.parent / target).resolve() for target in here if target]
    assert {page for page in markdown if root / "docs" in page.parents} <= reached
