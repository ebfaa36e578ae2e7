"""Promise 10 over the wire: the demo decides what the same commands decide one by one."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bioctl.audit.read import read_entries

from .cell import BATCH, SHORT, Cell, Entry
from .programs import ENV, Program, bioctl, done, left_of
from .witness import decisions, states


def journal(file: Path) -> list[Entry]:
    return [{**entry.body, "seq": entry.seq} for entry in read_entries(file)]


def by_hand(cell: Cell) -> None:
    """Type what the demo shows, one command after the other."""
    at = ("--site", str(cell.site))
    ola = ("--user", "ola", "--password-file", str(cell.folder / "secrets/ola"), *at)
    siri = ("--user", "siri", "--password-file", str(cell.folder / "secrets/siri"), *at)
    done("batch", "start", str(SHORT), "--id", BATCH, *ola)
    for who in (ola, siri, ola):
        asked = cell.follow(lambda e: e["kind"] == "prompt.opened", "prompt", answer=False)
        prompt, first = asked["data"]["id"], asked["data"]["choices"][0]
        if asked["data"]["kind"] == "signature":
            done("batch", "sign", BATCH, prompt, "--meaning", first, *who)
        else:
            done("batch", "answer", BATCH, prompt, first, *who)
    done("batch", "watch", BATCH, *at)


@pytest.mark.promise(10)
def test_demo_decides_what_the_same_commands_decide(cell: Cell, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("demo", "--recipe", str(SHORT), "--out", str(out))
    with Program(tmp_path / "said", *words) as demo:
        cell.start_plant()
        cell.start()
        by_hand(cell)
        assert demo.wait(90) == 0, demo.said
        assert left_of(demo.pid) == {}
    assert (out / "record.html").stat().st_size > 0
    assert json.loads((out / "record.json").read_text())
    assert "entries fit" in done("audit", "verify", str(out / "journal.db"))
    theirs, ours = journal(out / "journal.db"), cell.entries()
    assert "COMPLETE" in {e["data"].get("state") for e in theirs}
    assert decisions(theirs) == decisions(ours)


@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.campaign)]
)
def test_interrupted_demo_leaves_no_process_and_no_traceback(
    number: signal.Signals, tmp_path: Path
) -> None:
    words = ("demo", "--recipe", str(SHORT), "--out", str(tmp_path / "o"))
    with Program(tmp_path / "said", *words) as demo:
        demo.ready("batch watch")
        if number is signal.SIGINT:
            os.killpg(demo.pid, number)  # as a terminal does it
            code = demo.wait(30)
        else:
            code = demo.stop(number)
        assert code == 128 + number, demo.said
        assert left_of(demo.pid) == {}
        assert "Traceback" not in demo.said
        assert "ended early" in demo.said
    assert bioctl("audit", "verify", str(tmp_path / "o/journal.db")).returncode == 0


@pytest.mark.campaign
def test_demo_on_a_computer_that_slept_is_held_and_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "o"
    with Program(tmp_path / "said", "demo", "--recipe", str(SHORT), "--out", str(out)) as demo:
        demo.ready("batch watch")
        controller = int((out / "journal.db.lock").read_text().split()[0])
        os.kill(controller, signal.SIGSTOP)
        log = out / "plant" / "plant.log.jsonl"
        demo.until(lambda: "fallback:" in log.read_text(), "fallback of the plant")
        os.kill(controller, signal.SIGCONT)
        assert demo.wait(60) == 0, demo.said
    decided = journal(out / "journal.db")
    assert "HELD" in states(decided)
    restarts = [e for e in decided if e["data"].get("command") == "batch.restart"]
    assert [e["actor"]["id"] for e in restarts] == ["simulated-supervisor"]


def test_demo_never_touches_what_an_earlier_one_left(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_text("mine")
    result = bioctl("demo", "--recipe", str(SHORT), "--out", str(tmp_path))
    assert result.returncode == 1
    assert "holds files already" in result.stderr
    assert (tmp_path / "journal.db").read_text() == "mine"


def test_closed_terminal_ends_the_demo_quietly(tmp_path: Path) -> None:
    """`bioctl demo | head -1`: the reader goes away, and nothing stays behind."""
    words = [sys.executable, "-m", "bioctl", "demo", "--recipe", str(SHORT)]
    with subprocess.Popen(
        [*words, "--out", str(tmp_path / "o")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENV,
        start_new_session=True,
    ) as demo:
        assert demo.stdout
        assert demo.stderr
        demo.stdout.readline()
        demo.stdout.close()
        said = demo.stderr.read()
        demo.wait(60)
    assert "Traceback" not in said
    assert left_of(demo.pid) == {}
