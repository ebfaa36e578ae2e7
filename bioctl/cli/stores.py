"""The site and its stores on disk, for commands that need no running controller."""

from pathlib import Path
from typing import TYPE_CHECKING

from bioctl.cli.common import existing_site, site_path

if TYPE_CHECKING:
    from bioctl.audit.people import People
    from bioctl.equipment.site import Site


def load(site: Path) -> "Site":
    """Return the checked site.

    Raises:
        InputErrors: all that is wrong with it.
    """
    from bioctl.equipment.site import load_site
    from bioctl.phases.library import capabilities

    return load_site(existing_site(site), capabilities().classes)


def journal_file(site: Path) -> Path:
    """Return the journal of a site."""
    return site_path(site, "data", "data") / "journal.db"


def open_people(site: "Site") -> "People":
    """Return the accounts of a site; made if there are none yet."""
    from bioctl.audit.people import People

    site.data.mkdir(parents=True, exist_ok=True)
    if site.profile == "demo":
        return People(site.data / "people.db", min_length=8)
    return People(site.data / "people.db")
