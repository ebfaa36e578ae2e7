"""`bioctl recipe scale` and `sign-scale`: a recipe at another size, on a sheet a person signs."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bioctl.cli.ask import ask
from bioctl.cli.common import SITE, JsonOption, PasswordOption, SiteOption, UserOption, example
from bioctl.cli.recipe_life import Reason, RecipeArgument, recipe_args
from bioctl.cli.screen import plain, print_json
from bioctl.errors import InputError

SCALE_EXAMPLE = example(
    "bioctl recipe scale expand.yaml --from bench.yaml --to plant.yaml --out expand-50L.json"
)
SIGN_EXAMPLE = example("bioctl recipe sign-scale expand.yaml expand-50L.json --user siri")


def add_to(app: typer.Typer) -> None:
    """Add the commands to `bioctl recipe`."""
    app.command("scale", epilog=SCALE_EXAMPLE)(scale)
    app.command("sign-scale", epilog=SIGN_EXAMPLE)(sign_scale)


def scale(
    recipe: RecipeArgument,
    old: Annotated[Path, typer.Option("--from", help="File of the size the recipe was made for.")],
    new: Annotated[Path, typer.Option("--to", help="File of the size it shall run at.")],
    out: Annotated[
        Path | None, typer.Option(help="Where to write the sheet, for `batch start --scale`.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Work out every formula value at another size, by the criterion the recipe declares."""
    from bioctl.cli.recipe import read_file
    from bioctl.language.findings import render
    from bioctl.phases.library import capabilities
    from bioctl.recipe.library import find_recipe
    from bioctl.recipe.load import load_recipe
    from bioctl.recipe.scale_sheet import make_sheet, scaled_recipe, sheet_text
    from bioctl.recipe.vessel import read_vessel

    able, content, file = capabilities(), b"", find_recipe(recipe)
    try:
        content = read_file(file)
        master = load_recipe(content, str(file), able)
        content = read_file(old)
        before = read_vessel(content, str(old))
        content = read_file(new)
        after = read_vessel(content, str(new))
        content = read_file(file)
        sheet = make_sheet(master, before, after)
        scaled_recipe(master, sheet, able.phases)
    except InputError as error:
        typer.echo(render(error, content.decode("utf-8", "replace")), err=True)
        raise typer.Exit(1) from None
    if out is not None:
        _write(out, sheet)
    if as_json:
        print_json(sheet)
    else:
        typer.echo("\n".join(plain(line) for line in sheet_text(sheet).splitlines()))


def sign_scale(
    recipe: RecipeArgument,
    sheet: Annotated[Path, typer.Argument(help="What `bioctl recipe scale --out` wrote.")],
    *,
    user: UserOption,
    reason: Reason = "",
    site: SiteOption = SITE,
    password_file: PasswordOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign a scale sheet: its numbers are right for this process."""
    args = recipe_args(recipe) | {"sheet": read_sheet(sheet)}
    ask(
        site, user, password_file, "recipe.scale", args,
        reason=reason, meaning="approved", as_json=as_json,
    )  # fmt: skip


def read_sheet(file: Path) -> dict[str, Any]:
    """Return a scale sheet from its file.

    Raises:
        InputError: it can't be read, or is no JSON object.
    """
    from bioctl.cli.recipe import read_text

    try:
        found = json.loads(read_text(file))
    except ValueError as error:
        raise InputError(f"{file} is not JSON: {error}.") from None
    except RecursionError:
        raise InputError(f"{file} is nested too deep for a scale sheet.") from None
    if not isinstance(found, dict):
        raise InputError(f"{file} is no scale sheet.", help="make one with `bioctl recipe scale`.")
    return found


def _write(file: Path, sheet: dict[str, Any]) -> None:
    try:
        file.write_text(json.dumps(sheet, indent=2, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise InputError(f"{file} can't be written: {error.strerror}.") from None
