"""`bioctl serve`: run the controller of one cell."""

import typer

from bioctl.cli.common import SITE, SiteOption, example, existing_site
from bioctl.cli.screen import on_terminal

EXAMPLE = example("bioctl serve --site demo-site/site.yaml")


def serve(site: SiteOption = SITE) -> None:
    """Run the controller of a site until Ctrl-C or SIGTERM."""
    import asyncio

    import structlog

    from bioctl.app.cell import serve as serve_cell

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=on_terminal()),
        ]
    )
    raise typer.Exit(asyncio.run(serve_cell(existing_site(site))))
