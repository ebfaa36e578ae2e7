"""`bioctl alarm report` from a real journal, without a controller."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bioctl.audit.entry import Event, actor
from bioctl.audit.journal import Journal
from bioctl.clock import SystemClock

Run = Callable[..., Any]
RULE = actor("rule", "site file of BR101")


def event(kind: str, t: float, alarm: str, **more: object) -> Event:
    data = {"alarm": alarm, "tag": "pH", "priority": 2, **more}
    return Event(f"alarm.{kind}", RULE, data, unit="BR101", t=t)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    file = tmp_path / "site.yaml"
    file.write_text("site: bench\ndata: .\n")
    events = [Event("cell.started", actor("system", "bioctl"), {}, t=0.0)]
    events += [event("raised", 1000.0 + i, f"a{i}", priority=1 + i % 3) for i in range(12)]
    events += [event("raised", 1100.0 + i, "quiet", silent="shelved") for i in range(20)]
    events += [event("cleared", 2000.0 + i, f"a{i}") for i in range(1, 12)]
    events += [event("escalated", 1500.0 + i, "a1") for i in range(2)]
    events += [event("raised", 90_000.0, "late"), event("cleared", 100_000.0, "late")]
    with Journal.open(tmp_path / "journal.db", SystemClock(), cell="bench") as journal:
        asyncio.run(journal.commit(events))
    return file


def test_report_tells_figures_targets_and_the_first_alarm_of_a_flood(cli: Run, site: Path) -> None:
    result = cli("alarm", "report", "--site", site)
    assert result.exit_code == 0, result.stderr
    assert "annunciated again, nobody acknowledged  BR101.a1 (2)" in result.stdout
    assert result.stdout.startswith("13 alarms in 1.16 days of process time\n")
    assert "first: BR101.a0\n" in result.stdout
    assert "BR101.a0" in result.stdout.split("24 h")[1].splitlines()[0], "it never cleared"
    assert "quiet" not in result.stdout


def test_report_as_json_over_a_shorter_time(cli: Run, site: Path) -> None:
    shown = json.loads(cli("alarm", "report", "--site", site, "--days", 0.5, "--json").stdout)
    assert (shown["count"], shown["floods"], shown["end"]) == (1, [], 100_000.0)


def test_without_a_journal_it_is_one_sentence(cli: Run, tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text("site: bench\ndata: .\n")
    result = cli("alarm", "report", "--site", file)
    assert result.exit_code == 4
    assert "There is no journal" in result.stderr
