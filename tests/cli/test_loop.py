"""`bioctl loop`: fitting a test from the journal, and what a tired operator types."""

import asyncio
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bioctl.audit.entry import Event, actor
from bioctl.audit.journal import Journal
from bioctl.clock import SystemClock

Run = Callable[..., Any]


def samples() -> str:
    """Return a step test of a process with gain 1, time constant 1500 s and dead time 40 s."""
    rows = []
    for turn in range(240):
        t = 30.0 * turn
        after = max(0.0, t - 300.0 - 40.0)
        y = 36.0 + 3.0 * (1.0 - math.exp(-after / 1500.0)) + 0.004 * ((turn * 7919) % 5 - 2)
        rows.append(f"{t:.1f} {3.0 if t > 300.0 else 0.0:g} {y:.4f}")
    return ";".join(rows)


@pytest.fixture
def tested(cli: Run, tmp_path: Path) -> Path:
    """Return the site file of the demonstration, with one tuning test in its journal."""
    folder = tmp_path / "demo"
    url = "opc.tcp://127.0.0.1:4840/plant"
    assert cli("site", "init", folder, "--plant-url", url).exit_code == 0
    data = {
        "loop": "temperature", "method": "step", "amplitude": 3.0, "outcome": "done",
        "reason": "enough was seen", "by": "siri", "samples": samples(),
    }  # fmt: skip
    aborted = data | {"loop": "pH", "outcome": "aborted", "reason": "it took longer than 60 s"}
    events = [
        Event("loop.tested", actor("rule", "loop"), one, unit="BR101") for one in (data, aborted)
    ]
    with Journal.open(folder / "journal.db", SystemClock(), cell="demo") as journal:
        asyncio.run(journal.commit(events))
    return folder / "site.yaml"


def test_fit_puts_the_rules_side_by_side_and_draws_them(
    cli: Run, tested: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "tuning.svg"
    result = cli("loop", "fit", "BR101.temperature", "--site", tested, "--plot", picture)
    assert result.exit_code == 0, result.stderr
    assert "as in the site file" in result.stdout
    for rule in ("SIMC tight", "SIMC smooth", "lambda", "Tyreus-Luyben"):
        assert rule in result.stdout
    assert picture.read_text().startswith("<svg")
    found = json.loads(cli("loop", "fit", "BR101.temperature", "--site", tested, "--json").stdout)
    assert found["process"]["time_constant_s"] == pytest.approx(1500, rel=0.1)
    assert found["process"]["dead_time_s"] == pytest.approx(40, abs=20)
    assert all(1.0 < rule["ms"] < 3.0 for rule in found["rules"].values())


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("fit", "BR101.temperatur"), 1, "did you mean 'BR101.temperature'?"),
        (("fit", "BR101.pH"), 1, "was aborted: it took longer than 60 s"),
        (("fit", "BR101.dissolved_oxygen"), 1, "never tested"),
        (("fit", "temperature"), 2, "UNIT.LOOP"),
        (("tune", "BR101.pH", "--user", "x", "--reason", "y"), 2, "not clear what to do"),
        (("tune", "BR101.pH", "--user", "x", "--reason", "y", "--gain", "9", "--test", "relay"), 2,
         "not clear what to do"),
        (("tune", "BR101.pH", "--user", "x", "--reason", "y", "--guard", "9"), 2, "not clear"),
        (("mode", "BR101.pH", "man", "--user", "x", "--reason", "y"), 4, "No controller answers"),
        (("mode", "BR101.pH", "atuo", "--user", "x", "--reason", "y"), 2, "atuo"),
        (("report", "B-9"), 1, "no batch"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_in_a_sentence(
    cli: Run, tested: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    result = cli("loop", *words, "--site", tested)
    assert (result.exit_code, said in result.stderr) == (code, True), result.stderr
    assert "Traceback" not in result.stderr


def test_factors_of_schedule_and_segment_are_taken_out_of_what_is_to_be_typed(
    cli: Run, tested: Path
) -> None:
    journal = tested.parent / "journal.db"
    plain = json.loads(cli("loop", "fit", "BR101.temperature", "--site", tested, "--json").stdout)
    data = {
        "loop": "temperature", "method": "step", "amplitude": 3.0, "outcome": "done",
        "reason": "enough was seen", "by": "siri", "samples": samples(),
        "gain_factor": 2.0, "time_factor": 0.5,
    }  # fmt: skip
    with Journal.open(journal, SystemClock(), cell="demo") as opened:
        event = Event("loop.tested", actor("rule", "loop"), data, unit="BR101")
        asyncio.run(opened.commit([event]))
    result = cli("loop", "fit", "BR101.temperature", "--site", tested)
    assert "multiplied the gain by 2 and the times by 0.5 then" in result.stdout
    assert "--dead-band" in result.stdout, "the noise it saw gives a band in which to be calm"
    found = json.loads(cli("loop", "fit", "BR101.temperature", "--site", tested, "--json").stdout)
    rule, before = found["rules"]["SIMC tight"], plain["rules"]["SIMC tight"]
    assert rule["gain"] == pytest.approx(before["gain"] / 2.0)
    assert rule["integral_s"] == pytest.approx(before["integral_s"] * 2.0)
    assert rule["ms"] == before["ms"], "it acts as it did"
    own = found["rules"]["as in the site file"]
    assert (own["gain"], own["integral_s"]) == (7.0, 840.0)
