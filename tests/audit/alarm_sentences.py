"""What entries about alarms and bypasses say, word for word."""

# ruff: noqa: E501  a golden sentence stands on one line

from typing import Any

from bioctl.audit.entry import actor

P = actor("person", "anna", "Anna Berg", "operator")
RULE = actor("rule", "site file of BR101")

ALARMS: list[tuple[str, dict[str, str], dict[str, Any], str]] = [
    (
        "alarm.raised",
        RULE,
        {
            "alarm": "TAH101",
            "tag": "BR101.TT101",
            "value": 38.2,
            "limit": 38.0,
            "priority": "high",
            "text": "temperature high",
        },
        "Alarm TAH101 (priority high) was raised on BR101.TT101 at 38.2, limit 38: temperature high.",
    ),
    (
        "alarm.cleared",
        RULE,
        {
            "alarm": "TAH101",
            "tag": "BR101.TT101",
            "value": None,
            "limit": 38.0,
            "priority": "high",
            "text": "temperature high",
        },
        "Alarm TAH101 (priority high) cleared on BR101.TT101, limit 38: temperature high.",
    ),
    (
        "alarm.escalated",
        RULE,
        {
            "alarm": "TAH101",
            "tag": "temperature",
            "priority": 1,
            "occurrence": 3,
            "times": 2,
            "waited_s": 900.0,
        },
        "Alarm TAH101#3 on BR101 (priority 1) annunciates again: nobody has acknowledged it for 15 min.",
    ),
    (
        "alarm.acknowledged",
        P,
        {"alarm": "TAH101", "comment": "seen"},
        "Anna Berg (anna, operator) acknowledged alarm TAH101 on BR101: seen.",
    ),
    (
        "alarm.acknowledged",
        P,
        {"alarm": "TAH101", "comment": "seen", "occurrence": 2},
        "Anna Berg (anna, operator) acknowledged alarm TAH101#2 on BR101: seen.",
    ),
    (
        "alarm.raised",
        RULE,
        {"alarm": "pressure_high", "tag": "pressure", "value": 61.0, "limit": 60.0, "priority": 1},
        "Alarm pressure_high (priority 1) was raised on BR101.pressure at 61, limit 60.",
    ),
    (
        "alarm.shelved",
        P,
        {"alarm": "TAH101", "minutes": 30.0, "reason": "probe in repair"},
        "Anna Berg (anna, operator) shelved alarm TAH101 on BR101 for 30 min: probe in repair.",
    ),
    (
        "alarm.unshelved",
        P,
        {"alarm": "TAH101"},
        "Anna Berg (anna, operator) unshelved alarm TAH101 on BR101.",
    ),
    (
        "alarm.reset",
        P,
        {"alarm": "TAH101", "reason": "jacket changed"},
        "Anna Berg (anna, operator) reset alarm TAH101 on BR101: jacket changed.",
    ),
    (
        "alarm.suppressed",
        RULE,
        {"alarm": "TAH101", "tag": "temperature", "reason": "phase harvest/drain"},
        "Alarm TAH101 on BR101 is suppressed by design: phase harvest/drain.",
    ),
    (
        "alarm.removed",
        P,
        {"alarm": "TAH101", "reason": "probe in repair"},
        "Anna Berg (anna, operator) took alarm TAH101 on BR101 out of service: probe in repair.",
    ),
    (
        "alarm.returned",
        P,
        {"alarm": "TAH101", "reason": "probe is back"},
        "Anna Berg (anna, operator) returned alarm TAH101 on BR101 to service: probe is back.",
    ),
    (
        "alarm.raised",
        RULE,
        {"alarm": "TAH101", "tag": "temperature", "value": 38.2, "silent": "shelved"},
        "Alarm TAH101 was raised silently, as it is shelved, on BR101.temperature at 38.2.",
    ),
    (
        "interlock.bypassed",
        P,
        {"interlock": "overpressure", "minutes": 10.0, "reason": "filter test"},
        "Anna Berg (anna, operator) bypassed interlock overpressure on BR101 for 10 min: filter test.",
    ),
    (
        "interlock.restored",
        RULE,
        {"interlock": "overpressure", "cause": "its time is over"},
        "Interlock overpressure on BR101 acts again, its bypass ended: its time is over.",
    ),
    (
        "interlock.restored",
        P,
        {"interlock": "high", "cause": "by Anna", "reason": "done", "acts": True},
        (
            "Interlock high on BR101 acts again, its bypass ended: by Anna: done;"
            " it has tripped and acts now."
        ),
    ),
    (
        "interlock.tripped",
        RULE,
        {"interlock": "overpressure", "cause": "PT101 > 1.2 bar", "bypassed": True},
        "Interlock overpressure on BR101 tripped: PT101 > 1.2 bar; it is bypassed and did not act.",
    ),
    (
        "permissive.missing",
        RULE,
        {"permissive": "BR101.ready", "phase": "x/y/cells", "text": "permissive ready is missing"},
        "Phase x/y/cells waits to start: permissive ready is missing.",
    ),
    (
        "permissive.given",
        RULE,
        {"permissive": "BR101.ready", "phase": "x/y/cells"},
        "Phase x/y/cells may start: BR101.ready stands in its way no more.",
    ),
    (
        "permissive.bypassed",
        P,
        {"permissive": "ready", "minutes": 10.0, "reason": "seed train"},
        "Anna Berg (anna, operator) bypassed permissive ready on BR101 for 10 min: seed train.",
    ),
    (
        "permissive.restored",
        RULE,
        {"permissive": "ready", "cause": "its time is over"},
        "Permissive ready on BR101 counts again, its bypass ended: its time is over.",
    ),
]
