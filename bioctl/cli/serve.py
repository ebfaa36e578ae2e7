"""`bioctl serve`: run the controller of one cell."""

import typer

from bioctl.cli.common import SITE, SiteOption, example, existing_site

EXAMPLE = example("bioctl serve --site demo-site/site.yaml")


def serve(site: SiteOption = SITE) -> None:
    """Run the controller of a site until Ctrl-C or SIGTERM."""
    import asyncio

    from bioctl.app.cell import serve as serve_cell

    raise typer.Exit(asyncio.run(serve_cell(existing_site(site))))
