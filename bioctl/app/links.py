"""What the state of connections means: gaps are journaled and told, long ones hold batches."""

from collections.abc import Mapping

from bioctl.audit.entry import Event
from bioctl.batch.log import SYSTEM, rule_actor
from bioctl.batch.requests import Request
from bioctl.batch.state import CellState
from bioctl.equipment.driver import Link, Snapshot
from bioctl.phases.states import Command, after

WATCHDOG_S = 5.0
"""After this long without us (host) the plant has gone to its own fallback: batches are held."""

AGAIN_S = 10.0
"""The same connection is told to be down at most this often (host), and only for a new reason: the
console is for a tired person, not for a flood."""


class Links:
    """Remembers each connection's last state; makes events, sentences and holds of changes."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[str, float]] = {}
        self._known: dict[str, tuple[Link, int]] = {}
        self._told: dict[str, tuple[Link, str, float]] = {}
        self._lost: dict[str, float] = {}
        self._beat: float | None = None

    def changes(self, snapshots: Mapping[str, Snapshot], now: float, mono: float) -> list[Event]:
        """Return `link.up` and `link.down` events since the last scan."""
        events = []
        for name, snap in snapshots.items():
            state, before = (snap.link, snap.epoch), self._known.get(name)
            if state == before or self._starting(name, snap, mono):
                continue
            self._known[name] = state
            kind = "link.up" if snap.link is Link.UP else "link.down"
            data = {"connection": name, "reason": snap.reason}
            events.append(Event(kind=kind, actor=SYSTEM, data=data, t=now))
            if snap.link is not Link.UP or before is not None:
                self._lost.setdefault(name, mono)  # UP in a new epoch: there was a gap between
        return events

    def sentences(self, snapshots: Mapping[str, Snapshot], mono: float) -> list[str]:
        """Return what a person at the console must hear now."""
        found = []
        for name, snap in snapshots.items():
            link, reason, at = self._told.get(name, (None, "", 0.0))
            up = snap.link is Link.UP
            known = snap.link is link and (up or reason == snap.reason or mono - at < AGAIN_S)
            if known or self._starting(name, snap, mono):
                continue
            self._told[name] = (snap.link, snap.reason, mono)
            found.append(f"Connection {name} is up." if up else _down(name, snap))
        return found

    def must_hold(self, snapshots: Mapping[str, Snapshot], mono: float) -> dict[str, str]:
        """Return why batches must be held now, by connection."""
        stalled = self._beat is not None and mono - self._beat > WATCHDOG_S
        self._beat = mono
        stall = "the controller stood still longer than the plant's watchdog" if stalled else ""
        found = {name: self._gap(name, snap, mono) or stall for name, snap in snapshots.items()}
        return {name: reason for name, reason in found.items() if reason}

    def _starting(self, name: str, snap: Snapshot, mono: float) -> bool:
        """Whether a connection that was never up has had no time yet to say why it is not."""
        reason, since = self._first.setdefault(name, (snap.reason, mono))
        never = snap.link is Link.DOWN and snap.epoch == 0
        return never and snap.reason == reason and mono - since < WATCHDOG_S

    def _gap(self, name: str, snap: Snapshot, mono: float) -> str:
        lost = self._lost.get(name)
        if lost is None:
            return ""
        if snap.link is Link.UP:
            del self._lost[name]
            if "restart" in snap.reason:
                return f"the server of connection {name} was restarted"
        long = mono - lost > WATCHDOG_S
        return f"connection {name} was lost for {mono - lost:.0f} s" if long else ""


def _down(name: str, snap: Snapshot) -> str:
    word = "refused" if snap.link is Link.REFUSED else "down"
    return f"Connection {name} is {word}: {snap.reason.rstrip('.')}. bioctl goes on trying."


def holds(cell: CellState, reasons: Mapping[str, str], rule: str) -> dict[str, Request]:
    """Return a Hold by rule for every batch that can be held and has one of these units.

    Args:
        cell: now.
        reasons: why, by unit.
        rule: its name, for the journal.
    """
    found = {}
    for batch in cell.batches.values():
        why = [reasons[unit] for unit in batch.control.units.values() if unit in reasons]
        if why and after(batch.state, Command.HOLD):
            reason = "; ".join(dict.fromkeys(why))
            found[batch.id] = Request(id="", name="hold", actor=rule_actor(rule), reason=reason)
    return found
