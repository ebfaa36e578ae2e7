"""The scan: read → protect → step → control, one synchronous call that decides and never acts.

    image ──► protect ──► step ──► control ──► Decisions
              interlocks   what the   loops       outputs (go at once)
              alarms       batches    that are    procedure events (go when durable)
                           decide     due         protective events (already acted)

It waits for no network and no disk and asks no clock. Whoever calls it hands in the steps, so the
scan knows nothing of batches. The fence is around each unit's protection, each batch and each loop:
what fails inside is contained and told.

    protection fails   its connection gets no heartbeat: the plant falls back by itself
    a batch fails      its units take their hold outputs, and whoever called holds the batch
    a loop fails       it takes its declared fallback; the unit's other loops go on
    instruments fail        nobody doubts them; nothing else is touched
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Generic, TypeVar

from bioctl.control.event import ControlEvent
from bioctl.equipment.alarm_seen import NOTHING_EXPECTED, Expected
from bioctl.equipment.commanded import NOTHING, UnitState
from bioctl.equipment.image import Image
from bioctl.equipment.instruments import look_at_instruments
from bioctl.equipment.protect import distrust, protect
from bioctl.equipment.regulate import UnitMemory, outputs_of, regulate
from bioctl.equipment.unit import UnitConfig
from bioctl.values import Scalar

INSTRUMENTS = "instruments"
"""What a fault in looking at a unit's instruments is called, after the unit."""

E = TypeVar("E")
Step = Callable[[], Sequence[E]]


@dataclass(slots=True)
class Decisions(Generic[E]):
    """What one scan decided.

    Attributes:
        outputs: level writes by tag.
        procedure: events by batch; they act when they are durable.
        protective: (unit, event) of interlocks, alarms and loops, which have acted already.
        broken: what failed behind the fence, by unit, batch, `unit.loop` or `unit.instruments`.
        beat: units whose protection ran; a connection beats only if all its units' did.
    """

    outputs: dict[str, Scalar] = field(default_factory=dict)
    procedure: dict[str, Sequence[E]] = field(default_factory=dict)
    protective: list[tuple[str, ControlEvent]] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    beat: set[str] = field(default_factory=set)


def scan(
    units: Mapping[str, UnitConfig],
    memory: Mapping[str, UnitMemory],
    image: Image,
    commanded: Mapping[str, UnitState],
    steps: Mapping[str, Step[E]],
    now: float,
    faulty: Collection[str] = (),
    expected: Mapping[str, Expected] = MappingProxyType({}),
    utc: float = 0.0,
) -> Decisions[E]:
    """Decide one scan at process time `now` (s).

    Args:
        units: configuration by unit.
        memory: what each unit's control remembers; changed here.
        image: reading by tag.
        commanded: what is commanded now, by unit.
        steps: of the batches that are due.
        now: process time, s.
        faulty: batches that failed before and have not been decided since.
        expected: what running phases expect, by unit.
        utc: civil time, s since 1970: calibrations have dates.
    """
    decided: Decisions[E] = Decisions()
    for name, unit in units.items():
        wanted, state = expected.get(name, NOTHING_EXPECTED), commanded.get(name, NOTHING)
        look = partial(_look, decided, unit, memory[name], image, now, utc, state.owner)
        _fenced(decided, f"{name}.{INSTRUMENTS}", look)
        part = partial(_protect, decided, unit, memory[name], image, now, wanted, state)
        if _fenced(decided, name, part):
            distrust(memory[name])
        else:
            decided.beat.add(name)
    for batch, step in steps.items():
        _fenced(decided, batch, partial(_take, decided, batch, step))
    for name, unit in units.items():
        state = commanded.get(name, NOTHING)
        _control(decided, unit, memory[name], image, state, now)
        closed = state.owner in decided.broken or state.owner in faulty
        levels = memory[name].told = outputs_of(unit, memory[name], state, closed=closed)
        decided.outputs |= tagged(unit, levels)
    return decided


def tagged(unit: UnitConfig, levels: Mapping[str, float]) -> dict[str, Scalar]:
    """Return levels by tag; an output the site no longer has is left out."""
    return {unit.outputs[one].name: level for one, level in levels.items() if one in unit.outputs}


def _take(decided: Decisions[E], batch: str, step: Step[E]) -> None:
    decided.procedure[batch] = step()


def _look(
    decided: Decisions[E],
    unit: UnitConfig,
    memory: UnitMemory,
    image: Image,
    now: float,
    utc: float,
    owner: str | None,
) -> None:
    events = look_at_instruments(unit, memory, image, now, utc, owner)
    decided.protective.extend((unit.name, event) for event in events)


def _protect(
    decided: Decisions[E],
    unit: UnitConfig,
    memory: UnitMemory,
    image: Image,
    now: float,
    expected: Expected,
    state: UnitState,
) -> None:
    events = protect(unit, memory, image, now, expected, state)
    decided.protective.extend((unit.name, event) for event in events)


def _control(
    decided: Decisions[E],
    unit: UnitConfig,
    memory: UnitMemory,
    image: Image,
    state: UnitState,
    now: float,
) -> None:
    events = regulate(unit, memory, image, state, now, partial(_fenced, decided))
    decided.protective.extend((unit.name, event) for event in events)


def _fenced(decided: Decisions[E], name: str, call: Callable[[], None]) -> str:
    """Run one part; what it raises stays its own, and is told (the only broad except there is)."""
    try:
        call()
    except Exception as error:  # noqa: BLE001  the fence: one unit's fault must not stop the others
        decided.broken[name] = f"{type(error).__name__}: {error}"
        return decided.broken[name]
    return ""
