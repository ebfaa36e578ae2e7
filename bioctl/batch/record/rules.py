"""The rules a record is reviewed by, in the order it shows them."""

from bioctl.batch.record import doubts
from bioctl.batch.record import findings as rules
from bioctl.batch.record.findings import Look, Parts, told
from bioctl.batch.record.model import Finding, Rule
from bioctl.batch.record.story import Story

_ACCOUNTS = ("added", "changed", "deactivated", "locked", "unlocked")

RULES: dict[str, tuple[str, str, Look]] = {
    "hold": ("Holds, pauses, stops and aborts", "hold, stop", rules.holds),
    "alarm": ("Alarms", "alarm", rules.alarms),
    "interlock": ("Interlock trips", "interlock", rules.interlocks),
    "silenced": (
        "Alarms silenced, interlocks and permissives bypassed by people",
        "silenced",
        told(
            "silenced",
            *("alarm.shelved", "alarm.removed", "interlock.bypassed", "permissive.bypassed"),
        ),
    ),
    "link": ("Lost connections", "connection", rules.links),
    "loop": ("Loop fallbacks", "loop", rules.loops),
    "doubt": ("Doubts about readings and outputs", "doubt", rules.doubted),
    "call": ("Equipment commands not accepted", "equipment", rules.calls),
    "command": ("Commands of people refused", "command", rules.commands),
    "late": ("Late entries and outages of the journal", "late entry", rules.late),
    "gap": ("Gaps in the readings", "no data", doubts.gaps),
    "restart": ("Controller stops and starts", "controller", rules.restarts),
    "panel": ("Changes at the equipment's own panel", "local panel", told("panel", "plant.local")),
    "account": (
        "Failed logins and account changes",
        "account",
        told("account", "login.failed", *(f"people.{what}" for what in _ACCOUNTS)),
    ),
    "agree": ("Hashes, ranges and counts that do not agree", "disagreement", doubts.agreements),
}
"""Title, word for one of its findings, and check of every rule."""


def find(story: Story, parts: Parts) -> tuple[tuple[Rule, ...], tuple[Finding, ...]]:
    """Return every rule with its counts, and all findings in order of time."""
    counts: list[Rule] = []
    findings: list[Finding] = []
    for name, (title, word, look) in RULES.items():
        checked, found = look(story, parts)
        counts.append(Rule(name, title, word, checked, len(found)))
        findings += found
    return tuple(counts), tuple(sorted(findings, key=lambda one: (one.at.t, one.entries)))
