"""`bioctl alarm ack`: a person says which annunciation of an alarm they have seen."""

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bioctl.cli.common import connect, example
from bioctl.cli.given import By, given
from bioctl.cli.screen import plain, print_table
from bioctl.errors import RefusedError, UsageError

EXAMPLE = example(
    'bioctl alarm ack BR101.temperature_high#1 --reason "the heater is off" --user ola'
)
SEEN = re.compile(r"([^#]+)#([0-9]{1,9})")
WAITING = ("unacknowledged", "returned to normal, unacknowledged", "latched, unacknowledged")


@given
def ack(
    alarms: Annotated[
        list[str] | None,
        typer.Argument(metavar="UNIT.ALARM#N...", help="As `alarm list` shows them."),
    ] = None,
    *,
    by: By,
    every: Annotated[
        bool, typer.Option("--all", help="Show what waits, and acknowledge it after a yes.")
    ] = False,
) -> None:
    """Say that you have seen alarms and act on them; each is an entry of its own.

    The number behind # is the annunciation you have seen: one that came since is not acknowledged.
    """
    if bool(alarms) is every:
        raise UsageError(
            "say which alarms: UNIT.ALARM#N as `alarm list` shows them, or --all.",
            help="bioctl alarm list",
        )
    args = _shown(by.site) if every else [_seen(one, by.site) for one in alarms or ()]
    if args:
        by.ask_each("alarm.ack", args)


def name_of(alarm: dict[str, Any]) -> str:
    """Return an alarm as a person types it, with the annunciation that is shown."""
    number = f"#{alarm['occurrence']}" if alarm["occurrence"] else ""
    return f"{alarm['unit']}.{alarm['alarm']}{number}"


def _seen(word: str, site: Path) -> dict[str, Any]:
    found = SEEN.fullmatch(word)
    if found:
        return {"alarm": found[1], "occurrence": int(found[2])}
    with connect(site) as client:
        now = [name_of(one) for one in client.view()["alarms"] if one["state"] in WAITING]
    mine = [one for one in now if one.partition("#")[0] == word]
    raise UsageError(
        f"{plain(word)} does not say which annunciation you have seen.",
        help=f"now it is {mine[0]}" if mine else "it is the number behind # in `bioctl alarm list`",
    )


def _shown(site: Path) -> list[dict[str, Any]]:
    """Show what waits for an acknowledgement, and return it after a person's yes."""
    if not sys.stdin.isatty():
        raise RefusedError(
            "--all acknowledges what a person has seen on this screen: it needs a terminal.",
            help="name the alarms, as in UNIT.ALARM#N",
        )
    with connect(site) as client:
        found = [one for one in client.view()["alarms"] if one["state"] in WAITING]
    rows = [[str(one["priority"]), name_of(one), one["state"], one["action"]] for one in found]
    print_table(["priority", "alarm", "state", "action"], rows, "No alarm waits.")
    if found and not typer.confirm(f"Have you seen {'it' if len(found) == 1 else 'all of them'}?"):
        return []
    return [
        {"alarm": f"{one['unit']}.{one['alarm']}", "occurrence": one["occurrence"]} for one in found
    ]
