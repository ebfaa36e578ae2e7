"""The owner register: one controller at a time, enforced at the plant (Part of the watchdog)."""

import asyncio
from typing import Final

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds

from bioctl_drivers.opcua.connection import Connection
from bioctl_drivers.opcua.faults import PermanentError
from bioctl_drivers.opcua.nodes import to_write
from bioctl_drivers.opcua.options import HeartbeatNodes
from bioctl_drivers.status import quality_of, status_words

LOOKS: Final = 6
LOOK_S: Final = 0.5
"""A living controller beats at least once a second: 3 s without a change, and it is gone."""
ALIVE: Final = 1
RETRY_S: Final = 5.0


async def claim(connection: Connection) -> None:
    """Write our name into the owner register, unless a living controller stands in it.

    Raises:
        PermanentError: the plant is held by another, or we may not write the register.
    """
    heartbeat = connection.options.heartbeat
    if heartbeat is None or heartbeat.owner is None:
        return
    owner = await owner_now(connection)
    own = connection.options.application_uri
    if owner not in {"", own} and await _alive(connection, heartbeat):
        raise PermanentError(
            f"The plant at {connection.options.url} is held by '{owner}', and its heartbeat is "
            "alive. help: stop that controller first; this one then takes over by itself.",
            RETRY_S,
        )
    # Written even if it stands there already: it shows at once whether we may control.
    await _write(connection, heartbeat.owner, own)


async def owner_now(connection: Connection) -> str:
    """Return who holds the plant; "" for nobody or where there is no register."""
    heartbeat = connection.options.heartbeat
    if heartbeat is None or heartbeat.owner is None:
        return ""
    value = await _value(connection, heartbeat.owner)
    return value if isinstance(value, str) else ""


async def _alive(connection: Connection, heartbeat: HeartbeatNodes) -> bool:
    if heartbeat.state is not None:
        return await _value(connection, heartbeat.state) == ALIVE
    watched = heartbeat.echo or heartbeat.command
    first = await _value(connection, watched)
    for _ in range(LOOKS):
        await asyncio.sleep(LOOK_S)
        if await _value(connection, watched) != first:
            return True
    return False


async def _value(connection: Connection, node: str) -> object:
    (value,) = await connection.read([connection.node(node)])
    return value.Value.Value if value.Value is not None else None


async def _write(connection: Connection, node: str, owner: str) -> None:
    item = ua.WriteValue(
        connection.node(node),
        AttributeIds.Value,
        None,
        to_write(owner, ua.VariantType.String),
    )
    (status,) = await connection.write([item], 2.0)
    if quality_of(status):
        raise PermanentError(
            f"The plant at {connection.options.url} does not let user "
            f"'{connection.options.user}' take it over ({status_words(status)}). "
            "help: give this user the right to control.",
        )
