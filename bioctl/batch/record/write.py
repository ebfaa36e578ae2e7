"""The batch record: everything a journal and its history tell of one batch.

    collect       entries and readings → `Record`, pure
    write_record  site file → record file: JSON for programs, one self-contained page for people

The sha256 of the JSON file names the record; the page carries it, so that paper can be tied to it.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal, NamedTuple

import numpy as np

from bioctl.audit.entry import Entry
from bioctl.audit.read import read_entries
from bioctl.audit.sentence import sentence
from bioctl.audit.verify import Verdict, verify
from bioctl.batch.record.checks import checks
from bioctl.batch.record.course import formula, head, results, steps
from bioctl.batch.record.findings import Parts
from bioctl.batch.record.html import page
from bioctl.batch.record.model import Record
from bioctl.batch.record.people import calls, commands, questions, signatures
from bioctl.batch.record.rules import find
from bioctl.batch.record.story import read_story
from bioctl.batch.record.trends import History, trends
from bioctl.batch.record.yields import yields
from bioctl.clock import utc_text
from bioctl.equipment.site import Site, load_site
from bioctl.equipment.unit import UnitConfig
from bioctl.errors import IntegrityError, StorageError
from bioctl.historian.query import Series, series
from bioctl.historian.verify import HistoryVerdict, verify_history
from bioctl.phases.library import capabilities

EVERY_POINT: Final = 2**62
"""More points than any curve has: nothing is reduced."""


class Place(NamedTuple):
    """What a record needs to know of the site."""

    name: str
    profile: str
    units: Mapping[str, UnitConfig]


class Verdicts(NamedTuple):
    """What was verified offline; None where it was not, or there is nothing."""

    journal: Verdict | None = None
    history: HistoryVerdict | None = None


def collect(
    entries: Iterable[Entry],
    batch: str,
    place: Place,
    history: History | None,
    verdicts: Verdicts = Verdicts(),  # noqa: B008  immutable
) -> Record:
    """Return the record of a batch; reads nothing but what is handed in.

    Args:
        entries: the whole journal, in order.
        batch: its id.
        place: the site.
        history: reads a tag's curve; None if there is no history.
        verdicts: on the files it comes from.

    Raises:
        InputError: the journal has no such batch.
    """
    story = read_story(entries, batch)
    classes = {name: unit.class_name for name, unit in place.units.items()}
    course, values, told = steps(story), formula(story), results(story)
    signed, given, sent = signatures(story), commands(story), calls(story)
    curves = trends(story, course, place.units, history)
    rules, findings = find(story, Parts(sent, given, values, signed, told, curves))
    return Record(
        head=head(story, place.name, place.profile, classes),
        checks=checks(story, *verdicts, curves),
        rules=rules,
        findings=findings,
        steps=course,
        formula=values,
        trends=curves,
        questions=questions(story),
        signatures=signed,
        commands=given,
        results=told,
        yields=yields(story, told),
        calls=sent,
        entries=[entry.to_dict() for entry in story.own],
        cell_entries=[entry.to_dict() for entry in story.cell],
        sentences={str(entry.seq): sentence(entry) for entry in story.all},
    )


def read_record(site: Site, batch: str) -> Record:
    """Return the record of a batch from a site's journal and history, both verified.

    Raises:
        InputError: the journal has no such batch.
        StorageError: journal or history can't be read.
        IntegrityError: one of them is damaged so that it can't be read.
    """
    journal, history = site.data / "journal.db", site.data / "history.db"
    place = Place(site.name, site.profile, site.units)
    verdict = verify(journal)
    entries = list(read_entries(journal))
    if not history.is_file():
        return collect(entries, batch, place, None, Verdicts(verdict))

    def read(tag: str, start: float, end: float) -> Series:
        try:
            return series(history, tag, start, end, EVERY_POINT)
        except IntegrityError:  # told by the verdict on the history; a gap is shown instead
            return Series(np.zeros(0), np.zeros(0), np.zeros(0, np.uint8))

    return collect(entries, batch, place, read, Verdicts(verdict, verify_history(history, entries)))


def write_record(
    site: Path,
    batch: str,
    format_: Literal["html", "json"],
    out: Path,
    *,
    made: float | None = None,
) -> bool:
    """Write the record of a batch; a controller may run meanwhile.

    Args:
        site: the site file.
        batch: its id.
        format_: `html` for people, `json` for programs.
        out: the file to write.
        made: when the page is made, s since 1970 UTC; told on the page, no part of the content.

    Returns:
        Whether everything that was verified fits; the record says what does not.

    Raises:
        InputError: the site file is wrong, or the journal has no such batch.
        StorageError: journal or history can't be read, or the file can't be written.
        IntegrityError: journal or history is damaged so that it can't be read.
    """
    record = read_record(load_site(site, capabilities().classes), batch)
    when = None if made is None else utc_text(made)
    content = record.content() if format_ == "json" else page(record, when).encode()
    try:
        out.write_bytes(content)
    except OSError as error:
        raise StorageError(f"the record can't be written to {out}: {error.strerror}.") from error
    return all(check.ok is not False for check in record.checks)
