"""Units of the site file: class, tags, hold values, loops, interlocks and alarms."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TypeVar

from bioctl.control.alarm import AlarmConfig
from bioctl.control.interlock import InterlockConfig
from bioctl.control.loop_config import AnyLoop
from bioctl.equipment.fields import Fields, collect, mapping, numbers, seconds, span
from bioctl.equipment.loop_fields import read_loop
from bioctl.equipment.protection_fields import read_alarm, read_interlock
from bioctl.equipment.unit import UnitConfig
from bioctl.errors import InputError
from bioctl.language.document import Node
from bioctl.language.nearest import suggest
from bioctl.tags import Kind, Tag, UnitClass
from bioctl.values import Range

T = TypeVar("T")
SWITCH = "switch"
ANY = Range(-1e300, 1e300)
"""Range of a tag that could not be read: its error is noted, what uses it is no other error."""


def read_unit(
    name: str,
    classes: Mapping[str, UnitClass],
    connections: Iterable[str],
    errors: list[InputError],
    node: Node,
) -> UnitConfig:
    """Return one unit; errors inside it are noted, so that all are found in one pass.

    Raises:
        InputError: its class or connection is missing or unknown.
    """
    fields = Fields(node, errors, f"unit {name}")
    kind = classes[fields.take("class", partial(_known, classes, "unit class"))]
    connection = fields.take("connection", partial(_known, list(connections), "connection"))
    tags = partial(_tags, name, connection, fields, errors)
    measurements = tags("measurements", kind.measurements, Kind.MEASUREMENT)
    outputs = tags("outputs", kind.outputs, Kind.OUTPUT)
    hold, idle = (_levels(fields, field, outputs, errors) for field in ("hold", "idle"))
    loops = _each(fields, errors, "loops", partial(_loop, measurements, errors))
    interlocks = _each(fields, errors, "interlocks", partial(_interlock, kind, outputs, errors))
    alarms = _each(fields, errors, "alarms", partial(_alarm, measurements, errors))
    period = fields.take("period", seconds)
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
        alarms=alarms,
    )


def _known(names: Iterable[str], what: str, node: Node) -> str:
    known = list(names)
    if node.as_text() not in known:
        node.refuse(f"unknown {what} {node.as_text()!r}.", suggest(node.as_text(), known, what))
    return node.as_text()


def _tags(
    unit: str,
    connection: str,
    fields: Fields,
    errors: list[InputError],
    group: str,
    names: Mapping[str, str],
    kind: Kind,
) -> dict[str, Tag]:
    inner = Fields(fields.take(group, mapping), errors, f"unit {unit}: {group}")
    tags: dict[str, Tag] = {}
    for name, eu in names.items():
        node = inner.get(name)
        if node is None:
            message = f"unit {unit}: its class has {name!r}, {group} has not."
            errors.append(
                InputError(message, where=inner.node.where, help=f"{name}: TAG 0 .. 100 {eu}")
            )
            continue
        tag = collect(errors, node, partial(_tag, unit, connection, eu, kind))
        tags[name] = tag or Tag("", eu, ANY, kind, "", connection)
    inner.close()
    return tags


def _tag(unit: str, connection: str, eu: str, kind: Kind, node: Node) -> Tag:
    point, _, rest = node.as_text().partition(" ")
    switch, integer = rest.strip() == SWITCH, rest.endswith(" integer")
    limits = Range(0, 1) if switch else span(rest.removesuffix("integer").strip(), eu)
    type_name = "bool" if switch else "int32" if integer else "double"
    return Tag(f"{unit}.{point}", eu, limits, kind, f"{unit}.{point}", connection, type_name)


def _levels(
    fields: Fields, name: str, outputs: Mapping[str, Tag], errors: list[InputError]
) -> dict[str, float]:
    node = fields.get(name)
    if node is None:
        return {}
    levels = collect(errors, node, numbers) or {}
    for output, value in levels.items():
        tag = outputs.get(output)
        if tag is None:
            help_text = suggest(output, outputs, "output")
            errors.append(
                InputError(f"{name}: no output {output!r}.", where=node.where, help=help_text)
            )
        elif value not in tag.range:
            low, high = tag.range
            message = f"{name}: {output} {value:g} is outside {low:g} .. {high:g}."
            errors.append(InputError(message, where=node.where))
    return levels


def _each(
    fields: Fields, errors: list[InputError], group: str, read: Callable[[str, Node], T]
) -> dict[str, T]:
    node = fields.get(group)
    entries = node.as_mapping().entries if node else {}
    found = {name: collect(errors, child, partial(read, name)) for name, child in entries.items()}
    return {name: one for name, one in found.items() if one is not None}


def _loop(measurements: dict[str, Tag], errors: list[InputError], name: str, node: Node) -> AnyLoop:
    return read_loop(name, node, measurements, errors)


def _interlock(
    kind: UnitClass, outputs: Mapping[str, Tag], errors: list[InputError], name: str, node: Node
) -> InterlockConfig:
    return read_interlock(name, node, kind.measurements, outputs, errors)


def _alarm(
    measurements: dict[str, Tag], errors: list[InputError], name: str, node: Node
) -> AlarmConfig:
    return read_alarm(name, node, measurements, errors)
