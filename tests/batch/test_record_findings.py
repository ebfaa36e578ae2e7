"""Exceptions one by one, on a short batch into which each is slipped."""

from collections.abc import Mapping
from typing import Any

import pytest

from bioctl.audit.entry import Entry, Event
from bioctl.audit.journal import Journal
from bioctl.batch.record.model import Finding, Record
from bioctl.batch.record.write import Place, collect
from bioctl.phases.states import State

from .conftest import Writer
from .dry_run import Happened
from .dry_setting import ADA, KIM, demo_site, who

RULE = {"type": "rule", "id": "some rule"}
PATH = "ask/people/ph"


def told(asked: list[Happened], *slipped: Event, at: int = -6) -> list[Entry]:
    """Return the journal of a short batch with events slipped in before its end."""
    events = [one.event for one in asked]
    t = events[at].t
    slipped = tuple(Event(e.kind, e.actor, e.data, e.batch, e.unit, e.path, t) for e in slipped)
    with Journal.in_memory(Writer(), cell="CELL") as journal:
        journal.append([*events[:at], *slipped, *events[at:]]).result()
        journal.seal("B-1").result()
        return list(journal.read())


def reviewed(entries: list[Entry]) -> Record:
    site = demo_site()
    return collect(entries, "B-1", Place(site.name, site.profile, site.units), None)


def event(kind: str, data: Mapping[str, Any], batch: str | None = "B-1", **place: str) -> Event:
    return Event(kind, RULE, data, batch, **place)


def one(record: Record, rule: str) -> Finding:
    (found,) = [finding for finding in record.findings if finding.rule == rule]
    return found


CALL = {"key": "d", "command": "DOSE", "args": {"volume": 5.0}, "deadline": 1.0}


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        ({"state": "refused", "message": "the bag is empty"}, "DOSE refused: the bag is empty"),
        ({"state": "unknown", "message": ""}, "DOSE unknown"),
        (None, "DOSE without an outcome"),
    ],
)
def test_a_call_that_was_not_accepted_is_an_exception(
    asked: list[Happened], outcome: dict[str, str] | None, text: str
) -> None:
    slipped = [event("call.intent", {"id": "B-1/x", **CALL}, unit="CW201", path=PATH)]
    if outcome:
        slipped.append(event("call.outcome", {"id": "B-1/x", **outcome}, unit="CW201", path=PATH))
    record = reviewed(told(asked, *slipped))
    assert one(record, "call").text == text
    assert one(record, "call").unit == "CW201"


def test_the_last_that_is_known_of_a_call_counts(asked: list[Happened]) -> None:
    intent = event("call.intent", {"id": "B-1/x", **CALL}, unit="CW201", path=PATH)
    states = ("unknown", "accepted")
    known = [event("call.outcome", {"id": "B-1/x", "state": s, "message": ""}) for s in states]
    assert not reviewed(told(asked, intent, *known)).findings


def test_a_late_entry_is_an_exception(asked: list[Happened]) -> None:
    entries = told(asked)
    at = next(n for n, entry in enumerate(entries) if entry.kind == "prompt.answered")
    entries[at] = entries[at]._replace(body={**entries[at].body, "late": True})
    found = one(reviewed(entries), "late")
    assert found.text.endswith("(written late).")
    assert found.entries == (entries[at].seq,)


def test_a_restart_of_the_controller_is_an_exception_and_its_first_start_is_not(
    asked: list[Happened],
) -> None:
    data = {"version": "1", "profile": "demo", "how_it_ended_before": "it did not say goodbye"}
    assert not reviewed(told(asked)).findings
    record = reviewed(told(asked, event("cell.started", data, batch=None)))
    assert "did not say goodbye" in one(record, "restart").text


def test_an_alarm_of_a_phase_never_clears_and_a_tag_s_alarm_is_still_there(
    asked: list[Happened],
) -> None:
    phase = {"alarm": "CW201.phase", "text": "took too long", "priority": 2}
    tag = {**phase, "alarm": "pressure_high", "tag": "pressure", "text": "pressure is 700."}
    alarms = [event("alarm.raised", data, unit="CW201") for data in (phase, tag)]
    seen = {"alarm": "pressure_high", "comment": "seen"}
    ack = Event("alarm.acknowledged", who(KIM), seen, None, "CW201")
    record = reviewed(told(asked, *alarms, ack))
    first, second = (finding for finding in record.findings if finding.rule == "alarm")
    assert (first.lasts, second.lasts) == (False, True)
    assert first.until is second.until is None
    assert second.text.endswith("acknowledged by Kim Okafor (kim, supervisor): seen")


def test_alarm_tells_who_acknowledged_this_annunciation_and_whether_it_had_to_call_again(
    asked: list[Happened],
) -> None:
    named = {"alarm": "pressure_high", "tag": "pressure", "text": "t", "priority": 1}
    again = {"priority": 1, "times": 1, "waited_s": 300.0, "alarm": "pressure_high"}
    happened = [
        event("alarm.raised", {**named, "occurrence": 1}, unit="CW201"),
        event("alarm.escalated", {**again, "occurrence": 1}, unit="CW201"),
        event("alarm.cleared", named, unit="CW201"),
        event("alarm.raised", {**named, "occurrence": 2}, unit="CW201"),
        Event(
            "alarm.acknowledged",
            who(KIM),
            {"alarm": "pressure_high", "comment": "seen", "occurrence": 2},
            None,
            "CW201",
        ),
    ]
    record = reviewed(told(asked, *happened))
    first, second = (finding.text for finding in record.findings if finding.rule == "alarm")
    assert first.endswith("; it had to annunciate again (1); not acknowledged")
    assert second.endswith("; acknowledged by Kim Okafor (kim, supervisor): seen")


def test_what_people_silenced_or_bypassed_is_an_exception(asked: list[Happened]) -> None:
    done = [
        Event(kind, who(KIM), {**data, "minutes": 5, "reason": "repair"}, None, "CW201")
        for kind, data in (
            ("alarm.shelved", {"alarm": "x"}),
            ("alarm.removed", {"alarm": "y"}),
            ("interlock.bypassed", {"interlock": "z"}),
            ("permissive.bypassed", {"permissive": "w"}),
        )
    ]
    record = reviewed(told(asked, *done))
    assert [one.rule for one in record.findings] == ["silenced"] * 4
    assert "bypassed interlock z on CW201 for 5 min: repair" in record.findings[2].text


def test_trip_under_a_bypass_says_that_it_did_not_act(asked: list[Happened]) -> None:
    data = {"interlock": "z", "cause": "pressure > 600 mbar", "bypassed": True}
    trip = event("interlock.tripped", data, unit="CW201")
    (found,) = [one for one in reviewed(told(asked, trip)).findings if one.rule == "interlock"]
    assert "z tripped: pressure > 600 mbar; bypassed, it did not act" in found.text


def test_alarm_suppressed_by_design_is_no_exception(asked: list[Happened]) -> None:
    raised = {"alarm": "x", "tag": "pressure", "text": "t", "priority": 2}
    silent = [
        event("alarm.raised", {**raised, "silent": why}, unit="CW201")
        for why in ("suppressed by design", "shelved")
    ]
    assert len(reviewed(told(asked, *silent)).findings) == 1


def test_a_journal_outage_is_told_of_every_batch_in_work(asked: list[Happened]) -> None:
    data = {"reason": "disk full", "seconds": 12.0, "late": 3, "lost": 0}
    assert (
        "disk full"
        in one(reviewed(told(asked, event("journal.recovered", data, batch=None))), "late").text
    )


def test_what_concerns_other_units_and_batches_is_not_told(asked: list[Happened]) -> None:
    raised = {"alarm": "x", "tag": "temperature", "text": "hot", "priority": 1}
    others = [
        event("alarm.raised", raised, batch=None, unit="BR101"),
        event("alarm.raised", {"alarm": "B-2.fault", "text": "", "priority": 1}, batch=None),
        event("command.rejected", {"command": "batch.start", "reason": "no"}, batch=None),
        event("history.lost", {"unit": "BR101", "from": 0, "to": 9, "reason": "x"}, batch=None),
        event("loop.fallback", {"loop": "pH", "reason": "x"}, batch="B-2", unit="CW201"),
    ]
    assert not reviewed(told(asked, *others)).findings


def test_what_concerns_its_units_and_its_cell_is_told(asked: list[Happened]) -> None:
    mine = [
        event("alarm.raised", {"alarm": "cell.journal", "text": "x", "priority": 1}, batch=None),
        event("alarm.raised", {"alarm": "B-1.fault", "text": "", "priority": 1}, batch=None),
        event("interlock.tripped", {"interlock": "i", "cause": "c"}, batch=None, unit="CW201"),
        event("history.lost", {"unit": "CW201", "from": 0, "to": 9, "reason": "x"}, batch=None),
        event("link.down", {"connection": "plant", "reason": "x"}, batch=None),
    ]
    rules = [finding.rule for finding in reviewed(told(asked, *mine)).findings]
    assert rules == ["alarm", "alarm", "interlock", "gap", "link"]


def test_a_hold_by_a_phase_tells_the_phase_s_own_reason(asked: list[Happened]) -> None:
    held = {"state": State.HOLDING, "from": State.RUNNING}
    slipped = [
        event("phase.state", {**held, "cause": "the dose failed"}, path=PATH, unit="CW201"),
        event("batch.state", {**held, "cause": "a phase is held"}),
    ]
    found = one(reviewed(told(asked, *slipped)), "hold")
    assert found.text == f"Hold of the batch: {PATH}: the dose failed"


def test_an_aborted_batch_says_so_and_names_steps_that_never_began(asked: list[Happened]) -> None:
    events = [happened.event for happened in asked]
    begun = events[: [one.kind for one in events].index("prompt.answered")]
    change = {"from": State.RUNNING, "cause": "fire"}
    states = [
        Event("batch.state", who(ADA), {"state": state, **change}, "B-1", t=9.0)
        for state in (State.ABORTING, State.ABORTED)
    ]
    with Journal.in_memory(Writer(), cell="CELL") as journal:
        journal.append([*begun, *states]).result()
        record = reviewed(list(journal.read()))
    assert record.head.state == "ABORTED"
    assert one(record, "hold").text == "Abort of the batch: fire"
    assert [bool(step.state) for step in record.steps] == [True, False, False]


def test_a_signature_that_does_not_fit_is_an_exception(asked: list[Happened]) -> None:
    entries = told(asked)
    at = next(n for n, entry in enumerate(entries) if entry.kind == "signature")
    data = {**entries[at].data, "meaning": "rejected"}
    entries[at] = entries[at]._replace(body={**entries[at].body, "data": data})
    record = reviewed(entries)
    assert record.signatures[0].fits is False
    assert "does not fit what was shown" in one(record, "agree").text


def test_a_control_recipe_that_was_changed_is_an_exception(asked: list[Happened]) -> None:
    entries = told(asked)
    at = next(n for n, entry in enumerate(entries) if entry.kind == "batch.created")
    recipe = {**entries[at].data["control_recipe"], "product": "something else"}
    data = {**entries[at].data, "control_recipe": recipe}
    entries[at] = entries[at]._replace(body={**entries[at].body, "data": data})
    record = reviewed(entries)
    assert "control recipe" in one(record, "agree").text
    assert next(check for check in record.checks if "batch" in check.name).ok is False


def test_commands_without_an_outcome_are_told(asked: list[Happened]) -> None:
    data = {"id": "late", "command": "batch.hold", "args": {"batch": "B-1"}, "reason": "x"}
    given = Event("command.intent", who(ADA), data, None)
    record = reviewed(told(asked, given))
    assert one(record, "command").text == "batch.hold without an outcome"
    void = {"id": "late", "outcome": "void", "message": "the controller ended first"}
    outcome = Event("command.outcome", who(ADA), void, None)
    assert "void" in one(reviewed(told(asked, given, outcome)), "command").text
