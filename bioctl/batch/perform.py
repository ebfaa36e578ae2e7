"""Turning a phase's actions into events."""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from bioctl.batch.log import Log, recipe_actor
from bioctl.batch.world import PhaseView
from bioctl.phases.phase import Action, Ask, Do, Done, Fail, Go, Report
from bioctl.phases.states import TABLE, State
from bioctl.values import Scalar

CALL_DEADLINE_S = 5.0
"""A one-shot command is worthless later than this; the equipment refuses it (host seconds)."""


def perform(
    log: Log, batch_id: str, path: str, actions: Sequence[Action], view: PhaseView, utc: float
) -> None:
    """Emit one event per action; the readings the phase looked at go with the first."""
    used: dict[str, Any] = {
        tag: [_json(value), quality] for tag, (value, quality) in view.used.items()
    }
    for action in actions:
        _PERFORM[type(action)](log, batch_id, path, action, used, utc)
        if not isinstance(action, Ask | Report):  # these carry none: the next one does
            used = {}


def _json(value: Scalar) -> Scalar | None:
    """Return the value, None where JSON has no such number."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _emit(log: Log, batch_id: str, path: str, kind: str, data: dict[str, Any]) -> None:
    batch = log.cell.batches[batch_id]
    unit = batch.control.step(path).unit
    log.emit(kind, recipe_actor(batch), data, batch=batch_id, unit=unit, path=path)


def _go(log: Log, batch_id: str, path: str, action: Go, used: dict[str, Any], utc: float) -> None:
    del utc
    data = {"step": action.step, "memory": dict(action.memory), "used": used}
    _emit(log, batch_id, path, "phase.step", data)


def _do(log: Log, batch_id: str, path: str, action: Do, used: dict[str, Any], utc: float) -> None:
    data = {
        "id": f"{batch_id}/{path}/{action.key}",
        "key": action.key,
        "command": action.command,
        "args": dict(action.arguments),
        "deadline": utc + CALL_DEADLINE_S,
        "used": used,
    }
    _emit(log, batch_id, path, "call.intent", data)


def _ask(log: Log, batch_id: str, path: str, action: Ask, used: dict[str, Any], utc: float) -> None:
    del used, utc
    number = len(log.cell.batches[batch_id].prompts) + 1
    data = {"id": f"P{number}", **asdict(action)}
    data["choices"] = list(action.choices)
    data["evidence"] = {name: _json(value) for name, value in action.evidence.items()}
    _emit(log, batch_id, path, "prompt.opened", data)


def _report(
    log: Log, batch_id: str, path: str, action: Report, used: dict[str, Any], utc: float
) -> None:
    del used, utc
    data = {"name": action.name, "value": _json(action.value), "eu": action.eu}
    data["text"] = action.text
    _emit(log, batch_id, path, "result", data)


def _fail(
    log: Log, batch_id: str, path: str, action: Fail, used: dict[str, Any], utc: float
) -> None:
    del utc
    batch = log.cell.batches[batch_id]
    _emit(log, batch_id, path, "phase.failed", {"text": action.reason, "used": used})
    if batch.phases[path].state is State.RUNNING:
        log.phase_state(batch_id, path, State.HOLDING, action.reason, recipe_actor(batch))


def _done(
    log: Log, batch_id: str, path: str, action: Done, used: dict[str, Any], utc: float
) -> None:
    del action, utc
    batch = log.cell.batches[batch_id]
    target = TABLE[batch.phases[path].state].done
    if target is None:
        return
    if used:
        data = {"step": batch.phases[path].step, "memory": {}, "used": used}
        _emit(log, batch_id, path, "phase.step", data)
    log.phase_state(batch_id, path, target, "its logic is finished", recipe_actor(batch))


_PERFORM: dict[type[Action], Callable[..., None]] = {
    Go: _go,
    Do: _do,
    Ask: _ask,
    Report: _report,
    Fail: _fail,
    Done: _done,
}
