"""Tuning as a person does it: tests under guard, fit, applied, judged; over OPC UA, by commands.

One batch for all: the temperature loop of a little medium, tuned in the site file for a full
vessel. Its probe drops out after 10 h.
"""

import json
from typing import Any

import pytest

from .cell import BATCH, SHORT, Cell, Entry
from .programs import bioctl, done

CULTURE = SHORT.with_name("culture.yaml")
LOOP = "BR101.temperature"
SLOPE = 0.00076
"""degC/s per degC of the jacket with 800 mL, from a step on the plant without noise."""
DROPOUT = "BR101.TT101.dropout@10h/30s"


@pytest.fixture
def culture(cell: Cell) -> Cell:
    """Return a cell whose culture is at its setpoint."""
    cell.start_plant(faults=(DROPOUT,))
    cell.start()
    cell.begin(CULTURE)
    cell.until(lambda: settled(cell), "temperature at its setpoint")
    return cell


def loop(cell: Cell) -> dict[str, Any]:
    found: dict[str, Any] = cell.view()["units"]["BR101"]["loops"]["temperature"]
    return found


def settled(cell: Cell) -> bool:
    """Whether the loop has been in its band for a while: its demand rests."""
    now = loop(cell)
    return now["mode"] == "AUTO" and abs(now["pv"] - 24.0) < 0.05 and abs(now["parts"]["p"]) < 0.3


def tune(cell: Cell, *words: str, reason: str) -> str:
    """Let the supervisor type `bioctl loop tune`."""
    about = ["--user", "siri", "--password-file", str(cell.folder / "secrets/siri")]
    return done("loop", "tune", LOOP, *words, "--reason", reason, *about, "--site", str(cell.site))


def ended(cell: Cell, number: int) -> Entry:
    """Wait for the end of the n-th tuning test."""

    def found() -> Entry | None:
        tests = [e for e in cell.entries() if e["kind"] == "loop.tested"]
        return tests[number - 1] if len(tests) >= number else None

    entry: Entry = cell.until(found, f"end of test {number}")
    return entry


def test_a_loop_is_tuned_on_a_running_batch_and_all_of_it_is_in_the_journal(
    culture: Cell,
) -> None:
    cell, site = culture, ("--site", str(culture.site))
    tune(
        cell, "--test", "step", "--amplitude", "2", "--guard", "2", "--longest", "90000",
        "--settle", "86000", reason="while the probe drops out",
    )  # fmt: skip
    blind = ended(cell, 1)["data"]
    assert blind["outcome"] == "aborted"
    assert "not Good" in blind["reason"]
    cell.until(lambda: settled(cell), "temperature at its setpoint again")

    tune(
        cell, "--test", "relay", "--amplitude", "6", "--guard", "0.06", "--longest", "7200",
        "--hysteresis", "0.03", reason="too narrow a guard",
    )  # fmt: skip
    first = ended(cell, 2)["data"]
    assert first["outcome"] == "aborted"
    assert "left the guard" in first["reason"]
    assert "was aborted" in bioctl("loop", "fit", LOOP, *site).stderr
    assert loop(cell)["mode"] == "AUTO"
    cell.until(lambda: settled(cell), "temperature at its setpoint again")

    tune(
        cell, "--test", "relay", "--amplitude", "2", "--guard", "0.6", "--longest", "7200",
        "--hysteresis", "0.03", reason="little medium",
    )  # fmt: skip
    second = ended(cell, 3)["data"]
    assert (second["outcome"], second["by"]) == ("done", "siri"), second["reason"]
    told = done("loop", "fit", LOOP, *site, "--plot", str(cell.folder / "fit.svg"))
    assert "asked for by siri" in told
    found = json.loads(done("loop", "fit", LOOP, *site, "--json"))
    best = found["rules"][found["recommended"]]
    assert 1.0 < best["ms"] <= 1.8
    assert found["process"]["slope"] == pytest.approx(SLOPE, rel=0.6)
    assert found["process"]["unsure"]["slope"] < 0.4

    words = ("--gain", f"{best['gain']:.4g}", "--integral", f"{best['integral_s']:.4g}")
    assert "tuning changed" in tune(cell, *words, reason="SIMC after the relay test")
    before = loop(cell)["u"]
    cell.until(lambda: loop(cell)["tuning"]["gain"] == float(words[1]), "the new gain in force")
    assert abs(loop(cell)["u"] - before) < 1.5, "nothing jumps"
    assert "in force" in done("loop", "fit", LOOP, *site)

    report = done("loop", "report", BATCH, *site)
    assert LOOP in report
    check_journal(cell)


def check_journal(cell: Cell) -> None:
    """Every command of the supervisor is there with her name, and the change with the old law."""
    entries = cell.entries()
    given = [
        e for e in entries
        if e["kind"] == "command.intent" and e["data"]["command"] == "loop.tune"
    ]  # fmt: skip
    assert {e["actor"]["id"] for e in given} == {"siri"}
    assert [e["data"]["reason"] for e in given] == [
        "while the probe drops out", "too narrow a guard", "little medium",
        "SIMC after the relay test",
    ]  # fmt: skip
    (changed,) = [e for e in entries if e["kind"] == "loop.set" and "tuning" in e["data"]]
    assert changed["actor"]["id"] == "siri"
    assert changed["data"]["old_tuning"] == {"gain": 7.0, "integral": 840.0}
    assert {e["batch"] for e in given} == {BATCH}
