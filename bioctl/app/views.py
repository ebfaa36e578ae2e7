"""The cell as people see it: plain JSON, made from durable state and the last image."""

import math
from dataclasses import asdict
from typing import Any

from bioctl.app.alarms import alarms_of
from bioctl.app.core import Core
from bioctl.batch.permits import blocking, words
from bioctl.batch.state import BatchState, Prompt
from bioctl.control.alarm_state import AlarmCondition
from bioctl.control.interlock import first_out
from bioctl.control.loop_state import LoopState
from bioctl.control.permissive import PermissiveState
from bioctl.equipment.commanded import NOTHING
from bioctl.equipment.instruments import doubts_about
from bioctl.equipment.regulate import UnitMemory
from bioctl.equipment.tuning_fields import numbers_of
from bioctl.equipment.unit import UnitConfig
from bioctl.phases.states import final, legal
from bioctl.values import Reading


def cell_view(core: Core) -> dict[str, Any]:
    """Return cell, units, batches, prompts and alarms."""
    state = core.state
    return {
        "cell": {
            "site": core.site.name,
            "profile": core.site.profile,
            "t": core.world.now,
            "simulated": core.site.clock == "lockstep",
        },
        "units": {name: _unit(core, name) for name in core.site.units},
        "batches": [_batch(core, batch) for batch in state.batches.values()],
        "prompts": [
            _prompt(core, prompt)
            for batch in state.batches.values()
            if not final(batch.state)
            for prompt in batch.open_prompts()
        ],
        "alarms": _alarms(core),
        "interlocks": _interlocks(core),
        "permissives": _permissives(core),
        "recipes": [asdict(version) for version in state.recipes.values()],
    }


def _batch(core: Core, batch: BatchState) -> dict[str, Any]:
    path = next(iter(batch.phases), None)
    end = batch.ended if batch.ended is not None else core.world.now
    return {
        "id": batch.id,
        "recipe": f"{batch.control.recipe}@{batch.control.version}",
        "state": batch.state,
        "cause": batch.cause,
        "waits": _waits(core, batch),
        "path": path,
        "phase_state": batch.phases[path].state if path else None,
        "step": batch.phases[path].step if path else None,
        "done": len(batch.done),
        "of": len(batch.control.steps),
        "elapsed": end - batch.started if batch.started is not None else None,
        "version": batch.version,
        "accepts": [command for command in legal(batch.state) if command != "reset"],
        "sealed": batch.sealed,
    }


def _prompt(core: Core, prompt: Prompt) -> dict[str, Any]:
    return {
        "id": prompt.id,
        "batch": prompt.batch,
        "path": prompt.path,
        "kind": prompt.ask.kind,
        "text": prompt.ask.text,
        "choices": list(prompt.ask.choices),
        "eu": prompt.ask.eu,
        "low": prompt.ask.low,
        "high": prompt.ask.high,
        "role": prompt.ask.role,
        "evidence": dict(prompt.ask.evidence),
        "age": core.world.now - prompt.opened,
    }


def _unit(core: Core, name: str) -> dict[str, Any]:
    config, memory = core.site.units[name], core.memory[name]
    durable = core.state.units.get(name, NOTHING)
    image = core.world.image
    return {
        "class": config.class_name,
        "owner": durable.owner,
        "loops": {loop: _loop(core, name, loop) for loop in config.loops},
        "interlocks": [one for one, state in memory.interlocks.items() if state.tripped],
        "readings": {
            point: _reading(image[tag.name], tag.eu) | _doubts(config, memory, point)
            for point, tag in (*config.measurements.items(), *config.outputs.items())
            if tag.name in image
        },
    }


def _loop(core: Core, unit: str, name: str) -> dict[str, Any]:
    config, state = core.site.units[unit].loops[name], core.memory[unit].loops.get(name)
    state = state or LoopState()
    demand = core.state.units.get(unit, NOTHING).loops.get(name)
    tags = core.site.units[unit]
    tag = tags.measurements.get(config.pv) or tags.outputs[config.pv]
    pv = core.world.image[tag.name].number if tag.name in core.world.image else math.nan
    doubts = ", ".join(doubts_about(tags, core.memory[unit], config.pv))
    notes = [state.status, state.tracking and f"tracks {state.tracking}", doubts]
    return {
        "mode": state.mode,
        "sp": state.sp,
        "pv": pv if math.isfinite(pv) else None,
        "u": state.u,
        "parts": state.parts._asdict(),
        "held": demand.held if demand else "",
        "fallback": state.fallback,
        "note": "; ".join(note for note in notes if note),
        "tuning": numbers_of(state.tuning) if state.tuning else None,
    }


def _doubts(config: UnitConfig, memory: UnitMemory, point: str) -> dict[str, Any]:
    found = doubts_about(config, memory, point)
    return {"doubts": list(found)} if found else {}


def _reading(reading: Reading, eu: str) -> dict[str, Any]:
    value = reading.value
    if isinstance(value, float) and not math.isfinite(value):
        value = None  # type: ignore[assignment]
    return {"value": value, "eu": eu, "quality": reading.quality.name, "reason": reading.reason}


def _alarms(core: Core) -> list[dict[str, Any]]:
    """Return every alarm that is not normal; what may be silent is shown as well."""
    return [
        {
            "alarm": name,
            "unit": unit,
            "tag": config.tag,
            "priority": config.priority,
            "state": state.condition,
            "occurrence": state.occurrence,
            "escalations": state.escalations,
            "active": state.active,
            "unevaluable": state.unevaluable,
            "since": state.raised_at,
            "shelved_s": _left(state.shelved_until, core.world.now),
            "consequence": config.consequence,
            "action": config.action,
        }
        for unit, name, config, states in alarms_of(core)
        if (state := states.get(name)) and state.condition is not AlarmCondition.NORMAL
    ]


def _left(until: float | None, now: float) -> float | None:
    return None if until is None else max(until - now, 0.0)


def _interlocks(core: Core) -> list[dict[str, Any]]:
    """Return every interlock that has tripped or is bypassed; which came first in its unit."""
    return [
        {
            "interlock": name,
            "unit": unit,
            "protects": core.site.units[unit].interlocks[name].text,
            "tripped": state.tripped,
            "cause": state.cause,
            "acts": state.acts,
            "holds": list(core.site.units[unit].interlocks[name].holds),
            "reset": core.site.units[unit].interlocks[name].reset,
            "first_out": name == first_out(memory.interlocks),
            "bypassed_s": _left(state.bypassed_until, core.world.now),
        }
        for unit, memory in core.memory.items()
        for name, state in memory.interlocks.items()
        if state.tripped or state.bypassed_until is not None
    ]


def _permissives(core: Core) -> list[dict[str, Any]]:
    """Return every permissive, and what is missing for it."""
    return [
        {
            "permissive": name,
            "unit": unit,
            "protects": config.text,
            "before": list(config.before),
            "source": list(config.sources),
            "when": config.when.text,
            "given": state.given,
            "missing": state.missing,
            "bypassed_s": _left(state.bypassed_until, core.world.now),
        }
        for unit, site in core.site.units.items()
        for name, config in site.permissives.items()
        for state in (core.memory[unit].permissives.get(name, PermissiveState()),)
    ]


def _waits(core: Core, batch: BatchState) -> str:
    """Return what the next phase of a batch waits for, as it is now; "" where it does not."""
    if not batch.waits:
        return ""
    step = next(one for one in batch.control.steps if one.path not in batch.done)
    return f"{step.path}: {words(blocking(core.blocks(), step))}"
