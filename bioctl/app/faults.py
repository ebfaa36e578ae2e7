"""What failed behind the fence: its batch is held, and who waits for it is told."""

from collections.abc import Iterable

from bioctl.app.core import Core
from bioctl.app.links import holds
from bioctl.app.store import Store
from bioctl.audit.entry import Event
from bioctl.batch.log import SYSTEM


class Faults:
    """Holds batches that failed; the alarm of the fault is one of bioctl's own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._core: Core = store.core

    def contain(self, broken: Iterable[str], now: float) -> None:
        """Hold the batches among what failed in this scan.

        Args:
            broken: names of batches, units and `unit.loop`.
            now: process time, s.
        """
        for name in broken:
            if name in self._core.state.batches:
                self._hold(name, self._core.broken[name], now)

    def _hold(self, batch: str, message: str, now: float) -> None:
        """Queue a Hold in place of what was asked; who asked is told."""
        self._store.act_late(
            [
                Event(
                    kind="command.outcome",
                    actor=SYSTEM,
                    data={"id": one.id, "outcome": "rejected", "message": f"fault: {message}"},
                    batch=batch,
                    t=now,
                )
                for one in self._core.requests.get(batch, ())
                if one.id
            ]
        )
        units = self._core.state.batches[batch].control.units.values()
        reasons = dict.fromkeys(units, f"fault: {message}")
        hold = holds(self._core.state, reasons, "a fault holds its batch").get(batch)
        self._core.requests[batch] = [hold] if hold else []
