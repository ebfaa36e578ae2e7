"""Yields: cells after each step that counted them, vials against what was wanted."""

from collections.abc import Sequence

from bioctl.batch.record.model import Result, Yield
from bioctl.batch.record.story import Story
from bioctl.values import Scalar

DENSITY = 1.0
"""kg/L (and g/mL) taken for every suspension; cell suspensions in medium are within 1 to 2 %."""


def yields(story: Story, found: Sequence[Result]) -> tuple[Yield, ...]:
    """Return cells after each step that counted them, and vials against what was wanted.

    Cells (1e6) = concentration (1e6/mL) x mass (kg) x 1000 g/kg / density (g/mL).
    """
    return (*_cells(found), *_vials(story, found))


def _cells(found: Sequence[Result]) -> list[Yield]:
    lines: list[Yield] = []
    first = concentration = 0.0
    for path, here in _numbers(found).items():
        concentration = here.get("cells", here.get("suspended_cells", concentration))
        mass = here.get("loop_weight", here.get("weight"))
        good, filled = here.get("vials_good"), here.get("mean_weight")
        if mass is not None and {"cells", "suspended_cells"} & here.keys():
            total = concentration * mass * 1000 / DENSITY
            how = f"{concentration:g} x 1e6/mL x {mass:g} kg x 1000 mL/kg"
            name = "cells in suspension"
        elif good is not None and filled is not None and concentration:
            total = concentration * good * filled / DENSITY
            how = f"{good:g} vials x {filled:g} g x {concentration:g} x 1e6/mL"
            name = "cells in good vials"
        else:
            continue
        first = first or total
        lines.append(Yield(name, _rounded(total), "1e6", how, path))
        if len(lines) > 1 and first:
            how = f"{total:.4g} of {first:.4g} x 1e6"
            share = round(100 * total / first, 1)
            lines.append(Yield("recovery since the first count", share, "%", how, path))
    return lines


def _numbers(found: Sequence[Result]) -> dict[str, dict[str, float]]:
    """Return the last number of each name, by phase."""
    numbers: dict[str, dict[str, float]] = {}
    for one in found:
        if (number := _float(one.value)) is not None:
            numbers.setdefault(one.path, {})[one.name] = number
    return numbers


def _rounded(value: float) -> float:
    """Return a number to four digits: a cell count has no more."""
    return float(f"{value:.4g}")


def _vials(story: Story, found: Sequence[Result]) -> list[Yield]:
    lines = []
    for path, here in _numbers(found).items():
        wanted = _float(story.control.step(path).parameters.get("vials"))
        good = here.get("vials_good")
        if wanted and good is not None:
            how = f"{good:g} good of {wanted:g} wanted"
            lines.append(Yield("vials", round(100 * good / wanted, 1), "%", how, path))
    return lines


def _float(value: Scalar | None) -> float | None:
    return float(value) if isinstance(value, int | float) else None
