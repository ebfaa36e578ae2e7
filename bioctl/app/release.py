"""Releasing a dose that its limit has locked: one person asks, a second one signs."""

from collections.abc import Mapping
from typing import Any

from bioctl.app.core import Core
from bioctl.app.interlocks import MEANING
from bioctl.app.loops import find_loop
from bioctl.app.protective import Step
from bioctl.audit.entry import Event
from bioctl.audit.people import Person
from bioctl.audit.signature import sign
from bioctl.batch.log import Actor
from bioctl.control.loop_config import LoopConfig
from bioctl.control.loop_state import LoopState
from bioctl.equipment.count import count_anew
from bioctl.errors import InputError, RefusedError

RELEASE = "loop.release"


def release_step(
    core: Core, args: Mapping[str, Any], reason: str, actor: Actor, signer: Person, utc: float
) -> Step:
    """Return what the release of a locked dose comes to; nothing is changed here.

    Args:
        core: the cell.
        args: `unit` and `loop`.
        reason: why, for the record.
        actor: who asks.
        signer: the second person.
        utc: when, s since 1970.

    Raises:
        InputError: no such loop, none with a dose limit, or no reason.
        RefusedError: its dose is not locked.
    """
    if not reason.strip():
        raise InputError(f"{RELEASE} needs a reason", help="say why, for the record")
    unit, config = find_loop(core, args)
    limit = config.dose if isinstance(config, LoopConfig) else None
    name, memory = f"{unit}.{config.name}", core.memory[unit]
    if limit is None:
        raise InputError(f"loop {name} has no dose limit: there is nothing to release.")
    dose = memory.loops.get(config.name, LoopState()).dose
    if not dose.locked:
        eu = core.site.units[unit].measurements[limit.totaliser].eu
        said = f"{dose.used:g} of {limit.limit:g} {eu} used"
        raise RefusedError(f"the dose of {name} is not locked: {said}.")
    shown = {"output": limit.output, "used": dose.used, "limit": limit.limit, "reason": reason}
    signature = sign(f"dose:{name}", shown, MEANING, signer, utc).event(t=core.world.now)
    by = str(actor.get("name") or actor["id"])
    data = {
        "interlock": f"{config.name}.dose",
        "cause": f"released by {by}, signed by {signer.name}; counts from 0 again",
        "used": dose.used,
        "reason": reason,
    }
    owner = core.state.units[unit].owner if unit in core.state.units else None
    event = Event("interlock.reset", actor, data, owner, unit, t=core.world.now)
    told = f"the dose of {name} is released and counts from 0 again"
    return Step(told, event, lambda: count_anew(memory, [config.name]), (signature,))
