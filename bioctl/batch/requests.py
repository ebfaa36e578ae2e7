"""What people ask of a batch, checked against its state and turned into events.

A request has already been authenticated and its intent is durable. Here it meets the state table;
its outcome is an event of the same scan.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bioctl.batch.log import Actor, Log
from bioctl.batch.permits import Blocks, refuse_blocked
from bioctl.batch.prompts import open_prompt
from bioctl.batch.state import BatchState
from bioctl.errors import BioctlError, RefusedError
from bioctl.phases.states import PRIORITY, Command, State, after, final, legal

NO_BLOCKS: Blocks = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Request:
    """One command on one batch.

    Attributes:
        id: of the command; the outcome carries it. Empty for a rule, which awaits none.
        name: a command of the ISA-88 table, or `answer`.
        actor: the person.
        seen: state version its author saw, None if not said.
        args: of `answer`: prompt, value, signature (its public part) or None, comment.
        deadline: s since 1970 UTC from which it must not act; None for no deadline.
    """

    id: str
    name: str
    actor: Actor
    reason: str = ""
    seen: int | None = None
    args: Mapping[str, Any] = field(default_factory=dict)
    deadline: float | None = None


def take(
    log: Log, batch_id: str, requests: Iterable[Request], utc: float, blocks: Blocks = NO_BLOCKS
) -> None:
    """Carry out requests, the most protective first; each gets its outcome."""
    for request in sorted(requests, key=_priority):
        try:
            if request.deadline is not None and utc >= request.deadline:
                raise RefusedError("the command's deadline passed", help="give it again")
            message = _HANDLERS.get(request.name, _command)(log, batch_id, request, blocks)
            outcome = "done"
        except BioctlError as error:
            outcome, message = "rejected", str(error)
        if request.id:
            data = {"id": request.id, "outcome": outcome, "message": message}
            log.emit("command.outcome", request.actor, data, batch=batch_id)


def _priority(request: Request) -> int:
    names = [command.value for command in PRIORITY]
    return names.index(request.name) if request.name in names else len(names)


def _command(log: Log, batch_id: str, request: Request, blocks: Blocks) -> str:
    batch, command = log.cell.batches[batch_id], Command(request.name)
    if request.seen is not None and request.seen != batch.version and command is not Command.ABORT:
        raise RefusedError(
            f"batch {batch_id} has changed since you looked (it is {batch.state})",
            help="look again, then repeat the command",
        )
    target = after(batch.state, command)
    if target is None or command is Command.RESET:
        can = ", ".join(c for c in legal(batch.state) if c is not Command.RESET) or "nothing"
        raise RefusedError(
            f"batch {batch_id} is {batch.state}: {command} is not possible now",
            help=f"it accepts {can}",
        )
    refuse_blocked(batch, command, blocks)
    if command is Command.START:
        _acquire(log, batch, request.actor)
    log.batch_state(batch_id, target, request.reason or command.value, request.actor)
    for path, phase in log.cell.batches[batch_id].phases.items():
        follow = after(phase.state, command)
        if follow is not None:
            log.phase_state(batch_id, path, follow, f"batch: {command}", request.actor)
    return f"batch {batch_id} is {target}"


def _acquire(log: Log, batch: BatchState, actor: Actor) -> None:
    for unit in batch.control.units.values():
        owner = log.cell.units[unit].owner if unit in log.cell.units else None
        if owner is not None and owner != batch.id:
            raise RefusedError(f"unit {unit} is in use by batch {owner}", help="wait for it")
    for unit in batch.control.units.values():
        log.emit("unit.acquired", actor, {}, batch=batch.id, unit=unit)


def _answer(log: Log, batch_id: str, request: Request, _: Blocks) -> str:
    batch = log.cell.batches[batch_id]
    prompt = open_prompt(batch, str(request.args["prompt"]))
    if final(batch.state) or batch.state in (State.STOPPING, State.ABORTING):
        raise RefusedError(f"batch {batch_id} is {batch.state}: its prompts are void")
    value = request.args["value"]
    data = {
        "id": prompt.id,
        "answer": value,
        "by": request.actor["id"],
        "comment": request.args.get("comment", ""),
        "text": prompt.ask.text,
        "eu": prompt.ask.eu,
    }
    unit = batch.control.step(prompt.path).unit
    place: dict[str, str] = {"batch": batch_id, "unit": unit, "path": prompt.path}
    if request.args.get("signature"):
        log.emit("signature", request.actor, request.args["signature"], **place)
    log.emit("prompt.answered", request.actor, data, **place)
    return f"prompt {prompt.id} answered: {value}"


_HANDLERS: Mapping[str, Callable[[Log, str, Request, Blocks], str]] = {"answer": _answer}
