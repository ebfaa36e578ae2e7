"""A loop's report in words: the verdict first, then one thing a line."""

from collections.abc import Mapping

from bioctl.batch.loop_report import LoopReport, Samples, Upset
from bioctl.batch.loop_times import Held, total
from bioctl.control.verdict import sentences

SHOWN = 5
"""Upsets that are told; the others are counted."""


def text_of(report: LoopReport) -> list[str]:
    """Return what a control engineer would write of one loop."""
    name = f"{report.unit}.{report.loop}"
    if report.health is None or report.verdict is None:
        return [f"{name}: it did not control in this batch."]
    verdict, unit = report.verdict, f" {report.eu}" if report.eu not in ("", "pH") else ""
    limit = f"; limited by {verdict.limit}" if verdict.limit else ""
    do = f": {verdict.do}" if verdict.do else ""
    return [
        f"{name}: {verdict.grade}{do}{limit}.",
        *sentences(report.health, report.eu, report.band),
        *_upset_lines(report.upsets, unit),
        *_lasting("fallback", report.fallbacks),
        *_lasting("forced or bypassed", report.forced),
        *_lasting("alarm", report.alarms),
        *_lasting("doubt", report.doubts),
        *_by_hand(report.modes),
        *_sample_line(report.samples, unit),
    ]


def _upset_lines(upsets: tuple[Upset, ...], unit: str) -> list[str]:
    lines = [
        f"upset at {_time(one.at)}: {one.peak:+.2g}{unit}, {_minutes(one.minutes)} out of band; "
        f"{one.cause or 'the journal tells of no cause'}"
        for one in upsets[:SHOWN]
    ]
    more = len(upsets) - SHOWN
    return [*lines, f"and {more} smaller upsets"] if more > 0 else lines


def _minutes(minutes: float) -> str:
    return f"{minutes:.0f} min" if minutes >= 1.0 else "less than a minute"


def _lasting(word: str, held: list[Held]) -> list[str]:
    """Return one line for all that are alike."""
    alike: dict[str, list[Held]] = {}
    for one in held:
        alike.setdefault(one.what, []).append(one)
    return [
        f"{word}: {what.rstrip('.')}; {len(some)} x, {total(some):.0f} min in all, "
        f"first at {_time(some[0].at)}"
        for what, some in alike.items()
    ]


def _by_hand(modes: Mapping[str, float]) -> list[str]:
    told = [f"{what} {hours:.1f} h" for what, hours in modes.items() if " by " in what]
    return [f"in the hands of people: {', '.join(told)}"] if told else []


def _sample_line(samples: Samples | None, unit: str) -> list[str]:
    if samples is None:
        return []
    known = samples.per_day == samples.per_day
    trend = f", drifting {samples.per_day:+.2g}{unit} a day" if known else ""
    number = f"{samples.number} sample{'' if samples.number == 1 else 's'}"
    return [f"{number}: reading less sample {samples.mean:+.2g}{unit}{trend}"]


def _time(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60.0), 60)
    return f"{hours} h {minutes:02d} min"
