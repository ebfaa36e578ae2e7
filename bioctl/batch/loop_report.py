"""How every loop did in one batch: its curves from the history, its setpoints from the journal."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bioctl.audit.entry import Entry
from bioctl.audit.read import read_entries
from bioctl.batch.record.setpoints import legs
from bioctl.batch.record.story import Story, read_story
from bioctl.batch.record.trends import History
from bioctl.batch.record.write import EVERY_POINT
from bioctl.control.health import Curves, Floats, Health, assess, verdict
from bioctl.control.loop_config import LoopConfig, Mode
from bioctl.equipment.site import Site
from bioctl.equipment.unit import UnitConfig
from bioctl.errors import InputError
from bioctl.historian.query import Series, series
from bioctl.phases.equilibrate import BANDS

ROWS = 20_000
"""Rows a loop's curves are thinned to: the demand is found anew for each."""


@dataclass(frozen=True, slots=True)
class LoopReport:
    """One loop of one unit in one batch; `health` is None where it never controlled."""

    unit: str
    loop: str
    eu: str
    band: float
    health: Health | None
    fallbacks: int
    doubts: int
    text: str

    def plain(self) -> dict[str, Any]:
        """Return it as JSON; what is not a number is None."""
        found = asdict(self)
        if found["health"] is not None:
            found["health"] = {k: None if v != v else v for k, v in found["health"].items()}  # noqa: PLR0124
        return found


def read_reports(site: Site, batch: str) -> list[LoopReport]:
    """Return the reports of a batch from a site's journal and history.

    Raises:
        InputError: the journal has no such batch, or there is no history.
        StorageError: journal or history can't be read.
    """
    history = site.data / "history.db"
    entries = list(read_entries(site.data / "journal.db"))
    story = read_story(entries, batch)
    if not history.is_file():
        raise InputError(f"there is no history of batch {batch}.", help=f"{history} is missing.")

    def read(tag: str, start: float, end: float) -> Series:
        return series(history, tag, start, end, EVERY_POINT)

    return reports(story, site.units, read)


def reports(story: Story, units: Mapping[str, UnitConfig], history: History) -> list[LoopReport]:
    """Return the report of every loop of the batch's units."""
    found = []
    for unit in dict.fromkeys(story.units.values()):
        if unit not in units:
            continue
        for name, config in units[unit].loops.items():
            if isinstance(config, LoopConfig) and config.pv in units[unit].measurements:
                found.append(_report(story, units[unit], name, config, history))
    return found


def _report(
    story: Story, unit: UnitConfig, name: str, config: LoopConfig, history: History
) -> LoopReport:
    eu = unit.measurements[config.pv].eu
    band = BANDS.get(name, 0.01 * (config.sp_range.high - config.sp_range.low))
    mine = [one for one in story.all if one.unit == unit.name and one.data.get("loop") == name]
    health = assess(_curves(story, unit, config, mine, history, band))
    fallbacks = sum(one.kind == "loop.fallback" for one in mine)
    doubts = sum(one.kind == "loop.doubted" for one in mine)
    text = f"{name} did not control in this batch." if health is None else ""
    if health is not None:
        text = verdict(name, health, eu, band)
    if fallbacks:
        text += f" It took its fallback {fallbacks} times."
    if doubts:
        text += f" {doubts} doubts about its readings or outputs are in the journal."
    return LoopReport(unit.name, name, eu, band, health, fallbacks, doubts, text)


def _curves(
    story: Story,
    unit: UnitConfig,
    config: LoopConfig,
    entries: Iterable[Entry],
    history: History,
    band: float,
) -> Curves:
    end = story.last.t
    pv = history(unit.measurements[config.pv].name, story.zero, end)
    thin = max(1, len(pv.t) // ROWS)
    t, value = pv.t[::thin], pv.value[::thin]
    outputs = {
        name: _held(history(unit.outputs[name].name, story.zero, end), t)
        for name in config.structure.outputs
        if name in unit.outputs
    }
    structure = config.structure
    return Curves(
        t=t,
        pv=value,
        sp=_setpoint(entries, t),
        u=_demand(config, outputs, len(t)),
        low=structure.low,
        high=structure.high,
        band=band,
    )


def _held(curve: Series, t: Floats) -> Floats:
    """Return the output in force at each time."""
    if not len(curve.t):
        return np.full(len(t), np.nan)
    at = np.clip(np.searchsorted(curve.t, t, side="right") - 1, 0, len(curve.t) - 1)
    found: Floats = curve.value[at]
    return found


def _demand(config: LoopConfig, outputs: Mapping[str, Floats], rows: int) -> Floats:
    """Return the demand that explains the outputs, row by row."""
    found = np.full(rows, np.nan)
    last: tuple[tuple[float, ...], float] | None = None
    for row in range(rows):
        values = tuple(float(one[row]) for one in outputs.values())
        if last is None or values != last[0]:
            actual = dict(zip(outputs, values, strict=True))
            u = config.structure.locate(actual)
            last = values, np.nan if u is None else u
        found[row] = last[1]
    return found


def _setpoint(entries: Iterable[Entry], t: Floats) -> Floats:
    """Return the setpoint asked for at each time; NaN while the loop did not control."""
    found = np.full(len(t), np.nan)
    changes = [entry for entry in entries if entry.kind == "loop.set"]
    for leg in legs(changes, float(t[-1]) + 1.0 if len(t) else 0.0, (Mode.AUTO, Mode.CAS)):
        inside = (t >= leg.begin) & (t < leg.end)
        found[inside] = [leg.at(one) for one in t[inside]]
    return found
