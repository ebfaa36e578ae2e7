"""How one event changes the state of a cell: a pure fold, one function per kind of event.

Kinds that decide nothing (alarms, results, links, ...) change nothing here; the record reads them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from bioctl.batch.control_recipe import BoundStep, from_dict
from bioctl.batch.state import BatchState, CellState, PhaseState, Prompt
from bioctl.equipment.commanded import LoopDemand, UnitState
from bioctl.equipment.driver import CallState
from bioctl.phases.phase import Ask, CallRecord
from bioctl.phases.states import State, final
from bioctl.recipe.lifecycle import Status, Version


class Fact(NamedTuple):
    """The part of a journal entry that decides: what, of which batch, unit and path, and when."""

    kind: str
    data: Mapping[str, Any]
    batch: str | None = None
    unit: str | None = None
    path: str | None = None
    t: float = 0.0


def apply(cell: CellState, fact: Fact) -> CellState:
    """Return the cell after this fact."""
    change = _CHANGES.get(fact.kind)
    cell = change(cell, fact) if change else cell
    if fact.kind in _VERSIONED and fact.batch is not None:
        batch = cell.batches[fact.batch]
        cell = _with_batch(cell, replace(batch, version=batch.version + 1))
    return replace(cell, t=fact.t) if fact.t > cell.t else cell


def fold(facts: Iterable[Fact], cell: CellState | None = None) -> CellState:
    """Return the cell after all facts, in order."""
    state = cell or CellState()
    for fact in facts:
        state = apply(state, fact)
    return state


def _with_batch(cell: CellState, batch: BatchState) -> CellState:
    return replace(cell, batches={**cell.batches, batch.id: batch})


def _batch(cell: CellState, fact: Fact) -> BatchState:
    return cell.batches[str(fact.batch)]


def _phase(cell: CellState, fact: Fact) -> PhaseState:
    return _batch(cell, fact).phases[str(fact.path)]


def _with_phase(cell: CellState, fact: Fact, phase: PhaseState) -> CellState:
    batch = _batch(cell, fact)
    return _with_batch(cell, replace(batch, phases={**batch.phases, phase.path: phase}))


def _started(cell: CellState, fact: Fact) -> CellState:
    del fact
    return replace(cell, clean=False)


def _stopped(cell: CellState, fact: Fact) -> CellState:
    del fact
    return replace(cell, clean=True)


def _recipe_status(cell: CellState, fact: Fact) -> CellState:
    data = fact.data
    version = Version(
        recipe=str(data["recipe"]),
        version=str(data["version"]),
        status=Status(data["status"]),
        hash=str(data["hash"]),
        author=str(data["author"]),
        approver=str(data["approver"]),
    )
    return replace(cell, recipes={**cell.recipes, version.name: version})


def _recipe_scaled(cell: CellState, fact: Fact) -> CellState:
    return replace(cell, scales={**cell.scales, str(fact.data["hash"]): str(fact.data["by"])})


def _created(cell: CellState, fact: Fact) -> CellState:
    control = from_dict(fact.data["control_recipe"])
    return _with_batch(cell, BatchState(str(fact.batch), control, fact.t))


def _batch_state(cell: CellState, fact: Fact) -> CellState:
    batch, state = _batch(cell, fact), State(fact.data["state"])
    started = fact.t if batch.started is None and state is State.RUNNING else batch.started
    ended = fact.t if final(state) else None
    cause = str(fact.data.get("cause", ""))
    changed = replace(batch, state=state, cause=cause, started=started, ended=ended, waits="")
    return _with_batch(cell, changed)


def _phase_state(cell: CellState, fact: Fact) -> CellState:
    state, path, batch = State(fact.data["state"]), str(fact.path), _batch(cell, fact)
    old = batch.phases.get(path)
    if old is None and final(state):
        return cell  # told twice: it was over
    if old is None:
        return _with_phase(cell, fact, PhaseState(path, state, fact.t))
    if final(state):
        rest = {p: phase for p, phase in batch.phases.items() if p != path}
        done = (*batch.done, path) if state is State.COMPLETE else batch.done
        cell = _with_batch(cell, replace(batch, phases=rest, done=done))
        return _cultured(cell, fact, batch.control.step(path)) if done != batch.done else cell
    until = min(float(fact.data.get("alive", fact.t)), fact.t)
    elapsed = old.elapsed(until)
    trouble = "" if state is State.RUNNING else old.trouble
    new = replace(old, state=state, since=fact.t, elapsed_before=elapsed, late=False)
    return _with_phase(cell, fact, replace(new, trouble=trouble))


def _cultured(cell: CellState, fact: Fact, step: BoundStep) -> CellState:
    """Note when a phase has brought the first cells into its unit."""
    brings = step.phase == "inoculate" or step.parameters.get("source") == "inoculum"
    unit = cell.units.get(step.unit)
    if not brings or unit is None or unit.cultured is not None:
        return cell
    return replace(cell, units={**cell.units, step.unit: replace(unit, cultured=fact.t)})


def _step(cell: CellState, fact: Fact) -> CellState:
    phase = _phase(cell, fact)
    memory = {**phase.memory, **fact.data.get("memory", {})}
    same = fact.data["step"] == phase.step
    entered = phase.entered if same else phase.elapsed(fact.t)
    new = replace(phase, step=fact.data["step"], memory=memory, entered=entered)
    return _with_phase(cell, fact, new)


def _call_intent(cell: CellState, fact: Fact) -> CellState:
    phase = _phase(cell, fact)
    calls = {**phase.calls, fact.data["key"]: CallRecord(fact.data["id"])}
    return _with_phase(cell, fact, replace(phase, calls=calls))


def _call_outcome(cell: CellState, fact: Fact) -> CellState:
    phase = _batch(cell, fact).phases.get(str(fact.path))
    if phase is None:
        return cell
    state, message = CallState(fact.data["state"]), str(fact.data.get("message", ""))
    calls = {
        key: replace(call, state=state, message=message) if call.id == fact.data["id"] else call
        for key, call in phase.calls.items()
    }
    return _with_phase(cell, fact, replace(phase, calls=calls))


def _late(cell: CellState, fact: Fact) -> CellState:
    if fact.batch is None or fact.path not in _batch(cell, fact).phases:
        return cell
    late = fact.kind == "phase.late" or _phase(cell, fact).late
    new = replace(_phase(cell, fact), late=late, trouble=str(fact.data["text"]))
    return _with_phase(cell, fact, new)


def _opened(cell: CellState, fact: Fact) -> CellState:
    batch, data = _batch(cell, fact), dict(fact.data)
    prompt_id, choices = str(data.pop("id")), tuple(data.pop("choices", ()))
    ask = Ask(choices=choices, **data)
    prompt = Prompt(prompt_id, batch.id, str(fact.path), ask, fact.t)
    return _with_batch(cell, replace(batch, prompts={**batch.prompts, prompt.id: prompt}))


def _answered(cell: CellState, fact: Fact) -> CellState:
    batch = _batch(cell, fact)
    old = batch.prompts[fact.data["id"]]
    prompt = replace(old, answer=fact.data["answer"], by=str(fact.data["by"]))
    return _with_batch(cell, replace(batch, prompts={**batch.prompts, prompt.id: prompt}))


def _unit(cell: CellState, fact: Fact) -> UnitState:
    return cell.units.get(str(fact.unit), UnitState())


def _with_unit(cell: CellState, fact: Fact, unit: UnitState) -> CellState:
    return replace(cell, units={**cell.units, str(fact.unit): unit})


def _acquired(cell: CellState, fact: Fact) -> CellState:
    """Give the unit to a batch; loops a person took without one go back to the recipe."""
    unit = _unit(cell, fact)
    loops = {
        name: replace(loop, mode="OFF", held="") if loop.held else loop
        for name, loop in unit.loops.items()
    }
    return _with_unit(cell, fact, replace(unit, owner=fact.batch, loops=loops, cultured=None))


def _released(cell: CellState, fact: Fact) -> CellState:
    cell = _with_batch(cell, replace(_batch(cell, fact), released=True))
    return _with_unit(cell, fact, replace(_unit(cell, fact), owner=None, cultured=None))


def _output(cell: CellState, fact: Fact) -> CellState:
    unit = _unit(cell, fact)
    outputs = {**unit.outputs, fact.data["output"]: float(fact.data["value"])}
    return _with_unit(cell, fact, replace(unit, outputs=outputs))


def _loop(cell: CellState, fact: Fact) -> CellState:
    unit = _unit(cell, fact)
    old = unit.loops.get(fact.data["loop"], LoopDemand("OFF", None))
    asked = {name: fact.data[name] for name in _OF_LOOP if name in fact.data}
    demand = replace(old, mode=fact.data["mode"], sp=fact.data["sp"], **asked)
    return _with_unit(cell, fact, replace(unit, loops={**unit.loops, fact.data["loop"]: demand}))


_OF_LOOP = ("u", "order", "tuning", "held", "rate")
"""What an entry about a loop need not say: it stays as it was."""


def _missing(cell: CellState, fact: Fact) -> CellState:
    return _with_batch(cell, replace(_batch(cell, fact), waits=str(fact.data["permissive"])))


def _given(cell: CellState, fact: Fact) -> CellState:
    return _with_batch(cell, replace(_batch(cell, fact), waits=""))


def _sealed(cell: CellState, fact: Fact) -> CellState:
    return _with_batch(cell, replace(_batch(cell, fact), sealed=True))


def _intent(cell: CellState, fact: Fact) -> CellState:
    return replace(cell, commands={**cell.commands, fact.data["id"]: ""})


def _outcome(cell: CellState, fact: Fact) -> CellState:
    command, text = fact.data["id"], str(fact.data["outcome"])
    cell = replace(cell, commands={**cell.commands, command: text})
    if text == "done":
        return cell
    return replace(cell, messages={**cell.messages, command: str(fact.data["message"])})


_CHANGES: dict[str, Callable[[CellState, Fact], CellState]] = {
    "cell.started": _started,
    "cell.stopped": _stopped,
    "recipe.status": _recipe_status,
    "recipe.scaled": _recipe_scaled,
    "batch.created": _created,
    "batch.state": _batch_state,
    "batch.sealed": _sealed,
    "phase.state": _phase_state,
    "phase.step": _step,
    "phase.late": _late,
    "phase.failed": _late,
    "call.intent": _call_intent,
    "call.outcome": _call_outcome,
    "prompt.opened": _opened,
    "prompt.answered": _answered,
    "permissive.missing": _missing,
    "permissive.given": _given,
    "unit.acquired": _acquired,
    "unit.released": _released,
    "output.set": _output,
    "loop.set": _loop,
    "command.intent": _intent,
    "command.outcome": _outcome,
}

_VERSIONED = {"batch.state", "phase.state", "prompt.opened", "prompt.answered"}
"""What a person looks at before giving a command: these make what they saw outdated."""
