"""One trend as an SVG picture: phases on top, pens told apart by dash and grey, gaps left open."""

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np

from bioctl.batch.record.markup import Markup, join, tag
from bioctl.batch.record.model import Curve, Floats, Picture, Span, UnitTrends
from bioctl.batch.record.text import EUS, number, words
from bioctl.historian.query import Series, reduce

WIDTH: Final = 760
HEIGHT: Final = 170
LEFT: Final = 56
RIGHT: Final = 12
TOP: Final = 24
BOTTOM: Final = 30
POINTS: Final = 3 * (WIDTH - LEFT - RIGHT)
"""Lowest, highest and missing for every unit of width."""

PENS: Final = (
    ("#2b2b2b", None),
    ("#2b2b2b", "6 3"),
    ("#6b6b6b", None),
    ("#6b6b6b", "2 2.5"),
)
"""Colour and dash; no two alike in print."""

STEPS: Final = (1, 2, 5, 10)
TIMES: Final = (30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800)
"""Distances of marks on the time axis that people can read, s."""


class Frame(NamedTuple):
    """Where a picture's values fall on paper: seconds and eu to x and y."""

    start: float
    end: float
    low: float
    high: float

    def x(self, t: float) -> float:
        """Return where a time falls, within the frame."""
        share = (min(max(t, self.start), self.end) - self.start) / max(self.end - self.start, 1.0)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        """Return where a value falls, within the frame."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def svg(unit: UnitTrends, picture: Picture, label: str) -> Markup:
    """Return the picture; `label` is what a screen reader says."""
    low, high, ticks = scale(unit, picture)
    frame = Frame(unit.start, unit.end, low, high)
    return tag(
        "svg",
        _phases(unit.phases, frame),
        _missing(picture, frame),
        _grid(frame, ticks, EUS.get(picture.eu, picture.eu)),
        _setpoint(picture, frame),
        [_curve(unit.clocks[c.clock], c, frame, at) for at, c in enumerate(picture.curves)],
        _marks(picture.marks, frame),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=label,
    )


def pen(at: int) -> Markup:
    """Return a short piece of a pen, for the legend."""
    colour, dash = PENS[at % len(PENS)]
    line = tag("line", x1=0, y1=4, x2=26, y2=4, stroke=colour, stroke_dasharray=dash, class_="pen")
    return tag("svg", line, viewBox="0 0 26 8", class_="key", aria_hidden="true")


def scale(unit: UnitTrends, picture: Picture) -> tuple[float, float, list[float]]:
    """Return lowest and highest value of the axis and its marks, for what is seen."""
    seen = [_seen(unit, curve) for curve in picture.curves]
    known = [edge for values in seen if len(values) for edge in (values.min(), values.max())]
    known += [
        one.value
        for one in picture.setpoints
        if one.value is not None and one.start < unit.end and one.end > unit.start
    ]
    low, high = (float(min(known)), float(max(known))) if known else (0.0, 1.0)
    least = max(abs(high), abs(low)) * 0.002 or 1.0
    if high - low < least:
        low, high = low - least / 2, high + least / 2
    raw = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in STEPS if factor * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-6), math.ceil(high / step - 1e-6)
    return first * step, last * step, [n * step for n in range(first, last + 1)]


def _seen(unit: UnitTrends, curve: Curve) -> Floats:
    t = unit.clocks[curve.clock]
    return curve.value[(t >= unit.start) & (t <= unit.end) & ~np.isnan(curve.value)]


def _grid(frame: Frame, ticks: Iterable[float], eu: str) -> Markup:
    floor, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    rows = [
        (
            tag("line", x1=LEFT, x2=right, y1=frame.y(v), y2=frame.y(v), class_="grid"),
            tag("text", number(round(v, 9)), x=LEFT - 6, y=frame.y(v) + 3.5, class_="tick end"),
        )
        for v in ticks
    ]
    columns = [
        (
            tag("line", x1=frame.x(t), x2=frame.x(t), y1=floor, y2=floor + 4, class_="axis"),
            tag("text", name, x=frame.x(t), y=floor + 15, class_=_anchor(frame.x(t))),
        )
        for t, name in times(frame.start, frame.end)
    ]
    unit = "h since start" if frame.end - frame.start >= 8 * 3600 else "h:mm since start"
    unit = "h:mm:ss since start" if frame.end - frame.start <= 540 else unit
    return join(
        rows,
        tag("line", x1=LEFT, x2=right, y1=floor, y2=floor, class_="axis"),
        columns,
        tag("text", eu, x=LEFT - 6, y=TOP - 10, class_="tick end"),
        tag("text", unit, x=right, y=HEIGHT - 2, class_="tick end"),
    )


def _anchor(x: float) -> str:
    return "tick end" if x > WIDTH - RIGHT - 16 else "tick mid"


def times(start: float, end: float) -> list[tuple[float, str]]:
    """Return marks of the time axis, about eight, with what is written at them."""
    step = next((s for s in TIMES if (end - start) / s <= 9), TIMES[-1])
    first = math.ceil(start / step - 1e-9)
    marks = [n * step for n in range(first, math.floor(end / step + 1e-9) + 1)]
    hours = end - start >= 8 * 3600
    return [(t, f"{t / 3600:g}" if hours else _clock(t, seconds=step < 60)) for t in marks]


def _clock(t: float, *, seconds: bool) -> str:
    whole = round(t)
    text = f"{whole // 3600}:{whole // 60 % 60:02d}"
    return f"{text}:{whole % 60:02d}" if seconds else text


def _phases(phases: Sequence[Span], frame: Frame) -> Markup:
    bands = []
    for at, phase in enumerate(phases):
        left, right = frame.x(phase.start), frame.x(phase.end)
        name = words(phase.label.rpartition("/")[2])
        shade = f"phase shade{at % 2}"
        size = {"x": left, "width": round(right - left, 1)}
        bands += [
            tag("g", tag("title", phase.label), tag("rect", y=2, height=14, class_=shade, **size)),
            tag("line", x1=left, x2=left, y1=2, y2=HEIGHT - BOTTOM, class_="begin"),
        ]
        if right - left > 5.2 * len(name) + 6:
            bands.append(tag("text", name, x=left + 4, y=12.5, class_="name"))
    return join(bands)


def _missing(picture: Picture, frame: Frame) -> Markup:
    """Return hatched stretches where no curve has a reading."""
    common = set(picture.curves[0].gaps).intersection(*(set(c.gaps) for c in picture.curves))
    wide = sorted((g for g in common if frame.x(g.end) - frame.x(g.start) >= 1), key=_start)
    height = HEIGHT - TOP - BOTTOM
    found = []
    for gap in wide:
        left, right = frame.x(gap.start), frame.x(gap.end)
        size = {"x": left, "y": TOP, "width": round(right - left, 1), "height": height}
        lines = np.arange(left + 2, right, 3)
        hatch = "".join(f"M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" for x in lines)
        found += [tag("rect", class_="gap", **size), tag("path", d=hatch, class_="hatch")]
        if right - left > 50:
            found.append(tag("text", "no data", x=left + 5, y=TOP + 12, class_="name"))
    return join(found)


def _start(span: Span) -> float:
    return span.start


def _setpoint(picture: Picture, frame: Frame) -> Markup:
    found = []
    for one in picture.setpoints:
        if one.value is None:
            continue
        line = {"x1": frame.x(one.start), "x2": frame.x(one.end)}
        for side in (-1, 1) if picture.band else ():
            edge = one.value + side * (picture.band or 0.0)
            if frame.low <= edge <= frame.high:
                found.append(tag("line", y1=frame.y(edge), y2=frame.y(edge), class_="band", **line))
        found.append(tag("line", y1=frame.y(one.value), y2=frame.y(one.value), class_="sp", **line))
    return join(found)


def _curve(t: Floats, curve: Curve, frame: Frame, at: int) -> Markup:
    here = (t >= frame.start) & (t <= frame.end)
    series = Series(t[here], curve.value[here], np.zeros(int(here.sum()), np.uint8))
    drawn = reduce(series, POINTS)
    path, begun = [], False
    for when, value in zip(drawn.t, drawn.value, strict=True):
        if not math.isnan(value):
            x, y = f"{frame.x(when):g}", f"{frame.y(value):g}"
            line = f"H{x}V{y}" if curve.whole else f"L{x} {y}"
            path.append(line if begun else f"M{x} {y}")
        begun = not math.isnan(value)
    colour, dash = PENS[at % len(PENS)]
    return tag("path", d="".join(path), stroke=colour, stroke_dasharray=dash, class_="pen")


def _marks(marks: Iterable[Span], frame: Frame) -> Markup:
    """Return alarms: a triangle where it was raised, a bar for as long as it lasted."""
    found = []
    for mark in marks:
        left, right = frame.x(mark.start), frame.x(mark.end)
        bar = {"x": left, "y": TOP - 5, "width": max(round(right - left, 1), 1), "height": 3}
        found += [
            tag("rect", class_="alarm", **bar),
            tag(
                "path",
                d=f"M{left - 5} {TOP + 8}L{left} {TOP - 2}L{left + 5} {TOP + 8}Z",
                class_="alarm",
            ),
            tag("text", mark.label, x=left + 8, y=TOP + 8, class_="name"),
        ]
    return join(found)
