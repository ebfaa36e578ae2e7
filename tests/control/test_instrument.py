"""Calibrations with dates, samples that differ: doubts that move nothing."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioctl.control.instrument import (
    Calibration,
    Figure,
    Instrument,
    InstrumentState,
    Offline,
    SampleCheck,
    look_at,
)
from bioctl.errors import InputError
from bioctl.values import Range, Reading, bad

DAY = 86400.0
MADE = Calibration("kim", 0.0, 30 * DAY, "1970-01-30")
DATED = Instrument("pH", "V1.AT", "pH", MADE)
CHECKED = Instrument("pH", "V1.AT", "pH", sample=SampleCheck("V1.QT", 0.1, 120.0, "pH_sample"))
PLAIN = Reading(7.2)


def seen(events: list[Any]) -> list[tuple[str, Any]]:
    return [(event.kind, event.data.get("doubt")) for event in events]


class Looking:
    """An instrument that is looked at every 10 s."""

    def __init__(self, instrument: Instrument, utc: float = 0.0) -> None:
        self.instrument, self.state, self.now, self.utc = instrument, InstrumentState(), 0.0, utc
        self.events: list[Any] = []

    def run(
        self, seconds: float, reading: Reading = PLAIN, offline: Offline | None = None
    ) -> "Looking":
        for _ in range(round(seconds / 10)):
            self.now += 10.0
            self.utc += 10.0
            self.state, found = look_at(
                self.instrument, self.state, reading, offline, self.now, self.utc
            )
            self.events += found
        return self


@pytest.mark.fault("PV-11")
def test_pv_11_a_calibration_is_doubted_from_the_day_after_it_was_due_and_told_once() -> None:
    looking = Looking(DATED, 30 * DAY - 100.0).run(90)
    assert looking.events == []
    looking.run(600)
    assert seen(looking.events) == [("instrument.doubted", "overdue")]
    assert "1970-01-30" in looking.events[0].data["text"]
    looking.instrument = replace(DATED, calibration=replace(MADE, due=90 * DAY))
    looking.run(10)
    assert seen(looking.events)[1:] == [("instrument.trusted", "overdue")]


@pytest.mark.fault("PV-11")
@pytest.mark.parametrize(
    ("figure", "doubted"),
    [
        (Figure("slope", 71.0, Range(92.0, 103.0), "%"), True),
        (Figure("offset", 0.4, Range(-0.2, 0.2), "pH"), True),
        (Figure("slope", 98.0, Range(92.0, 103.0), "%"), False),
    ],
)
def test_pv_11_a_calibration_nobody_would_believe_is_doubted(
    figure: Figure, *, doubted: bool
) -> None:
    instrument = replace(DATED, calibration=replace(MADE, figures=(figure,)))
    looking = Looking(instrument, DAY).run(600)
    assert seen(looking.events) == ([("instrument.doubted", "implausible")] if doubted else [])
    if doubted:
        assert figure.name in looking.events[0].data["text"]


@pytest.mark.fault("PV-11")
def test_pv_11_a_calibration_of_tomorrow_is_doubted() -> None:
    future = Instrument("pH", "V1.AT", "pH", Calibration("kim", 5 * DAY, 9 * DAY, "1970-01-09"))
    assert seen(Looking(future, DAY).run(10).events) == [("instrument.doubted", "implausible")]


@pytest.mark.fault("PV-11")
def test_pv_11_every_batch_that_takes_the_unit_is_told_again() -> None:
    state, _ = look_at(DATED, InstrumentState(), PLAIN, None, 0.0, 31 * DAY, "B-1")
    state, same = look_at(DATED, state, PLAIN, None, 1.0, 31 * DAY, "B-1")
    state, free = look_at(DATED, state, PLAIN, None, 2.0, 31 * DAY)
    _, other = look_at(DATED, state, PLAIN, None, 3.0, 31 * DAY, "B-2")
    assert (same, free) == ([], [])
    assert seen(other) == [("instrument.doubted", "overdue")]


@pytest.mark.parametrize(("on", "due"), [(5.0, 5.0), (6.0, 5.0), (math.nan, 5.0)])
def test_a_calibration_due_before_it_was_done_is_refused(on: float, due: float) -> None:
    with pytest.raises(InputError, match="due before it was done"):
        Calibration("kim", on, due, "never")


def test_a_sample_that_differs_is_a_doubt_that_names_both_until_one_agrees() -> None:
    looking = Looking(CHECKED).run(600, offline=Offline(0.0, 0.0))
    assert looking.events == [], "of the first value nobody knows the age"
    looking.run(600, offline=Offline(7.35, 1.0))
    assert seen(looking.events) == [("instrument.compared", None), ("instrument.doubted", "sample")]
    text = looking.events[1].data["text"]
    assert "V1.AT" in text
    assert "V1.QT" in text
    assert "0.15 below" in text
    looking.run(600, offline=Offline(7.25, 2.0))
    assert seen(looking.events)[2:] == [
        ("instrument.compared", None),
        ("instrument.trusted", "sample"),
    ]


def test_a_sample_is_compared_with_the_reading_of_when_it_was_drawn() -> None:
    looking = Looking(CHECKED).run(600, Reading(7.0), Offline(0.0, 0.0))
    looking.run(100, Reading(7.4), Offline(0.0, 0.0))
    looking.run(10, Reading(7.4), Offline(7.02, 1.0))
    assert looking.events[0].data["in_line"] == 7.0
    assert seen(looking.events) == [("instrument.compared", None)]


def test_a_value_people_enter_counts_from_the_first() -> None:
    instrument = replace(CHECKED, sample=SampleCheck("offline_ph", 0.1))
    looking = Looking(instrument).run(10).run(10, offline=Offline(7.5, 10.0))
    assert ("instrument.doubted", "sample") in seen(looking.events)


@pytest.mark.parametrize("reading", [bad("wire"), Reading(math.nan)])
def test_nothing_is_said_of_a_reading_that_was_not_good_when_the_sample_was_drawn(
    reading: Reading,
) -> None:
    looking = Looking(CHECKED).run(300, reading, Offline(0.0, 0.0))
    assert looking.run(60, PLAIN, Offline(7.5, 1.0)).events == []


@given(
    st.lists(
        st.tuples(st.floats(6.5, 8.0), st.none() | st.floats(6.5, 8.0)), min_size=2, max_size=60
    )
)
def test_doubt_says_what_the_last_comparison_says(rows: list[tuple[float, float | None]]) -> None:
    instrument = replace(CHECKED, sample=SampleCheck("offline_ph", 0.1))
    looking, last, mark = Looking(instrument), None, 0.0
    for value, sample in rows:
        mark = mark if sample is None else mark + 1.0
        offline = None if sample is None else Offline(sample, mark)
        looking.run(10, Reading(value), offline)
        last = last if sample is None else value - sample
        assert ("sample" in looking.state.doubts) is (last is not None and abs(last) > 0.1)
        assert len(looking.state.past) <= 31


@given(st.floats(0, 86400), st.integers(1, 400))
def test_memory_of_readings_is_bounded_and_reaches_back(delay: float, scans: int) -> None:
    instrument = replace(CHECKED, sample=SampleCheck("V1.QT", 0.1, delay, "pH_sample"))
    looking = Looking(instrument).run(10.0 * scans)
    assert len(looking.state.past) <= 32
    if looking.now > delay + 20:
        assert looking.state.past[0][0] <= looking.now - delay
