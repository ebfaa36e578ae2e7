"""The house stays easy to see: small modules. (Arrows and cycles are import-linter's.)"""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 400


def test_no_module_is_longer_than_a_reader_can_keep_in_mind() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    sizes = {
        name: len((ROOT / name).read_text("utf-8").splitlines())
        for name in listed.stdout.split()
        if (ROOT / name).exists()
    }
    assert sizes
    assert {name: size for name, size in sizes.items() if size > LIMIT} == {}
