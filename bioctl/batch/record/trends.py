"""Which tags of a unit are trended, over which time, with which setpoints."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from bioctl.batch.record.model import Curve, Floats, Picture, Span, Step, UnitTrends
from bioctl.batch.record.setpoints import legs
from bioctl.batch.record.statistics import Window, gaps, statistics
from bioctl.batch.record.story import Story
from bioctl.control.loop_config import Mode
from bioctl.equipment.unit import UnitConfig
from bioctl.historian.query import Series
from bioctl.phases.equilibrate import BANDS

History = Callable[[str, float, float], Series]
"""Reads a tag's whole resolution: name, from, to (process time of the cell, s)."""


class Chart(NamedTuple):
    """Measurements that are looked at together; they share an eu."""

    title: str
    names: tuple[str, ...]


CHARTS: Mapping[str, tuple[Chart, ...]] = {
    "packed_bed_bioreactor": (
        Chart("Temperature", ("temperature",)),
        Chart("pH", ("pH",)),
        Chart("Dissolved oxygen", ("dissolved_oxygen",)),
        Chart("Glucose and lactate", ("glucose", "lactate")),
        Chart("Capacitance (cells on the bed)", ("capacitance",)),
        Chart("Agitator speed", ("agitator_speed",)),
        Chart("Gas flows", ("air_flow", "oxygen_flow", "nitrogen_flow", "carbon_dioxide_flow")),
        Chart("Pumped in and out", ("feed_total", "permeate_total", "base_total")),
        Chart("Weight of the vessel", ("weight",)),
        Chart("Pressure in the vessel", ("pressure",)),
    ),
    "concentrate_wash": (
        Chart("Weights", ("feed_weight", "loop_weight", "waste_weight")),
        Chart("Residual of the culture medium", ("residual",)),
        Chart("Temperature", ("temperature",)),
        Chart("Pressure at the membrane", ("pressure",)),
        Chart("Cells in the loop", ("cells",)),
        Chart("Viability", ("viability",)),
    ),
    "vial_filler": (
        Chart("Vials", ("processed", "good", "rejected")),
        Chart("Weight of the bulk", ("bulk_weight",)),
        Chart("Weight of a vial", ("last_weight", "mean_weight")),
    ),
}
"""What a process engineer looks at, by unit class; other classes get every measurement, by eu."""


def trends(
    story: Story,
    steps: Sequence[Step],
    units: Mapping[str, UnitConfig],
    history: History | None,
) -> tuple[UnitTrends, ...]:
    """Return the trends of every unit that worked, over the time it worked.

    Args:
        story: of the batch.
        steps: its phases.
        units: of the site; a unit that is no longer there gets a note.
        history: reads curves; None if there is no history.
    """
    found = []
    for role, unit in story.units.items():
        phases = _phases(story, steps, unit)
        if not phases:
            continue
        window = Window(min(p.start for p in phases), max(p.end for p in phases))
        note = _note(unit, units, history)
        if note or history is None:
            found.append(UnitTrends(unit, role, *window, phases, (), (), note))
        else:
            found.append(_unit(story, role, units[unit], window, phases, history))
    return tuple(found)


def _note(unit: str, units: Mapping[str, UnitConfig], history: History | None) -> str:
    if history is None:
        return "There is no history of readings."
    return "" if unit in units else f"Unit {unit} is not in the site file any more."


def _phases(story: Story, steps: Iterable[Step], unit: str) -> tuple[Span, ...]:
    """Return when which phase worked on a unit; a transfer works on both its ends."""
    last = story.since(story.last.t)
    return tuple(
        Span(step.started.t, step.ended.t if step.ended else last, step.path)
        for step in steps
        if step.started
        and unit in (step.unit, *(p.value for p in step.parameters if p.name == "to"))
    )


def _unit(
    story: Story,
    role: str,
    unit: UnitConfig,
    window: Window,
    phases: tuple[Span, ...],
    history: History,
) -> UnitTrends:
    clocks: list[Floats] = []
    pictures = []
    for chart in charts(unit):
        read = {
            name: _read(story, history, unit.measurements[name].name, window)
            for name in chart.names
        }
        pictures.append(_picture(story, unit, chart, read, window, clocks))
    return UnitTrends(unit.name, role, *window, phases, tuple(clocks), tuple(pictures))


def charts(unit: UnitConfig) -> list[Chart]:
    """Return what is trended of a unit."""
    if unit.class_name in CHARTS:
        wanted = [
            Chart(title, tuple(name for name in names if name in unit.measurements))
            for title, names in CHARTS[unit.class_name]
        ]
        return [chart for chart in wanted if chart.names]
    by_eu: dict[str, list[str]] = {}
    for name, tag in unit.measurements.items():
        if tag.type != "string":
            by_eu.setdefault(tag.eu, []).append(name)
    return [Chart(f"Measurements in {eu or 'numbers'}", tuple(n)) for eu, n in by_eu.items()]


def _read(story: Story, history: History, tag: str, window: Window) -> Series:
    found = history(tag, window.start + story.zero, window.end + story.zero)
    return Series(np.round(found.t - story.zero, 3), found.value, found.quality)


def _picture(
    story: Story,
    unit: UnitConfig,
    chart: Chart,
    read: Mapping[str, Series],
    window: Window,
    clocks: list[Floats],
) -> Picture:
    loop = next((n for n, config in unit.loops.items() if config.pv in chart.names), None)
    steps = _setpoints(story, unit.name, loop, window) if loop else ()
    band = BANDS.get(loop) if loop and steps else None
    controlled = unit.loops[loop].pv if loop else ""
    curves = [
        Curve(
            name,
            unit.measurements[name].name,
            unit.measurements[name].eu,
            _clock(clocks, series.t),
            unit.measurements[name].type in ("int32", "bool"),
            series.value,
            statistics(series, window, *((steps, band) if name == controlled else ((), None))),
            gaps(series, window),
        )
        for name, series in read.items()
    ]
    eu, marks = curves[0].eu, _marks(story, unit.name, chart, window)
    return Picture(chart.title, eu, tuple(curves), steps, band, marks)


def _clock(clocks: list[Floats], t: Floats) -> int:
    """Return the place of these times in `clocks`; tags scanned together share them."""
    for at, known in enumerate(clocks):
        if np.array_equal(known, t):
            return at
    clocks.append(t)
    return len(clocks) - 1


def _setpoints(story: Story, unit: str, loop: str, window: Window) -> tuple[Span, ...]:
    changes = [
        entry for entry in story.of("loop.set") if entry.unit == unit and entry.data["loop"] == loop
    ]
    return tuple(
        Span(story.since(one.begin), story.since(one.end), loop, one.first)
        for leg in legs(changes, window.end + story.zero, Mode)
        for one in leg.stairs()
    )


def _marks(story: Story, unit: str, chart: Chart, window: Window) -> tuple[Span, ...]:
    """Return alarms on the tags of a chart."""
    pairs = story.stretches("alarm.raised", "alarm.cleared", lambda e: (e.unit, e.data["alarm"]))
    return tuple(
        Span(
            story.since(begin.t),
            min(story.since(end.t), window.end) if end else window.end,
            f"alarm {begin.data['alarm']}",
            begin.data.get("limit"),
        )
        for begin, end in pairs
        if begin.unit == unit and begin.data.get("tag") in chart.names
    )
