"""What the record says, and that it says the same to everybody for ever."""

import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from bioctl.audit.entry import Event, entry_from_dict
from bioctl.audit.journal import Journal
from bioctl.audit.verify import verify_batch
from bioctl.batch.record.model import Finding, Record
from bioctl.batch.record.write import read_record, write_record
from bioctl.equipment.site import Site
from bioctl.errors import InputError, StorageError

from .conftest import Write, Writer
from .dry_run import Happened


def found(record: Record, rule: str) -> list[Finding]:
    return [one for one in record.findings if one.rule == rule]


def check(record: Record, name: str) -> bool | None:
    return next(one.ok for one in record.checks if one.name == name)


def test_the_head_says_what_where_when_and_who(record: Record) -> None:
    head = record.head
    assert (head.batch, head.recipe, head.version) == ("B-1", "first_expansion", "1.0")
    assert next(iter(head.units.items())) == ("reactor", "BR101"), "in the order of the recipe"
    assert head.profile == "demo"
    assert head.state == "COMPLETE"
    assert head.started_by == "Ada Berg (ada, operator)"
    assert head.started is not None
    assert head.ended is not None
    assert head.started.t == 0.0
    assert head.started.utc.endswith("Z")
    assert len(head.master_hash) == len(head.control_hash) == 64
    assert head.sealed == record.entries[-1]["seq"]


def test_every_trouble_is_an_exception_and_nothing_else_is(record: Record) -> None:
    counts = {rule.name: rule.found for rule in record.rules}
    trips = [one for one in record.entries if one["body"]["kind"] == "interlock.tripped"]
    assert counts == {
        "hold": 1, "alarm": 1, "interlock": len(trips), "link": 1, "loop": 1, "call": 0,
        "command": 2, "late": 0, "gap": 2, "restart": 0, "panel": 1, "account": 1, "agree": 1,
        "silenced": 0, "doubt": 0,
    }  # fmt: skip
    assert [one.at.t for one in record.findings] == sorted(one.at.t for one in record.findings)


def test_a_hold_tells_who_why_how_long_and_who_let_go_on(record: Record) -> None:
    (hold,) = found(record, "hold")
    assert hold.who == "Ada Berg (ada, operator)"
    assert "a noise at the pump" in hold.text
    assert "let go on by Kim Okafor (kim, supervisor): it was the ventilation" in hold.text
    assert hold.until is not None
    assert hold.until.t - hold.at.t == pytest.approx(3600, abs=30)
    grow = next(step for step in record.steps if step.path.endswith("/grow"))
    assert grow.holds == 1
    assert grow.held == pytest.approx(3600, abs=30)


def test_an_alarm_has_its_length_and_priority(record: Record) -> None:
    (alarm,) = found(record, "alarm")
    assert alarm.priority == 1
    assert alarm.until is not None
    assert alarm.until.t - alarm.at.t == pytest.approx(1800, abs=30)
    assert "temperature_bad" in alarm.text


def test_several_reasons_on_the_way_are_one_loss_of_a_connection(record: Record) -> None:
    (link,) = found(record, "link")
    assert link.text == "connection plant lost: cut; back: resumed"
    assert link.until is not None
    assert link.until.t - link.at.t == pytest.approx(1800, abs=30)


def test_readings_that_are_missing_or_bad_are_gaps(record: Record) -> None:
    bad, lost = found(record, "gap")
    assert bad.text.startswith("temperature: ")
    assert lost.text.startswith("every trended tag: ")
    assert lost.until is not None
    assert lost.until.t - lost.at.t == pytest.approx(1800, abs=60)


def test_refused_and_rejected_commands_are_told_with_their_person(record: Record) -> None:
    resume, skip = found(record, "command")
    assert resume.text.startswith("batch.resume rejected: batch B-1 is RUNNING")
    assert skip.text == "batch.skip refused: role operator may not batch.skip"
    assert resume.who == skip.who == "Ada Berg (ada, operator)"


def test_a_person_who_counts_otherwise_is_an_exception(record: Record) -> None:
    (count,) = found(record, "agree")
    assert count.text == "the machine counted 10 good vials, a person 9"


def test_every_phase_stands_in_the_steps_with_people_beside_the_recipe(record: Record) -> None:
    assert [step.state for step in record.steps] == ["COMPLETE"] * len(record.steps)
    assert len(record.steps) == 21
    decision = next(step for step in record.steps if step.path.endswith("harvest_decision"))
    assert decision.who == "recipe first_expansion@1.0"
    assert decision.people == ("Kim Okafor (kim, supervisor)",)


def test_a_signature_says_who_what_and_fits_what_was_shown(record: Record) -> None:
    (signed,) = record.signatures
    assert (signed.name, signed.role, signed.meaning) == ("Kim Okafor", "supervisor", "approved")
    assert signed.fits is True
    assert "Harvest now?" in signed.shown
    assert "glucose" in signed.shown


def test_questions_calls_results_and_yields_are_complete(record: Record) -> None:
    assert [one.answer.value for one in record.questions if one.answer] == [
        "yes", 7.21, "yes", "approved", "yes", 9.0,
    ]  # fmt: skip
    assert {one.state for one in record.calls} == {"accepted"}
    assert len(record.calls) == 9
    assert {"residual", "vials_good", "offline_pH"} <= {one.name for one in record.results}
    names = [one.name for one in record.yields]
    assert names.count("cells in suspension") == 4
    assert names[-1] == "vials"


def test_setpoints_are_steps_and_time_out_of_band_counts_once_it_was_reached(
    record: Record,
) -> None:
    reactor = record.trends[0]
    temperature = reactor.pictures[0]
    assert (temperature.setpoints[0].value, temperature.band) == (37.0, 0.3)
    figures = temperature.curves[0].statistics
    assert figures.out is not None
    assert 0 <= figures.out < 3600
    assert figures.missing == pytest.approx(3600, abs=120)
    assert figures.covered == pytest.approx(1 - 3600 / (reactor.end - reactor.start), abs=0.005)


def test_units_are_trended_while_they_work_and_no_longer(record: Record) -> None:
    reactor, washer, filler = record.trends
    assert (reactor.unit, washer.unit, filler.unit) == ("BR101", "CW201", "VF301")
    assert reactor.start == 0.0
    assert washer.end - washer.start < 3600
    assert filler.phases[0].label == "purify/formulate/to_filler", "a transfer is work of both"


def test_the_json_record_holds_every_reading_of_the_trends(record: Record) -> None:
    content = orjson.loads(record.content())
    reactor = content["trends"][0]
    curve = reactor["pictures"][0]["curves"][0]
    assert len(curve["value"]) == len(reactor["clocks"][curve["clock"]])
    assert len(curve["value"]) > 12_000, "10 s readings over 36 h"
    assert None in curve["value"], "a gap stays a gap"


def test_the_chain_of_the_batch_can_be_checked_from_the_json_record_alone(record: Record) -> None:
    content = orjson.loads(record.content())
    entries = [entry_from_dict(entry) for entry in content["entries"]]
    assert verify_batch(entries).ok
    content["entries"][100]["body"]["t"] += 1
    altered = [entry_from_dict(entry) for entry in content["entries"]]
    assert not verify_batch(altered).ok
    assert not verify_batch(entries[:-1]).ok


def test_the_page_carries_the_sha256_of_the_json_file(troubled: Site, tmp_path: Path) -> None:
    assert write_record(troubled.file, "B-1", "json", tmp_path / "r.json")
    assert write_record(troubled.file, "B-1", "html", tmp_path / "r.html")
    digest = sha256((tmp_path / "r.json").read_bytes()).hexdigest()
    page = (tmp_path / "r.html").read_text("utf-8")
    assert f"<b>{digest[:12]}</b>{digest[12:]}" in page
    assert f"sha256 {digest[:32]}" in page, "and in the foot of every printed page"


def test_the_same_journal_gives_the_same_bytes(written: Write, asked: list[Happened]) -> None:
    site = written(asked)
    files = [site.folder / f"{n}.html" for n in range(3)]
    for file, made in zip(files, (None, None, 1_767_600_000.0), strict=True):
        write_record(site.file, "B-1", "html", file, made=made)
    one, two, dated = (file.read_bytes() for file in files)
    assert one == two
    assert dated.replace(b" Page made at 2026-01-05T08:00:00.000Z.", b"") == one


def test_the_record_of_a_sealed_batch_stays_the_same_when_the_journal_goes_on(
    written: Write, asked: list[Happened]
) -> None:
    site = written(asked)
    before = read_record(site, "B-1").content()
    with Journal.open(site.data / "journal.db", Writer(), cell=site.name) as journal:
        actor = {"type": "system", "id": "bioctl"}
        journal.append([Event("link.down", actor, {"connection": "plant"})]).result()
        journal.append([asked[0].event, _as_batch(asked[1].event, "B-2")]).result()
    assert read_record(site, "B-1").content() == before


def _as_batch(event: Event, batch: str) -> Event:
    assert event.kind == "batch.created"
    return Event(event.kind, event.actor, event.data, batch, t=event.t)


def test_a_batch_without_trouble_says_none_and_why_it_can_be_trusted(
    written: Write, asked: list[Happened]
) -> None:
    record = read_record(written(asked), "B-1")
    assert not record.findings
    assert all(rule.found == 0 for rule in record.rules)
    assert check(record, "Journal")
    assert check(record, "Entries of this batch")
    assert check(record, "Readings") is None


def test_a_batch_that_is_not_over_is_an_interim_record(
    written: Write, asked: list[Happened]
) -> None:
    half = asked[: len(asked) // 2]
    site = written(half, seal=None)
    record = read_record(site, "B-1")
    assert record.head.ended is None
    assert check(record, "Entries of this batch") is None
    assert record.steps[-1].started is None
    write_record(site.file, "B-1", "html", site.folder / "r.html")
    assert "INTERIM" in (site.folder / "r.html").read_text("utf-8")


def test_an_unknown_batch_is_refused_with_the_batches_there_are(
    written: Write, asked: list[Happened]
) -> None:
    with pytest.raises(InputError, match="B-1"):
        read_record(written(asked), "B-7")


def test_a_site_without_a_journal_is_refused(written: Write, asked: list[Happened]) -> None:
    site = written(asked)
    (site.data / "journal.db").unlink()
    with pytest.raises(StorageError, match="no journal"):
        read_record(site, "B-1")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'planned', 'plannet') AS BLOB)",
        "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), '7.2', '7.4') AS BLOB)",
        "DELETE FROM entry WHERE seq = 9",
    ],
)
def test_an_altered_journal_still_gives_a_record_that_says_so(
    change: str, written: Write, asked: list[Happened]
) -> None:
    site = written(asked)
    with closing(sqlite3.connect(site.data / "journal.db")) as db:
        triggers = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(change)
        for _, sql in triggers:
            db.execute(sql)
        db.commit()
    record = read_record(site, "B-1")
    assert check(record, "Journal") is False
    write_record(site.file, "B-1", "html", site.folder / "r.html")
    assert "DOES NOT FIT" in (site.folder / "r.html").read_text("utf-8")


def test_altered_readings_are_told_and_a_lost_unit_has_a_note(
    troubled: Site, record: Record
) -> None:
    without: dict[str, Any] = {n: u for n, u in troubled.units.items() if n != "CW201"}
    fewer = Site(**{**{f: getattr(troubled, f) for f in Site.__slots__}, "units": without})
    washer = read_record(fewer, "B-1").trends[1]
    assert washer.note == "Unit CW201 is not in the site file any more."
    assert not washer.pictures
    assert check(record, "Readings")


def test_content_is_canonical_json(record: Record) -> None:
    content = record.content()
    assert orjson.dumps(orjson.loads(content), option=orjson.OPT_SORT_KEYS) == content
    assert not np.isnan(record.trends[0].clocks[0]).any()
