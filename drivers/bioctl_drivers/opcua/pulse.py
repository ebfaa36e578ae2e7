"""The life sign asked for: the server's own clock must answer and advance (Part 5, 12.10)."""

import asyncio
from typing import Final

from asyncua import ua
from asyncua.ua.object_ids import ObjectIds

from bioctl_drivers.opcua.connection import Connection
from bioctl_drivers.opcua.faults import LinkLostError

PERIOD_S: Final = 0.5
ANSWER_S: Final = 2.0
"""s in which the plant must answer."""
FROZEN_S: Final = 2.0
"""s the server's clock may stand still."""


class Pulse:
    """Feels whether the server is alive, beyond an open transport."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._node = ua.NodeId(ua.Int32(ObjectIds.Server_ServerStatus_CurrentTime))
        self._last: object = None
        self._advanced = connection.clock.monotonic()

    async def feel(self) -> None:
        """Ask once; LinkLostError when there is no answer, or always the same one."""
        (value,) = await self._connection.read([self._node], limit_s=ANSWER_S)
        now = self._connection.clock.monotonic()
        time = value.Value.Value if value.Value is not None else None
        if time is not None and time != self._last:
            self._last, self._advanced = time, now
        elif now - self._advanced > FROZEN_S:
            still = now - self._advanced
            raise LinkLostError(f"the plant's server clock has stood still for {still:.1f} s")

    def skip(self) -> None:
        """Something else has just proved life."""
        self._last, self._advanced = None, self._connection.clock.monotonic()

    async def pause(self) -> None:
        """Wait until the next beat is due."""
        await asyncio.sleep(PERIOD_S)
