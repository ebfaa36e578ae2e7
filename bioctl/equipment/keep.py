"""What units keep over a restart, as one blob of JSON for a snapshot: it may be lost.

Interlocks that wait for a person, alarms nobody acknowledged, doubted instruments, dose limits
and ramps. Batch states are not in it: they come from the journal's entries alone.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from bioctl.control.alarm_state import AlarmState
from bioctl.control.memory import (
    recall_alarm,
    recall_count,
    recall_instrument,
    recall_interlock,
    recall_loop,
    recall_permissive,
    remember_alarm,
    remember_count,
    remember_instrument,
    remember_interlock,
    remember_loop,
    remember_permissive,
)
from bioctl.equipment.own_alarms import OF_CELL
from bioctl.equipment.regulate import UnitMemory
from bioctl.equipment.unit import UnitConfig

NO_ALARMS: Mapping[str, AlarmState] = MappingProxyType({})
_CELL = ""
"""Key of what the cell itself keeps; no unit has this name."""


def remember(memory: Mapping[str, UnitMemory], cell: Mapping[str, AlarmState] = NO_ALARMS) -> bytes:
    """Return what all units keep, and the states of the cell's own alarms, as JSON."""
    own = {"alarms": {name: remember_alarm(one) for name, one in cell.items()}}
    return orjson.dumps({_CELL: own} | {name: _of_unit(one) for name, one in memory.items()})


def recall_cell(blob: bytes | None) -> dict[str, AlarmState]:
    """Return the states of the cell's own alarms."""
    kept = _map(_map(_decoded(blob).get(_CELL)).get("alarms"))
    return {name: recall_alarm(_map(kept[name])) for name in OF_CELL if name in kept}


def recall(units: Mapping[str, UnitConfig], blob: bytes | None) -> dict[str, UnitMemory]:
    """Return the units' memory; what no longer fits the site, or is no such blob, is left out."""
    found = _decoded(blob)
    return {name: _to_unit(unit, _map(found.get(name))) for name, unit in units.items()}


def _of_unit(memory: UnitMemory) -> dict[str, Any]:
    return {
        "owner": memory.owner,
        "loops": {name: remember_loop(one) for name, one in memory.loops.items()},
        "interlocks": {name: remember_interlock(one) for name, one in memory.interlocks.items()},
        "alarms": {name: remember_alarm(one) for name, one in memory.alarms.items()},
        "permissives": {n: remember_permissive(one) for n, one in memory.permissives.items()},
        "counted": {name: remember_count(one) for name, one in memory.counted.items()},
        "instruments": {name: remember_instrument(one) for name, one in memory.instruments.items()},
    }


def _to_unit(unit: UnitConfig, kept: Mapping[str, Any]) -> UnitMemory:
    loops, interlocks, alarms = (_map(kept.get(key)) for key in ("loops", "interlocks", "alarms"))
    permissives, counted = (_map(kept.get(key)) for key in ("permissives", "counted"))
    instruments = _map(kept.get("instruments"))
    owner = kept.get("owner")
    return UnitMemory(
        loops={n: recall_loop(c, _map(loops[n])) for n, c in unit.loops.items() if n in loops},
        interlocks={
            n: recall_interlock(_map(interlocks[n])) for n in interlocks if n in unit.interlocks
        },
        alarms={n: recall_alarm(_map(alarms[n])) for n in alarms if n in unit.alarms},
        permissives={
            n: recall_permissive(_map(permissives[n])) for n in permissives if n in unit.permissives
        },
        counted={n: recall_count(_map(counted[n])) for n in counted if n in unit.counted},
        instruments={
            n: recall_instrument(_map(instruments[n])) for n in instruments if n in unit.instruments
        },
        owner=owner if isinstance(owner, str) else None,
    )


def _decoded(blob: bytes | None) -> Mapping[str, Any]:
    try:
        return _map(orjson.loads(blob or b"{}"))
    except orjson.JSONDecodeError:
        return {}


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
