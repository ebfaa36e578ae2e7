"""`bioctl loop`: mode, setpoint and output, tuning, and how the loops did."""

from typing import Annotated, Any, Literal

import typer

from bioctl.cli import loop_tune
from bioctl.cli.ask import Second, ask
from bioctl.cli.common import (
    SECOND_HELP,
    SITE,
    JsonOption,
    PasswordOption,
    SecondPasswordOption,
    SiteOption,
    UserOption,
    connect,
    example,
    existing_site,
    noun,
)
from bioctl.cli.loop_tune import Loop, Reason, where
from bioctl.cli.screen import plain, print_json, print_table

app = noun("See, move, tune and judge control loops.")
app.command("tune", epilog=loop_tune.EXAMPLE)(loop_tune.tune)
app.command("fit", epilog=loop_tune.FIT_EXAMPLE)(loop_tune.fit)


@app.command("list", epilog=example("bioctl loop list --site demo-site/site.yaml"))
def list_(site: SiteOption = SITE, as_json: JsonOption = False) -> None:
    """List the loops of the running cell: mode, who leads, setpoint, measurement, P, I and D."""
    with connect(site) as client:
        units = client.view()["units"]
    if as_json:
        print_json({unit: view["loops"] for unit, view in units.items()})
        return
    rows = [
        _row(f"{unit}.{name}", one)
        for unit, view in units.items()
        for name, one in view["loops"].items()
    ]
    heads = ["loop", "mode", "led by", "setpoint", "measured", "demand", "P", "I", "D", "note"]
    print_table(heads, rows, "The cell has no loop.")


@app.command(
    epilog=example(
        'bioctl loop mode BR101.pH man --reason "probe is being exchanged" --user ola',
        'bioctl loop mode BR101.pH recipe --reason "probe is back" --user ola',
    )
)
def mode(
    loop: Loop,
    mode: Annotated[
        Literal["off", "man", "auto", "cas", "recipe"],
        typer.Argument(help="recipe gives it back to the batch."),
    ],
    *,
    user: UserOption,
    reason: Reason,
    site: SiteOption = SITE,
    password_file: PasswordOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a loop from the recipe, or give it back; outputs do not jump."""
    args = where(loop) | {"mode": mode}
    ask(site, user, password_file, "loop.mode", args, reason=reason, as_json=as_json)


@app.command(
    "set",
    epilog=example(
        'bioctl loop set BR101.temperature --setpoint 33 --reason "cold shift" --user ola',
        'bioctl loop set BR101.temperature --output 35 --reason "by hand" --user ola',
    ),
)
def set_(
    loop: Loop,
    *,
    user: UserOption,
    reason: Reason,
    setpoint: Annotated[float | None, typer.Option(help="In the measurement's eu.")] = None,
    output: Annotated[float | None, typer.Option(help="The demand u, in MAN.")] = None,
    order: Annotated[str | None, typer.Option(help="Another of the loop's orders.")] = None,
    site: SiteOption = SITE,
    password_file: PasswordOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set a loop's setpoint, its output in MAN, or its order of outputs; the loop is yours then."""
    given = {"sp": setpoint, "u": output, "order": order}
    args = where(loop) | {name: value for name, value in given.items() if value is not None}
    ask(site, user, password_file, "loop.set", args, reason=reason, as_json=as_json)


@app.command(
    epilog=example(
        "bioctl loop release BR101.pH --second kim \\",
        '    --reason "base line checked, lactate as expected" --user ola',
    )
)
def release(
    loop: Loop,
    *,
    user: UserOption,
    reason: Reason,
    second: Annotated[str, typer.Option(help=SECOND_HELP, metavar="USER")],
    second_password_file: SecondPasswordOption = None,
    site: SiteOption = SITE,
    password_file: PasswordOption = None,
    as_json: JsonOption = False,
) -> None:
    """Release a dose its limit has locked: one person asks, a second one signs."""
    other = Second(second, second_password_file)
    ask(
        site,
        user,
        password_file,
        "loop.release",
        where(loop),
        reason=reason,
        second=other,
        as_json=as_json,
    )


@app.command(epilog=example("bioctl loop report B-0001 --site demo-site/site.yaml"))
def report(
    batch: Annotated[str, typer.Argument(help="The batch id.")],
    site: SiteOption = SITE,
    as_json: JsonOption = False,
) -> None:
    """Tell how every loop did in a batch, from journal and history; no controller is needed."""
    from bioctl.batch.loop_report import read_reports
    from bioctl.equipment.site import load_site
    from bioctl.phases.library import capabilities

    found = read_reports(load_site(existing_site(site), capabilities().classes), batch)
    if as_json:
        print_json([one.plain() for one in found])
        return
    heads = ["loop", "h", "IAE", "in band", "overshoot", "period", "at a limit", "travel"]
    print_table(heads, [_figures(one) for one in found], "The batch's units have no loop.")
    for one in found:
        typer.echo(f"\n{plain(f'{one.unit}: {one.text}')}")


def _row(name: str, one: dict[str, Any]) -> list[str]:
    parts = one.get("parts") or {}
    shown = [_number(one.get(key)) for key in ("sp", "pv", "u")]
    pid = [_number(parts.get(key)) for key in ("p", "i", "d")]
    led = one.get("held") or ("recipe" if one["mode"] != "OFF" else "")
    note = "fallback" if one["fallback"] else one.get("note", "")
    return [name, one["mode"], led, *shown, *pid, note]


def _figures(one: Any) -> list[str]:  # noqa: ANN401
    h = one.health
    if h is None:
        return [f"{one.unit}.{one.loop}", "0", *["-"] * 6]
    period = f"{h.period_min:.0f} min" if h.period_min else "none"
    return [
        f"{one.unit}.{one.loop}", f"{h.hours:.1f}", f"{h.iae:.3g} {one.eu} h", f"{h.in_band:.1f} %",
        f"{h.overshoot:.2g} {one.eu}", period, f"{h.at_low + h.at_high:.1f} %",
        f"{h.travel:.2f} spans/h",
    ]  # fmt: skip


def _number(value: Any) -> str:  # noqa: ANN401
    return "" if value is None else f"{value:.4g}"
