"""`bioctl site`: make, check and pin. None of it needs a controller or a plant."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bioctl.cli.common import SITE, JsonOption, SiteOption, example, noun
from bioctl.cli.screen import plain, print_json, print_table
from bioctl.cli.stores import load

if TYPE_CHECKING:
    from bioctl.equipment.site import Site

app = noun("Make and check a site.")

PLANT_URL = "opc.tcp://127.0.0.1:4840/plant"


@app.command(
    epilog=example("bioctl site init demo-site --plant-url opc.tcp://127.0.0.1:4840/plant")
)
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new site's folder.")],
    plant_url: Annotated[str, typer.Option(help="Where the plant is.")] = PLANT_URL,
    as_json: JsonOption = False,
) -> None:
    """Write the demonstration site: site file, certificate, password, folders."""
    from bioctl.cli.site_files import make_site, shipped_template

    made = make_site(folder, plant_url, shipped_template())
    if as_json:
        print_json({name: str(path) for name, path in made.items()})
        return
    for name, path in made.items():
        typer.echo(plain(f"{name}: {path}"))
    typer.echo("Next: let bioctl and the plant know each other, see docs/reference/cli.md.")


@app.command(epilog=example("bioctl site trust plant/pki/own/plant.der --site demo-site/site.yaml"))
def trust(
    certificate: Annotated[Path, typer.Argument(help="The plant's certificate, DER.")],
    connection: Annotated[
        str | None, typer.Option(help="Whose plant it is; not needed if there is only one.")
    ] = None,
    site: SiteOption = SITE,
    as_json: JsonOption = False,
) -> None:
    """Pin the plant's certificate: from now on bioctl talks to this plant and no other."""
    from bioctl.cli.site_files import pin

    place, print_ = pin(load(site), connection, certificate)
    if as_json:
        print_json({"file": str(place), "sha256": print_})
    else:
        typer.echo(plain(f"{place} is trusted. SHA-256 {print_}"))
        typer.echo("Compare it with what the plant's owner reads to you.")


@app.command(epilog=example("bioctl site check --site demo-site/site.yaml"))
def check(site: SiteOption = SITE, as_json: JsonOption = False) -> None:
    """Load the site file and print what it says; exit 1 if it is wrong."""
    found = _said(load(site))
    if as_json:
        print_json(found)
        return
    for name in ("site", "profile", "clock", "data", "port"):
        typer.echo(plain(f"{name}: {found[name]}"))
    print_table(["connection", "driver"], list(found["connections"].items()), "No connection.")
    heads = ["unit", "class", "connection", "measurements", "outputs", "loops", "interlocks"]
    heads += ["permissives", "alarms"]
    rows = [[str(cell) for cell in unit.values()] for unit in found["units"]]
    print_table(heads, rows, "No unit.")
    for note in found["notes"]:
        typer.echo(plain(f"note: {note}"))


def _said(site: "Site") -> dict[str, Any]:
    from bioctl.control.interlock_check import notes

    return {
        "site": site.name,
        "profile": site.profile,
        "clock": site.clock,
        "data": str(site.data),
        "port": str(site.port),
        "connections": {name: one.driver for name, one in site.connections.items()},
        "units": [
            {
                "unit": unit.name,
                "class": unit.class_name,
                "connection": unit.connection,
                "measurements": len(unit.measurements),
                "outputs": len(unit.outputs),
                "loops": len(unit.loops),
                "interlocks": len(unit.interlocks),
                "permissives": len(unit.permissives),
                "alarms": len(unit.alarms),
            }
            for unit in site.units.values()
        ],
        "notes": [
            f"{unit.name}: {note}"
            for unit in site.units.values()
            for note in notes(unit.interlocks)
        ],
    }
