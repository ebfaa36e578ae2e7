"""`bioctl interlock`: list, permissives, table, reset, bypass for a time, restore."""

from typing import Annotated, Any

import typer

from bioctl.cli.ask import Second
from bioctl.cli.common import (
    SITE,
    JsonOption,
    SecondOption,
    SecondPasswordOption,
    SiteOption,
    connect,
    example,
    noun,
)
from bioctl.cli.given import By, given
from bioctl.cli.screen import plain, print_json, print_table
from bioctl.errors import InputError
from bioctl.language.nearest import suggest, visible

app = noun("List interlocks and permissives, reset and bypass them.")

Interlock = Annotated[str, typer.Argument(metavar="UNIT.NAME", help="As the list shows it.")]


@app.command("list", epilog=example("bioctl interlock list --site demo-site/site.yaml"))
def list_(site: SiteOption = SITE, as_json: JsonOption = False) -> None:
    """List interlocks that have tripped or are bypassed; the first out is the likely cause."""
    from bioctl.equipment.interlock_table import BY

    with connect(site) as client:
        found = client.view()["interlocks"]
    if as_json:
        print_json(found)
        return
    rows = [
        [f"{one['unit']}.{one['interlock']}", _state(one), BY[one["reset"]], one["protects"]]
        for one in found
    ]
    heads = ["interlock", "state", "reset", "protects"]
    print_table(heads, rows, "No interlock acts or is bypassed.")


@app.command(epilog=example("bioctl interlock permissives --site demo-site/site.yaml"))
def permissives(site: SiteOption = SITE, as_json: JsonOption = False) -> None:
    """List every permissive: what must be so before phases start, and what is missing."""
    with connect(site) as client:
        found = client.view()["permissives"]
    if as_json:
        print_json(found)
        return
    rows = [
        [f"{one['unit']}.{one['permissive']}", _given(one), _before(one), one["protects"]]
        for one in found
    ]
    print_table(["permissive", "state", "before", "protects"], rows, "The cell has no permissive.")


@app.command(epilog=example("bioctl interlock table BR101 --site demo-site/site.yaml"))
def table(
    unit: Annotated[str, typer.Argument(metavar="[UNIT]", help="Only this unit.")] = "",
    site: SiteOption = SITE,
    as_json: JsonOption = False,
) -> None:
    """Print every interlock and permissive of the site: when, what then, who resets, origin."""
    from bioctl.cli.stores import load
    from bioctl.equipment.alarm_table import left_out
    from bioctl.equipment.interlock_table import interlock_rows

    found = load(site)
    if unit and unit not in found.units:
        message = f"there is no unit {visible(unit)!r} in {site}."
        raise InputError(message, help=suggest(unit, found.units, "units"))
    rows = interlock_rows(found, unit)
    out = {n: why for n, why in left_out(found, unit) if ".alarms." not in n}
    if as_json:
        print_json({"interlocks": rows, "left_out": out})
        return
    for row in rows:
        typer.echo(plain(f"{row['name']}  {row['is']}"))
        for name, text in row.items():
            if name not in ("name", "is"):
                typer.echo(plain(f"  {name:<9} {text}"))
    for name, reason in out.items():
        typer.echo(plain(f"{name} is left out: {reason}"))


@app.command(
    epilog=example(
        'bioctl interlock reset BR101.pressure_high --reason "vent filter changed" --user ola',
        "bioctl interlock reset BR101.feed_used_up --second kim \\",
        '    --reason "feed is as planned" --user ola',
    )
)
@given
def reset(
    interlock: Interlock,
    *,
    second: SecondOption = None,
    second_password_file: SecondPasswordOption = None,
    by: By,
) -> None:
    """Let go of an interlock whose condition is gone; the list says who may."""
    other = Second(second, second_password_file) if second else None
    by.ask("interlock.reset", {"interlock": interlock}, second=other)


@app.command(
    epilog=example(
        "bioctl interlock bypass BR101.level_low --minutes 10 \\",
        '    --reason "weighing cell is being checked" --user kim',
    )
)
@given
def bypass(
    interlock: Interlock,
    *,
    minutes: Annotated[float, typer.Option(help="How long, in minutes of process time.")],
    by: By,
) -> None:
    """Keep an interlock or permissive from acting, for a time: signed, where the site allows it."""
    args = {"interlock": interlock, "minutes": minutes}
    by.ask("interlock.bypass", args, meaning="approved")


@app.command(
    epilog=example('bioctl interlock restore BR101.level_low --reason "checked" --user ola')
)
@given
def restore(
    interlock: Interlock,
    *,
    by: By,
) -> None:
    """End a bypass before its time is over."""
    by.ask("interlock.restore", {"interlock": interlock})


def _state(one: dict[str, Any]) -> str:
    words = ["tripped, first out" if one["first_out"] else "tripped"] if one["tripped"] else []
    words += [f"because {one['cause']}"] if one["tripped"] and one["cause"] else []
    words += _bypassed(one)
    words += ["it does not act"] if one["tripped"] and not one["acts"] else []
    return ", ".join(words)


def _bypassed(one: dict[str, Any]) -> list[str]:
    left = one["bypassed_s"]
    return [] if left is None else [f"bypassed, {left / 60:.0f} min left"]


def _given(one: dict[str, Any]) -> str:
    return ", ".join([f"missing: {one['missing']}" if one["missing"] else "given", *_bypassed(one)])


def _before(one: dict[str, Any]) -> str:
    of = f" (source {', '.join(one['source'])})" if one["source"] else ""
    return ", ".join(one["before"]) + of
