"""The tables of a record: steps, parameters, people, results, calls, entries."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from bioctl.batch.record.markup import Child, Markup, join, tag
from bioctl.batch.record.model import (
    Call,
    FormulaValue,
    Given,
    Question,
    Record,
    Result,
    Signed,
    Step,
    Value,
    Yield,
)
from bioctl.batch.record.text import DASH, number, short, show, when, words
from bioctl.clock import duration_text, utc_text


def table(heads: Sequence[str], rows: Iterable[Markup], kind: str | None = None) -> Markup:
    """Return a table."""
    head = tag("tr", (tag("th", name, scope="col") for name in heads))
    return tag("table", tag("thead", head), tag("tbody", rows), class_=kind)


def row(*cells: Child) -> Markup:
    """Return a row."""
    return tag("tr", (tag("td", cell) for cell in cells))


def nothing(text: str) -> Markup:
    """Return that there is nothing to show."""
    return tag("p", text, class_="none")


def named(values: Iterable[Value]) -> str:
    """Return values as `name value, name value`."""
    return ", ".join(f"{words(one.name)} {show(one.value, one.eu)}" for one in values)


def steps(record: Record) -> Markup:
    """Return the steps under their unit procedures and operations."""
    heads = ("phase", "start", "end", "length", "state", "holds", "who")
    return table(heads, _steps(record.steps), "steps")


def _steps(found: Sequence[Step]) -> Iterator[Markup]:
    for (procedure, unit), inner in groupby(found, lambda s: (s.path.split("/")[0], s.unit)):
        yield _title("procedure", f"{words(procedure)} on {unit}")
        for operation, phases in groupby(inner, lambda s: s.path.split("/")[1]):
            yield _title("operation", words(operation))
            yield from map(_step, phases)


def _title(kind: str, text: str) -> Markup:
    return tag("tr", tag("th", text, colspan=7, scope="rowgroup"), class_=kind)


def _step(step: Step) -> Markup:
    name = step.path.rpartition("/")[2]
    phase = join(
        tag("b", words(name)), tag("small", words(step.phase)) if step.phase != name else None
    )
    if step.started is None:
        return tag("tr", tag("td", phase), tag("td", "not started", colspan=6), class_="idle")
    holds = f"{step.holds} ({duration_text(step.held)})" if step.holds else "none"
    people = tag("small", ", ".join(step.people)) if step.people else None
    state = step.state if step.state == "COMPLETE" else tag("b", f"◆ {step.state}")
    ended = when(step.ended) if step.ended else DASH
    return row(
        phase, when(step.started), ended, duration_text(step.seconds), state, holds,
        join(step.who, people),
    )  # fmt: skip


def parameters(record: Record) -> Markup:
    """Return the formula, and behind it the parameters of every step."""
    formula = table(
        ("formula", "value", "range", "criticality"),
        (_formula(one) for one in record.formula),
    )
    given = [_given(step) for step in record.steps]
    heads = ("phase", "parameters", "goes on when", "time-out")
    inside = table(heads, given)
    closed = tag("details", tag("summary", "Parameters of every step"), inside)
    none = nothing("The recipe has no formula.")
    return join(formula if record.formula else none, closed)


def _formula(one: FormulaValue) -> Markup:
    limits = f"{number(one.low)} to {show(one.high, one.eu)}" if one.low is not None else DASH
    return row(words(one.name), tag("b", show(one.value, one.eu)), limits, one.criticality or DASH)


def _given(step: Step) -> Markup:
    limit = duration_text(step.timeout)
    return row(step.path, named(step.parameters), step.until or DASH, limit)


def people(record: Record) -> Markup:
    """Return questions, signatures and commands."""
    asked = table(
        ("question", "asked", "answer", "answered", "who"),
        (_question(one) for one in record.questions),
    )
    signed = table(
        ("signed by", "meaning", "at", "record, what was shown", "hash of the signed record"),
        (_signed(one) for one in record.signatures),
    )
    others = [one for one in record.commands if not _is_answer(one)]
    answered = len(record.commands) - len(others)
    given = table(("command", "at", "who", "reason", "outcome"), (_command(one) for one in others))
    more = nothing(f"{answered} commands that answered or signed a question are told above.")
    return join(
        tag("h3", "Questions and answers"),
        asked if record.questions else nothing("Nobody was asked anything."),
        tag("h3", "Signatures"),
        signed if record.signatures else nothing("Nothing was signed."),
        tag("h3", "Commands"),
        given if others else nothing("No other command was given."),
        more if answered else None,
    )


def _is_answer(one: Given) -> bool:
    return one.outcome == "done" and one.command in ("batch.answer", "batch.sign")


def _question(one: Question) -> Markup:
    evidence = tag("small", f"shown: {named(one.evidence)}") if one.evidence else None
    asked = join(one.text, tag("small", f"{one.id}, {one.path}, for {one.role}"), evidence)
    comment = tag("small", one.comment) if one.comment else None
    if one.answer is None:
        return row(asked, when(one.asked), tag("b", "◆ no answer"), DASH, DASH)
    answer = join(tag("b", show(one.answer.value, one.answer.eu)), comment)
    return row(asked, when(one.asked), answer, when(one.answered), one.who)


def _signed(one: Signed) -> Markup:
    who = join(tag("b", one.name), tag("small", f"{one.signer}, {one.role}"))
    fits = {
        True: "✓ fits what was shown",
        False: "✕ DOES NOT FIT what was shown",
        None: "not checked",
    }
    check = tag("small", fits[one.fits], class_="wrong" if one.fits is False else None)
    shown = join(one.record, tag("small", one.shown))
    return row(who, tag("b", one.meaning), when(one.at), shown, join(short(one.hash), check))


def _command(one: Given) -> Markup:
    what = join(tag("b", one.command), tag("small", named(one.args)))
    outcome = one.outcome if one.outcome == "done" else tag("b", f"◆ {one.outcome or 'unknown'}")
    return row(
        what, when(one.at), one.who, one.reason or DASH, join(outcome, tag("small", one.message))
    )


def results(record: Record) -> Markup:
    """Return results, and what is calculated from them."""
    told = table(("result", "value", "phase", "at", "text"), (_result(r) for r in record.results))
    counted = table(("yield", "value", "calculation", "phase"), (_yield(y) for y in record.yields))
    note = "Calculated here from the results above, with a density of 1.0 kg/L."
    return join(
        told if record.results else nothing("No phase has reported a result."),
        tag("h3", "Yields ", tag("span", note, class_="light")),
        counted if record.yields else nothing("There is nothing to calculate a yield from."),
    )


def _result(one: Result) -> Markup:
    return row(words(one.name), tag("b", show(one.value, one.eu)), one.path, when(one.at), one.text)


def _yield(one: Yield) -> Markup:
    return row(one.name, tag("b", show(one.value, one.eu)), one.how, one.path or DASH)


def calls(record: Record) -> Markup:
    """Return every one-shot command to equipment."""
    heads = ("command", "at", "unit", "arguments", "outcome", "id")
    rows = (_call(one) for one in record.calls)
    return table(heads, rows) if record.calls else nothing("No one-shot command was sent.")


def _call(one: Call) -> Markup:
    state = one.state if one.state == "accepted" else tag("b", f"◆ {one.state or 'unknown'}")
    outcome = join(state, tag("small", one.message))
    return row(
        tag("b", one.command), when(one.at), one.unit, named(one.args), outcome, tag("code", one.id)
    )


def entries(record: Record) -> Markup:
    """Return every entry as a sentence, closed until a reader opens it."""
    others = [e for e in record.cell_entries if e["body"]["kind"] != "history.chunk"]
    chunks = len(record.cell_entries) - len(others)
    rows = [
        row(
            entry["seq"],
            entry["batch_seq"] or "cell",
            duration_text(entry["body"]["t"] - record.head.zero),
            utc_text(entry["body"]["utc"]),
            record.sentences[str(entry["seq"])],
            tag("code", entry["hash"][:8]),
        )
        for entry in sorted([*record.entries, *others], key=lambda e: int(e["seq"]))
    ]
    heads = ("entry", "of batch", "since start", "UTC", "what happened", "hash")
    count = f"{len(record.entries)} entries of the batch, {len(others)} of its cell"
    more = f"The hashes of {chunks} chunks of readings stand in the JSON record."
    listed = tag("details", tag("summary", count), table(heads, rows, "entries"))
    return join(listed, nothing(more) if chunks else None)
