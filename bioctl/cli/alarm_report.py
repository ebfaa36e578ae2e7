"""`bioctl alarm report`: how well the alarms served people, from the journal alone."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from bioctl.cli.common import SITE, JsonOption, SiteOption, example
from bioctl.cli.screen import plain, print_json, print_table
from bioctl.cli.stores import journal_file

if TYPE_CHECKING:
    from bioctl.control.alarm_kpi import Figures, Flood

EXAMPLE = example("bioctl alarm report --site demo-site/site.yaml --days 30")
DAY_S = 86_400.0


def report(
    site: SiteOption = SITE,
    days: Annotated[
        float, typer.Option(min=0.01, help="How far back from the last entry, process time.")
    ] = 30.0,
    as_json: JsonOption = False,
) -> None:
    """Print the figures of ISA-18.2 and the floods; needs no running controller."""
    from bioctl.app.alarm_log import annunciations, escalations
    from bioctl.audit.read import read_entries
    from bioctl.control.alarm_kpi import figures, floods

    entries = list(read_entries(journal_file(site)))
    end = max((entry.t for entry in entries), default=0.0)
    begin = max(end - days * DAY_S, min((entry.t for entry in entries), default=0.0))
    raised = [one for one in annunciations(entries) if begin <= one.t <= end]
    found = figures(raised, begin, end + 1e-6)
    again = escalations(entry for entry in entries if begin <= entry.t <= end)
    flooded = floods(sorted((one.t, one.alarm) for one in raised), end)
    if as_json:
        print_json(
            {
                "begin": begin,
                "end": end,
                **asdict(found),
                "escalated": again,
                "floods": [f._asdict() for f in flooded],
            }
        )
        return
    _print(found, flooded, again, (end - begin) / DAY_S)


def _print(found: "Figures", flooded: "list[Flood]", again: Mapping[str, int], days: float) -> None:
    from bioctl.clock import duration_text

    typer.echo(f"{found.count} alarms in {days:.3g} days of process time")
    late = ", ".join(f"{name} ({times})" for name, times in sorted(again.items())) or "none"
    rows = [*_rows(found), ["annunciated again, nobody acknowledged", late, "none"]]
    print_table(["figure", "found", "target"], rows, "")
    for flood in flooded:
        begin, lasts = duration_text(flood.begin), duration_text(flood.end - flood.begin)
        typer.echo(plain(f"Flood at {begin} for {lasts}; first: {flood.first}"))


def _rows(found: "Figures") -> list[list[str]]:
    high, medium, low = (f"{100 * one:.0f}" for one in found.priorities)
    return [
        ["alarms per hour", f"{found.per_hour:.2g}", "about 6, at most 12"],
        ["alarms per 10 min", f"{found.per_10_min:.2g}", "about 1, at most 2"],
        ["10-min periods with more than 10", f"{found.crowded:.2%}", "below 1 %"],
        ["most in a 10-min period", str(found.most_in_10_min), "at most 10"],
        ["time in flood", f"{found.in_flood:.2%}", "below 1 %"],
        ["from the ten most frequent", f"{found.top_10:.0%}", "1 to 5 %"],
        ["chattering", ", ".join(found.chattering) or "none", "none"],
        ["active for more than 24 h", ", ".join(found.stale) or "none", "fewer than 5"],
        ["priority 1 / 2 / 3", f"{high} / {medium} / {low} %", "5 / 15 / 80 %"],
    ]
