"""Trends of a record: for each unit its pictures, each with a legend and its figures in a table."""

from dataclasses import replace
from typing import Final

from bioctl.batch.record.markup import Markup, join, tag
from bioctl.batch.record.model import Curve, Picture, Span, UnitTrends
from bioctl.batch.record.svg import pen, svg
from bioctl.batch.record.text import EUS, number, show, words
from bioctl.clock import duration_text

HEADS = (
    "tag",
    "lowest",
    "mean",
    "highest",
    "outside band",
    "without data",
    "covered",
    "readings",
)


CLOSER: Final = 0.1
"""An operation with a smaller share of its unit's time is drawn again by itself."""


def figures(trends: tuple[UnitTrends, ...]) -> Markup:
    """Return the section's content."""
    if not trends:
        return tag("p", "No unit has worked for this batch.", class_="none")
    return join(_unit(unit) for unit in trends)


def _unit(unit: UnitTrends) -> Markup:
    span = f"{duration_text(unit.start)} to {duration_text(unit.end)} after the start"
    note = tag("p", unit.note, class_="none") if unit.note else None
    title = tag("h3", f"{unit.unit} ", tag("span", f"{words(unit.role)}, {span}", class_="light"))
    return join(title, note, (_figure(unit, picture) for picture in unit.pictures), _closer(unit))


def _closer(unit: UnitTrends) -> Markup | None:
    """Return pictures of operations that are too short to see beside the others."""
    operations: dict[str, list[Span]] = {}
    for phase in unit.phases:
        operations.setdefault(phase.label.rpartition("/")[0], []).append(phase)
    found = []
    for name, phases in operations.items():
        start, end = phases[0].start, max(phase.end for phase in phases)
        if 0 < end - start < CLOSER * (unit.end - unit.start) and unit.pictures:
            near = replace(unit, start=start, end=end, phases=tuple(phases))
            pictures = (_small(near, picture) for picture in unit.pictures)
            title = f"Closer: {name}, {duration_text(end - start)}"
            grid = tag("div", pictures, class_="closer")
            found.append(tag("details", tag("summary", title), grid, class_="screen"))
    return join(found) if found else None


def _small(unit: UnitTrends, picture: Picture) -> Markup:
    title = tag("b", _title(picture))
    picture = replace(
        picture,
        setpoints=tuple(one for one in picture.setpoints if _seen(unit, one)),
        marks=tuple(one for one in picture.marks if _seen(unit, one)),
    )
    drawn = svg(unit, picture, f"{_title(picture)}, closer. The table above has the figures.")
    return tag("figure", tag("figcaption", title, " ", _legend(picture)), drawn)


def _seen(unit: UnitTrends, span: Span) -> bool:
    return span.start < unit.end and span.end > unit.start


def _title(picture: Picture) -> str:
    eu = EUS.get(picture.eu, picture.eu)
    return (
        f"{picture.title} in {eu}"
        if eu and eu.lower() not in picture.title.lower()
        else picture.title
    )


def _figure(unit: UnitTrends, picture: Picture) -> Markup:
    title = _title(picture)
    caption = tag("figcaption", tag("b", title), " ", _legend(picture))
    table = _table(picture)
    return tag("figure", caption, svg(unit, picture, _spoken(unit, picture, title)), table)


def _spoken(unit: UnitTrends, picture: Picture, title: str) -> str:
    told = "; ".join(
        f"{words(c.name)} from {number(c.statistics.low)} to {number(c.statistics.high)}"
        if c.statistics.low is not None and c.statistics.high is not None
        else f"{words(c.name)} without data"
        for c in picture.curves
    )
    return f"{title} of {unit.unit} over time: {told}. The table below has the figures."


def _legend(picture: Picture) -> Markup:
    pens = [
        tag("span", pen(at), words(curve.name), class_="legend")
        for at, curve in enumerate(picture.curves)
    ]
    setpoints = [one.value for one in picture.setpoints if one.value is not None]
    if setpoints:
        told = " → ".join(number(value) for value in dict.fromkeys(setpoints))
        pens.append(tag("span", tag("i", class_="key sp"), f"setpoint {told}", class_="legend"))
    if setpoints and picture.band:
        width = f"band ± {number(picture.band)}"
        pens.append(tag("span", tag("i", class_="key band"), width, class_="legend"))
    return join(pens)


def _table(picture: Picture) -> Markup:
    head = tag("tr", (tag("th", name, scope="col") for name in HEADS))
    rows = [_row(curve) for curve in picture.curves]
    return tag("table", tag("thead", head), tag("tbody", rows), class_="figures")


def _row(curve: Curve) -> Markup:
    one = curve.statistics
    tag_name = join(f"{words(curve.name)} ", tag("small", curve.tag))
    cells = (
        show(one.low, curve.eu),
        show(None if one.mean is None else float(f"{one.mean:.4g}"), curve.eu),
        show(one.high, curve.eu),
        _outside(curve),
        duration_text(one.missing),
        f"{100 * one.covered:.4g} %",
        f"{one.readings}{f', {one.uncertain} uncertain' if one.uncertain else ''}",
    )
    return tag("tr", tag("th", tag_name, scope="row"), (tag("td", cell) for cell in cells))


def _outside(curve: Curve) -> str:
    one = curve.statistics
    if one.out is None:
        return "no band"
    never = ", ".join(show(value, curve.eu) for value in one.unreached)
    return f"{duration_text(one.out)}{f'; never reached {never}' if never else ''}"
