"""Overrides: several loops write one output, and the lowest or highest wins."""

from collections.abc import Mapping

from bioctl.control.loop_config import AnyLoop, LoopConfig, Take
from bioctl.control.source import served


def won(loops: Mapping[str, AnyLoop], wrote: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return every output of the unit's loops; setpoints of inner loops are left out."""
    found: dict[str, float] = {}
    for loop, outputs in wrote.items():
        config = loops.get(loop)
        takes = config.override if isinstance(config, LoopConfig) else {}
        inner = served(loops, loop)
        for name, value in outputs.items():
            if name in inner:
                continue
            if name in found and name in takes:
                pick = min if takes[name] is Take.LOWEST else max
                value = pick(value, found[name])  # noqa: PLW2901
            found[name] = value
    return found
