"""What the tests of the documentation share."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MADE = {"dist", "demo-out", "__pycache__"}


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """All files of the project: those git knows, or all there are where it is no checkout."""
    if (ROOT / ".git").exists():
        said = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
        files = [ROOT / name for name in said.split("\0") if name]
    else:
        files = [path for path in ROOT.rglob("*") if ours(path.relative_to(ROOT))]
    return [path for path in files if path.is_file()]


def ours(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts if part != ".ci")
    return not hidden and not MADE & set(path.parts)


@pytest.fixture(scope="session")
def markdown(tracked: list[Path]) -> list[Path]:
    return [path for path in tracked if path.suffix == ".md"]
