"""What dose limits and totalisers count, begun anew when a person has looked."""

from collections.abc import Iterable

from bioctl.control.loop_state import release_dose
from bioctl.control.totaliser import release
from bioctl.equipment.regulate import UnitMemory


def count_anew(memory: UnitMemory, names: Iterable[str]) -> None:
    """Count what these loops and totalisers use from 0 again; a loop's dose lock is released."""
    for name in names:
        if name in memory.loops:
            memory.loops[name] = release_dose(memory.loops[name])
        if name in memory.counted:
            memory.counted[name] = release(memory.counted[name])
