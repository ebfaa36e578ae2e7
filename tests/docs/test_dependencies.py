"""Decision 0013 gives a reason for every dependency, and for no other."""

import re
import tomllib
from pathlib import Path

import pytest

PAGE = "docs/decisions/0013-dependencies.md"


def names(requirements: list[str]) -> set[str]:
    found = (re.split(r"[\[<>=!~ ]", one)[0] for one in requirements)
    return {name for name in found if name != "bioctl"}


@pytest.mark.parametrize("group", ["run", "test", "develop"])
def test_every_dependency_has_its_reason(root: Path, group: str) -> None:
    told = (root / PAGE).read_text("utf-8").partition(f"Needed to {group}:")[2]
    told = told.partition("Needed to ")[0].partition("Looked at")[0]
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    wanted = {
        "run": project["project"]["dependencies"],
        "test": project["project"]["optional-dependencies"]["test"],
        "develop": project["dependency-groups"]["dev"],
    }[group]
    assert set(re.findall(r"^\| `([^`]+)`", told, re.MULTILINE)) == names(wanted)


def test_what_is_said_to_be_unused_is(root: Path) -> None:
    text = (root / PAGE).read_text("utf-8")
    unused = re.findall(r"^\| `(\w+)` .*\*\*not imported yet\*\*", text, re.MULTILINE)
    code = "\n".join(
        file.read_text("utf-8")
        for room in ("bioctl", "drivers", "sim")
        for file in (root / room).rglob("*.py")
    )
    used = [one for one in unused if re.search(rf"^\s*(?:import|from) {one}\b", code, re.MULTILINE)]
    assert used == []
