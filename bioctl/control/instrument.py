"""The instrument behind a measurement: is its calibration believed, what do samples say of it?

A reading can be Good and wrong for weeks, and its quality tells nothing. Two things do: a
calibration that is overdue or was implausible, and a sample that differs. Both are doubts: they are
told and move no output, for an offline value is no truth either. A person decides.
"""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

from bioctl.control.check import above_zero, not_negative, span, text
from bioctl.control.event import ControlEvent
from bioctl.errors import InputError
from bioctl.values import Range, Reading

OVERDUE, IMPLAUSIBLE, SAMPLE = "overdue", "implausible", "sample"
DOUBTS = frozenset({OVERDUE, IMPLAUSIBLE, SAMPLE})

KEPT = 30
"""Readings kept over a sample's delay; the one compared is younger than its time by a 30th."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure a calibration found.

    Attributes:
        name: `offset` (measurement eu) or `slope` (% of the ideal one).
        value: what was found.
        accept: what is plausible.
        eu: of all three.
    """

    name: str
    value: float
    accept: Range
    eu: str

    def __post_init__(self) -> None:
        span(f"calibration {self.name}", "accept", self.accept)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The last calibration of an instrument, as the site file records it.

    Attributes:
        by: who did it.
        on: when, s since 1970 UTC (the beginning of its day).
        due: from when the next is overdue, s since 1970 UTC.
        said: the due date as written, for people.
        figures: what it found.

    Raises:
        InputError: nobody did it, or it was due before it was done.
    """

    by: str
    on: float
    due: float
    said: str
    figures: tuple[Figure, ...] = ()

    def __post_init__(self) -> None:
        text("calibration", "by", self.by)
        if not self.on < self.due:
            raise InputError("the calibration was due before it was done.")


@dataclass(frozen=True, slots=True)
class SampleCheck:
    """How samples are compared with the reading.

    Attributes:
        of: where offline values come from: a tag, or the name of a result.
        apart: greatest difference that is no doubt, measurement eu, above 0.
        delay_s: time from drawing a sample to its value, s; compared is the reading of then.
        value: measurement of the unit that shows the value; "" where people enter it, so that
            the first one counts.
        number: measurement that counts samples; "" takes a change of the value for a new one.
    """

    of: str
    apart: float
    delay_s: float = 0.0
    value: str = ""
    number: str = ""

    def __post_init__(self) -> None:
        above_zero("sample", "apart", self.apart)
        not_negative("sample", "delay", self.delay_s)


@dataclass(frozen=True, slots=True)
class Instrument:
    """What the site says of a measurement's instrument.

    Attributes:
        measurement: as the unit class spells it.
        tag, eu: of the measurement.
        calibration: the last one, or None.
        sample: how samples are compared, or None.
    """

    measurement: str
    tag: str
    eu: str = ""
    calibration: Calibration | None = None
    sample: SampleCheck | None = None


class Offline(NamedTuple):
    """The last offline value in `eu`; `mark` is another for every sample."""

    value: float
    mark: float
    eu: str = ""


@dataclass(frozen=True, slots=True)
class InstrumentState:
    """What is remembered of an instrument.

    Attributes:
        doubts: those that are told.
        past: (process time, reading) over the delay of samples; NaN while not Good.
        mark: of the last sample seen; None before the first.
        words: what the last sample said against the reading; "" for nothing.
        owner: batch that was told last, or None.
    """

    doubts: frozenset[str] = frozenset()
    past: tuple[tuple[float, float], ...] = ()
    mark: float | None = None
    words: str = ""
    owner: str | None = None


Looked = tuple[InstrumentState, list[ControlEvent]]


def look_at(
    instrument: Instrument, state: InstrumentState, reading: Reading, offline: Offline | None,
    now: float, utc: float, owner: str | None = None,
) -> Looked:  # fmt: skip
    """Return what is known after one scan, and doubts that came or went.

    Args:
        instrument: what the site says.
        state: after the last scan.
        reading: the measurement, checked.
        offline: the last offline value; None where there is none, or it is not Good.
        now: process time, s.
        utc: civil time, s since 1970.
        owner: batch that has the unit; each is told again what is doubted.
    """
    found = (
        {}
        if instrument.calibration is None
        else _calibration(instrument, instrument.calibration, utc)
    )
    state, compared = _sampled(instrument, state, reading, offline, now)
    words = _differs(instrument, compared) if compared else state.words
    found |= {SAMPLE: words} if words else {}  # it stays until a sample agrees
    data = {"measurement": instrument.measurement, "tag": instrument.tag}
    told = state.doubts if owner in (None, state.owner) else frozenset()
    events = [
        *([ControlEvent("instrument.compared", compared)] if compared else []),
        *(
            ControlEvent("instrument.doubted", data | {"doubt": one, "text": found[one]})
            for one in sorted(found.keys() - told)
        ),
        *(
            ControlEvent("instrument.trusted", data | {"doubt": one})
            for one in sorted(state.doubts - found.keys())
        ),
    ]
    owner = owner or state.owner
    return replace(state, doubts=frozenset(found), words=words, owner=owner), events


def _calibration(instrument: Instrument, last: Calibration, utc: float) -> dict[str, str]:
    """Return what speaks against a calibration, in words, by doubt."""
    found = {}
    if utc >= last.due:
        days = int((utc - last.due) // 86400) + 1
        found[OVERDUE] = f"its calibration was due by {last.said}, {days} d ago; calibrate it"
    strange = [
        f"{one.name} {one.value:g} {one.eu} is outside "
        f"{one.accept.low:g} .. {one.accept.high:g} {one.eu}"
        for one in last.figures
        if one.value not in one.accept
    ]
    if utc < last.on:
        strange.append("it is dated in the future")
    if strange:
        found[IMPLAUSIBLE] = (
            f"the calibration of {instrument.measurement} by {last.by} is implausible: "
            f"{', '.join(strange)}; clean or exchange the instrument and calibrate it again"
        )
    return found


def _sampled(
    instrument: Instrument,
    state: InstrumentState,
    reading: Reading,
    offline: Offline | None,
    now: float,
) -> tuple[InstrumentState, dict[str, float | int | str | None]]:
    """Return the state with the reading noted, and the comparison where a sample is new."""
    check = instrument.sample
    if check is None:
        return state, {}
    past = _noted(state.past, check.delay_s, now, reading.number)
    state = replace(state, past=past)
    if offline is None or offline.mark == state.mark:
        return state, {}
    known = state.mark is not None or not check.value
    state = replace(state, mark=offline.mark)
    then = [value for t, value in past if t <= now - check.delay_s]
    if not (known and then and math.isfinite(then[-1])):
        return state, {}  # its age, or the reading of its time, is not known
    return state, {
        "measurement": instrument.measurement, "tag": instrument.tag, "eu": instrument.eu,
        "in_line": then[-1], "offline": offline.value, "of": check.of,
        "difference": then[-1] - offline.value, "apart": check.apart,
    }  # fmt: skip


def _noted(
    past: tuple[tuple[float, float], ...], delay_s: float, now: float, value: float
) -> tuple[tuple[float, float], ...]:
    """Return the readings back to `delay_s` ago with this one; as many as KEPT reach."""
    if not past or delay_s == 0 or now - past[-1][0] >= delay_s / KEPT:
        past = (*past, (now, value))
    old = [at for at, (t, _) in enumerate(past) if t <= now - delay_s]
    return past[old[-1] :] if old else past


def _differs(instrument: Instrument, compared: dict[str, float | int | str | None]) -> str:
    """Return what a sample says against the reading; "" where it agrees."""
    difference, apart = float(compared["difference"] or 0.0), float(compared["apart"] or 0.0)
    if abs(difference) <= apart:
        return ""
    side = "above" if difference > 0 else "below"
    read = f"{compared['in_line']:g} {instrument.eu}"
    return (
        f"{instrument.measurement} ({instrument.tag}) read {read}, "
        f"{abs(difference):.3g} {side} the sample's {compared['offline']:g} ({compared['of']}); "
        f"more than {apart:g} apart. Sample again; nothing was changed"
    )
