"""`bioctl recipe`: check recipes, plan them, compare them. None of it needs a controller."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bioctl.cli import recipe_read
from bioctl.cli.common import JsonOption, example, existing_site, noun
from bioctl.cli.screen import plain, print_json
from bioctl.errors import InputError, UsageError

if TYPE_CHECKING:
    from bioctl.cli.recipe_files import Checked
    from bioctl.recipe.capabilities import Capabilities, UnitLimits

app = noun("Check, plan and compare recipes.")

app.command(epilog=recipe_read.PLAN_EXAMPLE)(recipe_read.plan)
app.command(epilog=recipe_read.DIFF_EXAMPLE)(recipe_read.diff)


@app.command(
    epilog=example(
        "bioctl recipe check recipes/*.yaml",
        "bioctl recipe check expand",
        "bioctl recipe check expand --site site.yaml --unit reactor=BR101",
    )
)
def check(
    files: Annotated[list[str], typer.Argument(help="Recipe files, or names of known ones.")],
    *,
    site: Annotated[Path | None, typer.Option(help="Check against this site's units too.")] = None,
    unit: Annotated[list[str] | None, typer.Option(help="ROLE=UNIT, with --site.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Check recipes against the phases and unit classes installed here; exit 1 if one is wrong.

    The id at the end of a finding, as in [unbounded-wait], is explained in
    docs/reference/findings.md.
    """
    from bioctl.cli.recipe_files import check_file
    from bioctl.phases.library import capabilities

    able, chosen = capabilities(), _pairs(unit)
    units = _units(site, able) if site is not None else None
    found = [check_file(name, able, units, chosen) for name in files]
    if as_json:
        print_json([one.to_json() for one in found])
    else:
        for one in found:
            _tell(one, able)
    raise typer.Exit(1 if any(one.errors for one in found) else 0)


def _tell(checked: "Checked", able: "Capabilities") -> None:
    from bioctl.batch.startable import beyond_engine

    if checked.errors or checked.warnings:
        typer.echo(checked.shown(), err=True)
    if checked.recipe is None or checked.errors:
        return
    recipe = checked.recipe
    count = len(checked.warnings)
    but = f" but for {count} warning{'s' * (count > 1)}" if count else ""
    typer.echo(plain(f"{checked.name}: recipe {recipe.id} {recipe.version} is good{but}."))
    beyond = tuple(dict.fromkeys(beyond_engine(recipe, able.phases)))
    if beyond:
        typer.echo(plain(f"  This version can't start it yet: it uses {', '.join(beyond)}."))


def _units(site: Path, able: "Capabilities") -> "tuple[UnitLimits, ...]":
    from bioctl.batch.limits import limits_of
    from bioctl.equipment.site import load_site

    return limits_of(load_site(existing_site(site), able.classes).units)


def _pairs(texts: list[str] | None) -> dict[str, str]:
    pairs = dict(text.split("=", 1) for text in texts or () if "=" in text)
    if len(pairs) != len(texts or ()):
        raise UsageError("--unit is given as ROLE=UNIT, once per role.")
    return pairs


@app.command(epilog=example("bioctl recipe schema > recipe.schema.json"))
def schema(as_json: JsonOption = False) -> None:  # noqa: ARG001  it is JSON either way
    """Print the JSON Schema of recipes, for completion in editors."""
    from bioctl.phases.library import capabilities
    from bioctl.recipe.schema import schema_text

    typer.echo(schema_text(capabilities()), nl=False)


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
