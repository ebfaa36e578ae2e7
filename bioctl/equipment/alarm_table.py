"""The master alarm database of a site (ISA-18.2): every alarm in words, and where it comes from."""

import hashlib
from collections.abc import Iterable

import orjson

from bioctl.control.alarm_config import AlarmConfig, AlarmKind
from bioctl.equipment.own_alarms import CELL, OF_CELL, OF_UNIT
from bioctl.equipment.site import Site
from bioctl.equipment.tables import origin_text
from bioctl.equipment.unit import UnitConfig

COLUMNS = (
    "unit",
    "alarm",
    "priority",
    "severity",
    "respond_min",
    "measurement",
    "kind",
    "when",
    "limit",
    "eu",
    "on_delay_s",
    "off_delay_s",
    "dead_band",
    "latching",
    "suppressed",
    "shelve_min",
    "cause",
    "consequence",
    "action",
    "from",
)
"""What is known of every alarm, in this order; limit and dead band are in `eu`."""

Row = dict[str, str | float | bool | None]


def alarm_rows(site: Site, only: str = "") -> list[Row]:
    """Return one row an alarm, of one unit or of all and the cell."""
    found = [
        _row(name, alarm, _eu(unit, alarm), _from(unit, alarm))
        for name, unit in site.units.items()
        if only in {"", name}
        for alarm in unit.alarms.values()
    ]
    if only in {"", CELL}:
        found += [_row(CELL, one, "", "bioctl itself") for one in OF_CELL.values()]
    return found


def digest(site: Site) -> str:
    """Return the SHA-256 of all rows without their origin: the alarms that are in force, in hex."""
    rows = [{**row, "from": None} for row in alarm_rows(site)]
    return hashlib.sha256(orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)).hexdigest()


def left_out(site: Site, only: str = "") -> Iterable[tuple[str, str]]:
    """Return rows of tables that a unit leaves out, as `UNIT.group.row`, with the reason."""
    for name, unit in site.units.items():
        if only in {"", name}:
            yield from ((f"{name}.{row}", reason) for row, reason in unit.without.items())


def _row(unit: str, alarm: AlarmConfig, eu: str, origin: str) -> Row:
    suppressed = [alarm.suppress_when.text] if alarm.suppress_when else []
    suppressed += ["a phase moves it"] if alarm.moved or alarm.steady else []
    values = (
        unit,
        alarm.name.removeprefix(f"{CELL}."),
        alarm.priority,
        str(alarm.severity),
        alarm.respond_s / 60,
        alarm.tag,
        str(alarm.kind),
        when_text(alarm, eu),
        alarm.limit,
        eu,
        alarm.on_delay_s,
        alarm.off_delay_s,
        alarm.dead_band,
        alarm.latching,
        ", or ".join(suppressed),
        None if alarm.priority == 1 else alarm.shelve_s / 60,
        alarm.cause,
        alarm.consequence,
        alarm.action,
        origin,
    )
    return dict(zip(COLUMNS, values, strict=True))


def when_text(alarm: AlarmConfig, eu: str) -> str:
    """Return when an alarm is raised, in words, without its delay."""
    match alarm.kind:
        case AlarmKind.BAD:
            return f"{alarm.tag} is not Good"
        case AlarmKind.CONDITION:
            return alarm.when.text if alarm.when else ""
        case AlarmKind.DOUBT:
            return f"loop {alarm.loop} doubts its reading or its outputs"
        case AlarmKind.TOLD:
            return alarm.cause.rstrip(".")
    sign, side = ("+", ">") if alarm.kind is AlarmKind.HIGH else ("-", "<")
    size = f"{alarm.limit:g} {eu}".rstrip()
    what = f"what loop {alarm.counted} used of {alarm.tag}" if alarm.counted else alarm.tag
    around = _around(alarm)
    return f"{what} {side} {around} {sign} {size}" if around else f"{what} {side} {size}"


def _around(alarm: AlarmConfig) -> str:
    if alarm.loop:
        return f"setpoint of {alarm.loop}"
    if alarm.output:
        return f"command of {alarm.output}"
    return "what it was or is kept at" if alarm.steady else ""


def _eu(unit: UnitConfig, alarm: AlarmConfig) -> str:
    if not alarm.kind.limited:
        return ""
    return "%" if alarm.percent else unit.measurements[alarm.tag].eu


def _from(unit: UnitConfig, alarm: AlarmConfig) -> str:
    if alarm.name in OF_UNIT:
        return "bioctl itself"
    return origin_text(unit.origins.get(f"alarms.{alarm.name}"))
