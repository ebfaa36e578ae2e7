"""Read a plant file: everything is checked before anything is built."""

import re
from collections.abc import Iterable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Final

from bioctl_sim.faults.board import Order
from bioctl_sim.faults.names import Breakable, checked, find
from bioctl_sim.plantfile import quantity as q
from bioctl_sim.plantfile.document import Complaints, PlantFileError, Section, parse
from bioctl_sim.plantfile.spec import (
    UNIT_KINDS,
    VESSEL_KINDS,
    FillerSpec,
    PipeSpec,
    PlantFile,
    UnitSpec,
    VesselSpec,
    WashSpec,
)
from bioctl_sim.plantfile.vessels import vessel
from bioctl_sim.refused import Refused
from bioctl_sim.taglist import unit_tags

DEMO: Final = "demo"
_UNIT_NAME: Final = re.compile(r"[A-Z]{1,4}([1-9][0-9]{0,2})[0-9]{2}")
_PLANT_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_MAX_UNITS: Final = 32
_INTO: Final = {"vessel": ("vessel",), "wash": ("vessel",), "filler": ("wash",)}
"""Kind of unit -> kinds whose outlet may be piped into it."""


def shipped() -> list[str]:
    """Return the names of the plants that come with the program."""
    folder = files("bioctl_sim").joinpath("plants")
    return sorted(p.name[:-5] for p in folder.iterdir() if p.name.endswith(".yaml"))


def load(plant: str | Path = DEMO) -> PlantFile:
    """Return a shipped plant by name, or one from a file.

    Raises:
        PlantFileError: the file is not there or wrong; one sentence for each thing, with its line.
    """
    if str(plant) in shipped():
        source = files("bioctl_sim").joinpath(f"plants/{plant}.yaml")
        return read(source.read_text(encoding="utf-8"), f"{plant}.yaml")
    path = Path(plant)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise PlantFileError(
            f"{plant}: the plant file can't be read: {reason}. "
            f"Expected a file, or one of {', '.join(shipped())}."
        ) from error
    return read(text, str(plant))


def read(text: str, file: str) -> PlantFile:
    """Return the plant a text describes; `file` is its name in messages.

    Raises:
        PlantFileError: something is wrong; one sentence for each thing, with its line.
    """
    complaints = Complaints(file)
    top = parse(text, complaints)
    name = top.text("plant")
    if name and not _PLANT_NAME.fullmatch(name):
        top.complain("plant", "expected a name of small letters, digits, - and _")
    units = _units(top)
    pipes = _pipes(top, units)
    inlets = {pipe.target: pipe.source for pipe in pipes}
    units = tuple(
        replace(unit, inlet=inlets.get(unit.name, "")) if isinstance(unit, VesselSpec) else unit
        for unit in units
    )
    plant = PlantFile(
        name=name,
        title=top.text("title", name),
        namespace=top.text("namespace", f"http://plant.example/{name}"),
        seed=top.whole("seed", 0, 2**31 - 1, 1),
        room=top.quantity("room", q.TEMPERATURE, 4.0, 45.0, 20.0),
        units=units,
        pipes=pipes,
        faults=(*_faults(top, "faults", units), *_faults(top, "upsets", units)),
    )
    top.finish()
    complaints.settle()
    return plant


def breakable(units: Iterable[UnitSpec]) -> dict[str, Breakable]:
    """Return what can fail of each unit."""
    found = {}
    for unit in units:
        tags = unit_tags(unit.kind, unit.name, unit.series, unit.scale).tags
        sensors = {tag.point: tag.generic for tag in tags if tag.kind == "m"}
        found[unit.name] = Breakable(_group(unit), sensors)
    return found


def _group(unit: UnitSpec) -> str:
    return "vessel" if unit.kind in VESSEL_KINDS else unit.kind


def _units(top: Section) -> tuple[UnitSpec, ...]:
    units: list[UnitSpec] = []
    for section in top.sections("units", "unit"):
        unit = _unit(section, {other.series: other for other in units})
        if unit is not None:
            units.append(unit)
    if not top.has("units"):
        top.complain("units", "is missing: expected at least one unit, as in `BR101: {kind: ...}`")
    if len(units) > _MAX_UNITS:
        top.complain("units", f"{len(units)} are too many, expected {_MAX_UNITS} at most")
    return tuple(units)


def _unit(section: Section, taken: dict[int, UnitSpec]) -> UnitSpec | None:
    kind = section.text("kind")
    if kind not in UNIT_KINDS:
        if kind:
            section.choice("kind", UNIT_KINDS)
        return None
    form = _UNIT_NAME.fullmatch(section.name)
    if form is None:
        section.complain("", "expected a name as in BR101: capitals and a number of three digits")
    series = section.whole("series", 1, 999, int(form[1]) if form else 1)
    if series in taken:
        other = taken[series]
        section.complain(
            "", f"its tag numbers {series}xx are those of {other.name} in line {other.line}; "
            "expected another number, or a `series` of its own",
        )  # fmt: skip
    unit: UnitSpec
    if kind in VESSEL_KINDS:
        unit = vessel(section, kind, series)
    else:
        sort = WashSpec if kind == "wash" else FillerSpec
        unit = sort(section.name, kind, series, section.line)
    section.finish()
    return unit


def _pipes(top: Section, units: tuple[UnitSpec, ...]) -> tuple[PipeSpec, ...]:
    by_name = {unit.name: unit for unit in units}
    pipes: list[PipeSpec] = []
    for row in top.rows("pipes", "pipe"):
        source, target = row.choice("from", by_name or [""]), row.choice("to", by_name or [""])
        row.finish()
        pipe = PipeSpec(source, target, row.line)
        wrong = _wrong_pipe(pipe, by_name, pipes)
        if wrong:
            row.complain("", wrong)
        pipes.append(pipe)
    return tuple(pipes)


def _wrong_pipe(pipe: PipeSpec, by_name: dict[str, UnitSpec], others: list[PipeSpec]) -> str:
    source, target = by_name.get(pipe.source), by_name.get(pipe.target)
    if source is None or target is None:
        return ""
    if source is target:
        return f"{pipe.source} can't be piped into itself"
    if _group(source) not in _INTO[_group(target)]:
        into = " or ".join(_INTO[_group(target)])
        return f"{pipe.target} takes from a {into}, and {pipe.source} is a {source.kind}"
    for other in others:
        if pipe.source == other.source or pipe.target == other.target:
            return f"{pipe.source} to {pipe.target} meets the pipe in line {other.line}"
    before = {other.target: other.source for other in others}
    seen = pipe.source
    while seen in before:
        seen = before[seen]
    return f"{pipe.source} to {pipe.target} closes a ring" if seen == pipe.target else ""


def _faults(top: Section, key: str, units: tuple[UnitSpec, ...]) -> list[Order]:
    targets = breakable(units)
    orders = []
    for row in top.rows(key, key[:-1]):
        order = _fault(row)
        orders.append(order)
        if not order.name:
            continue
        try:
            _, fault = find(order.name, targets)
            checked(order.name, fault, order.amount)
        except Refused as refusal:
            row.complain("", str(refusal).rstrip("."), row.line_of("name"))
    return orders


def _fault(row: Section) -> Order:
    year = 365.0 * 86_400.0
    order = Order(
        name=row.text("name"),
        at=row.quantity("at", q.TIME, 0.0, year, needed=True),
        latest=row.optional("latest", q.TIME, 0.0, year),
        duration=row.optional("for", q.TIME, 1.0, year),
        amount=row.optional("amount", q.NUMBER, -1e6, 1e6),
    )
    if order.latest is not None and order.latest < order.at:
        row.complain("latest", "comes before `at`")
    row.finish()
    return order
