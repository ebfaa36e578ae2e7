"""Opening SQLite so that a commit survives a power cut, whatever version the machine has.

Versions 3.7.0 to 3.51.2 can lose commits in WAL mode when two connections write or checkpoint at
the same moment (the WAL-reset bug; mended in 3.51.3 and in 3.44.6 and 3.50.7). There the journal
uses a rollback journal with one writing connection, which the bug can't reach.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bioctl.errors import StorageError

Version = tuple[int, int, int]
Connect = Callable[[str], sqlite3.Connection]
"""Opens a database URI in autocommit mode; the power-cut tests hand in their own."""

OLDEST: Version = (3, 37, 0)
"""The first SQLite with STRICT tables."""

BUSY_S = 10.0
"""How long a connection waits for another's lock: readers hold theirs for milliseconds."""


class Durability(NamedTuple):
    """SQLite's journal_mode and synchronous."""

    mode: str
    synchronous: str


WAL = Durability("wal", "FULL")
ROLLBACK = Durability("truncate", "EXTRA")


def has_wal_reset_bug(version: Version) -> bool:
    """Return whether this SQLite can lose commits in WAL mode."""
    mended_line = (version[:2] == (3, 44) and version[2] >= 6) or (
        version[:2] == (3, 50) and version[2] >= 7
    )
    return (3, 7, 0) <= version < (3, 51, 3) and not mended_line


def durability_for(version: Version) -> Durability:
    """Return the fastest mode in which an acknowledged commit survives a power cut."""
    if version < OLDEST:
        raise StorageError(
            f"SQLite {'.'.join(map(str, version))} is too old: expected 3.37 or newer.",
            help="Use a Python whose sqlite3 module was built with a newer SQLite.",
        )
    return ROLLBACK if has_wal_reset_bug(version) else WAL


def connect(uri: str) -> sqlite3.Connection:
    """Open a database URI in autocommit mode, usable from the thread that works with it."""
    return sqlite3.connect(
        uri, uri=True, isolation_level=None, timeout=BUSY_S, check_same_thread=False
    )


def uri(path: Path, mode: str) -> str:
    """Return the URI of a file; mode is `ro`, `rw` or `rwc`."""
    return f"{path.resolve().as_uri()}?mode={mode}"


def harden(connection: sqlite3.Connection, durability: Durability) -> None:
    """Set a writing connection's modes and check that SQLite took them."""
    found = connection.execute(f"PRAGMA journal_mode={durability.mode}").fetchone()[0]
    if str(found).lower() != durability.mode:
        raise StorageError(
            f"SQLite refuses journal mode {durability.mode} and stays in {found}.",
            help="Keep the file on a local disk, not on a network file system.",
        )
    connection.execute(f"PRAGMA synchronous={durability.synchronous}")
    # Trust nothing in the file's schema, and let REPLACE fire the triggers that refuse deleting.
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA recursive_triggers=ON")
