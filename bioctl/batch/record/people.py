"""What people did in a batch: questions answered, signatures, commands; and calls to equipment."""

from collections.abc import Iterable, Mapping
from typing import Any

from bioctl.audit.entry import Entry
from bioctl.audit.signature import record_hash
from bioctl.batch.record.model import Call, Given, Question, Signed, Value
from bioctl.batch.record.story import Story, who


def values(named: Mapping[str, Any], *leave_out: str) -> tuple[Value, ...]:
    """Return a map of plain values; what is no scalar is told as text."""
    return tuple(
        Value(name, value if isinstance(value, str | int | float | None) else str(value))
        for name, value in named.items()
        if name not in leave_out
    )


def questions(story: Story) -> tuple[Question, ...]:
    """Return every prompt, in the order they were asked."""
    answers = {entry.data["id"]: entry for entry in story.of("prompt.answered")}
    return tuple(
        _question(story, entry, answers.get(entry.data["id"]))
        for entry in story.of("prompt.opened")
    )


def _question(story: Story, asked: Entry, answer: Entry | None) -> Question:
    data, eu = asked.data, str(asked.data.get("eu", ""))
    return Question(
        id=data["id"],
        path=asked.path or "",
        text=data["text"],
        role=data.get("role", ""),
        asked=story.moment(asked),
        evidence=values(data.get("evidence", {})),
        answer=Value("answer", answer.data["answer"], eu) if answer else None,
        who=who(answer.actor) if answer else "",
        comment=str(answer.data.get("comment", "")) if answer else "",
        answered=story.moment(answer) if answer else None,
    )


def signatures(story: Story) -> tuple[Signed, ...]:
    """Return every signature, and whether it fits what its signer was shown."""
    shown = {
        f"batch:{story.batch}/prompt:{entry.data['id']}": entry.data
        for entry in story.of("prompt.opened")
    }
    return tuple(_signed(story, entry, shown) for entry in story.of("signature"))


def _signed(story: Story, entry: Entry, shown: Mapping[str, Mapping[str, Any]]) -> Signed:
    data = entry.data
    record, meaning = str(data.get("record", "")), str(data.get("meaning", ""))
    prompt = shown.get(record)
    fits, text = None, ""
    if prompt is not None:
        evidence = dict(prompt.get("evidence", {}))
        content = {"text": prompt["text"], "evidence": evidence, "answer": meaning}
        fits = record_hash(content) == data.get("hash")
        seen = ", ".join(f"{name} {value}" for name, value in evidence.items())
        text = f"{prompt['text']} {f'({seen})' if seen else ''}".strip()
    return Signed(
        name=str(data.get("name", "")),
        signer=str(data.get("signer", entry.actor["id"])),
        role=str(data.get("role", "")),
        meaning=meaning,
        at=story.moment(entry),
        record=record,
        shown=text,
        hash=str(data.get("hash", "")),
        fits=fits,
    )


def commands(story: Story) -> tuple[Given, ...]:
    """Return every command people gave or tried to give, in order."""
    outcomes = {entry.data["id"]: entry.data for entry in story.of("command.outcome")}
    return tuple(_commands(story, outcomes))


def _commands(story: Story, outcomes: Mapping[str, Mapping[str, Any]]) -> Iterable[Given]:
    for entry in story.of("command.intent", "command.rejected"):
        data = entry.data
        refused = entry.kind == "command.rejected"
        name = "" if refused else str(data["id"])
        done = outcomes.get(name, {})
        yield Given(
            id=name,
            entry=entry.seq,
            at=story.moment(entry),
            command=str(data.get("command", "")),
            args=values(data.get("args") or {}, "batch"),
            reason="" if refused else str(data.get("reason", "")),
            who=who(entry.actor),
            outcome="refused" if refused else str(done.get("outcome", "")),
            message=str(data.get("reason", "") if refused else done.get("message", "")),
        )


def calls(story: Story) -> tuple[Call, ...]:
    """Return every one-shot command to equipment with the last that is known of it."""
    outcomes = {entry.data["id"]: entry.data for entry in story.of("call.outcome")}
    return tuple(
        Call(
            id=entry.data["id"],
            at=story.moment(entry),
            unit=entry.unit or "",
            path=entry.path or "",
            command=entry.data["command"],
            args=values(entry.data["args"]),
            state=str(outcomes.get(entry.data["id"], {}).get("state", "")),
            message=str(outcomes.get(entry.data["id"], {}).get("message", "")),
        )
        for entry in story.of("call.intent")
    )
