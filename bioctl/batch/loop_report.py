"""How every loop did in one batch: its curves from the history, the rest from the journal."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bioctl.audit.read import read_entries
from bioctl.batch import loop_times
from bioctl.batch.loop_curves import read_curves
from bioctl.batch.loop_times import Held
from bioctl.batch.record.story import Story, read_story
from bioctl.batch.record.trends import History
from bioctl.batch.record.write import EVERY_POINT
from bioctl.batch.upsets import cause
from bioctl.control.health import Curves, Health, assess
from bioctl.control.loop_config import LoopConfig
from bioctl.control.verdict import Verdict, judge
from bioctl.equipment.site import Site
from bioctl.equipment.unit import UnitConfig
from bioctl.errors import InputError
from bioctl.historian.query import Series, series
from bioctl.phases.equilibrate import BANDS


@dataclass(frozen=True, slots=True)
class Upset:
    """An excursion and what the journal tells before it: s since the batch's start, min, eu."""

    at: float
    minutes: float
    peak: float
    cause: str


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples against the reading: how many, mean difference, and its trend a day (eu)."""

    number: int
    mean: float
    per_day: float


@dataclass(frozen=True, slots=True)
class LoopReport:
    """One loop of one unit in one batch.

    Attributes:
        band: half width that counts as in band, eu.
        health, verdict: None where it never controlled.
        upsets: excursions, the worst first.
        modes: hours by mode, and by the person who took it.
        fallbacks, forced, alarms, doubts: what lasted how long.
        samples: what samples say of the measurement, None without one.
        curves: what the figures were made of.
    """

    unit: str
    loop: str
    eu: str
    band: float
    health: Health | None
    verdict: Verdict | None
    upsets: tuple[Upset, ...]
    modes: Mapping[str, float]
    fallbacks: list[Held]
    forced: list[Held]
    alarms: list[Held]
    doubts: list[Held]
    samples: Samples | None
    curves: Curves

    def plain(self) -> dict[str, Any]:
        """Return it as JSON; what is not a number is None."""
        found: dict[str, Any] = {
            name: getattr(self, name) for name in ("unit", "loop", "eu", "band", "modes")
        }
        found["health"] = None if self.health is None else _numbers(asdict(self.health))
        found["verdict"] = None if self.verdict is None else asdict(self.verdict)
        found["upsets"] = [asdict(one) for one in self.upsets]
        for name in ("fallbacks", "forced", "alarms", "doubts"):
            found[name] = loop_times.plain(getattr(self, name))
        found["samples"] = None if self.samples is None else _numbers(asdict(self.samples))
        return found


def _numbers(value: Any) -> Any:  # noqa: ANN401  any plain value
    if isinstance(value, dict):
        return {name: _numbers(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_numbers(one) for one in value]
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124


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
    curves = read_curves(story, unit, config, mine, history, band)
    health = assess(curves)
    return LoopReport(
        unit=unit.name,
        loop=name,
        eu=eu,
        band=band,
        health=health,
        verdict=None if health is None else judge(health),
        upsets=_upsets(story, unit.name, name, health, curves),
        modes=loop_times.modes(story, mine),
        fallbacks=loop_times.fallbacks(story, name, unit.name),
        forced=loop_times.forced(story, unit, config.structure.outputs),
        alarms=loop_times.alarms(story, unit, config.pv),
        doubts=loop_times.doubts(story, unit.name, name, config.pv),
        samples=_samples(story, unit.name, config.pv),
        curves=curves,
    )


def _upsets(
    story: Story, unit: str, loop: str, health: Health | None, curves: Curves
) -> tuple[Upset, ...]:
    if health is None:
        return ()
    zero, entries = float(curves.t[0]), story.all
    return tuple(
        Upset(
            story.since(zero + one.at),
            one.minutes,
            one.peak,
            cause(entries, story.control, unit, loop, zero + one.at, zero + one.peak_at),
        )
        for one in health.excursions
    )


def _samples(story: Story, unit: str, measurement: str) -> Samples | None:
    mine = [
        entry
        for entry in story.of("instrument.compared")
        if entry.unit == unit and entry.data.get("measurement") == measurement
    ]
    if not mine:
        return None
    days = np.array([entry.t for entry in mine]) / 86400.0
    differences = np.array([float(entry.data["difference"]) for entry in mine])
    trend = float(np.polyfit(days, differences, 1)[0]) if np.ptp(days) > 0 else np.nan
    return Samples(len(mine), float(differences.mean()), trend)
