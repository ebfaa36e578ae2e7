"""`bioctl user`: personal accounts. Adding takes the journal, so no controller may run then."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from bioctl.cli.common import (
    SITE,
    JsonOption,
    PasswordOption,
    SiteOption,
    example,
    noun,
    read_password,
)
from bioctl.cli.screen import plain, print_json, print_table
from bioctl.cli.stores import load, open_people

app = noun("Personal accounts of a cell.")


@app.command(
    epilog=example(
        'bioctl user add siri --name "Siri Hansen" --role supervisor --site demo-site/site.yaml',
        'bioctl user add ola --name "Ola Nordmann" --role operator --by siri',
    )
)
def add(
    user: Annotated[str, typer.Argument(help="The id; never given out again.")],
    *,
    name: Annotated[str, typer.Option(help="The full name, as printed beside signatures.")],
    role: Annotated[Literal["operator", "supervisor", "qa"], typer.Option(help="What they may.")],
    password_file: PasswordOption = None,
    by: Annotated[
        str | None, typer.Option(help="The supervisor who adds; not asked for the first account.")
    ] = None,
    by_password_file: Annotated[
        Path | None, typer.Option(help="A file whose first line is the supervisor's password.")
    ] = None,
    site: SiteOption = SITE,
    as_json: JsonOption = False,
) -> None:
    """Add an account; the first one of a cell must be a supervisor, who adds the others."""
    from bioctl.cli.accounts import Newcomer, add_account

    def secret_of_adder(adder: str) -> str:
        return read_password(by_password_file, adder, "--by-password-file")

    newcomer = Newcomer(user, name, role, read_password(password_file, user))
    person = add_account(load(site), newcomer, by, secret_of_adder)
    if as_json:
        print_json(asdict(person))
    else:
        typer.echo(plain(f"{person.name} ({person.id}) is now {person.role}."))


@app.command("list", epilog=example("bioctl user list --site demo-site/site.yaml"))
def list_(site: SiteOption = SITE, as_json: JsonOption = False) -> None:
    """List the accounts, closed and locked ones too."""
    everyone = open_people(load(site)).everyone()
    if as_json:
        print_json([asdict(person) for person in everyone])
        return
    rows = [
        [one.id, one.name, one.role, _condition(active=one.active, locked=one.locked)]
        for one in everyone
    ]
    print_table(["user", "name", "role", "account"], rows, "There is no account yet.")


def _condition(*, active: bool, locked: bool) -> str:
    if not active:
        return "closed"
    return "locked" if locked else "open"
