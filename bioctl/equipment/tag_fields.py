"""Tags of a unit in the site file: measurements and outputs of its class, and probes of its own."""

import re
from collections.abc import Mapping
from functools import partial

from bioctl.equipment.fields import Fields, collect, mapping, span
from bioctl.errors import InputError
from bioctl.language.document import Node, Scalar
from bioctl.language.quantity import NUMBER
from bioctl.tags import Kind, Tag, UnitClass
from bioctl.values import Range

SWITCH = "switch"
ANY = Range(-1e300, 1e300)
"""Range of a tag that could not be read: its error is noted, what uses it is no other error."""

_NUMBER = re.compile(NUMBER)


def read_tags(
    unit: str,
    connection: str,
    fields: Fields,
    errors: list[InputError],
    group: str,
    names: Mapping[str, str],
    kind: Kind,
) -> dict[str, Tag]:
    """Return the tags of one group by name; every name of the class must have one."""
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


def read_probes(unit: str, connection: str, fields: Fields, kind: UnitClass) -> dict[str, Tag]:
    """Return measurements the unit has beyond its class: a second probe, a sensor of the room."""
    node, errors = fields.get("probes"), fields.errors
    found: dict[str, Tag] = {}
    for name, child in node.as_mapping().entries.items() if node else ():
        if name in kind.measurements or name in kind.outputs:
            message = f"{name!r} is a name of class {kind.name} already."
            errors.append(InputError(message, where=child.where, help="give the probe another one"))
            continue
        eu = _eu_of(child.text) if isinstance(child, Scalar) else ""
        tag = collect(errors, child, partial(_tag, unit, connection, eu, Kind.MEASUREMENT))
        found[name] = tag or Tag("", eu, ANY, Kind.MEASUREMENT, "", connection)
    return found


def _eu_of(line: str) -> str:
    """Return the eu at the end of a tag line, "" where there is none."""
    last = line.removesuffix("integer").split()[-1:]
    return "" if not last or last[0] == SWITCH or _NUMBER.fullmatch(last[0]) else last[0]


def _tag(unit: str, connection: str, eu: str, kind: Kind, node: Node) -> Tag:
    point, _, rest = node.as_text().partition(" ")
    switch, integer = rest.strip() == SWITCH, rest.endswith(" integer")
    limits = Range(0, 1) if switch else span(rest.removesuffix("integer").strip(), eu)
    type_name = "bool" if switch else "int32" if integer else "double"
    return Tag(f"{unit}.{point}", eu, limits, kind, f"{unit}.{point}", connection, type_name)


def read_measured(unit: str, connection: str, eu: str, node: Node) -> Tag:
    """Return the tag of one more measurement of a unit, in this eu."""
    return _tag(unit, connection, eu, Kind.MEASUREMENT, node)


def refuse_twins(fields: Fields, errors: list[InputError]) -> None:
    """Note points of the plant that two names share: a slip of copying."""
    seen: dict[str, str] = {}
    for group in ("measurements", "probes", "outputs"):
        node = fields.node.entries.get(group)
        for name, child in node.as_mapping().entries.items() if node else ():
            point = child.text.partition(" ")[0] if isinstance(child, Scalar) else name
            if point in seen:
                message = f"{point} is {seen[point]!r} already; it can't be {name!r} as well."
                errors.append(InputError(message, where=child.where))
            seen.setdefault(point, name)
