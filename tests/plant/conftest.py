"""One template of a cell for all tests here; each test gets a copy and kills what it started."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .cell import Cell, make_template, new_cell


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    make_template(folder)
    return folder


@pytest.fixture
def cell(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    # A short name: a socket's path has 107 bytes.
    with new_cell(template, tmp_path_factory.mktemp("cell")) as made:
        yield made
