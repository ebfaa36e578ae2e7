"""The version gate: where WAL can lose commits, the journal does not use it."""

from pathlib import Path

import pytest

from bioctl.audit.journal import Journal
from bioctl.audit.sqlite import (
    ROLLBACK,
    WAL,
    Version,
    connect,
    durability_for,
    harden,
    has_wal_reset_bug,
    uri,
)
from bioctl.clock import Clock
from bioctl.errors import StorageError


@pytest.mark.fault("ST-09")
@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 54, 1), False),
    ],
)
def test_wal_is_used_only_where_it_loses_nothing(version: Version, *, affected: bool) -> None:
    assert has_wal_reset_bug(version) == affected
    if version >= (3, 37, 0):
        assert durability_for(version) == (ROLLBACK if affected else WAL)


def test_sqlite_without_strict_tables_is_refused() -> None:
    with pytest.raises(StorageError, match=r"3\.36\.0 is too old"):
        durability_for((3, 36, 0))


@pytest.mark.parametrize("modes", [ROLLBACK, WAL])
def test_connection_has_the_modes_that_were_asked_for(
    tmp_path: Path, modes: tuple[str, str]
) -> None:
    connection = connect(uri(tmp_path / "a.db", "rwc"))
    harden(connection, ROLLBACK if modes == ROLLBACK else WAL)
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == modes[0]
    expected = {"FULL": 2, "EXTRA": 3}[modes[1]]
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == expected
    connection.close()


def test_journal_made_in_wal_mode_is_taken_back_to_the_safe_mode(path: Path, clock: Clock) -> None:
    Journal.open(path, clock, cell="CELL-1", durability=WAL).close()
    Journal.open(path, clock, cell="CELL-1", durability=ROLLBACK).close()
    connection = connect(uri(path, "ro"))
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"  # the default again
    connection.close()


def test_mode_that_sqlite_refuses_is_an_error() -> None:
    connection = connect("file::memory:?cache=private")
    with pytest.raises(StorageError, match="stays in memory"):
        harden(connection, WAL)
    connection.close()
