"""`bioctl recipe plan` and `diff`: recipes read at a glance, and what changed between two."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bioctl.cli.common import JsonOption, example
from bioctl.cli.screen import plain, print_json
from bioctl.errors import InputError

PLAN_EXAMPLE = example(
    "bioctl recipe plan packed_bed_expansion",
    "bioctl recipe plan packed_bed_expansion --format svg --out plan.svg",
)
DIFF_EXAMPLE = example("bioctl recipe diff expansion.yaml expansion_new.yaml")

Recipe = Annotated[str, typer.Argument(help="A recipe file, or the name of a known one.")]


class Form(StrEnum):
    """How a plan is drawn."""

    TEXT = "text"
    SVG = "svg"


def plan(
    recipe: Recipe,
    *,
    form: Annotated[Form, typer.Option("--format", help="Text, or a chart as SVG.")] = Form.TEXT,
    out: Annotated[Path | None, typer.Option(help="Write it to this file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show a recipe as a tree and a chart, with the durations it is expected to take."""
    from dataclasses import asdict

    from bioctl.cli.recipe_files import good_recipe
    from bioctl.phases.library import capabilities
    from bioctl.recipe.plan import plan_text
    from bioctl.recipe.plan_svg import plan_svg
    from bioctl.recipe.schedule import schedule

    able = capabilities()
    loaded = good_recipe(recipe, able)
    spans = schedule(loaded, able)
    if as_json:
        print_json([asdict(span) for span in spans])
        return
    text = plan_svg(loaded, spans) if form is Form.SVG else plan_text(loaded, spans) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{out} can't be written: {error.strerror}.") from None


def diff(
    old: Annotated[str, typer.Argument(help="The recipe as it was.")],
    new: Annotated[str, typer.Argument(help="The recipe as it is.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Tell what changed between two recipes, in the words of a process engineer."""
    from bioctl.cli.recipe_files import good_recipe
    from bioctl.phases.library import capabilities
    from bioctl.recipe.canonical import recipe_hash
    from bioctl.recipe.diff import differences

    able = capabilities()
    before, after = good_recipe(old, able), good_recipe(new, able)
    changes = differences(before, after)
    hashes = [recipe_hash(before), recipe_hash(after)]
    if as_json:
        print_json({"old": hashes[0], "new": hashes[1], "changes": list(changes)})
        return
    typer.echo(f"- {before.id} {before.version}  {hashes[0]}")
    typer.echo(f"+ {after.id} {after.version}  {hashes[1]}")
    for change in changes:
        typer.echo(plain(f"  {change}"))
    if not changes:
        typer.echo("  They say the same.")
