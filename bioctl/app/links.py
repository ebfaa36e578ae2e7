"""What the state of connections means for batches: gaps are journaled, long ones hold."""

from collections.abc import Mapping

from bioctl.audit.entry import Event
from bioctl.batch.log import SYSTEM, rule_actor
from bioctl.batch.requests import Request
from bioctl.batch.state import CellState
from bioctl.equipment.driver import Link, Snapshot
from bioctl.phases.states import Command, State, after

WATCHDOG_S = 5.0
"""After this long without us (host) the plant has gone to its own fallback: batches are held."""


class Links:
    """Remembers each connection's last state and turns changes into events and holds."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Link, int]] = {}
        self._lost: dict[str, float] = {}
        self._beat: float | None = None

    def changes(self, snapshots: Mapping[str, Snapshot], now: float, mono: float) -> list[Event]:
        """Return `link.up` and `link.down` events since the last scan."""
        events = []
        for name, snap in snapshots.items():
            state, before = (snap.link, snap.epoch), self._known.get(name)
            if state == before:
                continue
            self._known[name] = state
            kind = "link.up" if snap.link is Link.UP else "link.down"
            data = {"connection": name, "reason": snap.reason}
            events.append(Event(kind=kind, actor=SYSTEM, data=data, t=now))
            if snap.link is not Link.UP:
                self._lost.setdefault(name, mono)
        return events

    def must_hold(self, snapshots: Mapping[str, Snapshot], mono: float) -> str:
        """Return why running batches must be held now, or ""."""
        stalled = self._beat is not None and mono - self._beat > WATCHDOG_S
        self._beat = mono
        reasons = ["the controller stood still longer than the plant's watchdog"] * stalled
        for name, snap in snapshots.items():
            lost = self._lost.get(name)
            if lost is None or snap.link is not Link.UP:
                continue
            del self._lost[name]
            if mono - lost > WATCHDOG_S:
                reasons.append(f"connection {name} was lost for {mono - lost:.0f} s")
            elif "restart" in snap.reason:
                reasons.append(f"the server of connection {name} was restarted")
        return "; ".join(reasons)


def hold_all(cell: CellState, reason: str) -> dict[str, Request]:
    """Return a Hold by rule for every batch that can be held, by batch."""
    return {
        batch.id: Request(
            id="", name="hold", actor=rule_actor("plant was on its own"), reason=reason
        )
        for batch in cell.batches.values()
        if batch.state is not State.HOLDING and after(batch.state, Command.HOLD)
    }
