"""`bioctl alarm`: list, reset, shelve, unshelve, take out of service and return."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from bioctl.cli import alarm_ack, alarm_report, alarm_table
from bioctl.cli.alarm_ack import WAITING, name_of
from bioctl.cli.common import (
    SITE,
    JsonOption,
    SiteOption,
    connect,
    example,
    noun,
)
from bioctl.cli.given import By, given
from bioctl.cli.screen import print_json, print_table

app = noun("List alarms, acknowledge and reset them, and silence them for a time.")
app.command("report", epilog=alarm_report.EXAMPLE)(alarm_report.report)
app.command("table", epilog=alarm_table.EXAMPLE)(alarm_table.table)
app.command("ack", epilog=alarm_ack.EXAMPLE)(alarm_ack.ack)

Alarm = Annotated[str, typer.Argument(metavar="UNIT.ALARM", help="As `alarm list` shows it.")]

SIMPLE = {
    "reset": ("Let a latched alarm go, once it is acknowledged.", "heater changed"),
    "unshelve": ("Let a shelved alarm speak before its time is over.", "probe is back"),
    "remove": ("Take an alarm out of service until somebody returns it.", "probe in repair"),
    "return": ("Return an alarm to service.", "probe is back"),
}
"""Commands that take a reason only, told by `--help`."""


@app.command("list", epilog=example("bioctl alarm list --site demo-site/site.yaml"))
def list_(
    site: SiteOption = SITE,
    every: Annotated[
        bool, typer.Option("--all", help="Also those suppressed by design with nothing to say.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List alarms that are not normal, most urgent first, and those that are kept silent."""
    with connect(site) as client:
        found = client.view()["alarms"]
    shown = sorted((a for a in found if every or _matters(a)), key=_urgency)
    if as_json:
        print_json(shown)
        return
    rows = [[str(a["priority"]), name_of(a), _raised(a), _state(a), a["action"]] for a in shown]
    print_table(["priority", "alarm", "raised", "state", "action"], rows, "No alarm.")


@app.command(
    epilog=example(
        "bioctl alarm shelve BR101.glucose_low --minutes 30 \\",
        '    --reason "analyser is being calibrated" --user kim',
    )
)
@given
def shelve(
    alarm: Alarm,
    *,
    minutes: Annotated[float, typer.Option(help="How long, in minutes of process time.")],
    by: By,
) -> None:
    """Silence an alarm for a time; then it speaks again by itself. Never one of priority 1."""
    by.ask("alarm.shelve", {"alarm": alarm, "minutes": minutes})


def _simple(verb: str) -> Callable[..., None]:
    @given
    def command(alarm: Alarm, *, by: By) -> None:
        by.ask(f"alarm.{verb}", {"alarm": alarm})

    return command


for _verb, (_told, _why) in SIMPLE.items():
    _shown = example(f'bioctl alarm {_verb} BR101.temperature_high --reason "{_why}" --user ola')
    app.command(_verb, help=_told, epilog=_shown)(_simple(_verb))


def _raised(alarm: dict[str, Any]) -> str:
    """Return the process time of its last annunciation."""
    from bioctl.clock import duration_text

    return "" if alarm["since"] is None else duration_text(alarm["since"])


def _matters(alarm: dict[str, Any]) -> bool:
    return bool(alarm["active"]) or alarm["state"] != "suppressed by design"


def _urgency(alarm: dict[str, Any]) -> tuple[bool, int, float]:
    return alarm["state"] not in WAITING, alarm["priority"], alarm["since"] or 0.0


def _state(alarm: dict[str, Any]) -> str:
    left, times = alarm["shelved_s"], alarm["escalations"]
    more = [] if left is None else [f"{left / 60:.0f} min left"]
    more += [f"annunciated {1 + times} times"] if times and alarm["active"] else []
    more += ["its reading is Bad"] if alarm["unevaluable"] else []
    more += ["abnormal"] if alarm["active"] and _silent(alarm) else []
    return ", ".join([alarm["state"], *more])


def _silent(alarm: dict[str, Any]) -> bool:
    return alarm["state"] in {"shelved", "suppressed by design", "out of service"}
