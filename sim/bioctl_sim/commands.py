"""The command desk: one-shot actions, each done at most once and never after its deadline.

Pure: no clock, no I/O. Both the OPC UA face and a twin in process hand commands to it.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bioctl_sim.refused import Refused

State = Literal["accepted", "refused", "never arrived"]
Answer = tuple[State, str]

MAX_REMEMBERED = 100_000
MAX_ID_LENGTH = 200


class Acts(Protocol):
    """What the desk needs of a plant."""

    def execute(self, unit: str, command: str, arguments: dict[str, Any]) -> str:
        """Begin the action and return what was begun; raise Refused if it can't be."""
        ...


@dataclass(frozen=True, slots=True)
class _Order:
    """What was asked under an id."""

    unit: str
    command: str
    arguments: dict[str, Any]


class CommandDesk:
    """Remembers every command by its id, so that asking twice does nothing twice.

    Args:
        plant: what executes.
        capacity: how many ids are remembered. An id is never forgotten, because a forgotten one
            could be done twice: when the desk is full, new commands are refused.
    """

    def __init__(self, plant: Acts, *, capacity: int = MAX_REMEMBERED) -> None:
        self._plant = plant
        self._capacity = capacity
        self._done: dict[str, tuple[_Order, Answer]] = {}

    def execute(
        self,
        id: str,  # noqa: A002  the contract's own word
        unit: str,
        command: str,
        arguments: dict[str, Any],
        deadline_utc: float,
        now_utc: float,
    ) -> Answer:
        """Do a command once and say what became of it.

        Args:
            id: unique for ever, chosen by the caller, 1 to 200 characters.
            unit: equipment that acts, for example `BR101`.
            command: for example `DOSE`.
            arguments: by name, in the eu of the tag list.
            deadline_utc: seconds since 1970 UTC from which it must not be started.
            now_utc: seconds since 1970 UTC.

        Returns:
            `accepted` or `refused`, and one plain sentence. A known id gets its first answer again.
        """
        if not 0 < len(id) <= MAX_ID_LENGTH:
            return "refused", f"the command id must have 1 to {MAX_ID_LENGTH} characters."
        order = _Order(unit, command, dict(arguments))
        known = self._done.get(id)
        if known is not None:
            return known[1] if known[0] == order else _taken(id, known[0])
        if len(self._done) >= self._capacity:
            return (
                "refused",
                f"the plant remembers {self._capacity} commands and is full; restart it.",
            )
        answer = self._first(order, deadline_utc, now_utc)
        self._done[id] = (order, answer)
        return answer

    def state(self, id: str) -> Answer:  # noqa: A002
        """Return the answer given under this id, or `never arrived`."""
        known = self._done.get(id)
        return known[1] if known else ("never arrived", f"no command with id '{id}' came here.")

    def _first(self, order: _Order, deadline: float, now: float) -> Answer:
        if not math.isfinite(deadline):
            return "refused", "the deadline must be a number of seconds since 1970 UTC."
        if now >= deadline:
            late = f"it came {now - deadline:.3f} s after its deadline"
            return "refused", f"{order.command} on {order.unit} was not started: {late}."
        try:
            return "accepted", self._plant.execute(order.unit, order.command, dict(order.arguments))
        except Refused as refusal:
            return "refused", str(refusal)


def _taken(id: str, first: _Order) -> Answer:  # noqa: A002
    return "refused", f"id '{id}' already stands for {first.command} on {first.unit}; use a new id."
