"""`bioctl record`: the batch record for people and for programs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from bioctl.cli.common import SITE, JsonOption, SiteOption, example, existing_site
from bioctl.cli.screen import print_json
from bioctl.errors import IntegrityError

EXAMPLE = example("bioctl record B-0001 --format html --out B-0001.html --site site.yaml")


def record(
    batch: Annotated[str, typer.Argument(help="The batch id.")],
    format_: Annotated[
        Literal["html", "json"], typer.Option("--format", help="For people or for programs.")
    ] = "html",
    out: Annotated[Path | None, typer.Option(help="The file; else BATCH.FORMAT here.")] = None,
    site: SiteOption = SITE,
    as_json: JsonOption = False,
) -> None:
    """Write the record of a batch from the verified journal."""
    from bioctl.batch.record.write import write_record
    from bioctl.clock import SystemClock

    file = out or Path(f"{batch}.{format_}")
    fits = write_record(existing_site(site), batch, format_, file, made=SystemClock().utc())
    if as_json:
        print_json({"batch": batch, "format": format_, "file": str(file)})
    else:
        typer.echo(f"The record of batch {batch} is in {file}.")
    if not fits:
        raise IntegrityError(
            "Journal or history do not verify; the record's verdict says what does not fit.",
            help="`bioctl audit verify` names the first wrong entry.",
        )
