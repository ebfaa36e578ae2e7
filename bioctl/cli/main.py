"""The top of the command line: nouns, version, and how errors are told."""

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import bioctl
from bioctl.cli import (
    alarm,
    audit,
    batch,
    demo,
    interlock,
    loop,
    plant,
    recipe,
    recipe_life,
    recipe_scale,
    record,
    serve,
    site,
    user,
)
from bioctl.cli.common import example
from bioctl.cli.screen import sentence
from bioctl.errors import BioctlError


class Shell(TyperGroup):
    """Tells an error as plain sentences on stderr and leaves with the exit code of its class."""

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  as its base says
        """Run; see the exit codes in `bioctl.errors`."""
        try:
            return super().main(*args, **kwargs)
        except BioctlError as error:
            typer.echo(sentence(error), err=True)
            sys.exit(error.exit_code)


app = typer.Typer(
    cls=Shell,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    epilog=example(
        "bioctl plant serve --port 4840 --speed 60",
        "bioctl site init demo-site --plant-url opc.tcp://127.0.0.1:4840/plant",
        "bioctl serve --site demo-site/site.yaml",
        "bioctl batch watch B-0001 --site demo-site/site.yaml",
    )
    + "\n\nExit codes: 0 ok, 1 a check failed, 2 usage, 3 refused, 4 not reachable, "
    "5 integrity broken.",
)
app.command(epilog=demo.EXAMPLE)(demo.demo)
app.add_typer(plant.app, name="plant")
app.add_typer(site.app, name="site")
app.command(epilog=serve.EXAMPLE)(serve.serve)
app.add_typer(user.app, name="user")
recipe_life.add_to(recipe.app)
recipe_scale.add_to(recipe.app)
app.add_typer(recipe.app, name="recipe")
app.add_typer(batch.app, name="batch")
app.add_typer(loop.app, name="loop")
app.add_typer(alarm.app, name="alarm")
app.add_typer(interlock.app, name="interlock")
app.add_typer(audit.app, name="audit")
app.command(epilog=record.EXAMPLE)(record.record)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"bioctl {bioctl.__version__}")
        raise typer.Exit


@app.callback()
def top(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print it and leave."),
    ] = False,
) -> None:
    """Batch process control for closed-system cell-therapy equipment, over OPC UA."""
