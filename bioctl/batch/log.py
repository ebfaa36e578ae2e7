"""A scan's decisions in the making: events, and the state they lead to, as they are taken."""

from collections.abc import Mapping
from typing import Any

from bioctl.audit.entry import Event
from bioctl.batch.apply import Fact, apply
from bioctl.batch.state import BatchState, CellState
from bioctl.phases.states import State

Actor = Mapping[str, str]

SYSTEM: Actor = {"type": "system", "id": "bioctl"}


def recipe_actor(batch: BatchState) -> Actor:
    """Return the actor of what a recipe step decides (promise 11)."""
    return {"type": "recipe", "id": f"{batch.control.recipe}@{batch.control.version}"}


def rule_actor(rule: str) -> Actor:
    """Return the actor of what a declared rule decides."""
    return {"type": "rule", "id": rule}


def fact_of(event: Event) -> Fact:
    """Return the deciding part of an event."""
    return Fact(event.kind, event.data, event.batch, event.unit, event.path, event.t)


class Log:
    """Collects events; `cell` is always the state after the last one."""

    def __init__(self, cell: CellState, now: float) -> None:
        self.cell = cell
        self.now = now
        self.events: list[Event] = []

    def emit(
        self,
        kind: str,
        actor: Actor,
        data: Mapping[str, Any],
        *,
        batch: str | None = None,
        unit: str | None = None,
        path: str | None = None,
    ) -> None:
        """Take a decision: note the event and move on to the state after it."""
        event = Event(
            kind=kind, actor=actor, data=data, batch=batch, unit=unit, path=path, t=self.now
        )
        self.events.append(event)
        self.cell = apply(self.cell, fact_of(event))

    def batch_state(self, batch: str, state: State, cause: str, actor: Actor) -> None:
        """Move a batch to another state."""
        data = {"state": state, "from": self.cell.batches[batch].state, "cause": cause}
        self.emit("batch.state", actor, data, batch=batch)

    def phase_state(  # noqa: D417  the rest is as in `emit`
        self,
        batch: str,
        path: str,
        state: State,
        cause: str,
        actor: Actor,
        *,
        alive: float | None = None,
    ) -> None:
        """Move a phase to another state.

        Args:
            alive: process time up to which it is known to have been RUNNING, after a crash.
        """
        known = self.cell.batches[batch].phases.get(path)
        unit = self.cell.batches[batch].control.step(path).unit
        before = known.state if known else State.IDLE
        data: dict[str, Any] = {"state": state, "from": before, "cause": cause}
        if alive is not None:
            data["alive"] = alive
        self.emit("phase.state", actor, data, batch=batch, unit=unit, path=path)
