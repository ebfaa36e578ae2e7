"""What people do to interlocks and permissives: reset what has tripped, bypass, restore.

A bypass leaves equipment less protected, so it is signed and ends by itself. The condition goes on
being evaluated: a trip is journaled, and acts as soon as the bypass ends.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from bioctl.app.core import Core
from bioctl.app.protective import Step, checked, minutes_of
from bioctl.audit.entry import Event
from bioctl.audit.people import Person
from bioctl.audit.signature import sign
from bioctl.batch.log import Actor
from bioctl.control import interlock as law
from bioctl.control.bypass import bypass, restore
from bioctl.control.event import ControlEvent
from bioctl.control.interlock_config import InterlockConfig, InterlockState, Reset
from bioctl.control.permissive import PermissiveConfig, PermissiveState
from bioctl.equipment.condition_names import lookup_of
from bioctl.equipment.count import count_anew
from bioctl.errors import InputError, RefusedError

VERBS = ("reset", "bypass", "restore")
BYPASS = "interlock.bypass"
MEANING = "approved"
"""What the signature of a bypass, or of a second person, says."""


class _Change(NamedTuple):
    """What a command comes to: the event, what makes it so, and how it is told."""

    event: ControlEvent
    put: Callable[[], None]
    told: str


def needs_second(core: Core, args: Mapping[str, Any]) -> bool:
    """Whether a reset of this interlock is signed by a second person."""
    unit, _, name = str(args.get("interlock", "")).partition(".")
    found = core.site.units[unit].interlocks.get(name) if unit in core.site.units else None
    return found is not None and found.reset is Reset.SECOND


def interlock_step(
    core: Core,
    verb: str,
    args: Mapping[str, Any],
    reason: str,
    actor: Actor,
    signer: Person | None,
    utc: float,
) -> Step:
    """Return what a command on an interlock or permissive comes to; nothing is changed here.

    Args:
        core: the cell.
        verb: of `interlock.<verb>`.
        args: `interlock` as UNIT.NAME; `minutes` of process time, to bypass.
        reason: why, for the record.
        actor: who.
        signer: who gave user and password just now: to bypass, or as the second person.
        utc: when, s since 1970.

    Raises:
        InputError: no such command or name, no reason, or not a time to bypass for.
        RefusedError: not possible in its state, or not by this person.
    """
    units = core.site.units.items()
    known = [f"{unit}.{one}" for unit, c in units for one in (*c.interlocks, *c.permissives)]
    full = str(args.get("interlock", ""))
    unit, name = checked("interlock", verb, VERBS, reason, full, known)
    config = core.site.units[unit].interlocks.get(name) or core.site.units[unit].permissives[name]
    minutes = minutes_of(args, BYPASS) if verb == "bypass" else 0.0
    change = _changed(core, unit, config, verb, minutes, actor)
    owner = core.state.units[unit].owner if unit in core.state.units else None
    now = core.world.now
    signed: tuple[Event, ...] = ()
    if verb == "bypass" or needs_second(core, args):
        if signer is None:
            raise RefusedError(f"interlock.{verb} is given by a signature")
        shown: dict[str, str | float] = {
            "protects": config.text,
            "when": config.when.text,
            "command": verb,
        }
        shown |= {"minutes": minutes} if verb == "bypass" else {}
        record, content = f"{config.noun}:{unit}.{name}", shown | {"reason": reason}
        signed = (sign(record, content, MEANING, signer, utc).event(t=now),)
    data = {**change.event.data, "reason": reason}
    return Step(
        f"{config.noun} {unit}.{name} is {change.told}",
        Event(change.event.kind, actor, data, owner, unit, t=now),
        change.put,
        signed,
    )


def _changed(
    core: Core,
    unit: str,
    config: InterlockConfig | PermissiveConfig,
    verb: str,
    minutes: float,
    actor: Actor,
) -> _Change:
    if isinstance(config, PermissiveConfig):
        states = core.memory[unit].permissives
        state = states.get(config.name, PermissiveState())
        if verb == "reset":
            raise InputError(
                f"{unit}.{config.name} is a permissive: there is nothing to reset.",
                help=f"it is given when {config.when.text}",
            )
        return _bypassed(core, config, states, state, verb, minutes, actor)
    locks = core.memory[unit].interlocks
    if verb == "reset":
        return _reset(core, unit, config, actor)
    lock = locks.get(config.name, InterlockState())
    return _bypassed(core, config, locks, lock, verb, minutes, actor)


def _bypassed(
    core: Core,
    config: Any,  # noqa: ANN401  an interlock or a permissive, with the states of its own kind
    states: dict[str, Any],
    state: Any,  # noqa: ANN401
    verb: str,
    minutes: float,
    actor: Actor,
) -> _Change:
    by = str(actor.get("name") or actor["id"])
    if verb == "bypass":
        new, event = bypass(config, state, core.world.now, minutes * 60)
        told = f"bypassed for {minutes:g} min"
    else:
        new, event = restore(config, state, f"by {by}")
        told = "restored"
    return _Change(event, lambda: states.__setitem__(config.name, new), told)


def _reset(core: Core, unit: str, config: InterlockConfig, actor: Actor) -> _Change:
    """Reset an interlock; what its condition counts begins anew, if that is what it waits for."""
    memory = core.memory[unit]
    state = memory.interlocks.get(config.name, InterlockState())
    by = law.Person(str(actor.get("name") or actor["id"]), str(actor.get("role", "")))
    anew = lookup_of(core.site.units[unit], memory, core.world.image, anew=config.counts)
    new, event = law.reset(config, state, by, anew)

    def put() -> None:
        memory.interlocks[config.name] = new
        count_anew(memory, config.counts)

    return _Change(event, put, "reset")
