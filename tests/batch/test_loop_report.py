"""The loop report of a batch full of trouble, read as its control engineer would."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from bioctl.audit.entry import Entry
from bioctl.audit.read import read_entries
from bioctl.batch.loop_report import LoopReport, Samples, read_reports
from bioctl.batch.loop_times import forced, modes
from bioctl.batch.loop_words import text_of
from bioctl.batch.record.story import Story, read_story
from bioctl.batch.upsets import cause
from bioctl.equipment.site import Site
from bioctl.errors import InputError

from .dry_setting import ADA, who

HOUR = 3600.0


@pytest.fixture(scope="module")
def reports(troubled: Site) -> dict[str, LoopReport]:
    return {one.loop: one for one in read_reports(troubled, "B-1")}


@pytest.fixture(scope="module")
def story(troubled: Site) -> Story:
    return read_story(read_entries(troubled.data / "journal.db"), "B-1")


def test_the_verdict_comes_first_and_every_line_has_its_eu(reports: dict[str, LoopReport]) -> None:
    first, held, *_ = text_of(reports["temperature"])
    assert first.startswith("BR101.temperature: good")
    assert "within 0.3 degC for" in held
    assert "mean |error|" in held


def test_a_fallback_is_told_with_its_reason_and_length(reports: dict[str, LoopReport]) -> None:
    (lost,) = reports["temperature"].fallbacks
    assert lost.at == pytest.approx(10 * HOUR, abs=200)
    assert lost.seconds == pytest.approx(0.5 * HOUR, abs=120)
    (line,) = [line for line in text_of(reports["temperature"]) if line.startswith("fallback")]
    assert "1 x, 29 min" in line or "1 x, 30 min" in line
    assert not reports["pH"].fallbacks


def test_alarms_of_its_measurement_are_told_and_no_others(reports: dict[str, LoopReport]) -> None:
    assert [one.what for one in reports["temperature"].alarms] == ["temperature_bad"]
    assert not reports["pH"].alarms


def test_hours_by_mode_add_up_to_the_batch(reports: dict[str, LoopReport], story: Story) -> None:
    assert story.ended is not None
    modes = reports["pH"].modes
    assert set(modes) == {"AUTO", "OFF"}
    first = next(e for e in story.of("loop.set") if e.data["loop"] == "pH")
    assert sum(modes.values()) == pytest.approx((story.ended.t - first.t) / HOUR, abs=0.01)


def test_the_demand_of_a_shared_output_begins_where_the_phase_stirs(
    reports: dict[str, LoopReport],
) -> None:
    """80 rpm asked by the phase are no 80 rpm asked by the oxygen loop."""
    curves = reports["dissolved_oxygen"].curves
    early = (curves.t > curves.t[0] + 2 * HOUR) & (curves.t < curves.t[0] + 2.5 * HOUR)
    assert curves.u[early].max() < 0.0, "it is nitrogen that holds 50 % in fresh medium"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("inoculate", "dose of 50 mL buffer (expand/culture/inoculate)"),
        ("drain_medium", "phase expand/harvest/drain_medium began"),
        ("to_washer", "phase expand/harvest/to_washer began"),
    ],
)
def test_an_upset_is_named_by_what_the_journal_tells_before_it(
    story: Story, step: str, said: str
) -> None:
    begun = next(
        e for e in story.of("phase.state")
        if e.data["state"] == "RUNNING" and str(e.path).endswith(step)
    )  # fmt: skip
    at = begun.t + 200.0
    assert cause(story.all, story.control, "BR101", "temperature", at, at) == said


def test_of_an_upset_without_a_cause_nothing_is_invented(story: Story) -> None:
    at = story.zero + 25 * HOUR
    assert cause(story.all, story.control, "BR101", "temperature", at, at) == ""


def test_the_fallback_of_the_loop_itself_explains_its_excursion(story: Story) -> None:
    at = story.zero + 10.05 * HOUR
    said = cause(story.all, story.control, "BR101", "temperature", at, at + 600)
    assert "took its fallback" in said
    assert cause(story.all, story.control, "BR101", "pH", at, at + 600) == ""


def test_hours_in_the_hands_of_a_person_carry_the_name(story: Story) -> None:
    first = next(e for e in story.of("loop.set") if e.data["loop"] == "pH")

    def told(hours: float, **data: Any) -> Entry:
        body = {**first.body, "t": first.t + hours * HOUR, "actor": who(ADA)}
        return first._replace(body={**body, "data": {**first.data, "held": "ada", **data}})

    entries = [first, told(2.0, mode="MAN"), told(5.0, mode="AUTO", held="")]
    hours = modes(story, entries)
    assert hours["MAN by Ada Berg (ada, operator)"] == pytest.approx(3.0)
    assert hours["AUTO"] > 20.0


def test_samples_and_peoples_hands_are_lines_of_their_own(reports: dict[str, LoopReport]) -> None:
    seen = replace(
        reports["pH"], samples=Samples(3, 0.06, 0.021), modes={"MAN by Ada Berg": 2.0, "AUTO": 9.0}
    )
    lines = text_of(seen)
    assert "3 samples: reading less sample +0.06, drifting +0.021 a day" in lines
    assert "in the hands of people: MAN by Ada Berg 2.0 h" in lines
    assert not any(
        "drifting" in line for line in text_of(replace(seen, samples=Samples(1, 0.06, math.nan)))
    )


def test_all_of_it_is_there_for_programs(reports: dict[str, LoopReport]) -> None:
    for one in reports.values():
        found = json.loads(json.dumps(one.plain(), allow_nan=False))
        assert found["verdict"]["grade"]
        assert found["health"]["in_band"] > 90


def test_a_batch_nobody_knows_is_one_sentence(troubled: Site) -> None:
    with pytest.raises(InputError, match="no batch"):
        read_reports(troubled, "B-9")


def test_a_trip_that_forces_or_limits_an_output_of_the_loop_is_told(
    story: Story, troubled: Site
) -> None:
    unit = troubled.units["BR101"]
    name = next(iter(unit.interlocks))
    base = unit.interlocks[name]
    made = story.own[0]
    rule = {"type": "rule", "id": "site file of BR101"}

    def told(kind: str, hours: float) -> Entry:
        body = {**made.body, "kind": kind, "actor": rule, "unit": "BR101"}
        body |= {"t": story.zero + hours * HOUR, "data": {"interlock": name, "cause": "c"}}
        return made._replace(body=body)

    trip = told("interlock.tripped", 2.0), told("interlock.reset", 2.5)
    seen = replace(story, all=(*story.all, *trip))
    for config in (replace(base, then={"air": 0.0}, at_most={}),
                   replace(base, then={}, at_most={"air": 0.1})):  # fmt: skip
        changed = replace(unit, interlocks={name: config})
        mine = [one for one in forced(seen, changed, ("air",)) if one.at == 2.0 * HOUR]
        assert [(one.what, one.seconds) for one in mine] == [(f"interlock {name}", 1800.0)]
        assert not forced(seen, changed, ("jacket",))
