"""What failed behind the fence: alarmed once, told to whoever waits, and its batch held."""

from collections.abc import Mapping

from bioctl.app.core import Core
from bioctl.app.links import holds
from bioctl.app.store import Store
from bioctl.audit.entry import Event
from bioctl.batch.log import SYSTEM


class Faults:
    """Remembers what is broken, so that each fault is alarmed when it comes and when it goes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._core: Core = store.core
        self._broken: dict[str, str] = {}

    def contain(self, broken: Mapping[str, str], now: float) -> None:
        """Alarm what failed in this scan; a batch that failed is held.

        Args:
            broken: error by batch, unit or `unit.loop`.
            now: process time, s.
        """
        left = self._core.faulty | broken.keys()
        for name, message in broken.items():
            if name in self._core.state.batches:
                self._hold(name, message, now)
            if self._broken.get(name) != message:
                text = f"{name}: {message}. {self._follows(name)} Tell the maintainer."
                self._alarm("alarm.raised", name, text, now)
        for name in self._broken.keys() - left:
            self._alarm("alarm.cleared", name, f"{name} works again.", now)
        known = {name: text for name, text in self._broken.items() if name in left}
        self._broken = known | dict(broken)

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

    def _follows(self, name: str) -> str:
        if name in self._core.state.batches:
            return "Its units take their hold outputs and it is held."
        if name in self._core.site.units:
            return "Its connection gets no heartbeat; the plant falls back by itself."
        if name.endswith(".instruments"):
            return "Nobody doubts its instruments; its loops and protection go on."
        return "This loop takes its fallback outputs."

    def _alarm(self, kind: str, name: str, text: str, now: float) -> None:
        data = {"alarm": f"{name}.fault", "text": text, "priority": 1}
        self._store.tell([Event(kind=kind, actor=SYSTEM, data=data, t=now)])
