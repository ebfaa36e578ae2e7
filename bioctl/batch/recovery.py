"""After a crash: nothing goes forward without a person (promise 4).

Pure: state in, events out. Phases that ran, paused or restarted go through HOLDING to HELD by their
own hold logic; calls whose fate is open are asked for at the equipment before that logic goes on.
"""

import math
from collections.abc import Mapping

from bioctl.audit.entry import Event
from bioctl.batch.demands import settle_outputs
from bioctl.batch.log import Log, rule_actor
from bioctl.batch.state import CellState
from bioctl.batch.world import World
from bioctl.equipment.driver import CallState
from bioctl.equipment.unit import UnitConfig
from bioctl.phases.states import AFTER_CRASH, final

CAUSE = "the controller was started again"


def recover(
    cell: CellState, now: float, alive: float, units: Mapping[str, UnitConfig]
) -> list[Event]:
    """Return what a restart decides.

    Args:
        cell: folded from the journal.
        now: process time of the restart, s.
        alive: last process time the old controller is known of, s.
        units: of the site; a batch whose units are there closes its feeds before anything is sent.
    """
    log, rule = Log(cell, now), rule_actor("restart holds every batch")
    for batch_id, batch in cell.batches.items():
        if final(batch.state):
            continue
        for path, phase in batch.phases.items():
            if phase.state in AFTER_CRASH:
                log.phase_state(batch_id, path, AFTER_CRASH[phase.state], CAUSE, rule, alive=alive)
        if batch.state in AFTER_CRASH:
            log.batch_state(batch_id, AFTER_CRASH[batch.state], CAUSE, rule)
        if set(batch.control.units.values()) <= units.keys():
            settle_outputs(log, batch_id, World(units, {}, now, math.nan))
    for command, outcome in cell.commands.items():
        if not outcome:
            text = "not carried out: the controller ended first"
            data = {"id": command, "outcome": "void", "message": text}
            log.emit("command.outcome", rule, data)
    return log.events


def open_calls(cell: CellState) -> list[tuple[str, str, str]]:
    """Return (batch, path, call id) of every one-shot command whose fate is not known."""
    return [
        (batch.id, path, call.id)
        for batch in cell.batches.values()
        for path, phase in batch.phases.items()
        for call in phase.calls.values()
        if call.state in (None, CallState.UNKNOWN)
    ]
