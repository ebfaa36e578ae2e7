"""Units of the site file: class, tags, hold values, loops, interlocks and alarms."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TypeVar

from bioctl.control.alarm_config import AlarmConfig, AlarmKind
from bioctl.control.interlock_config import InterlockConfig
from bioctl.control.loop_config import AnyLoop, LoopConfig
from bioctl.control.permissive import PermissiveConfig
from bioctl.equipment.alarm_fields import Around, condition_over, read_alarm
from bioctl.equipment.condition_names import condition_names, counted
from bioctl.equipment.fields import (
    Fields,
    above_zero,
    collect,
    known,
    levels,
    quantity,
    seconds,
)
from bioctl.equipment.instrument_fields import Instruments
from bioctl.equipment.interlock_fields import (
    Names,
    read_interlock,
    read_permissive,
    refuse_flaws,
)
from bioctl.equipment.loop_fields import Points, order_loops, read_loop
from bioctl.equipment.own_alarms import OF_UNIT
from bioctl.equipment.scale_fields import read_scale
from bioctl.equipment.tables import Rows, Table, take_rows
from bioctl.equipment.tag_fields import read_measured, read_probes, read_tags, refuse_twins
from bioctl.equipment.unit import UnitConfig
from bioctl.errors import InputError
from bioctl.language.condition import Condition
from bioctl.language.document import Node
from bioctl.language.nearest import suggest, visible
from bioctl.tags import Kind, UnitClass

T = TypeVar("T")
NOWHERE: Mapping[str, str] = MappingProxyType({})


def read_unit(
    name: str,
    classes: Mapping[str, UnitClass],
    tables: Mapping[str, Table],
    connections: Iterable[str],
    errors: list[InputError],
    node: Node,
    elsewhere: Mapping[str, str] = NOWHERE,
) -> UnitConfig:
    """Return one unit; errors inside it are noted, so that all are found in one pass.

    `elsewhere` has the measurements of the site's other units, with their eu.

    Raises:
        InputError: its class or connection is missing or unknown.
    """
    fields = Fields(node, errors, f"unit {name}")
    kind = classes[fields.take("class", known(classes, "unit class"))]
    connection = fields.take("connection", known(connections, "connection"))
    period = fields.want("period", above_zero(seconds), 1.0)
    tags = partial(read_tags, name, connection, fields, errors)
    measurements = tags("measurements", kind.measurements, Kind.MEASUREMENT)
    measurements |= read_probes(name, connection, fields, kind)
    outputs = tags("outputs", kind.outputs, Kind.OUTPUT)
    refuse_twins(fields, errors)
    instruments = Instruments(measurements, partial(read_measured, name, connection))
    instruments.read(fields)
    measurements = {**measurements, **instruments.tags}
    written = fields.node.entries.get("loops")
    names = tuple(written.as_mapping().entries) if written else ()
    scale = read_scale(fields, measurements)
    points, none = Points(measurements, outputs, names, scale, period), dict[str, float]()
    read = levels(outputs, errors)
    hold, idle = (fields.take(one, read, none) for one in ("hold", "idle"))
    loops = _each(fields, errors, "loops", partial(_loop, kind, points, errors))
    if written is not None and len(loops) == len(names):
        loops = collect(errors, written, partial(order_loops, loops, outputs)) or loops
    _refuse_missing(fields, errors, kind)
    rows = take_rows(fields, tables, errors)
    readable = condition_names(measurements, outputs, loops, kind.loops, elsewhere)
    able = Names(readable, outputs, kind.phases, kind.sources)
    interlocks = _rows(rows, errors, "interlocks", partial(read_interlock, able, errors))
    refuse_flaws(rows, interlocks, outputs, errors)
    permit = partial(read_permissive, able, interlocks, errors)
    permissives = _rows(rows, errors, "permissives", permit)
    around = Around(measurements, outputs, tuple(kind.loops), loops, instruments=instruments.found)
    around = _around(fields, errors, around)
    alarms = _rows(rows, errors, "alarms", partial(read_alarm, around, errors))
    _refuse_own(rows, errors)
    _refuse_deaf(rows, errors, alarms)
    fields.close()
    return UnitConfig(
        name=name,
        class_name=kind.name,
        connection=connection,
        period_s=period,
        measurements=measurements,
        outputs=outputs,
        hold=hold,
        idle=idle,
        loops=loops,
        interlocks=interlocks,
        alarms={**OF_UNIT, **alarms},
        permissives=permissives,
        counted=counted(_conditions(interlocks, permissives), measurements),
        instruments=instruments.found,
        origins=rows.origins,
        without=rows.without,
    )


def with_elsewhere(unit: UnitConfig, units: Mapping[str, UnitConfig]) -> UnitConfig:
    """Return the unit with the tags of other units that its conditions read."""
    read = {n for one in _conditions(unit.interlocks, unit.permissives) for n in one.names}
    tags = {f"{u}.{n}": tag for u, o in units.items() for n, tag in o.measurements.items()}
    return replace(unit, elsewhere={name: tags[name] for name in read & tags.keys()})


def _conditions(
    interlocks: Mapping[str, InterlockConfig], permissives: Mapping[str, PermissiveConfig]
) -> Iterator[Condition]:
    for lock in interlocks.values():
        yield lock.when
        yield from (lock.reset_when,) if lock.reset_when else ()
    yield from (one.when for one in permissives.values())


def _refuse_missing(fields: Fields, errors: list[InputError], kind: UnitClass) -> None:
    """Note loops of the class nobody configured: a recipe that sets them would control nothing."""
    node = fields.node.entries.get("loops")
    written = node.as_mapping().entries if node else {}
    for name in kind.loops:
        if name not in written:
            where = node.where if node else fields.node.where
            message = f"{fields.what}: its class has the loop {name!r}, loops has not."
            errors.append(InputError(message, where=where))


def _each(
    fields: Fields, errors: list[InputError], group: str, read: Callable[[str, Node], T]
) -> dict[str, T]:
    node = fields.get(group)
    entries = node.as_mapping().entries if node else {}
    found = {name: collect(errors, child, partial(read, name)) for name, child in entries.items()}
    return {name: one for name, one in found.items() if one is not None}


def _around(fields: Fields, errors: list[InputError], unit: Around) -> Around:
    """Return what alarms may name, with when the unit is empty and what it holds."""
    empty, volume = fields.get("empty"), fields.get("volume")
    return replace(
        unit,
        empty=collect(errors, empty, condition_over(unit.eus)) if empty else None,
        volume=collect(errors, volume, above_zero(quantity("mL"))) if volume else None,
    )


def _rows(
    rows: Rows, errors: list[InputError], group: str, read: Callable[[str, Node], T]
) -> dict[str, T]:
    """Return the entries of a group that come from tables and from the unit itself."""
    node, found = rows.groups.get(group), dict[str, T]()
    for name, child in node.entries.items() if node else ():
        before = len(errors)
        one = collect(errors, child, partial(read, name))
        errors[before:] = [rows.told(group, name, child, error) for error in errors[before:]]
        if one is not None:
            found[name] = one
    return found


def _loop(
    kind: UnitClass, points: Points, errors: list[InputError], name: str, node: Node
) -> AnyLoop:
    inner = "setpoint_from" in node.as_mapping().entries
    if name not in kind.loops and not inner:
        node.refuse(f"unknown loop {visible(name)!r}.", suggest(name, kind.loops, "loops"))
    loop = read_loop(name, node, points, errors)
    if isinstance(loop, LoopConfig):
        _check_orders(kind, loop, node)
    return loop


def _check_orders(kind: UnitClass, loop: LoopConfig, node: Node) -> None:
    """Refuse an order that no recipe can name: the class declares them."""
    known = kind.orders.get(loop.name, loop.order_names)
    for name in loop.order_names:
        if name not in known:
            message = f"the loop {loop.name} of {kind.name} has no order {visible(name)!r}."
            node.refuse(message, suggest(name, known, "orders"))


def _refuse_own(rows: Rows, errors: list[InputError]) -> None:
    """Note entries with the name of an alarm that bioctl raises of itself."""
    group = rows.groups.get("alarms")
    for name in OF_UNIT.keys() & (group.entries.keys() if group else ()):
        if group is not None:
            message = f"alarm {name} is bioctl's own; every unit has it."
            error = InputError(message, where=group.keys[name].where, help="choose another name")
            errors.append(rows.told("alarms", name, group.entries[name], error))


def _refuse_deaf(rows: Rows, errors: list[InputError], alarms: Mapping[str, AlarmConfig]) -> None:
    """Note limit alarms that fall silent with their probe, and no bad alarm would say so."""
    group = rows.groups.get("alarms")
    heard = {one.tag for one in alarms.values() if one.kind is AlarmKind.BAD}
    for name, one in alarms.items():
        if one.kind.blind and one.tag not in heard and group is not None:
            where = group.keys[name].where
            message = f"alarm {name}: {one.tag} has no alarm of kind bad."
            remedy = "give it one: a Bad reading silences its limit alarms"
            error = InputError(message, where=where, help=remedy)
            errors.append(rows.told("alarms", name, group.entries[name], error))
            heard.add(one.tag)
