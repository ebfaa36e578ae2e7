"""A loop's curves in one batch: measurement and outputs from the history, setpoint from entries."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from bioctl.audit.entry import Entry
from bioctl.batch.record.setpoints import legs
from bioctl.batch.record.story import Story
from bioctl.batch.record.trends import History
from bioctl.control.health import Curves, Floats
from bioctl.control.loop_config import LoopConfig, Mode
from bioctl.control.structure import Structure
from bioctl.equipment.unit import UnitConfig
from bioctl.historian.query import Series

ROWS = 20_000
"""Rows a loop's curves are thinned to: the demand is found anew for each."""


def read_curves(
    story: Story,
    unit: UnitConfig,
    config: LoopConfig,
    entries: Sequence[Entry],
    history: History,
    band: float,
) -> Curves:
    """Return a loop's time in control, thinned to ROWS.

    Args:
        story: of the batch.
        unit: of the loop.
        config: the loop.
        entries: of the journal about it, in order.
        history: reads a tag.
        band: half width that counts as in band, measurement eu.
    """
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
    orders = _orders(config, entries, t)
    return Curves(
        t=t,
        pv=value,
        sp=_setpoint(entries, t),
        u=_demand(orders, outputs, _floors(story, unit.name, structure, t)),
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


def _orders(config: LoopConfig, entries: Iterable[Entry], t: Floats) -> list[Structure]:
    """Return the structure in use at each time."""
    found = [config.structure] * len(t)
    for entry in entries:
        if entry.kind == "loop.set" and "order" in entry.data:
            order = config.orders.get(str(entry.data["order"]), config.structure)
            found[int(np.searchsorted(t, entry.t)) :] = [order] * int((t >= entry.t).sum())
    return found


def _floors(story: Story, unit: str, structure: Structure, t: Floats) -> dict[str, Floats]:
    """Return what phases asked of the shared outputs over time: the loop begins there."""
    shared = {one.output for one in structure.segments if one.shared}
    found = {name: np.zeros(len(t)) for name in shared}
    for entry in story.of("output.set"):
        name = entry.data.get("output")
        if entry.unit == unit and name in found:
            found[name][t >= entry.t] = float(entry.data["value"])
    return found


def _demand(
    orders: Sequence[Structure], outputs: Mapping[str, Floats], floors: Mapping[str, Floats]
) -> Floats:
    """Return the demand that explains the outputs, row by row."""
    found = np.full(len(orders), np.nan)
    last: tuple[Structure, tuple[float, ...], float] | None = None
    curves, names = (*outputs.values(), *floors.values()), (*outputs, *floors)
    for row, structure in enumerate(orders):
        values = tuple(float(one[row]) for one in curves)
        if last is None or (structure, values) != last[:2]:
            pairs = list(zip(names, values, strict=True))
            u = structure.locate(dict(pairs[: len(outputs)]), dict(pairs[len(outputs) :]))
            last = structure, values, np.nan if u is None else u
        found[row] = last[2]
    return found


def _setpoint(entries: Iterable[Entry], t: Floats) -> Floats:
    """Return the setpoint asked for at each time; NaN while the loop did not control."""
    found = np.full(len(t), np.nan)
    changes = [entry for entry in entries if entry.kind == "loop.set"]
    for leg in legs(changes, float(t[-1]) + 1.0 if len(t) else 0.0, (Mode.AUTO, Mode.CAS)):
        inside = (t >= leg.begin) & (t < leg.end)
        found[inside] = [leg.at(one) for one in t[inside]]
    return found
