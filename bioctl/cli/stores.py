"""The site and its stores on disk, for commands that need no running controller."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bioctl.cli.common import existing_site, site_path
from bioctl.errors import IntegrityError, StorageError

if TYPE_CHECKING:
    from bioctl.audit.entry import Entry
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


def read_entries(journal: Path, batch: str | None = None) -> Iterator["Entry"]:
    """Yield the entries of a journal that may be in use; nothing is locked or written.

    Raises:
        StorageError: there is none, or it can't be read.
        IntegrityError: it is damaged.
    """
    from bioctl.audit.file_store import SqliteStore
    from bioctl.audit.sqlite import durability_for

    if not journal.is_file():
        raise StorageError(f"There is no journal at {journal}.", help="Give its path or --site.")
    store = SqliteStore(journal, "", durability_for(sqlite3.sqlite_version_info[:3]))
    try:
        yield from store.read(0, batch)
    except sqlite3.OperationalError as error:
        raise StorageError(f"The journal {journal} can't be read: {error}.") from None
    except (sqlite3.DatabaseError, ValueError) as error:
        raise IntegrityError(
            f"{journal} is damaged: {error}.",
            help="Keep the file as it is; `bioctl audit verify` names the first wrong entry.",
        ) from None
