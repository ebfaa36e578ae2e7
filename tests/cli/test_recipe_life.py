"""`bioctl recipe submit` … `list` against a running cell, and `scale` alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bioctl.cli.recipe_life import MOVES
from bioctl.recipe.lifecycle import MEANING, Move

Run = Callable[..., Any]
SIZE = "vessel: {name}\nliquid volume: {volume}\n"


RECIPE = """\
recipe: expand
version: "1.0"
product: none
description: a test
formula:
  medium_volume: {value: 4 L, range: 3 .. 5 L, scale: per volume}
equipment:
  reactor: packed_bed_bioreactor
procedure:
  - unit procedure: expand
    on: reactor
    operations:
      - operation: prepare
        phases:
          - fill: charge
            with: {source: medium, volume: medium_volume, rate: 500 mL/min}
            timeout: 1 h
"""


@pytest.fixture
def who(bench: Path, password: Path) -> tuple[object, ...]:
    return ("--user", "ola", "--password-file", password, "--site", bench)


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    file = tmp_path / "expand.yaml"
    file.write_text(RECIPE)
    return file


@pytest.fixture
def sizes(tmp_path: Path) -> tuple[object, ...]:
    for name, volume in (("bench", "5 L"), ("plant", "5.5 L")):
        (tmp_path / f"{name}.yaml").write_text(SIZE.format(name=name, volume=volume))
    return ("--from", tmp_path / "bench.yaml", "--to", tmp_path / "plant.yaml")


def test_there_is_a_command_for_every_move() -> None:
    assert set(MOVES) == set(Move)


@pytest.mark.parametrize("verb", list(Move))
def test_move_sends_recipe_and_a_signature_of_its_meaning(
    cli: Run, who: tuple[object, ...], recipe: Path, verb: Move, bench: Path
) -> None:
    result = cli("recipe", verb, recipe, "--reason", "as agreed", *who)
    assert (result.exit_code, result.stdout) == (0, f"recipe {verb}: {MEANING[verb]}\n")
    assert bench.exists()


def test_move_of_an_unknown_file_is_one_sentence(cli: Run, who: tuple[object, ...]) -> None:
    result = cli("recipe", "approve", "first_expansoin", *who)
    assert result.exit_code == 1
    assert "did you mean 'first_expansion'?" in result.stderr


def test_list_shows_where_each_version_stands(cli: Run, bench: Path) -> None:
    shown = cli("recipe", "list", "--site", bench).stdout
    assert "expand  1.0      in review  siri" in shown
    assert (
        json.loads(cli("recipe", "list", "--site", bench, "--json").stdout)[0]["author"] == "siri"
    )


def test_scale_prints_a_sheet_and_writes_it(
    cli: Run, recipe: Path, sizes: tuple[object, ...], tmp_path: Path
) -> None:
    out = tmp_path / "sheet.json"
    result = cli("recipe", "scale", recipe, *sizes, "--out", out)
    assert result.exit_code == 0, result.stderr
    assert "from bench to plant" in result.stdout
    row = next(one for one in json.loads(out.read_text())["rows"] if one["name"] == "medium_volume")
    assert row["new"] == pytest.approx([4.4, 3.3, 5.5])


def test_sheet_is_signed_with_its_recipe(
    cli: Run, who: tuple[object, ...], recipe: Path, sizes: tuple[object, ...], tmp_path: Path
) -> None:
    out = tmp_path / "sheet.json"
    cli("recipe", "scale", recipe, *sizes, "--out", out)
    result = cli("recipe", "sign-scale", recipe, out, *who)
    assert (result.exit_code, result.stdout) == (0, "recipe scale: approved\n")


@pytest.mark.parametrize("content", ["{", "[]", "[" * 100_000, "\x00"])
def test_sheet_that_is_none_is_one_sentence(
    cli: Run, who: tuple[object, ...], recipe: Path, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "sheet.json"
    file.write_text(content)
    result = cli("recipe", "sign-scale", recipe, file, *who)
    assert result.exit_code == 1
    assert str(file) in result.stderr
    assert "Traceback" not in result.stderr


def test_size_with_errors_is_shown_with_its_lines(
    cli: Run, recipe: Path, sizes: tuple[object, ...], tmp_path: Path
) -> None:
    (tmp_path / "plant.yaml").write_text("vessel: plant\nliqid volume: 5 L\n")
    result = cli("recipe", "scale", recipe, *sizes)
    assert result.exit_code == 1
    assert "plant.yaml:2:1: error: unknown key 'liqid volume' in a vessel." in result.stderr
    assert "did you mean 'liquid volume'?" in result.stderr


def test_size_that_is_missing_is_told(
    cli: Run, recipe: Path, sizes: tuple[object, ...], tmp_path: Path
) -> None:
    (tmp_path / "plant.yaml").write_text("vessel: plant\n")
    result = cli("recipe", "scale", recipe, *sizes)
    assert result.exit_code == 1
    assert "medium_volume: the vessel 'plant' has no `liquid volume`." in result.stderr
