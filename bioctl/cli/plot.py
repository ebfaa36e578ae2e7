"""Curves as one SVG picture: a tuning test, its model and what each rule would do."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from bioctl.errors import StorageError

if TYPE_CHECKING:
    from bioctl.batch.loop_report import LoopReport
    from bioctl.control.identify import Fit
    from bioctl.control.process import Floats

    Curve = tuple[str, Floats, Floats]
    Panel = tuple[str, Sequence[Curve]]

WIDTH: Final = 760
HEIGHT: Final = 240
LEFT: Final = 60
LETTER: Final = 6.2
"""Width of a letter of the key, about."""
DASHES: Final = ("", "6 3", "2 2.5", "10 3 2 3", "1 4", "14 4")
"""Rules are told apart in print as well."""


def draw(
    file: Path,
    found: "Fit",
    moved: "Floats",
    responses: "Mapping[str, tuple[Floats, Floats, Floats]]",
    eu: str,
) -> None:
    """Write the picture of a fit.

    Args:
        file: where to.
        found: the fit.
        moved: u in force at its times.
        responses: by rule, (seconds, measurement, u) over the same time.
        eu: of the measurement.

    Raises:
        StorageError: the file can't be written.
    """
    test = [("seen", found.t, found.seen), ("model", found.t, found.model)]
    write(
        file,
        [
            (f"Tuning test: measurement, {eu}", test),
            ("Tuning test: u in force", [("u", found.t, moved)]),
            (
                f"By each rule: a setpoint step of 1 {eu}, then a load step of 1 u",
                [(name, t, y) for name, (t, y, _) in responses.items()],
            ),
            ("What u does then", [(name, t, u) for name, (t, _, u) in responses.items()]),
        ],
    )


def draw_loops(file: Path, reports: "Sequence[LoopReport]") -> None:
    """Write the picture of a batch's loops: measurement on setpoint, and the demand below.

    Raises:
        StorageError: the file can't be written.
    """
    panels: list[Panel] = []
    for one in reports:
        c = one.curves
        known = np.isfinite(c.sp) & np.isfinite(c.pv)
        if not known.any():
            continue
        t = c.t - c.t[0]
        name, moved = f"{one.unit}.{one.loop}", np.where(known, c.u, np.nan)
        shown = [("measured", t, np.where(known, c.pv, np.nan)), ("setpoint", t, c.sp)]
        panels.append((f"{name}: measurement, {one.eu}".rstrip(", "), shown))
        if np.isfinite(moved).any():  # an outer loop of a cascade moves no output of its own
            panels.append((f"{name}: demand u", [("u", t, moved)]))
    write(file, panels)


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


def _panel(title: str, curves: "Sequence[Curve]", top: int) -> list[str]:
    low = min(float(np.nanmin(y)) for _, _, y in curves)
    high = max(float(np.nanmax(y)) for _, _, y in curves)
    spare = 0.05 * (high - low or 1.0)
    low, high = low - spare, high + spare
    end = max(float(t[-1]) for _, t, _ in curves) or 1.0
    floor, roof, right = top + HEIGHT - 20, top + 36, WIDTH - 12

    def x(t: float) -> float:
        return LEFT + t / end * (right - LEFT)

    def y(value: float) -> float:
        return floor - (min(max(value, low), high) - low) / (high - low) * (floor - roof)

    rows = [f'<text x="{LEFT}" y="{top + 14}" font-weight="bold">{title}</text>']
    rows += [
        f'<line x1="{LEFT}" x2="{right}" y1="{y(value):.1f}" y2="{y(value):.1f}" '
        f'stroke="#ddd"/><text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">'
        f"{value:.6g}</text>"
        for value in _ticks(low, high)
    ]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        anchor = "end" if share == 1.0 else "middle"
        rows.append(
            f'<text x="{x(share * end):.1f}" y="{floor + 14}" text-anchor="{anchor}">'
            f"{_time(share * end, end)}</text>"
        )
    key = float(LEFT)
    for at, (name, t, values) in enumerate(curves):
        thin = max(1, len(t) // 700)
        parts = _parts(t[::thin], values[::thin])
        dash = DASHES[at % len(DASHES)]
        line = f'fill="none" stroke="{_colour(at)}" stroke-width="1.3" stroke-dasharray="{dash}"'
        rows += [
            *(
                f'<polyline points="{" ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in part)}" {line}/>'
                for part in parts
            ),
            f'<line x1="{key:.0f}" x2="{key + 24:.0f}" y1="{top + 26}" y2="{top + 26}" {line}/>',
            f'<text x="{key + 28:.0f}" y="{top + 30}">{name}</text>',
        ]
        key += 44.0 + LETTER * len(name)
    return rows


def _parts(t: "Floats", values: "Floats") -> list[list[tuple[float, float]]]:
    """Return the stretches in which values are known, and follow one another."""
    known = np.isfinite(values)
    t, values = t[known], values[known]
    if not len(t):
        return []
    steps = np.diff(t, prepend=t[0])
    usual = float(np.median(steps[1:])) if len(t) > 1 else 0.0
    rows = np.split(np.arange(len(t)), np.flatnonzero(steps > 20.0 * usual))
    return [[(float(t[at]), float(values[at])) for at in part] for part in rows]


def _ticks(low: float, high: float) -> list[float]:
    """Return round values between both, three to six of them."""
    rough = (high - low) / 5.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in (1.0, 2.0, 5.0, 10.0) if one * power >= rough)
    first = math.ceil(low / step)
    return [round(at * step, 10) for at in range(first, math.floor(high / step) + 1)]


def _time(seconds: float, end: float) -> str:
    return f"{seconds / 3600:.1f} h" if end > 6 * 3600 else f"{seconds / 60:.0f} min"


def _colour(at: int) -> str:
    return ("#1a1a1a", "#b04a00", "#00609a", "#2f7d32", "#7a3e9d", "#666666")[at % 6]
