"""Pictures of curves: round ticks, and nothing cut off."""

import re
from pathlib import Path

import numpy as np
import pytest

from bioctl.cli.plot import write


def drawn(file: Path, *values: float) -> tuple[list[str], list[float]]:
    """Return the texts of a picture and the heights of its only curve."""
    seconds = np.arange(len(values)) * 600.0
    write(file, [("pressure in mbar", [("seen", seconds, np.array(values))])])
    text = file.read_text("utf-8")
    found = re.search(r'<polyline points="([^"]*)"', text)
    assert found is not None
    heights = [float(point.partition(",")[2]) for point in found[1].split()]
    return re.findall(r">([^<>]+)</text>", text), heights


def test_a_curve_over_hundreds_of_eu_is_drawn_to_its_top(tmp_path: Path) -> None:
    words, heights = drawn(tmp_path / "a.svg", 80.0, 180.0, 280.0, 400.0)
    assert heights == sorted(heights, reverse=True), "up is less in SVG"
    assert len(set(heights)) == len(heights)
    assert {"100", "200", "300", "400", "0 min", "30 min"} <= set(words)


@pytest.mark.parametrize("value", [0.0, 37.0, -3.0])
def test_a_curve_that_does_not_move_is_drawn(tmp_path: Path, value: float) -> None:
    _, heights = drawn(tmp_path / "a.svg", value, value)
    assert heights[0] == heights[1]
