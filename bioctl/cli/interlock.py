"""`bioctl interlock`: list, reset, bypass for a time, restore."""

from typing import Annotated, Any

import typer

from bioctl.cli.ask import ask
from bioctl.cli.common import (
    SITE,
    JsonOption,
    PasswordOption,
    SiteOption,
    UserOption,
    connect,
    example,
    noun,
)
from bioctl.cli.screen import print_json, print_table

app = noun("List interlocks that act or are bypassed, reset and bypass them.")

Interlock = Annotated[str, typer.Argument(metavar="UNIT.INTERLOCK", help="As the list shows it.")]
Reason = Annotated[str, typer.Option(help="Why; it goes into the record.")]


@app.command("list", epilog=example("bioctl interlock list --site demo-site/site.yaml"))
def list_(site: SiteOption = SITE, as_json: JsonOption = False) -> None:
    """List interlocks that have tripped or are bypassed; the first out is the likely cause."""
    with connect(site) as client:
        found = client.view()["interlocks"]
    if as_json:
        print_json(found)
        return
    rows = [[f"{one['unit']}.{one['interlock']}", _state(one), one["protects"]] for one in found]
    print_table(["interlock", "state", "protects"], rows, "No interlock acts or is bypassed.")


@app.command(
    epilog=example(
        'bioctl interlock reset BR101.pressure_high --reason "vent filter changed" --user ola'
    )
)
def reset(
    interlock: Interlock,
    *,
    reason: Reason,
    user: UserOption,
    site: SiteOption = SITE,
    password_file: PasswordOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let go of an interlock whose condition is gone."""
    args = {"interlock": interlock}
    ask(site, user, password_file, "interlock.reset", args, reason=reason, as_json=as_json)


@app.command(
    epilog=example(
        "bioctl interlock bypass BR101.level_low --minutes 10 \\",
        '    --reason "weighing cell is being checked" --user kim',
    )
)
def bypass(
    interlock: Interlock,
    *,
    minutes: Annotated[float, typer.Option(help="How long, in minutes of process time.")],
    reason: Reason,
    user: UserOption,
    site: SiteOption = SITE,
    password_file: PasswordOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep an interlock from acting, for a time: signed, where the site file allows it."""
    args = {"interlock": interlock, "minutes": minutes}
    ask(
        site,
        user,
        password_file,
        "interlock.bypass",
        args,
        reason=reason,
        meaning="approved",
        as_json=as_json,
    )


@app.command(
    epilog=example('bioctl interlock restore BR101.level_low --reason "checked" --user ola')
)
def restore(
    interlock: Interlock,
    *,
    reason: Reason,
    user: UserOption,
    site: SiteOption = SITE,
    password_file: PasswordOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a bypass before its time is over."""
    args = {"interlock": interlock}
    ask(site, user, password_file, "interlock.restore", args, reason=reason, as_json=as_json)


def _state(one: dict[str, Any]) -> str:
    words = ["tripped, first out" if one["first_out"] else "tripped"] if one["tripped"] else []
    words += [f"because {one['cause']}"] if one["tripped"] and one["cause"] else []
    left = one["bypassed_s"]
    words += [] if left is None else [f"bypassed, {left / 60:.0f} min left"]
    return ", ".join(words)
