"""A vessel's data sheet in the site file, and loops that are tuned from it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from bioctl.control import scale as sheet
from bioctl.control.scale import Scale
from bioctl.control.schedule import Schedule
from bioctl.control.structure import Structure
from bioctl.control.tuning import Tuning
from bioctl.equipment.fields import Fields, collect, known, number, quantity, seconds
from bioctl.equipment.points import Points
from bioctl.errors import InputError
from bioctl.language.document import Node
from bioctl.tags import Tag

_TUNED = ("temperature", "pH", "dissolved_oxygen")


def read_scale(fields: Fields, measurements: Mapping[str, Tag]) -> Scale | None:
    """Return a unit's data sheet; what is wrong with it is noted."""
    node = fields.get("scale")
    if node is None:
        return None
    return collect(fields.errors, node, partial(_scale, measurements, fields.errors))


def tuned_from_scale(
    pv: str, fields: Fields, points: Points, structure: Structure
) -> tuple[Tuning, Schedule | None]:
    """Return the law of a loop that says `tuning: scale`.

    Raises:
        InputError: the unit has no data sheet, or the scheme knows no such loop.
    """
    node = fields.node.entries["tuning"]
    fields.take("tuning", known(["scale"], "tuning"))
    if points.scale is None:
        node.refuse("the unit has no `scale` to tune from.", "give it one, or gain and integral.")
    if pv not in _TUNED:
        node.refuse(f"the scheme tunes {', '.join(_TUNED)}, not {pv}.", "give gain and integral.")
    law, schedule = _scheme(pv, fields, points.scale, structure, points.period_s)
    if fields.get("dead_band") is None:
        return law, schedule
    band = fields.take("dead_band", quantity(points.readable[pv].eu))
    return replace(law, dead_band=band, inside=fields.take("inside", number, 0.0)), schedule


def _scheme(
    pv: str, fields: Fields, scale: Scale, structure: Structure, scan_s: float
) -> tuple[Tuning, Schedule | None]:
    if pv == "temperature":
        return sheet.temperature(scale, scan_s), None
    rpm = fields.take("agitation_at", number, 150.0)
    if pv == "pH":
        return sheet.acidity(scale, structure, rpm, scan_s), None
    at = fields.take("tuned_at", quantity("%"), 40.0)
    return sheet.oxygen(scale, structure, at, scan_s)


def _scale(measurements: Mapping[str, Tag], errors: list[InputError], node: Node) -> Scale:
    fields = Fields(node, errors, "scale")
    scale = Scale(
        volume=fields.take("volume", quantity("L")),
        diameter=fields.take("diameter", quantity("m")),
        impeller=fields.take("impeller", quantity("m")),
        power_number=fields.take("power_number", number, 0.0),
        sparger=fields.take("sparger", number, 1.0),
        jacket=fields.take("jacket_W_per_K", number),
        jacket_lag=fields.take("jacket_lag", seconds, 0.0),
        wall=fields.take("wall_as_liquid", quantity("L"), 0.0),
        base=fields.take("base_mol_per_L", number),
        probes=fields.take("probe_lag", partial(_table, measurements, "s")),
        noise=fields.take("probe_noise", partial(_table, measurements, "")),
    )
    fields.close()
    return scale


def _table(measurements: Mapping[str, Tag], eu: str, node: Node) -> dict[str, float]:
    """Return a number for each loop's measurement, in `eu` or in the measurement's own."""
    entries = node.as_mapping().entries
    for name in _TUNED:
        if name in measurements and name not in entries:
            node.refuse(f"{name} is missing.", f"give it for {', '.join(_TUNED)}.")
    read = known(measurements, "measurement")
    for name, key in node.as_mapping().keys.items():
        if name not in measurements:
            read(key)
    return {name: quantity(eu or measurements[name].eu)(one) for name, one in entries.items()}
