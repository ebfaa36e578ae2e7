"""`bioctl recipe` with the real phases, unit classes and shipped recipes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bioctl.recipe.library import find_recipe, recipe_names

Run = Callable[..., Any]


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    file = tmp_path / "wrong.yaml"
    file.write_text(find_recipe("first_expansion").read_text().replace("degC", "degQ"))
    return file


@pytest.mark.parametrize("name", recipe_names())
def test_shipped_recipe_is_good(cli: Run, name: str) -> None:
    result = cli("recipe", "check", name)
    assert result.exit_code == 0
    assert f"recipe {name} 1.0 is good.\n" in result.stdout
    assert result.stderr == ""


def test_wrong_recipe_is_exit_1_with_line_and_remedy(cli: Run, wrong: Path) -> None:
    result = cli("recipe", "check", wrong, "first_expansion")
    assert result.exit_code == 1
    assert f"{wrong}:" in result.stderr
    assert "help: did you mean 'degC'?" in result.stderr
    assert "^" in result.stderr
    assert "first_expansion 1.0 is good." in result.stdout


def test_check_json_lists_every_finding(cli: Run, wrong: Path) -> None:
    found = json.loads(cli("recipe", "check", wrong, "--json").stdout)
    assert all("degQ" in error["message"] for error in found[0]["errors"])


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"[" * 10_000])
def test_any_file_gets_a_sentence(cli: Run, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(content)
    assert cli("recipe", "check", file).exit_code == 1


def test_unknown_recipe_names_the_nearest(cli: Run) -> None:
    result = cli("recipe", "check", "first_expansoin")
    assert result.exit_code == 1
    assert "first_expansion" in result.stderr


def test_schema_knows_the_installed_phases(cli: Run) -> None:
    schema = json.loads(cli("recipe", "schema").stdout)
    assert "packed_bed_bioreactor" in json.dumps(schema)
