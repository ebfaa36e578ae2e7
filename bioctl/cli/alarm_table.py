"""`bioctl alarm table`: every alarm of a site with its reasons, from the site file alone."""

import csv
import io
from typing import TYPE_CHECKING, Annotated

import typer

from bioctl.cli.common import SITE, JsonOption, SiteOption, example
from bioctl.cli.screen import plain, print_json
from bioctl.cli.stores import load
from bioctl.errors import InputError
from bioctl.language.nearest import suggest, visible

if TYPE_CHECKING:
    from bioctl.equipment.alarm_table import Row

EXAMPLE = example("bioctl alarm table BR101 --csv --site demo-site/site.yaml > alarms.csv")


def table(
    unit: Annotated[
        str, typer.Argument(metavar="[UNIT]", help="Only this unit; `cell` for the cell's own.")
    ] = "",
    site: SiteOption = SITE,
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, for a spreadsheet.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Print the master alarm database: every alarm's limit, delay, priority, reasons and origin."""
    from bioctl.equipment.alarm_table import COLUMNS, alarm_rows, digest, left_out
    from bioctl.equipment.own_alarms import CELL

    found = load(site)
    known = [*found.units, CELL]
    if unit and unit not in known:
        message = f"there is no unit {visible(unit)!r} in {site}."
        raise InputError(message, help=suggest(unit, known, "units"))
    rows, out = alarm_rows(found, unit), dict(left_out(found, unit))
    if as_json:
        print_json({"alarms": rows, "left_out": out, "sha256": digest(found)})
    elif as_csv:
        typer.echo(_csv(COLUMNS, rows), nl=False)
    else:
        for row in rows:
            _print(row)
        for name, reason in out.items():
            typer.echo(plain(f"{name} is left out: {reason}"))
        if not unit:
            typer.echo(f"SHA-256 of all alarms: {digest(found)}")


def _csv(columns: tuple[str, ...], rows: "list[Row]") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    text = isinstance(value, str) and value[:1] in set("=+-@\t\r")
    return f"'{value}" if text else value


def _print(row: "Row") -> None:
    eu = f" {row['eu']}" if row["eu"] else ""
    after = [f"for {row['on_delay_s']:g} s" if row["on_delay_s"] else ""]
    after += [f"clears {row['dead_band']:g}{eu} inside" if row["dead_band"] else ""]
    after += [f"and after {row['off_delay_s']:g} s" if row["off_delay_s"] else ""]
    after += ["latches" if row["latching"] else ""]
    typer.echo(plain(f"{row['unit']}.{row['alarm']}  priority {row['priority']}"))
    lines = {
        "when": " ".join([str(row["when"]), ", ".join(one for one in after if one)]),
        "respond": f"within {row['respond_min']:g} min ({row['severity']})",
        "cause": row["cause"],
        "consequence": row["consequence"],
        "action": row["action"],
        "suppressed": row["suppressed"] and f"while {row['suppressed']}",
        "shelve": row["shelve_min"] and f"at most {row['shelve_min']:g} min",
        "from": row["from"],
    }
    for name, text in lines.items():
        if text:
            typer.echo(plain(f"  {name:<12} {text}".rstrip()))
