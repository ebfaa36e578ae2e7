"""`bioctl recipe submit`, `approve`, `reject`, `release`, `retire`, `list`: the life of a version.

Each is signed: user and password are asked once more, and the signature is bound to the content.
"""

from collections.abc import Callable
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
)
from bioctl.cli.screen import print_json, print_table

RecipeArgument = Annotated[str, typer.Argument(help="A recipe file, or the name of a known one.")]
Reason = Annotated[str, typer.Option(help="Why; it goes into the record.")]
LOGIN = "--user siri --password-file siri.password"


MOVES = {
    "submit": "Sign a recipe version as its author and give it to review; it must have no error.",
    "approve": "Approve a version in review, as another person than its author.",
    "reject": "Give a version in review back to its author: it is a draft again. Needs --reason.",
    "release": "Make an approved version effective; what was effective before is superseded.",
    "retire": "Take a version out of use for ever. Needs --reason.",
}
"""What a person can do to a version, told by `--help`."""


def add_to(app: typer.Typer) -> None:
    """Add the commands to `bioctl recipe`."""
    for verb, told in MOVES.items():
        why = ' --reason "limits of pH too wide"' if "--reason" in told else ""
        shown = example(f"bioctl recipe {verb} expand.yaml {LOGIN}{why}")
        app.command(verb, help=told, epilog=shown)(_move(verb))
    app.command("list", epilog=example("bioctl recipe list --site demo-site/site.yaml"))(list_)


def _move(verb: str) -> Callable[..., None]:
    def command(
        recipe: RecipeArgument,
        *,
        user: UserOption,
        reason: Reason = "",
        site: SiteOption = SITE,
        password_file: PasswordOption = None,
        as_json: JsonOption = False,
    ) -> None:
        from bioctl.recipe.lifecycle import MEANING, Move

        args, meaning = recipe_args(recipe), MEANING[Move(verb)]
        ask(
            site, user, password_file, f"recipe.{verb}", args,
            reason=reason, meaning=meaning, as_json=as_json,
        )  # fmt: skip

    return command


def list_(site: SiteOption = SITE, as_json: JsonOption = False) -> None:
    """List the recipe versions people have submitted to the running cell."""
    with connect(site) as client:
        versions = client.view()["recipes"]
    if as_json:
        print_json(versions)
        return
    rows = [
        [v["recipe"], v["version"], v["status"], v["author"], v["approver"], v["hash"][:12]]
        for v in versions
    ]
    head = ["recipe", "version", "status", "author", "approver", "content"]
    print_table(head, rows, "No recipe was submitted yet.")


def recipe_args(recipe: str) -> dict[str, Any]:
    """Return what a command sends of a recipe: its text, its parts and its file's name."""
    from bioctl.cli.recipe import read_text
    from bioctl.recipe.library import find_recipe, included_texts

    file = find_recipe(recipe)
    text = read_text(file)
    return {"recipe": text, "parts": included_texts(text, file), "file": str(file)}
