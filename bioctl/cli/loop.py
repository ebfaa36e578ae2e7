"""`bioctl loop`: mode, setpoint and output, tuning, and how the loops did."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bioctl.cli import loop_fit, loop_tune
from bioctl.cli.ask import Second
from bioctl.cli.common import (
    SECOND_HELP,
    SITE,
    JsonOption,
    SecondPasswordOption,
    SiteOption,
    connect,
    example,
    existing_site,
    noun,
)
from bioctl.cli.given import By, given
from bioctl.cli.loop_tune import Loop, where
from bioctl.cli.screen import plain, print_json, print_table

app = noun("See, move, tune and judge control loops.")
app.command("tune", epilog=loop_tune.EXAMPLE)(loop_tune.tune)
app.command("fit", epilog=loop_fit.EXAMPLE)(loop_fit.fit)


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
@given
def mode(
    loop: Loop,
    mode: Annotated[
        Literal["off", "man", "auto", "cas", "recipe"],
        typer.Argument(help="recipe gives it back to the batch."),
    ],
    *,
    by: By,
) -> None:
    """Take a loop from the recipe, or give it back; outputs do not jump."""
    by.ask("loop.mode", where(loop) | {"mode": mode})


@app.command(
    "set",
    epilog=example(
        'bioctl loop set BR101.temperature --setpoint 33 --reason "cold shift" --user ola',
        'bioctl loop set BR101.temperature --output 35 --reason "by hand" --user ola',
    ),
)
@given
def set_(
    loop: Loop,
    *,
    by: By,
    setpoint: Annotated[float | None, typer.Option(help="In the measurement's eu.")] = None,
    rate: Annotated[
        float | None, typer.Option(help="How fast it walks there, eu per minute.")
    ] = None,
    output: Annotated[float | None, typer.Option(help="The demand u, in MAN.")] = None,
    order: Annotated[str | None, typer.Option(help="Another of the loop's orders.")] = None,
) -> None:
    """Set a loop's setpoint, its output in MAN, or its order of outputs; the loop is yours then."""
    values = {"sp": setpoint, "rate": rate, "u": output, "order": order}
    asked = {name: value for name, value in values.items() if value is not None}
    by.ask("loop.set", where(loop) | asked)


@app.command(
    epilog=example(
        "bioctl loop release BR101.pH --second kim \\",
        '    --reason "base line checked, lactate as expected" --user ola',
    )
)
@given
def release(
    loop: Loop,
    *,
    second: Annotated[str, typer.Option(help=SECOND_HELP, metavar="USER")],
    second_password_file: SecondPasswordOption = None,
    by: By,
) -> None:
    """Release a dose its limit has locked: one person asks, a second one signs."""
    by.ask("loop.release", where(loop), second=Second(second, second_password_file))


@app.command(epilog=example("bioctl loop report B-0001 --site demo-site/site.yaml"))
def report(
    batch: Annotated[str, typer.Argument(help="The batch id.")],
    svg: Annotated[
        Path | None, typer.Option(help="Draw measurement, setpoint and demand of every loop.")
    ] = None,
    site: SiteOption = SITE,
    as_json: JsonOption = False,
) -> None:
    """Tell how every loop did in a batch, from journal and history; no controller is needed."""
    from bioctl.batch.loop_report import read_reports
    from bioctl.batch.loop_words import text_of
    from bioctl.cli.plot import draw_loops
    from bioctl.equipment.site import load_site
    from bioctl.phases.library import capabilities

    found = read_reports(load_site(existing_site(site), capabilities().classes), batch)
    if as_json:
        print_json([one.plain() for one in found])
        return
    heads = ["loop", "verdict", "h", "IAE", "in band", "period", "at a limit", "travel"]
    print_table(heads, [_figures(one) for one in found], "The batch's units have no loop.")
    for one in found:
        first, *rest = text_of(one)
        typer.echo(f"\n{plain(first)}")
        for line in rest:
            typer.echo(f"  {plain(line)}")
    if svg is not None:
        draw_loops(svg, found)
        typer.echo(f"\nThe picture is {svg}.")


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
        return [f"{one.unit}.{one.loop}", "", "0", *["-"] * 5]
    period = f"{h.period_min:.0f} min" if h.period_min else "none"
    return [
        f"{one.unit}.{one.loop}", one.verdict.grade, f"{h.hours:.1f}",
        f"{h.iae:.3g} {one.eu} h", f"{h.in_band:.1f} %",
        period, f"{h.at_low + h.at_high:.1f} %",
        f"{h.travel:.2f} spans/h",
    ]  # fmt: skip


def _number(value: Any) -> str:  # noqa: ANN401
    return "" if value is None else f"{value:.4g}"
