"""Exceptions that the journal tells: holds, alarms, trips, losses, refusals, late entries.

Each rule is a function from the story (and what was collected already) to how many things it looked
at and what it found.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bioctl.audit.entry import Entry
from bioctl.audit.sentence import sentence
from bioctl.batch.record.model import (
    Call,
    Finding,
    FormulaValue,
    Given,
    Result,
    Signed,
    UnitTrends,
)
from bioctl.batch.record.story import Story, Stretch, who
from bioctl.phases.states import State


class Parts(NamedTuple):
    """What was collected already and is looked at here."""

    calls: Sequence[Call]
    commands: Sequence[Given]
    formula: Sequence[FormulaValue]
    signatures: Sequence[Signed]
    results: Sequence[Result]
    trends: Sequence[UnitTrends]


Found = tuple[int, list[Finding]]
"""How many things a rule looked at, and what it found."""

Look = Callable[[Story, Parts], Found]

_STANDS = {
    State.HOLDING: "Hold",
    State.PAUSING: "Pause",
    State.STOPPING: "Stop",
    State.ABORTING: "Abort",
}


def finding(story: Story, rule: str, entry: Entry, text: str, **more: Any) -> Finding:  # noqa: ANN401
    """Return a finding that rests on one entry first; `more` are fields of `Finding`."""
    fields: dict[str, Any] = {
        "who": who(entry.actor),
        "unit": entry.unit or "",
        "path": entry.path or "",
        "entries": (entry.seq,),
    }
    return Finding(rule, story.moment(entry), text, **(fields | more))


def _lasting(story: Story, rule: str, found: Stretch, text: str, **more: Any) -> Finding:  # noqa: ANN401
    begin, end = found
    numbers = (begin.seq, end.seq) if end else (begin.seq,)
    until = story.moment(end) if end else None
    fields: dict[str, Any] = {"until": until, "lasts": True, "entries": numbers}
    return finding(story, rule, begin, text, **(fields | more))


def told(rule: str, *kinds: str) -> Look:
    """Return a rule for which every entry of these kinds is a finding."""

    def look(story: Story, _: Parts) -> Found:
        entries = story.of(*kinds)
        return len(entries), [finding(story, rule, entry, sentence(entry)) for entry in entries]

    return look


def holds(story: Story, _: Parts) -> Found:
    """Every time the batch did not go on."""
    states = story.of("batch.state")
    ends = {*_STANDS, State.RUNNING, State.STOPPED, State.ABORTED}
    found = []
    for at, entry in enumerate(states):
        state, later = State(entry.data["state"]), states[at + 1 :]
        if state in _STANDS:
            end = next((e for e in later if State(e.data["state"]) in ends), None)
            text = f"{_STANDS[state]} of the batch: {_cause(story, entry)}{_let_go(later)}"
            found.append(_lasting(story, "hold", Stretch(entry, end), text))
    return len(states), found


def _cause(story: Story, batch: Entry) -> str:
    """Return why a batch was held: for a phase that held it, the phase's own reason."""
    if batch.data.get("cause") != "a phase is held":
        return str(batch.data.get("cause") or "no reason given")
    held = [e for e in story.of("phase.state") if e.data["state"] == State.HOLDING]
    before = [entry for entry in held if entry.seq < batch.seq]
    return f"{before[-1].path}: {before[-1].data.get('cause')}" if before else "a phase was held"


def _let_go(later: Sequence[Entry]) -> str:
    for entry in later:
        state = State(entry.data["state"])
        if state in (State.RESTARTING, State.RUNNING):
            return f"; let go on by {who(entry.actor)}: {entry.data.get('cause')}"
        if state not in (State.HELD, State.PAUSED):
            break
    return ""


def alarms(story: Story, _: Parts) -> Found:
    """Every alarm, with its length and who acknowledged it, but for those suppressed by design."""
    pairs = [
        pair
        for pair in story.stretches(
            "alarm.raised", "alarm.cleared", lambda e: (e.unit, e.data["alarm"])
        )
        if pair.begin.data.get("silent") != "suppressed by design"
    ]
    found = []
    for pair in pairs:
        data = pair.begin.data
        text = f"{data['alarm']}: {str(data.get('text', '')).rstrip('.')}{_seen(story, pair)}"
        priority = data["priority"] if data.get("priority") in (1, 2, 3) else 0
        # in release 0.1 an alarm of a phase told an event and never cleared
        lasts = bool(data.keys() & {"tag", "occurrence"})
        found.append(_lasting(story, "alarm", pair, text, priority=priority, lasts=lasts))
    return len(pairs), found


def _seen(story: Story, pair: Stretch) -> str:
    """Return whether it had to annunciate again, and who acknowledged it: this one, not a later."""
    begin, number = pair.begin, pair.begin.data.get("occurrence")

    def mine(entry: Entry) -> bool:
        same = entry.data["alarm"] == begin.data["alarm"] and entry.unit in (None, begin.unit)
        return same and entry.seq > begin.seq and entry.data.get("occurrence", number) == number

    again = sum(mine(entry) for entry in story.of("alarm.escalated"))
    late = f"; it had to annunciate again ({again})" if again else ""
    for ack in filter(mine, story.of("alarm.acknowledged")):
        comment = f": {ack.data['comment']}" if ack.data.get("comment") else ""
        return f"{late}; acknowledged by {who(ack.actor)}{comment}"
    return late if number is None else f"{late}; not acknowledged"


def interlocks(story: Story, _: Parts) -> Found:
    """Every trip, with its length."""
    pairs = story.stretches(
        "interlock.tripped", "interlock.reset", lambda e: (e.unit, e.data["interlock"])
    )
    found = []
    for begin, end in pairs:
        let_go = f"; reset: {end.data.get('cause')}" if end else ""
        idle = "; bypassed, it did not act" if begin.data.get("bypassed") else ""
        text = f"{begin.data['interlock']} tripped: {begin.data.get('cause')}{idle}{let_go}"
        found.append(_lasting(story, "interlock", Stretch(begin, end), text))
    return len(pairs), found


def links(story: Story, _: Parts) -> Found:
    """Every loss of a connection until it was back; several reasons on the way are one loss."""
    entries, lost = story.of("link.down", "link.up"), dict[str, Entry]()
    pairs: list[Stretch] = []
    for entry in entries:
        name = str(entry.data["connection"])
        if entry.kind == "link.down":
            lost.setdefault(name, entry)
        elif name in lost:
            pairs.append(Stretch(lost.pop(name), entry))
    pairs += [Stretch(begin, None) for begin in lost.values()]
    return len(entries), [_link(story, pair) for pair in pairs]


def _link(story: Story, pair: Stretch) -> Finding:
    data = pair.begin.data
    text = f"connection {data['connection']} lost: {data.get('reason') or 'no reason given'}"
    back = f"; back: {pair.end.data['reason']}" if pair.end and pair.end.data.get("reason") else ""
    return _lasting(story, "link", pair, f"{text}{back}")


def loops(story: Story, _: Parts) -> Found:
    """Every fallback of a loop until it controlled again."""
    pairs = story.stretches("loop.fallback", "loop.recovered", lambda e: (e.unit, e.data["loop"]))
    found = []
    for pair in pairs:
        text = f"loop {pair.begin.data['loop']}: {pair.begin.data.get('reason')}"
        found.append(_lasting(story, "loop", pair, text))
    return len(pairs), found


def doubted(story: Story, _: Parts) -> Found:
    """Every doubt about a loop's reading or output, or about an instrument, until it was over."""
    of_loops = story.stretches(
        "loop.doubted", "loop.trusted", lambda e: (e.unit, e.data["loop"], e.data["doubt"])
    )
    of_instruments = story.stretches(
        "instrument.doubted",
        "instrument.trusted",
        lambda e: (e.unit, e.data["measurement"], e.data["doubt"]),
    )
    pairs = of_loops + of_instruments
    return len(pairs), [_lasting(story, "doubt", one, sentence(one.begin)) for one in pairs]


def calls(story: Story, parts: Parts) -> Found:
    """Every one-shot command the equipment did not accept, or of which nothing is known."""
    intents = {entry.data["id"]: entry for entry in story.of("call.intent")}
    found = []
    for call in parts.calls:
        if call.state != "accepted":
            message = f": {call.message}" if call.message else ""
            text = f"{call.command} {call.state or 'without an outcome'}{message}"
            found.append(finding(story, "call", intents[call.id], text))
    return len(parts.calls), found


def commands(story: Story, parts: Parts) -> Found:
    """Every command that was refused, void, or without an outcome."""
    entries = {entry.seq: entry for entry in story.all}
    found = []
    for one in parts.commands:
        if one.outcome != "done":
            message = f": {one.message}" if one.message else ""
            text = f"{one.command} {one.outcome or 'without an outcome'}{message}"
            found.append(finding(story, "command", entries[one.entry], text, who=one.who))
    return len(parts.commands), found


def late(story: Story, _: Parts) -> Found:
    """Every entry that acted before it was durable, and every outage of the journal."""
    entries = [e for e in story.all if e.late or e.kind == "journal.recovered"]
    return len(story.all), [finding(story, "late", entry, sentence(entry)) for entry in entries]


def restarts(story: Story, _: Parts) -> Found:
    """Every stop and start of the controller while the batch was there."""
    made = story.own[0].seq
    entries = [e for e in story.of("cell.started", "cell.stopped") if e.seq > made]
    return len(entries), [finding(story, "restart", e, sentence(e)) for e in entries]
