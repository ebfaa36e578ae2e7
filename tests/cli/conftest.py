"""The command line in process, and a running cell in a process of its own."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bioctl.cli.main import app


@pytest.fixture
def cli() -> Callable[..., Any]:
    """Run `bioctl WORDS…` and return the result; stdin is no terminal."""
    runner = CliRunner()

    def run(*words: object) -> Any:
        return runner.invoke(app, [str(word) for word in words], prog_name="bioctl")

    return run


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the site file of a running bench cell."""
    folder = tmp_path_factory.mktemp("bench")
    site, socket = folder / "site.yaml", folder / "run.sock"
    site.write_text("site: bench\nport: run.sock\n")
    program = Path(__file__).with_name("bench_cell.py")
    with subprocess.Popen(
        [sys.executable, program, socket], stdout=subprocess.PIPE, text=True
    ) as cell:
        try:
            assert cell.stdout
            assert cell.stdout.readline() == "ready\n"
            yield site
        finally:
            cell.terminate()


@pytest.fixture
def password(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text("correct horse\n")
    return file


_numbers = count(1)


@pytest.fixture
def batch_id() -> str:
    """Return an id no other test uses: the bench cell runs for the whole session."""
    return f"B-{next(_numbers):04d}"


TEMPLATE = """\
site: bench
profile: demo
clock:
  mode: lockstep
connections:
  plant:
    driver: opcua
    url: ${plant_url}
    user: bioctl
    password_file: secrets/plant.password
    certificate: pki/own/bioctl.der
    private_key: pki/own/bioctl.pem
    application_uri: urn:plant.example:bioctl
    trusted: pki/trusted
units:
  VF301:
    class: vial_filler
    connection: plant
    period: 2 s
    measurements:
      state: XS301 0 .. 19 integer
      processed: NT301 0 .. 10000 vials integer
      good: NT302 0 .. 10000 vials integer
      rejected: NT303 0 .. 10000 vials integer
      bulk_weight: WT301 0 .. 5 kg
      last_weight: WT302 0 .. 50 g
      mean_weight: WT303 0 .. 50 g
      cells: AT301 0 .. 500 1e6/mL
      viability: AT302 0 .. 100 %
    outputs:
      fill_volume: FC301 0.5 .. 30 mL
      vials_wanted: NC301 0 .. 10000 vials integer
      speed: SC301 1 .. 30 1/min
      inlet_valve: XV301 switch
"""


@pytest.fixture
def template() -> str:
    return TEMPLATE


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a site file nobody serves."""
    file = tmp_path / "site.yaml"
    file.write_text(TEMPLATE.replace("${plant_url}", "opc.tcp://127.0.0.1:4840/plant"))
    return file
