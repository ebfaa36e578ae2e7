"""Reading a journal file that may be in use: nothing is locked or written."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bioctl.audit.entry import Entry
from bioctl.audit.file_store import SqliteStore
from bioctl.audit.sqlite import durability_for
from bioctl.errors import IntegrityError, StorageError


def read_entries(journal: Path, batch: str | None = None) -> Iterator[Entry]:
    """Yield the entries of a journal file, or those of one batch, in order.

    Raises:
        StorageError: there is none, or it can't be read.
        IntegrityError: it is damaged.
    """
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
