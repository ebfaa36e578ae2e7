"""What people do to interlocks: reset what has tripped, bypass for a time, restore.

A bypass leaves equipment less protected, so it is signed and ends by itself. The condition goes on
being evaluated: a trip is journaled, and acts as soon as the bypass ends.
"""

from collections.abc import Mapping
from typing import Any

from bioctl.app.core import Core
from bioctl.app.protective import Step, checked, minutes_of
from bioctl.audit.entry import Event
from bioctl.audit.people import Person
from bioctl.audit.signature import sign
from bioctl.batch.log import Actor
from bioctl.control.event import ControlEvent
from bioctl.control.interlock import (
    InterlockConfig,
    InterlockState,
    bypass,
    reset,
    restore,
)
from bioctl.errors import RefusedError

VERBS = ("reset", "bypass", "restore")
SIGNED = frozenset({"interlock.bypass"})
MEANING = "approved"
"""What the signature of a bypass says."""


def interlock_step(
    core: Core,
    verb: str,
    args: Mapping[str, Any],
    reason: str,
    actor: Actor,
    signer: Person | None,
    utc: float,
) -> Step:
    """Return what a command on an interlock comes to; nothing is changed here.

    Args:
        core: the cell.
        verb: of `interlock.<verb>`.
        args: `interlock` as UNIT.NAME; `minutes` of process time, to bypass.
        reason: why, for the record.
        actor: who.
        signer: who gave user and password just now, to bypass.
        utc: when, s since 1970.

    Raises:
        InputError: no such command or interlock, no reason, or not a time to bypass for.
        RefusedError: not possible in the interlock's state.
    """
    known = [f"{unit}.{one}" for unit, c in core.site.units.items() for one in c.interlocks]
    full = str(args.get("interlock", ""))
    unit, name = checked("interlock", verb, VERBS, reason, full, known)
    config, states = core.site.units[unit].interlocks[name], core.memory[unit].interlocks
    minutes = minutes_of(args, "interlock.bypass") if verb == "bypass" else 0.0
    state, event = _decided(config, states.get(name, InterlockState()), verb, minutes, core, actor)
    owner = core.state.units[unit].owner if unit in core.state.units else None
    now = core.world.now
    told = f"interlock {unit}.{name} is " + {
        "reset": "reset", "bypass": f"bypassed for {minutes:g} min", "restore": "restored"
    }[verb]  # fmt: skip
    signed: tuple[Event, ...] = ()
    if verb == "bypass":
        if signer is None:
            raise RefusedError("interlock.bypass is given by a signature")
        shown = {"protects": config.text, "when": config.when.text, "minutes": minutes}
        record, content = f"interlock:{unit}.{name}", shown | {"reason": reason}
        signed = (sign(record, content, MEANING, signer, utc).event(t=now),)
    return Step(
        told,
        Event(event.kind, actor, {**event.data, "reason": reason}, owner, unit, t=now),
        lambda: states.__setitem__(name, state),
        signed,
    )


def _decided(
    config: InterlockConfig,
    state: InterlockState,
    verb: str,
    minutes: float,
    core: Core,
    actor: Actor,
) -> tuple[InterlockState, ControlEvent]:
    if verb == "bypass":
        return bypass(config, state, core.world.now, minutes * 60)
    by = str(actor.get("name") or actor["id"])
    return reset(config, state, by) if verb == "reset" else restore(config, state, f"by {by}")
