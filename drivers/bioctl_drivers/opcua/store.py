"""The freshest a connection has: one place that every task of the connection writes to."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from bioctl.equipment.driver import Link, Snapshot
from bioctl.tags import Tag
from bioctl.values import Reading, bad

NOT_YET = "not connected yet"


class Store:
    """Readings, link and faults; a snapshot of it never changes afterwards."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        self._readings: Mapping[str, Reading] = {tag.name: bad(NOT_YET) for tag in tags}
        self._own: dict[str, Reading] | None = None
        self._faults: dict[str, str] = {}
        self._link = Link.DOWN
        self._reason = NOT_YET
        self._epoch = 0
        self._process_time: float | None = None
        self._snapshot: Snapshot | None = None
        self._waiting: list[tuple[Callable[[Snapshot], bool], asyncio.Future[Snapshot]]] = []

    @property
    def link(self) -> Link:
        """State of the connection."""
        return self._link

    @property
    def epoch(self) -> int:
        """Count of connections that came up."""
        return self._epoch

    def reading(self, name: str) -> Reading:
        """Return the freshest reading of one tag."""
        return self._readings[name]

    def snapshot(self) -> Snapshot:
        """Return what is known now; cheap when nothing changed."""
        if self._snapshot is None:
            self._own = None  # the next put makes a copy
            self._snapshot = Snapshot(
                readings=self._readings,
                link=self._link,
                reason=self._reason,
                epoch=self._epoch,
                process_time=self._process_time,
                faults=dict(self._faults),
            )
        return self._snapshot

    def up(self, reason: str, readings: Mapping[str, Reading], process_time: float | None) -> None:
        """Announce a new connection with all its first readings."""
        self._link, self._reason, self._epoch = Link.UP, reason, self._epoch + 1
        self._faults.clear()
        self.replace(readings, process_time)

    def down(self, reason: str, link: Link = Link.DOWN) -> None:
        """Announce that nothing here can be trusted now; people still see the last values."""
        if self._link is link and self._reason == reason:
            return
        self._link, self._reason = link, reason
        said = f"{'connection lost' if self._epoch else 'no connection'}: {reason}"
        readings = {
            name: bad(said, reading.value, reading.time) for name, reading in self._readings.items()
        }
        self.replace(readings, self._process_time)

    def replace(self, readings: Mapping[str, Reading], process_time: float | None) -> None:
        """Take over all readings at once; the mapping must not be changed afterwards."""
        self._readings, self._own = readings, None
        self._process_time = process_time
        self._changed()

    def put(self, readings: Mapping[str, Reading], process_time: float | None = None) -> None:
        """Take over some readings."""
        if self._own is None:
            self._own = dict(self._readings)
            self._readings = self._own
        self._own.update(readings)
        if process_time is not None:
            self._process_time = process_time
        self._changed()

    def fault(self, name: str, words: str) -> None:
        """Note that a write was refused, or with "" that it went well."""
        if self._faults.get(name, "") == words:
            return
        if words:
            self._faults[name] = words
        else:
            del self._faults[name]
        self._changed()

    async def when(self, holds: Callable[[Snapshot], bool]) -> Snapshot:
        """Wait until a snapshot satisfies `holds` and return it."""
        if holds(self.snapshot()):
            return self.snapshot()
        future: asyncio.Future[Snapshot] = asyncio.get_running_loop().create_future()
        self._waiting.append((holds, future))
        return await future

    def _changed(self) -> None:
        self._snapshot = None
        if not self._waiting:
            return
        snapshot = self.snapshot()
        still = []
        for holds, future in self._waiting:
            if future.done():
                continue
            if holds(snapshot):
                future.set_result(snapshot)
            else:
                still.append((holds, future))
        self._waiting = still
