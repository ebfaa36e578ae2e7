"""Alarms bioctl raises of itself: every unit and the cell have them, without the site file."""

from collections.abc import Mapping

from bioctl.control.alarm_config import AlarmConfig, AlarmKind, Severity

CELL = "cell"
"""Stands for the cell where the name of an alarm begins with that of a unit."""


def _own(name: str, tag: str, severity: Severity, respond_s: float, **why: str) -> AlarmConfig:
    return AlarmConfig(
        name=name,
        tag=tag,
        kind=AlarmKind.TOLD,
        severity=severity,
        respond_s=respond_s,
        cause=why["cause"],
        consequence=why["consequence"],
        action=why["action"],
    )


OF_UNIT: Mapping[str, AlarmConfig] = {
    one.name: one
    for one in (
        _own(
            "phase",
            "the phase",
            Severity.MAJOR,
            1200.0,
            cause="A phase could not do what it is for, or takes too long.",
            consequence="The batch is held or waits.",
            action="Read why; mend it, then restart the batch or stop it.",
        ),
        _own(
            "fault",
            "the program",
            Severity.SEVERE,
            300.0,
            cause="A mistake in bioctl, in a driver or in a phase.",
            consequence="What failed takes its hold or fallback outputs.",
            action="Watch the unit; tell the maintainer.",
        ),
    )
}
"""By name, of every unit."""

OF_CELL: Mapping[str, AlarmConfig] = {
    "journal": _own(
        "cell.journal",
        "the journal",
        Severity.SEVERE,
        300.0,
        cause="The disk is full, broken or read-only.",
        consequence="Nothing starts, doses or advances; after 10 s feeds stop.",
        action="Make room or mend the disk.",
    )
}
"""By name after `cell.`, of the cell."""
