"""`bioctl recipe`: check recipes and print their schema. Neither needs a controller."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bioctl.cli.common import JsonOption, example, noun
from bioctl.cli.screen import plain, print_json
from bioctl.errors import InputError, InputErrors

if TYPE_CHECKING:
    from bioctl.recipe.capabilities import Capabilities

app = noun("Check recipes.")


@app.command(epilog=example("bioctl recipe check recipes/*.yaml", "bioctl recipe check expand"))
def check(
    files: Annotated[list[str], typer.Argument(help="Recipe files, or names of known ones.")],
    as_json: JsonOption = False,
) -> None:
    """Check recipes against the phases and unit classes installed here; exit 1 if one is wrong."""
    from bioctl.phases.library import capabilities

    able = capabilities()
    found = [_check(name, able) for name in files]
    if as_json:
        print_json(found)
    for result in found:
        if not as_json:
            typer.echo(result["text"], err=bool(result["errors"]))
    raise typer.Exit(1 if any(result["errors"] for result in found) else 0)


@app.command(epilog=example("bioctl recipe schema > recipe.schema.json"))
def schema(as_json: JsonOption = False) -> None:  # noqa: ARG001  it is JSON either way
    """Print the JSON Schema of recipes, for completion in editors."""
    from bioctl.phases.library import capabilities
    from bioctl.recipe.schema import schema_text

    typer.echo(schema_text(capabilities()), nl=False)


def _check(name: str, able: "Capabilities") -> dict[str, Any]:
    from bioctl.language.findings import render
    from bioctl.recipe.library import find_recipe
    from bioctl.recipe.load import load_recipe

    content = b""
    try:
        file = find_recipe(name)
        content = read_file(file)
        recipe = load_recipe(content, str(file), able)
    except InputError as error:
        text = render(error, content.decode("utf-8", "replace"))
        return {"file": name, "text": text, "errors": _errors(error)}
    text = plain(f"{file}: recipe {recipe.id} {recipe.version} is good.")
    return {"file": str(file), "text": text, "errors": [], "recipe": recipe.id}


def read_file(file: Path) -> bytes:
    """Return the content of a file a person named.

    Raises:
        InputError: it can't be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} can't be read: {error.strerror}.") from None


def read_text(file: Path) -> str:
    """Return the text of a file a person named.

    Raises:
        InputError: it can't be read or is not UTF-8.
    """
    try:
        return read_file(file).decode()
    except UnicodeDecodeError:
        raise InputError(f"{file} is not UTF-8 text.") from None


def _errors(error: InputError) -> list[dict[str, Any]]:
    ones = error.errors if isinstance(error, InputErrors) else (error,)
    return [
        {"where": str(one.where or ""), "message": one.message, "help": one.help} for one in ones
    ]
