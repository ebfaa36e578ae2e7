"""What two witnesses say of a run: the plant's own log, and the journal."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from .cell import BATCH, Cell, Entry

FEEDS = {
    "BR101": ("base_pump", "feed_pump", "permeate_pump", "harvest_pump"),
    "CW201": ("feed_pump", "permeate_pump", "buffer_pump", "product_pump"),
}
"""Outputs that move liquid, by unit; 0 in a held batch, all but the pH loop's base."""

PUMPS = {f"{unit}.PC{number}{n}" for unit, number in (("BR101", 10), ("CW201", 20)) for n in "1234"}
BASE = "BR101.PC101"
"""Moved by the pH loop, which is life support."""

DECIDES = {
    "batch.created",
    "batch.state",
    "phase.state",
    "phase.step",
    "call.intent",
    "call.outcome",
    "prompt.opened",
    "prompt.answered",
    "signature",
    "result",
    "output.set",
    "loop.set",
    "batch.sealed",
}
SAYS = ("state", "step", "command", "args", "text", "answer", "meaning", "value", "tag", "loop")


def decisions(entries: Iterable[Entry]) -> list[tuple[Any, ...]]:
    """Return what was decided for a batch, in order, without people, times and measured values."""
    return [
        (e["kind"], e.get("path"), e.get("unit"), *_said(e))
        for e in entries
        if e["kind"] in DECIDES
    ]


def _said(entry: Entry) -> list[str]:
    words = ("name",) if entry["kind"] == "result" else SAYS
    return [str(entry["data"].get(word)) for word in words]


def states(entries: Iterable[Entry]) -> list[str]:
    """Return the states the batch went through."""
    return [e["data"]["state"] for e in entries if e["kind"] == "batch.state"]


def executed(log: Iterable[Entry]) -> list[Entry]:
    """Return every one-shot action that reached the plant."""
    return [line for line in log if line.get("call") == "Execute"]


def check_once(log: Sequence[Entry]) -> None:
    """No one-shot action came twice, and none was begun after its deadline."""
    calls = executed(log)
    assert calls
    twice = [name for name, times in Counter(line["id"] for line in calls).items() if times > 1]
    assert not twice, f"came twice: {twice}"


def pumped(log: Iterable[Entry]) -> dict[str, float]:
    """Return every pump that was told to move recipe liquid, with the last such value."""
    return {
        name: value
        for line in log
        if line["what"] == "write"
        for name, value in line["values"].items()
        if name in PUMPS and name != BASE and value
    }


def feeds(cell: Cell) -> set[Any]:
    """Return what the plant shows for all its feeds, None for what is not GOOD."""
    units = cell.view()["units"]
    shown = [
        units[unit]["readings"][pump]
        for unit, pumps in FEEDS.items()
        for pump in pumps
        if (unit, pump) != ("BR101", "base_pump")
    ]
    return {one["value"] if one["quality"] == "GOOD" else None for one in shown}


def check_loops(cell: Cell) -> None:
    """Loops that were on are on: life support is never held."""
    view = cell.view()
    asked = {
        (e["unit"], e["data"]["loop"]): e["data"]["mode"]
        for e in cell.entries()
        if e["kind"] == "loop.set"
    }
    for (unit, loop), mode in asked.items():
        assert view["units"][unit]["loops"][loop]["mode"] == mode, (unit, loop)


def check_doses(cell: Cell, slack_kg: float) -> None:
    """Every dose was delivered as asked: by its phase's own count, and by the scales.

    Only a hold of the detachment quenches at once: less enzyme then, and never more.
    """
    mine = [e for e in cell.entries() if e.get("batch") == BATCH]
    found: dict[tuple[str, str], Any] = {
        (e["path"].rpartition("/")[2], e["data"]["name"]): e["data"]["value"]
        for e in mine
        if e["kind"] == "result"
    }
    created = next(e for e in mine if e["kind"] == "batch.created")["data"]["control_recipe"]
    volume = {
        step["path"].rpartition("/")[2]: step["parameters"].get("volume")
        for step in created["steps"]
    }
    for name in ("fill_medium", "feed"):
        assert abs(found[name, "delivered"] - volume[name]) <= 0.5, name
    assert abs(found["add_cryo_medium", "cryo_medium"] - 60.0) <= 0.5
    evidence = next(e for e in mine if e["kind"] == "prompt.opened" and e["data"]["evidence"])
    before = evidence["data"]["evidence"]["weight"] - found["drain_medium", "drained"]
    dosed = found["detach", "weight"] - before
    counted = {
        name: mL
        for e in mine
        if e["kind"] == "phase.step" and "/detach" in e["path"]
        for name, mL in e["data"]["memory"].items()
    }
    enzyme, quench = counted["enzyme_mL"], counted["quench_mL"]
    assert abs(quench - 100.0) <= 0.5
    assert enzyme <= 300.5
    assert abs(dosed - (enzyme + quench) / 1000) < slack_kg, f"{dosed:.3f} kg by the scales"
    charged = evidence["data"]["evidence"]["weight"] * 1000 - volume["fill_medium"]
    assert abs(charged - 100.0) < 60.0, f"{charged:.0f} g more than the medium charged"
    assert found["fill", "vials_good"] == 2
