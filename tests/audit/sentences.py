"""One golden example of every kind of entry: who, what, and the sentence it reads as."""

# ruff: noqa: E501  a golden sentence stands on one line

from typing import Any

from bioctl.audit.entry import actor

from .alarm_sentences import ALARMS

H = "ab12cd34ef5678" + "0" * 50
P = actor("person", "anna", "Anna Berg", "operator")
RECIPE, RULE = actor("recipe", "car-t@3"), actor("rule", "site file of BR101")
S = actor("system", "bioctl")

GOLDEN: list[tuple[str, dict[str, str], dict[str, Any], str]] = [
    (
        "cell.started",
        S,
        {"version": "0.1.0", "profile": "demo", "how_it_ended_before": "stopped as asked"},
        "The controller started, version 0.1.0, profile demo; before: stopped as asked.",
    ),
    ("cell.stopped", S, {}, "The controller stopped as asked."),
    (
        "people.added",
        P,
        {"user": "ben", "name": "Ben Cole", "role": "qa"},
        "Anna Berg (anna, operator) made the account ben for Ben Cole as qa.",
    ),
    (
        "people.changed",
        P,
        {"user": "ben", "what": "role", "old": "qa", "new": "supervisor"},
        "Anna Berg (anna, operator) changed the role of ben from qa to supervisor.",
    ),
    (
        "people.changed",
        P,
        {"user": "ben", "what": "password"},
        "Anna Berg (anna, operator) changed the password of ben.",
    ),
    (
        "people.deactivated",
        P,
        {"user": "ben", "reason": "left the company."},
        "Anna Berg (anna, operator) closed the account ben: left the company.",
    ),
    (
        "people.locked",
        S,
        {"user": "ben", "failures": 5},
        "The account ben was locked after 5 failed logins.",
    ),
    (
        "people.unlocked",
        P,
        {"user": "ben", "reason": "asked in person"},
        "Anna Berg (anna, operator) unlocked the account ben: asked in person.",
    ),
    ("login.accepted", P, {"user": "anna"}, "Anna Berg (anna, operator) logged in."),
    (
        "login.failed",
        S,
        {"user": "anna", "reason": "user or password is wrong"},
        "A login as 'anna' was refused: user or password is wrong.",
    ),
    (
        "login.ended",
        P,
        {"user": "anna", "reason": "10 min without input"},
        "The session of Anna Berg (anna, operator) ended: 10 min without input.",
    ),
    (
        "command.intent",
        P,
        {"command": "batch.hold", "args": {"batch": "B-1"}, "id": "c1", "reason": "foam"},
        "Anna Berg (anna, operator) gave the command batch.hold with batch B-1: foam.",
    ),
    (
        "command.outcome",
        S,
        {"id": "c1", "outcome": "done", "message": "HOLDING", "command": "batch.hold"},
        "The command batch.hold was done: HOLDING.",
    ),
    (
        "command.outcome",
        S,
        {"id": "c1", "outcome": "rejected", "message": ""},
        "The command c1 was rejected.",
    ),
    (
        "command.rejected",
        P,
        {
            "command": "batch.start",
            "args": {"recipe": "car-t", "scale": 2.5},
            "reason": "the unit BR101 is taken.",
        },
        "Anna Berg (anna, operator) asked for batch.start with recipe car-t, scale 2.5 and was refused: the unit BR101 is taken.",
    ),
    (
        "recipe.status",
        P,
        {
            "recipe": "car-t",
            "version": "3",
            "hash": H,
            "status": "approved",
            "from": "in review",
            "author": "ben",
            "approver": "anna",
            "move": "approve",
        },
        "Anna Berg (anna, operator) brought recipe car-t version 3 from in review to approved, content ab12cd34ef56.",
    ),
    (
        "recipe.scaled",
        P,
        {
            "recipe": "car-t",
            "version": "3",
            "hash": H,
            "from": "bench 5 L",
            "to": "plant 50 L",
            "by": "anna",
            "sheet": {},
        },
        "Anna Berg (anna, operator) signed the scale sheet of recipe car-t version 3 from bench 5 L to plant 50 L, ab12cd34ef56.",
    ),
    (
        "batch.created",
        P,
        {
            "recipe": "car-t",
            "version": 3,
            "hash": H,
            "units": {"reactor": "BR101", "washer": "WS101"},
            "control_recipe": {},
        },
        "Anna Berg (anna, operator) created batch B-1 from recipe car-t version 3 on reactor BR101, washer WS101.",
    ),
    (
        "batch.state",
        P,
        {"state": "HOLDING", "from": "RUNNING", "cause": "operator"},
        "Batch B-1 went from RUNNING to HOLDING: operator.",
    ),
    ("batch.sealed", S, {"count": 812, "head": H}, "Batch B-1 was sealed with 812 entries."),
    (
        "phase.state",
        RECIPE,
        {"state": "RUNNING", "from": "IDLE", "cause": ""},
        "Phase expand/fill on BR101 went from IDLE to RUNNING.",
    ),
    (
        "phase.step",
        RECIPE,
        {
            "step": "filling",
            "memory": {},
            "used": {"BR101.WT101": [1250.5, 0], "BR101.TT101": [36.9, 2]},
        },
        "Phase expand/fill on BR101 went to step filling, having seen BR101.TT101 36.9 (bad), BR101.WT101 1250.5.",
    ),
    (
        "phase.late",
        RULE,
        {"text": "62 min of 60 min"},
        "Phase expand/fill on BR101 is late: 62 min of 60 min.",
    ),
    (
        "phase.failed",
        RECIPE,
        {"text": "decision: rejected", "used": {}},
        "Phase expand/fill on BR101 can't go on: decision: rejected.",
    ),
    ("unit.acquired", RECIPE, {}, "Batch B-1 took unit BR101."),
    ("unit.released", RECIPE, {}, "Batch B-1 gave unit BR101 back."),
    (
        "loop.set",
        P,
        {"loop": "temperature", "mode": "AUTO", "sp": 37.0, "rate": 0.5, "eu": "degC"},
        "Anna Berg (anna, operator) set loop temperature on BR101 to mode AUTO, setpoint 37 degC, at 0.5 degC/min.",
    ),
    (
        "loop.fallback",
        RULE,
        {"loop": "pH", "reason": "AT102 is Bad"},
        "Loop pH on BR101 took its fallback: AT102 is Bad.",
    ),
    (
        "loop.recovered",
        RULE,
        {"loop": "pH", "reason": "AT102 is Good"},
        "Loop pH on BR101 controls again: AT102 is Good.",
    ),
    (
        "loop.doubted",
        RULE,
        {"loop": "pH", "doubt": "stuck", "text": "pH has not moved for 600 s while the output did"},
        "Loop pH on BR101 is in doubt: pH has not moved for 600 s while the output did.",
    ),
    (
        "loop.trusted",
        RULE,
        {"loop": "pH", "doubt": "stuck"},
        "The doubt stuck about loop pH on BR101 is over.",
    ),
    (
        "loop.tested",
        RULE,
        {"loop": "pH", "method": "relay", "outcome": "done", "reason": "enough was seen"},
        "The relay test of loop pH on BR101 is done: enough was seen.",
    ),
    (
        "instrument.compared",
        RULE,
        {
            "measurement": "pH",
            "tag": "BR101.AT101",
            "in_line": 7.2,
            "offline": 7.35,
            "of": "offline_ph",
            "difference": -0.15,
            "apart": 0.1,
            "eu": "pH",
        },
        "A sample says 7.35 pH (offline_ph) where pH on BR101.AT101 read 7.2 pH: -0.15 apart, 0.1 is allowed.",
    ),
    (
        "instrument.doubted",
        RULE,
        {
            "measurement": "pH",
            "tag": "BR101.AT101",
            "doubt": "overdue",
            "text": "its calibration was due by 2026-03-01, 1 d ago; calibrate it",
        },
        "The instrument of pH on BR101.AT101 is in doubt: its calibration was due by 2026-03-01, 1 d ago; calibrate it.",
    ),
    (
        "instrument.trusted",
        RULE,
        {"measurement": "pH", "tag": "BR101.AT101", "doubt": "overdue"},
        "The doubt overdue about the instrument of pH on BR101.AT101 is over.",
    ),
    (
        "output.set",
        P,
        {"tag": "BR101.XV101", "value": True, "eu": ""},
        "Anna Berg (anna, operator) set output BR101.XV101 to on.",
    ),
    (
        "call.intent",
        RECIPE,
        {"id": "k1", "command": "dose", "args": {"volume": 12.5}, "deadline": 1.0},
        "Recipe car-t@3 will send dose with volume 12.5 to the equipment on BR101.",
    ),
    (
        "call.outcome",
        RECIPE,
        {"id": "k1", "state": "accepted", "message": "12.5 mL"},
        "The equipment command k1 on BR101: accepted: 12.5 mL.",
    ),
    (
        "prompt.opened",
        RECIPE,
        {"id": "p7", "text": "Connect the bag.", "kind": "confirm", "role": "operator"},
        "Recipe car-t@3 asks the operator: Connect the bag.",
    ),
    (
        "prompt.answered",
        P,
        {"id": "p7", "answer": "yes", "by": "Anna Berg"},
        "Anna Berg answered prompt p7 with yes.",
    ),
    (
        "signature",
        P,
        {"record": "batch:B-1", "meaning": "reviewed", "hash": H},
        "Anna Berg (anna, operator) signed batch:B-1 as reviewed, content ab12cd34ef56.",
    ),
    *ALARMS,
    (
        "interlock.tripped",
        RULE,
        {"interlock": "overpressure", "cause": "PT101 > 1.2 bar"},
        "Interlock overpressure on BR101 tripped: PT101 > 1.2 bar.",
    ),
    (
        "interlock.reset",
        P,
        {"interlock": "overpressure", "cause": "PT101 is back"},
        "Interlock overpressure on BR101 was reset: PT101 is back.",
    ),
    (
        "link.down",
        S,
        {"connection": "plant", "reason": "no answer for 2 s"},
        "The connection plant was lost: no answer for 2 s.",
    ),
    ("link.up", S, {"connection": "plant", "reason": ""}, "The connection plant is back."),
    (
        "plant.local",
        S,
        {"tag": "BR101.TIC101_SP", "old": 37.0, "new": 36.0},
        "BR101.TIC101_SP was changed at the equipment itself from 37 to 36.",
    ),
    (
        "history.chunk",
        S,
        {"unit": "BR101", "from": 0.0, "to": 1799.0, "sha256": H, "rowid": 1},
        "Readings of BR101 from 0 s to 1799 s of process time were stored, content ab12cd34ef56.",
    ),
    (
        "history.lost",
        S,
        {"unit": "BR101", "from": 0.0, "to": 1799.0, "reason": "disk full"},
        "Readings of BR101 from 0 s to 1799 s were not stored: disk full.",
    ),
    (
        "snapshot.taken",
        S,
        {"t": 60.0, "sha256": H, "bytes": 10},
        "Volatile values at 60 s were saved, content ab12cd34ef56.",
    ),
    (
        "journal.recovered",
        S,
        {"reason": "disk full", "seconds": 130.0, "late": 2, "lost": 0},
        "The journal can be written again after 00:02:10, 2 entries written late, 0 lost: disk full.",
    ),
    (
        "result",
        RECIPE,
        {"name": "yield", "value": 0.8125, "eu": "g/L", "text": "assay 3"},
        "Result of batch B-1: yield is 0.8125 g/L: assay 3.",
    ),
    (
        "result",
        RECIPE,
        {"name": "label", "value": None, "eu": "", "text": ""},
        "Result of batch B-1: label is no value.",
    ),
]
