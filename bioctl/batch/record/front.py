"""The front of a record: what it is, whether it can be trusted, what was not as planned."""

from collections.abc import Sequence
from typing import Final

from bioctl.batch.record.markup import Markup, join, tag
from bioctl.batch.record.model import Check, Finding, Head, Moment, Record, Rule
from bioctl.batch.record.text import DASH, process, short, utc
from bioctl.clock import duration_text

DEMO: Final = "DEMONSTRATION: simulated plant, accelerated time, throw-away keys"

SIGNS: Final = {
    True: ("✓", "fits", "fits"),
    False: ("✕", "DOES NOT FIT", "wrong"),
    None: (DASH, "not checked", "open"),
}
"""Sign, word and class of a check."""

BADGES: Final = {
    1: ("■", "p1", "priority 1"),
    2: ("▲", "p2", "priority 2"),
    3: ("●", "p3", "priority 3"),
}
"""Shape, class and word by alarm priority: never colour alone."""


def front(record: Record) -> Markup:
    """Return title, facts and verdicts."""
    head = record.head
    demo = tag("p", DEMO, class_="demo") if head.profile == "demo" else None
    title = tag("h1", tag("small", "Batch record"), head.batch)
    state = tag("p", tag("b", head.state), f" {head.cause}", class_="state")
    boxes = tag("div", _facts(head), _verdict(record), class_="front")
    return tag("header", demo, title, state, _interim(head), boxes)


def _interim(head: Head) -> Markup | None:
    if head.ended is not None and head.sealed is not None:
        return None
    what = "is not over" if head.ended is None else "is over but not sealed"
    return tag("p", f"◆ INTERIM: this batch {what}; more entries may follow.", class_="interim")


def _facts(head: Head) -> Markup:
    roles = [
        tag(
            "div",
            f"{role}: ",
            tag("b", unit),
            f" ({head.classes.get(unit, '')})".replace(" ()", ""),
        )
        for role, unit in head.units.items()
    ]
    length = duration_text(head.ended.t) if head.ended else DASH
    cell = f", cell {head.cell}" if head.cell != head.site else ""
    rows = (
        ("Product", head.product),
        ("Recipe", join(tag("b", f"{head.recipe} {head.version}"))),
        ("Master recipe", short(head.master_hash)),
        ("Control recipe", short(head.control_hash)),
        ("Units", roles),
        ("Started", join(utc(head.started), f" by {head.started_by}")),
        ("Ended", join(utc(head.ended))),
        ("Length", f"{length} of process time"),
        ("Site", f"{head.site}{cell}, profile {head.profile}"),
        ("Software", f"bioctl {head.software}"),
    )
    return tag("dl", (join(tag("dt", name), tag("dd", value)) for name, value in rows))


def _verdict(record: Record) -> Markup:
    found = len(record.findings)
    broken = sum(rule.found > 0 for rule in record.rules)
    told = (
        f"{found} in {broken} of {len(record.rules)} rules"
        if found
        else f"none by {len(record.rules)} rules"
    )
    mark = tag("span", "◆" if found else "✓", class_="sign", aria_hidden="true")
    exceptions = tag("li", mark, tag("b", "Exceptions: "), told)
    checks = [_check(check) for check in record.checks]
    return tag("section", tag("h2", "Verdict"), tag("ul", checks, exceptions), class_="verdict")


def _check(check: Check) -> Markup:
    sign, word, kind = SIGNS[check.ok]
    mark = tag("span", sign, class_=f"sign {kind}", aria_hidden="true")
    return tag("li", mark, tag("b", f"{check.name}: {word}. "), check.text)


def exceptions(record: Record) -> Markup:
    """Return every rule with its count, and every exception in order of time."""
    rules = tag("ul", (_rule(rule) for rule in record.rules), class_="rules")
    if not record.findings:
        return join(tag("p", "None.", class_="none"), rules)
    names = (
        "no.",
        "what",
        "since start, UTC",
        "lasted",
        "unit, phase",
        "text",
        "who or which rule",
        "entries",
    )
    head = tag("tr", (tag("th", name, scope="col") for name in names))
    titles = {rule.name: rule.word for rule in record.rules}
    rows = [_row(at, one, titles) for at, one in enumerate(record.findings, 1)]
    return join(rules, tag("table", tag("thead", head), tag("tbody", rows), class_="findings"))


def _rule(rule: Rule) -> Markup:
    count = tag("b", rule.found) if rule.found else "none"
    looked = tag("small", f" of {rule.checked} looked at")
    return tag("li", f"{rule.title}: ", count, looked, class_="some" if rule.found else None)


def _row(number: int, one: Finding, titles: dict[str, str]) -> Markup:
    about = "≈ " if one.rule == "gap" and not one.entries else ""
    cells: Sequence[Markup] = (
        tag("td", number),
        tag("td", _badge(one), titles[one.rule]),
        tag("td", process(one.at), tag("small", f"{about}{utc(one.at)}", class_="time")),
        tag("td", _lasted(one.at, one.until, lasts=one.lasts)),
        tag("td", one.unit, tag("small", one.path)),
        tag("td", one.text, class_="wide"),
        tag("td", one.who),
        tag("td", ", ".join(map(str, one.entries)) or DASH),
    )
    return tag("tr", cells)


def _badge(one: Finding) -> Markup:
    shape, kind, word = BADGES.get(one.priority, ("◆", "p0", ""))
    return tag("span", shape, class_=f"badge {kind}", title=word or None, aria_label=word or None)


def _lasted(at: Moment, until: Moment | None, *, lasts: bool) -> Markup | str:
    if until is not None:
        return duration_text(until.t - at.t)
    return tag("b", "still so at the end") if lasts else DASH


def printed(record: Record, digest: str, made: str | None) -> Markup:
    """Return what ties paper to the electronic record."""
    last = record.entries[-1]["seq"]
    when_made = f" Page made at {made}." if made else ""
    return tag(
        "footer",
        tag("p", f"Record of batch {record.head.batch} up to journal entry {last}.{when_made}"),
        tag("p", "Content ", short(digest)),
        tag(
            "p",
            "It is the sha256 of the JSON record: ",
            tag("code", f"bioctl record {record.head.batch} --format json"),
            " and ",
            tag("code", "sha256sum"),
            " give it again. It has every reading of the trends, and every entry with its",
            " hashes.",
        ),
    )
