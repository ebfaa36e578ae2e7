"""What keeps phases of a unit from starting or running now: permissives and acting interlocks."""

from collections.abc import Iterator
from typing import NamedTuple

from bioctl.control.interlock_config import InterlockState
from bioctl.control.permissive import PermissiveState
from bioctl.equipment.regulate import UnitMemory
from bioctl.equipment.unit import UnitConfig


class Block(NamedTuple):
    """One reason why phases may not start.

    Attributes:
        name: `UNIT.NAME` of the permissive or interlock.
        phases: which may not start.
        sources: of a phase with a parameter `source`, only these; empty: all.
        text: in words what is missing, or what has tripped.
        holds: whether it also holds phases that run.
    """

    name: str
    phases: tuple[str, ...]
    sources: tuple[str, ...]
    text: str
    holds: bool


def blocks_of(unit: UnitConfig, memory: UnitMemory) -> Iterator[Block]:
    """Yield what blocks phases of a unit, after its protection was scanned."""
    for name, permissive in unit.permissives.items():
        state = memory.permissives.get(name, PermissiveState())
        if not state.given:
            text = f"permissive {unit.name}.{name} is missing: {state.missing}"
            yield Block(
                f"{unit.name}.{name}", permissive.before, permissive.sources, text, holds=False
            )
    for name, lock in unit.interlocks.items():
        tripped = memory.interlocks.get(name, InterlockState())
        if lock.holds and tripped.acts:
            text = f"interlock {unit.name}.{name} has tripped: {tripped.cause}"
            yield Block(f"{unit.name}.{name}", lock.holds, (), text, holds=True)
