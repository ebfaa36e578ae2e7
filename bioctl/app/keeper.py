"""What is written down beside decisions: readings into the history, volatile values as snapshots.

Both may be lost: a batch's state comes from the journal's entries alone.
"""

import asyncio

from bioctl.app.core import Core
from bioctl.audit.journal import Journal
from bioctl.equipment.keep import remember
from bioctl.historian.recorder import Recorder

SNAPSHOT_S = 20.0
"""Host seconds between two snapshots of what may be lost."""

EAGER_S = 1.0
"""The same after an interlock, alarm or loop did something."""


class Keeper:
    """Keeps readings and volatile values of a core."""

    def __init__(self, core: Core, journal: Journal, recorder: Recorder, mono: float) -> None:
        self._core = core
        self._journal = journal
        self._recorder = recorder
        self._recorded: dict[str, float] = {}
        self._saved = mono
        self._news = False

    def keep(self, now: float, utc: float, mono: float, *, news: bool) -> None:
        """Record units that were scanned just now; take a snapshot when one is due.

        Args:
            now: process time, s.
            utc: s since 1970.
            mono: host monotonic, s.
            news: whether an interlock, alarm or loop did something in this scan.
        """
        for unit, memory in self._core.memory.items():
            if memory.scanned == now and self._recorded.get(unit) != now:
                self._recorded[unit] = now
                self._record(unit, now, utc)
        self._news |= news
        if mono - self._saved > (EAGER_S if self._news else SNAPSHOT_S):
            self.save(now, mono)

    def save(self, now: float, mono: float) -> None:
        """Take a snapshot; it is no matter if it can't be written."""
        self._saved, self._news = mono, False
        self._journal.snapshot(now, remember(self._core.memory, self._core.cell_alarms))

    async def finish(self) -> None:
        """Close and hash what was recorded: a batch is over and people want its record."""
        self._recorder.rotate()
        await asyncio.wrap_future(self._recorder.flush())

    def _record(self, unit: str, now: float, utc: float) -> None:
        config, image = self._core.site.units[unit], self._core.world.image
        tags = [*config.measurements.values(), *config.outputs.values()]
        self._recorder.record(unit, now, utc, {tag.name: image[tag.name] for tag in tags})
