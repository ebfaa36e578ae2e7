"""The vocabulary: every kind of journal entry, what it means and what its data holds.

A kind is `noun.verb` in past tense, or `noun.facet`. `Kind` members are strings, so `Event` takes
either. Keys in braces are those of `data`; a key with `?` may be absent.
"""

from enum import StrEnum


class Kind(StrEnum):
    """The kinds of journal entries."""

    CELL_STARTED = "cell.started"
    CELL_STOPPED = "cell.stopped"
    PEOPLE_ADDED = "people.added"
    PEOPLE_CHANGED = "people.changed"
    PEOPLE_DEACTIVATED = "people.deactivated"
    PEOPLE_LOCKED = "people.locked"
    PEOPLE_UNLOCKED = "people.unlocked"
    LOGIN_ACCEPTED = "login.accepted"
    LOGIN_FAILED = "login.failed"
    LOGIN_ENDED = "login.ended"
    COMMAND_INTENT = "command.intent"
    COMMAND_OUTCOME = "command.outcome"
    COMMAND_REJECTED = "command.rejected"
    RECIPE_STATUS = "recipe.status"
    RECIPE_SCALED = "recipe.scaled"
    BATCH_CREATED = "batch.created"
    BATCH_STATE = "batch.state"
    BATCH_SEALED = "batch.sealed"
    PHASE_STATE = "phase.state"
    PHASE_STEP = "phase.step"
    PHASE_LATE = "phase.late"
    PHASE_FAILED = "phase.failed"
    UNIT_ACQUIRED = "unit.acquired"
    UNIT_RELEASED = "unit.released"
    LOOP_SET = "loop.set"
    LOOP_FALLBACK = "loop.fallback"
    LOOP_RECOVERED = "loop.recovered"
    LOOP_DOUBTED = "loop.doubted"
    LOOP_TRUSTED = "loop.trusted"
    LOOP_TESTED = "loop.tested"
    INSTRUMENT_COMPARED = "instrument.compared"
    INSTRUMENT_DOUBTED = "instrument.doubted"
    INSTRUMENT_TRUSTED = "instrument.trusted"
    OUTPUT_SET = "output.set"
    CALL_INTENT = "call.intent"
    CALL_OUTCOME = "call.outcome"
    PROMPT_OPENED = "prompt.opened"
    PROMPT_ANSWERED = "prompt.answered"
    SIGNATURE = "signature"
    ALARM_RAISED = "alarm.raised"
    ALARM_CLEARED = "alarm.cleared"
    ALARM_ESCALATED = "alarm.escalated"
    ALARM_ACKNOWLEDGED = "alarm.acknowledged"
    ALARM_SHELVED = "alarm.shelved"
    ALARM_UNSHELVED = "alarm.unshelved"
    ALARM_RESET = "alarm.reset"
    ALARM_SUPPRESSED = "alarm.suppressed"
    ALARM_REMOVED = "alarm.removed"
    ALARM_RETURNED = "alarm.returned"
    INTERLOCK_TRIPPED = "interlock.tripped"
    INTERLOCK_RESET = "interlock.reset"
    INTERLOCK_BYPASSED = "interlock.bypassed"
    INTERLOCK_RESTORED = "interlock.restored"
    PERMISSIVE_MISSING = "permissive.missing"
    PERMISSIVE_GIVEN = "permissive.given"
    PERMISSIVE_BYPASSED = "permissive.bypassed"
    PERMISSIVE_RESTORED = "permissive.restored"
    LINK_DOWN = "link.down"
    LINK_UP = "link.up"
    PLANT_LOCAL = "plant.local"
    HISTORY_CHUNK = "history.chunk"
    HISTORY_LOST = "history.lost"
    SNAPSHOT_TAKEN = "snapshot.taken"
    JOURNAL_RECOVERED = "journal.recovered"
    RESULT = "result"


MEANING: dict[Kind, str] = {
    Kind.CELL_STARTED: "the controller started {version, profile, how_it_ended_before, alarms?}",
    Kind.CELL_STOPPED: "the controller stopped as asked {reason?}",
    Kind.PEOPLE_ADDED: "an account was made {user, name, role}",
    Kind.PEOPLE_CHANGED: "an account's name, role or password was changed {user, what, old?, new?}",
    Kind.PEOPLE_DEACTIVATED: "an account was closed for ever {user, reason?}",
    Kind.PEOPLE_LOCKED: "an account was locked after failed logins {user, failures}",
    Kind.PEOPLE_UNLOCKED: "a locked account was opened again {user, reason?}",
    Kind.LOGIN_ACCEPTED: "a person logged in {user}",
    Kind.LOGIN_FAILED: "a login was refused {user, reason?}",
    Kind.LOGIN_ENDED: "a session ended {user, reason?}",
    Kind.COMMAND_INTENT: "a command passed every check and will act {command, args, id, reason?}",
    Kind.COMMAND_OUTCOME: "what became of a command {id, outcome, message, command?}",
    Kind.COMMAND_REJECTED: "a command was refused {command, args, reason}",
    Kind.RECIPE_STATUS: "a recipe version changed its status {recipe, version, hash, status, from,"
    " author, approver, move, content?}",
    Kind.RECIPE_SCALED: "a scale sheet was signed {recipe, version, hash, from, to, by, sheet}",
    Kind.BATCH_CREATED: "a batch was bound to units {control_recipe, hash, recipe, version, units,"
    " status?, scale?}",
    Kind.BATCH_STATE: "a batch changed its ISA-88 state {state, from, cause}",
    Kind.BATCH_SEALED: "the batch's entries were counted {count, head}",
    Kind.PHASE_STATE: "a phase changed its ISA-88 state {state, from, cause}",
    Kind.PHASE_STEP: "a phase went to its next step {step, memory, used {tag: [value, quality]}}",
    Kind.PHASE_LATE: "a phase takes longer than it should {text}",
    Kind.PHASE_FAILED: "a phase could not go on {text, used {tag: [value, quality]}}",
    Kind.UNIT_ACQUIRED: "a batch took a unit {}",
    Kind.UNIT_RELEASED: "a batch gave a unit back {}",
    Kind.LOOP_SET: "a loop was told {loop, mode, sp, rate?, u?, order?, tuning?, held?, eu?, old?}",
    Kind.LOOP_FALLBACK: "a loop lost its measurement and took its fallback {loop, reason}",
    Kind.LOOP_RECOVERED: "a loop's measurement is Good again {loop, reason?}",
    Kind.LOOP_DOUBTED: "a loop's reading or output is not believed {loop, doubt, text}",
    Kind.LOOP_TRUSTED: "a doubt about a loop is over {loop, doubt}",
    Kind.LOOP_TESTED: "a tuning test ended {loop, method, amplitude, outcome, reason, by, samples,"
    " gain_factor?, time_factor?}",
    Kind.INSTRUMENT_COMPARED: "a sample was compared with the reading of its time {measurement,"
    " tag, in_line, offline, of, difference, apart, eu}",
    Kind.INSTRUMENT_DOUBTED: "an instrument's calibration or reading is not believed {measurement,"
    " tag, doubt, text}",
    Kind.INSTRUMENT_TRUSTED: "a doubt about an instrument is over {measurement, tag, doubt}",
    Kind.OUTPUT_SET: "an output was set {tag, value, eu, old?}",
    Kind.CALL_INTENT: "a one-shot equipment command will be sent {id, command, args, deadline}",
    Kind.CALL_OUTCOME: "what became of an equipment command {id, state, message}",
    Kind.PROMPT_OPENED: "a person is asked {id, text, kind, choices?, eu?, range?, role}",
    Kind.PROMPT_ANSWERED: "a person answered {id, answer, by}",
    Kind.SIGNATURE: "a person signed a record {record, meaning, hash}",
    Kind.ALARM_RAISED: "an alarm was raised {alarm, tag, value, limit, priority, text, occurrence?,"
    " silent?}",
    Kind.ALARM_CLEARED: "an alarm condition went away {alarm, tag, value, limit, priority, text,"
    " silent?}",
    Kind.ALARM_ESCALATED: "an alarm nobody acknowledged in time annunciated again {alarm, tag,"
    " priority, occurrence, times, waited_s}",
    Kind.ALARM_ACKNOWLEDGED: "a person has seen an alarm {alarm, occurrence?, comment?, was?}",
    Kind.ALARM_SHELVED: "an alarm was silenced for a time {alarm, minutes, reason, was?}",
    Kind.ALARM_UNSHELVED: "a shelved alarm speaks again {alarm, reason?, was?}",
    Kind.ALARM_RESET: "a latched alarm was reset {alarm, reason?, was?}",
    Kind.ALARM_SUPPRESSED: "an alarm that spoke is suppressed by design {alarm, tag, reason}",
    Kind.ALARM_REMOVED: "an alarm was taken out of service {alarm, reason, was?}",
    Kind.ALARM_RETURNED: "an alarm was returned to service {alarm, reason?, was?}",
    Kind.INTERLOCK_TRIPPED: "an interlock tripped; bypassed, it did not act {interlock, cause,"
    " bypassed?}",
    Kind.INTERLOCK_RESET: "an interlock was reset, or a locked dose released {interlock, cause,"
    " reason?, used?}",
    Kind.INTERLOCK_BYPASSED: "a signed bypass keeps an interlock from acting {interlock, minutes,"
    " reason}",
    Kind.INTERLOCK_RESTORED: "the bypass of an interlock ended; tripped, it acts now {interlock,"
    " cause, reason?, acts?}",
    Kind.PERMISSIVE_MISSING: "a phase waits to start {permissive, phase, text}",
    Kind.PERMISSIVE_GIVEN: "what a phase waited for is given {permissive, phase}",
    Kind.PERMISSIVE_BYPASSED: "a signed bypass lets phases start without a permissive {permissive,"
    " minutes, reason}",
    Kind.PERMISSIVE_RESTORED: "the bypass of a permissive ended {permissive, cause, reason?}",
    Kind.LINK_DOWN: "a connection to equipment was lost {connection, reason}",
    Kind.LINK_UP: "a connection to equipment is back {connection, reason}",
    Kind.PLANT_LOCAL: "something changed at the equipment's own panel {tag, old, new}",
    Kind.HISTORY_CHUNK: "a closed chunk of readings {unit, from, to, sha256, rowid}",
    Kind.HISTORY_LOST: "readings were not stored {unit, from, to, reason}",
    Kind.SNAPSHOT_TAKEN: "volatile values were saved {t, sha256, bytes}",
    Kind.JOURNAL_RECOVERED: "the journal can be written again {reason, seconds, late, lost}",
    Kind.RESULT: "a result of the batch {name, value, eu, text?}",
}
"""What each kind means, one line; documentation and tests read it."""
