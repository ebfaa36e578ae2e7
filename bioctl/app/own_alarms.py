"""bioctl's own alarms: phases in trouble, faults behind the fence, a journal that can't be written.

They pass the same automaton as those of the site file, outside the fence: a unit whose protection
fails still has its alarm.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bioctl.batch.state import CellState
from bioctl.control.alarm import scan_alarm
from bioctl.control.alarm_config import AlarmConfig
from bioctl.control.alarm_judge import Seen
from bioctl.control.alarm_state import AlarmState
from bioctl.control.event import ControlEvent
from bioctl.equipment.own_alarms import CELL, OF_CELL, OF_UNIT
from bioctl.equipment.regulate import UnitMemory
from bioctl.equipment.scan import INSTRUMENTS
from bioctl.values import Reading

Troubles = dict[tuple[str, str], dict[str, str]]
"""By unit (or `cell`) and alarm: what it is about, and what is wrong with that, in words."""

States = dict[str, AlarmState]
_WELL = Reading(value=True)


class Own(NamedTuple):
    """One own alarm: whose, its name, and where its state is kept."""

    owner: str
    name: str
    config: AlarmConfig
    states: States


def own_alarms(memory: Mapping[str, UnitMemory], cell: States) -> Iterable[Own]:
    """Return every own alarm there is."""
    for name, config in OF_CELL.items():
        yield Own(CELL, name, config, cell)
    for unit, one in memory.items():
        for name, config in OF_UNIT.items():
            yield Own(unit, name, config, one.alarms)


def scan_own(
    alarms: Iterable[Own], troubles: Troubles, now: float
) -> list[tuple[str, ControlEvent]]:
    """Follow what is in trouble; return what to journal, by unit, `cell` for the cell's own."""
    found: list[tuple[str, ControlEvent]] = []
    for owner, name, config, states in alarms:
        wrong = troubles.get((owner, name), {})
        seen = Seen(_WELL, told="; ".join(wrong.values()), about=frozenset(wrong))
        states[name], events = scan_alarm(config, states.get(name, AlarmState()), seen, now)
        found += [(owner, event) for event in events]
    return found


def troubles_of(cell: CellState, broken: Mapping[str, str], unwritten: str) -> Troubles:
    """Return what is wrong now.

    Args:
        cell: its durable state.
        broken: error by batch, unit or `unit.loop`, as the fence caught it.
        unwritten: why the journal can't be written; "" while it can.
    """
    found: Troubles = {(CELL, "journal"): {"journal": unwritten}} if unwritten else {}
    for batch in cell.batches.values():
        for path, phase in batch.phases.items():
            if phase.trouble:
                unit = batch.control.step(path).unit
                found.setdefault((unit, "phase"), {})[path] = f"{path}: {phase.trouble}"
    for name, error in broken.items():
        units, follows = _follows(cell, name)
        for unit in units:
            found.setdefault((unit, "fault"), {})[name] = f"{name}: {error}. {follows}"
    return found


def _follows(cell: CellState, name: str) -> tuple[tuple[str, ...], str]:
    """Return the units a fault is in, and what follows from it."""
    if name in cell.batches:
        units = tuple(dict.fromkeys(cell.batches[name].control.units.values()))
        return units, "Its units take their hold outputs and it is held"
    unit, dot, part = name.partition(".")
    if part == INSTRUMENTS:
        return (unit,), "Nobody doubts its instruments; its loops and protection go on"
    if dot:
        return (unit,), "This loop takes its fallback outputs"
    return (unit,), "Its connection gets no heartbeat; the plant falls back by itself"
