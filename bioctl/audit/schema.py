"""The journal's tables and triggers: making them, and finding what was dropped or changed."""

import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path
from typing import Final

from bioctl.errors import IntegrityError

APPLICATION_ID: Final = 0x62696F63  # "bioc"
VERSION: Final = 1


def create_schema(connection: sqlite3.Connection, cell: str) -> None:
    """Make an empty database a journal of `cell`, in one transaction."""
    quoted = connection.execute("SELECT quote(?)", (cell,)).fetchone()[0]
    connection.executescript(
        f"BEGIN; {_schema_text()}\n"
        f"INSERT INTO cell (id) VALUES ({quoted});"
        f"PRAGMA application_id = {APPLICATION_ID};"
        f"PRAGMA user_version = {VERSION}; COMMIT;"
    )


def _schema_text() -> str:
    file = resources.files("bioctl.audit").joinpath(f"schema_v{VERSION}.sql")
    return file.read_text(encoding="utf-8")


def _objects(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {f"{kind} {name}": sql for kind, name, sql in rows.fetchall()}


def check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Compare the file's tables and triggers with the schema of its version.

    Raises:
        IntegrityError: it is no journal, or a table or trigger was dropped, changed or added.
    """
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID:
        raise IntegrityError(f"{path} is no journal of bioctl.")
    if version != VERSION:
        raise IntegrityError(
            f"{path} has journal version {version}; this bioctl reads version {VERSION}."
        )
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(_schema_text())
        expected = _objects(fresh)
    found = _objects(connection)
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            was = "is missing" if name not in found else "was changed"
            raise IntegrityError(
                f"{path}: the {name} {was if name in expected else 'does not belong here'}.",
                help="Entries may have been altered since; compare with the last backup or anchor.",
            )
