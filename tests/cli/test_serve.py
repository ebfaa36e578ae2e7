"""`bioctl serve` for real: a controller of its own process on a plant in process."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bioctl.audit.journal import Journal
from bioctl.clock import SystemClock

Run = Callable[..., Any]


@pytest.fixture
def twin_site(cli: Run, tmp_path: Path) -> Path:
    """Return the demonstration site, its plant in the controller's process."""
    folder = tmp_path / "demo"
    assert cli("site", "init", folder).exit_code == 0
    site = folder / "site.yaml"
    twin = "connections:\n  plant:\n    driver: twin\n\n"
    site.write_text(re.sub(r"connections:\n(  .*\n)+\n", twin, site.read_text()))
    return site


def words(site: Path) -> list[str]:
    return [sys.executable, "-m", "bioctl", "serve", "--site", str(site)]


def serve(site: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words(site), capture_output=True, text=True, timeout=60, check=False)


@contextmanager
def running(site: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(words(site), stdout=subprocess.PIPE, text=True) as controller:
        try:
            assert controller.stdout
            assert "cell ready" in controller.stdout.readline()
            yield controller
        finally:
            controller.terminate()


def test_batch_is_started_aborted_and_found_in_the_journal(
    cli: Run, twin_site: Path, password: Path, tmp_path: Path
) -> None:
    at = ("--site", twin_site)
    siri = ("--user", "siri", "--password-file", password, *at)
    named = ("--name", "Siri", "--role", "supervisor", "--password-file", password)
    assert cli("user", "add", "siri", *named, *at).exit_code == 0
    units = ("--unit", "reactor=BR101", "--unit", "washer=CW201", "--unit", "filler=VF301")
    with running(twin_site) as controller:
        start = cli("batch", "start", "first_expansion", "--id", "B-1", *units, *siri)
        assert start.stdout == "batch B-1 is RUNNING\n"
        assert cli("user", "add", "ola", *named, *at).exit_code == 3
        aborted = cli("batch", "command", "B-1", "abort", "--reason", "leak", *siri)
        assert aborted.exit_code == 0
        assert cli("batch", "watch", "B-1", *at).exit_code == 1
        refused = cli("batch", "command", "B-1", "resume", "--reason", "x", *siri)
        assert refused.exit_code == 3
    assert controller.returncode == 0
    assert cli("audit", "verify", *at).exit_code == 0
    shown = cli("audit", "show", "--batch", "B-1", "--user", "siri", *at).stdout
    assert "ABORTING" in shown
    assert cli("batch", "list", *at).exit_code == 4
    for format_ in ("html", "json"):
        file = tmp_path / f"record.{format_}"
        assert cli("record", "B-1", "--format", format_, "--out", file, *at).exit_code == 0
        assert "leak" in file.read_text("utf-8")
    assert cli("record", "B-2", *at).exit_code == 1


def test_wrong_site_file_is_exit_1_with_place(site: Path) -> None:
    site.write_text(site.read_text().replace("mode: lockstep", "mode: lokstep"))
    done = serve(site)
    assert done.returncode == 1
    assert f"{site}:4:" in done.stderr


def test_missing_site_file_is_wrong_usage(tmp_path: Path) -> None:
    assert serve(tmp_path / "none.yaml").returncode == 2


def test_second_controller_of_a_cell_is_refused(twin_site: Path) -> None:
    journal = twin_site.parent / "journal.db"
    with Journal.open(journal, SystemClock(), cell="demonstration cell"):
        done = serve(twin_site)
    assert done.returncode == 3
    assert "Only one controller" in done.stderr
