"""Find the plant's nodes anew on every connection, and check them against the tag list."""

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds

from bioctl.clock import Clock
from bioctl.tags import Kind, Tag
from bioctl.values import Reading, bad
from bioctl_drivers.opcua.connection import NODES_PER_REQUEST, Connection, chunks, within
from bioctl_drivers.opcua.faults import PermanentError
from bioctl_drivers.opcua.nodes import FITS, node_id, to_reading
from bioctl_drivers.opcua.options import Options
from bioctl_drivers.status import quality_of

_UNKNOWN_NODE = frozenset({0x80330000, 0x80340000})
_WRITE_BIT = 2
"""AccessLevel bit CurrentWrite (Part 3, 8.57)."""


async def resolve(
    client: Client, options: Options, tags: Sequence[Tag], clock: Clock
) -> Connection:
    """Return the open connection with the first full read of all tags.

    Raises:
        PermanentError: this server does not have the namespace; it is another plant.
    """
    namespace = await _namespace(client, options)
    connection = Connection(client, options, clock, namespace, {tag.name: tag for tag in tags})
    connection.start_time = await _start_time(connection)
    connection.process_time = await _process_time(connection)
    await _read_tags(connection, tags)
    await _check_units(connection)
    return connection


async def _namespace(client: Client, options: Options) -> int:
    uris = list(await within(5.0, client.get_namespace_array(), "a read"))
    if options.namespace in uris:
        return uris.index(options.namespace)
    own = [uri for uri in uris[2:] if uri]
    near = get_close_matches(options.namespace, own, 1)
    remedy = f"did you mean '{near[0]}'?" if near else f"it has: {', '.join(own) or 'none'}."
    raise PermanentError(
        f"The plant at {options.url} has no namespace '{options.namespace}'. help: {remedy}", 30.0
    )


async def _start_time(connection: Connection) -> datetime | None:
    node = ua.NodeId(ua.Int32(ObjectIds.Server_ServerStatus_StartTime))
    (value,) = await connection.read([node])
    time = value.Value.Value if value.Value is not None else None
    return time if isinstance(time, datetime) else None


async def _process_time(connection: Connection) -> float | None:
    clock = connection.options.clock
    if clock is None:
        return None
    (value,) = await connection.read([connection.node(clock.time)])
    reading = to_reading(value, "double")
    return reading.number if reading.good else None


async def _read_tags(connection: Connection, tags: Sequence[Tag]) -> None:
    nodes = [node_id(tag.node, connection.namespace) for tag in tags]
    found = await connection.read(nodes)
    access = await connection.read(nodes, AttributeIds.UserAccessLevel)
    for tag, value, level in zip(tags, found, access, strict=True):
        if value.StatusCode is not None and value.StatusCode.value in _UNKNOWN_NODE:
            connection.readings[tag.name] = bad("not found at the plant")
            continue
        connection.readings[tag.name] = _first(connection, tag, value)
        if tag.kind is Kind.OUTPUT and _may_write(level):
            connection.writable.add(tag.name)
    await _name_missing(connection)


def _first(connection: Connection, tag: Tag, value: ua.DataValue) -> Reading:
    reading = to_reading(value, tag.type)
    variant = value.Value
    if variant is not None and variant.VariantType in FITS[tag.type] and not variant.is_array:
        connection.types[tag.name] = variant.VariantType
    elif variant is not None and variant.Value is None:
        connection.types[tag.name] = DEFAULT[tag.type]
    return reading


DEFAULT = {
    "double": ua.VariantType.Double,
    "int32": ua.VariantType.Int32,
    "bool": ua.VariantType.Boolean,
    "string": ua.VariantType.String,
}
"""The type of a node that has no value yet."""


def _may_write(level: ua.DataValue) -> bool:
    if level.StatusCode is not None and quality_of(int(level.StatusCode.value)):
        return True  # it does not tell; the write itself will
    variant = level.Value
    return variant is None or variant.Value is None or bool(int(variant.Value) & _WRITE_BIT)


async def _name_missing(connection: Connection) -> None:
    missing = [name for name in connection.tags if name not in connection.types]
    gone = [
        name for name in missing if connection.readings[name].reason == "not found at the plant"
    ]
    if not gone:
        return
    known = await plant_names(connection)
    for name in gone:
        node = connection.tags[name].node
        near = get_close_matches(node, known, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        connection.readings[name] = bad(f"not found at the plant: no node '{node}'{hint}")


async def plant_names(connection: Connection) -> list[str]:
    """Return the ids the plant itself lists in its block; empty if it has none or does not tell."""
    block = connection.options.block
    if block is None:
        return []
    (value,) = await connection.read([connection.node(block.names)])
    names = value.Value.Value if value.Value is not None else None
    return [str(name) for name in names] if isinstance(names, list) else []


async def _check_units(connection: Connection) -> None:
    """A number in another engineering unit is worse than none: such a tag is BAD."""
    names = list(connection.types)
    properties = await _properties(connection, names, "EngineeringUnits")
    units = await connection.read(list(properties.values()))
    for name, value in zip(properties, units, strict=True):
        eu = value.Value.Value if value.Value is not None else None
        shown = eu.DisplayName.Text if isinstance(eu, ua.EUInformation) else None
        wanted = connection.tags[name].eu
        if shown and shown != wanted:
            reason = f"the plant gives it in '{shown}', the tag list says '{wanted}'"
            connection.readings[name] = bad(reason)
            del connection.types[name]


async def _properties(
    connection: Connection, names: Sequence[str], browse_name: str
) -> dict[str, ua.NodeId]:
    """Return the node of a standard property for each tag that has it."""
    found: dict[str, ua.NodeId] = {}
    for part in chunks(names, NODES_PER_REQUEST):
        paths = [_path(connection.node(connection.tags[name].node), browse_name) for name in part]
        work = connection.client.uaclient.translate_browsepaths_to_nodeids(paths)
        for name, result in zip(part, await within(5.0, work, "a search"), strict=True):
            if not quality_of(int(result.StatusCode.value)) and result.Targets:
                found[name] = result.Targets[0].TargetId
    return found


def _path(node: ua.NodeId, browse_name: str) -> ua.BrowsePath:
    step = ua.RelativePathElement(
        ReferenceTypeId=ua.NodeId(ua.Int32(ObjectIds.HasProperty)),
        IsInverse=False,  # type: ignore[arg-type]  # the library's default is True
        TargetName=ua.QualifiedName(browse_name),
    )
    return ua.BrowsePath(StartingNode=node, RelativePath=ua.RelativePath(Elements=[step]))
