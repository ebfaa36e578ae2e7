"""Which upset lies behind an excursion of a loop: what the journal tells of its unit before it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from bioctl.audit.entry import Entry
from bioctl.audit.sentence import sentence
from bioctl.batch.control_recipe import ControlRecipe

BEFORE_S: Final = 1800.0
"""How long before an excursion begins its cause is looked for, s."""

FLOWS: Final = ("feed_pump", "permeate_pump", "harvest_pump", "drain_valve", "harvest_valve")
"""Outputs whose move is an upset for temperature, pH and oxygen."""


def cause(
    entries: Iterable[Entry],
    control: ControlRecipe,
    unit: str,
    loop: str,
    begin: float,
    peak: float,
) -> str:
    """Return in words what most likely upset a loop; "" where the journal tells of nothing.

    The strongest kind of entry wins, and of these the last before the peak.

    Args:
        entries: of the batch, in order.
        control: its control recipe, for the phases.
        unit: whose excursion it is.
        loop: of the unit.
        begin: of the excursion, process time, s.
        peak: its worst moment, process time, s.
    """
    best: tuple[int, Entry] | None = None
    for entry in entries:
        if not begin - BEFORE_S <= entry.t <= peak:
            continue
        rank = _rank(entry, control, unit, loop)
        if rank and (best is None or rank >= best[0]):
            best = rank, entry
    return "" if best is None else _words(best[1])


def _rank(entry: Entry, control: ControlRecipe, unit: str, loop: str) -> int:
    """Return how strongly an entry explains an excursion; 0 for not at all."""
    if entry.unit not in (None, unit):
        return 0
    look = _RANKS.get(entry.kind)
    return look(entry.data, loop) if look else _phase(entry, control, unit)


def _phase(entry: Entry, control: ControlRecipe, unit: str) -> int:
    """Rank the start of a phase that moves liquid."""
    if entry.kind != "phase.state" or entry.data.get("state") != "RUNNING" or entry.unit != unit:
        return 0
    return 6 if control.step(str(entry.path)).phase in _MOVES else 2


_MOVES: Final = frozenset({"charge", "drain", "transfer", "detach", "leak_test", "inoculate"})

Data = Mapping[str, Any]
_RANKS: Final[Mapping[str, Callable[[Data, str], int]]] = {
    "loop.fallback": lambda data, loop: 9 if data.get("loop") == loop else 0,
    "interlock.tripped": lambda _data, _loop: 8,
    "link.down": lambda _data, _loop: 8,
    "plant.local": lambda _data, _loop: 8,
    "loop.tested": lambda data, loop: 7 if data.get("loop") == loop else 0,
    "loop.set": lambda data, loop: 7 if data.get("loop") == loop else 0,
    "loop.doubted": lambda data, loop: 6 if data.get("loop") == loop else 0,
    "call.intent": lambda data, _loop: 6 if data.get("command") == "DOSE" else 0,
    "output.set": lambda data, _loop: 4 if data.get("output") in FLOWS else 0,
}


def _words(entry: Entry) -> str:
    data = entry.data
    match entry.kind:
        case "call.intent":
            args = data.get("args", {})
            return f"dose of {args.get('volume', 0):g} mL {args.get('source')} ({entry.path})"
        case "phase.state":
            return f"phase {entry.path} began"
        case "output.set":
            return f"{data.get('output')} went to {data.get('value'):g} {data.get('eu')}".rstrip()
        case "loop.set" if data.get("sp") is not None:
            return f"setpoint {data['sp']:g}, mode {data.get('mode')}"
        case "loop.tested":
            return f"the {data.get('method')} test"
    return sentence(entry).rstrip(".")
