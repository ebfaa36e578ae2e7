"""`bioctl batch`: start, list, command, answer and sign. Watching is in `watch`."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bioctl.cli import watch
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
from bioctl.cli.given import By, given, given_without_reason
from bioctl.cli.recipe_life import recipe_args
from bioctl.cli.recipe_scale import read_sheet
from bioctl.cli.screen import plain, print_json, print_table
from bioctl.errors import UsageError

app = noun("Start, watch and command batches.")
app.command("watch", epilog=watch.EXAMPLE)(watch.watch)

Batch = Annotated[str, typer.Argument(help="The batch id.")]
Prompt = Annotated[str, typer.Argument(help="The prompt id, as `batch watch` shows it.")]
Comment = Annotated[str, typer.Option("--comment", help="A remark for the record.")]
Verb = Literal["hold", "restart", "pause", "resume", "stop", "abort"]


@app.command(
    epilog=example(
        "bioctl batch start expand_harvest --id B-0001 --unit reactor=BR101 \\",
        '    --set temperature="37 degC" --user ola --password-file ola.password',
    )
)
def start(
    recipe: Annotated[str, typer.Argument(help="A recipe file, or the name of a known one.")],
    *,
    user: UserOption,
    batch: Annotated[str, typer.Option("--id", help="Id of the new batch.")],
    unit: Annotated[list[str] | None, typer.Option(help="ROLE=UNIT, once per role.")] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", help='NAME="VALUE", a formula value.')
    ] = None,
    scale: Annotated[
        Path | None, typer.Option(help="A scale sheet: run at its size, not the recipe's.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    site: SiteOption = SITE,
    password_file: PasswordOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bind a recipe to units and start it as a new batch."""
    args: dict[str, Any] = recipe_args(recipe) | {
        "batch": batch,
        "units": _pairs(unit, "--unit", "role=UNIT"),
        "values": _pairs(values, "--set", "name=value"),
    }
    if scale is not None:
        args["scale"] = read_sheet(scale)
    ask(site, user, password_file, "batch.start", args, reason=reason, as_json=as_json)


@app.command("list", epilog=example("bioctl batch list --site demo-site/site.yaml"))
def list_(site: SiteOption = SITE, as_json: JsonOption = False) -> None:
    """List the batches of the running cell, and connections that are not up."""
    from bioctl.clock import duration_text

    with connect(site) as client:
        view = client.view()
    batches = view["batches"]
    if as_json:
        print_json(batches)
        return
    rows = [
        [b["id"], b["recipe"], b["state"], duration_text(b["elapsed"] or 0.0), str(b["path"] or "")]
        for b in batches
    ]
    print_table(["batch", "recipe", "state", "elapsed", "where"], rows, "There is no batch yet.")
    for b in batches:
        if b["waits"]:
            typer.echo(plain(f"{b['id']} waits: {b['waits']}"))
    for name, link in view.get("links", {}).items():
        if link["link"] != "up":
            typer.echo(plain(f"Connection {name} is {link['link']}: {link['reason']}"))


@app.command(
    epilog=example(
        'bioctl batch command B-0001 hold --reason "sterile filter looks wet" --user ola'
    )
)
@given
def command(
    batch: Batch,
    verb: Annotated[Verb, typer.Argument(help="An ISA-88 command.")],
    *,
    by: By,
) -> None:
    """Give a batch a command; the state table and your role decide whether it is allowed."""
    by.ask(f"batch.{verb}", {"batch": batch})


@app.command(epilog=example('bioctl batch answer B-0001 P3 7.21 --comment "meter 4" --user ola'))
@given_without_reason
def answer(
    batch: Batch,
    prompt: Prompt,
    value: Annotated[str, typer.Argument(help="The answer, in the eu the prompt names.")],
    *,
    by: By,
    comment: Comment = "",
) -> None:
    """Answer an open prompt."""
    args = {"batch": batch, "prompt": prompt, "value": value, "comment": comment}
    by.ask("batch.answer", args)


@app.command(
    epilog=example("bioctl batch sign B-0001 P4 --meaning approved --user siri --site site.yaml")
)
@given_without_reason
def sign(
    batch: Batch,
    prompt: Prompt,
    *,
    meaning: Annotated[
        Literal["approved", "verified", "rejected"], typer.Option(help="What the signature says.")
    ],
    by: By,
    comment: Comment = "",
) -> None:
    """Sign an open prompt; user and password are checked once more for the signature."""
    args = {"batch": batch, "prompt": prompt, "comment": comment}
    by.ask("batch.sign", args, meaning=meaning)


def _pairs(texts: list[str] | None, option: str, form: str) -> dict[str, str]:
    """Return `name=value` options as a mapping; each name once."""
    found: dict[str, str] = {}
    for text in texts or []:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise UsageError(f"{option} {text!r} is not {form}.")
        if name in found:
            raise UsageError(f"{option} names {name} twice.")
        found[name] = value
    return found
