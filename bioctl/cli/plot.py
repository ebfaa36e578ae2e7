"""Curves as one SVG picture: a tuning test, its model and what each rule would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from bioctl.batch.record.svg import ticks, times
from bioctl.errors import StorageError

if TYPE_CHECKING:
    from bioctl.control.identify import Fit
    from bioctl.control.process import Floats

    Curve = tuple[str, Floats, Floats]
    Panel = tuple[str, Sequence[Curve]]

WIDTH: Final = 760
HEIGHT: Final = 240
LEFT: Final = 60
RIGHT: Final = WIDTH - 12
FAR: Final = 50.0
"""Where the response of a rule that is unstable leaves the picture; its setpoint step is 1."""
DASHES: Final = ("", "6 3", "2 2.5", "10 3 2 3", "1 4", "14 4")
"""Rules are told apart in print as well."""


def draw(
    file: Path, found: "Fit", responses: "Mapping[str, tuple[Floats, Floats, Floats]]"
) -> None:
    """Write the picture of a fit.

    Raises:
        StorageError: the file can't be written.
    """
    test = [("seen", found.t, found.seen), ("model", found.t, found.model)]
    longest = min(float(t[-1]) for t, _, _ in responses.values())
    rules = [
        (name, t[t <= longest], np.clip(y[t <= longest], -FAR, FAR))
        for name, (t, y, _) in responses.items()
    ]
    write(
        file,
        [
            ("Tuning test: seen and model", test),
            ("A setpoint step of 1, then a load step, by each rule", rules),
        ],
    )


def write(file: Path, panels: "Sequence[Panel]") -> None:
    """Write curves over seconds, panel below panel.

    Raises:
        StorageError: the file can't be written.
    """
    rows = [
        row
        for at, (title, curves) in enumerate(panels)
        for row in _panel(title, curves, at * (HEIGHT + 30))
    ]
    size = f'viewBox="0 0 {WIDTH} {len(panels) * (HEIGHT + 30)}"'
    style = 'font-family="sans-serif" font-size="11" fill="#2b2b2b"'
    text = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>' + "\n".join(rows) + "</svg>\n"
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise StorageError(f"{file} can't be written: {error.strerror}.") from None


@dataclass(frozen=True, slots=True)
class _Axes:
    """Where seconds and values are in one panel."""

    top: int
    end: float
    ticks: list[float]

    @property
    def floor(self) -> int:
        return self.top + HEIGHT - 20

    def x(self, t: float) -> float:
        return LEFT + t / self.end * (RIGHT - LEFT)

    def y(self, value: float) -> float:
        low, high, roof = self.ticks[0], self.ticks[-1], self.top + 36
        return self.floor - (value - low) / (high - low) * (self.floor - roof)


def _panel(title: str, curves: "Sequence[Curve]", top: int) -> list[str]:
    low = min(float(np.nanmin(y)) for _, _, y in curves)
    high = max(float(np.nanmax(y)) for _, _, y in curves)
    end = max(float(t[-1]) for _, t, _ in curves) or 1.0
    axes = _Axes(top, end, ticks(low, high if high > low else low + 1.0))
    rows = [f'<text x="{LEFT}" y="{top + 14}" font-weight="bold">{title}</text>', *_grid(axes)]
    for at, curve in enumerate(curves):
        rows += _curve(axes, at, curve)
    return rows


def _grid(axes: _Axes) -> list[str]:
    rows = [
        f'<line x1="{LEFT}" x2="{RIGHT}" y1="{axes.y(value):.1f}" y2="{axes.y(value):.1f}" '
        f'stroke="#ddd"/><text x="{LEFT - 6}" y="{axes.y(value) + 4:.1f}" text-anchor="end">'
        f"{value:.6g}</text>"
        for value in axes.ticks
    ]
    for second, _ in times(0.0, axes.end * 1.001):
        x = axes.x(second)
        anchor = "end" if x > RIGHT - 20 else "middle"
        rows.append(
            f'<text x="{x:.1f}" y="{axes.floor + 14}" text-anchor="{anchor}">'
            f"{_time(second, axes.end)}</text>"
        )
    return rows


def _curve(axes: _Axes, at: int, curve: "Curve") -> list[str]:
    name, t, values = curve
    thin = max(1, len(t) // 700)
    points = " ".join(
        f"{axes.x(float(a)):.1f},{axes.y(float(b)):.1f}"
        for a, b in zip(t[::thin], values[::thin], strict=True)
        if np.isfinite(b)
    )
    dash = DASHES[at % len(DASHES)]
    line = f'fill="none" stroke="{_colour(at)}" stroke-width="1.3" stroke-dasharray="{dash}"'
    key, top = LEFT + at * 115, axes.top
    return [
        f'<polyline points="{points}" {line}/>',
        f'<line x1="{key}" x2="{key + 24}" y1="{top + 26}" y2="{top + 26}" {line}/>',
        f'<text x="{key + 28}" y="{top + 30}">{name}</text>',
    ]


def _time(seconds: float, end: float) -> str:
    if end > 6 * 3600:
        return f"{seconds / 3600:g} h"
    return f"{seconds / 60:g} min" if end > 600 else f"{seconds:g} s"


def _colour(at: int) -> str:
    return ("#1a1a1a", "#b04a00", "#00609a", "#2f7d32", "#7a3e9d", "#666666")[at % 6]
