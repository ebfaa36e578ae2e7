"""A changed, missing or invented chunk is found against the journal."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from bioctl.errors import IntegrityError
from bioctl.historian.chunk import Chunk
from bioctl.historian.query import series
from bioctl.historian.recorder import Recorder
from bioctl.historian.verify import verify_history
from bioctl.values import Reading


class Told:
    """A journal entry, as far as the history needs one."""

    def __init__(self, chunk: Chunk) -> None:
        self.kind = "history.chunk"
        self.data = chunk.data()


@pytest.fixture
def told(
    path: Path,
    recorder: Recorder,
    reported: list[Chunk],
    row: Callable[..., Mapping[str, Reading]],
) -> list[Told]:
    for t in range(0, 9000, 10):
        recorder.record("BR101", float(t), 0.0, row(t / 10))
    recorder.close()
    entries = [Told(chunk) for chunk in reported]
    assert verify_history(path, entries).chunks == 5
    return entries


def alter(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)


@pytest.mark.promise(9)
@pytest.mark.parametrize(
    ("script", "bad", "words"),
    [
        (
            "UPDATE series SET value = zeroblob(20) WHERE chunk = 3 AND tag = 'BR101.TT101'",
            3,
            "altered",
        ),
        ("UPDATE series SET quality = x'00' WHERE chunk = 2 AND tag = 'BR101.XV101'", 2, "altered"),
        (
            "UPDATE series SET tag = 'BR101.TT102' WHERE chunk = 2 AND tag = 'BR101.TT101'",
            2,
            "altered",
        ),
        ("DELETE FROM series WHERE chunk = 4 AND tag = 'BR101.ST101'", 4, "altered"),
        ("UPDATE chunk SET t_from = t_from - 1 WHERE id = 5", 5, "altered"),
        ("UPDATE chunk SET unit = 'BR102' WHERE id = 1", 1, "altered"),
        ("UPDATE chunk SET sha256 = zeroblob(32) WHERE id = 1", 1, "altered"),
        ("DELETE FROM chunk WHERE id = 2", 2, "missing"),
        ("DELETE FROM chunk WHERE id = 5", 5, "missing"),
        ("UPDATE chunk SET id = 0 WHERE id = 1", 0, "altered|does not stand"),
    ],
)
def test_altered_history_is_found(
    path: Path, told: list[Told], script: str, bad: int, words: str
) -> None:
    alter(path, script)
    verdict = verify_history(path, told)
    assert (verdict.ok, verdict.first_bad) == (False, bad)
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(verdict.message)


def test_rehashed_chunk_is_found_by_the_journal(path: Path, told: list[Told]) -> None:
    told[2].data = {**told[2].data, "sha256": "0" * 64}
    verdict = verify_history(path, told)
    assert (verdict.ok, verdict.first_bad) == (False, 3)
    assert "was replaced" in verdict.message


def test_chunk_the_journal_does_not_know_is_found(path: Path, told: list[Told]) -> None:
    del told[1]
    verdict = verify_history(path, told)
    assert (verdict.ok, verdict.first_bad) == (False, 2)
    assert "does not stand in the journal" in verdict.message


def test_newest_chunk_may_not_be_in_the_journal_yet(path: Path, told: list[Told]) -> None:
    verdict = verify_history(path, told[:-1])
    assert verdict.ok
    assert "1 newer" in verdict.message


def test_damaged_chunk_is_told_in_a_sentence(path: Path, told: list[Told]) -> None:
    assert told
    alter(path, "UPDATE series SET value = x'0102' WHERE tag = 'BR101.TT101'")
    with pytest.raises(IntegrityError, match="is damaged"):
        series(path, "BR101.TT101", 0, 9000)
