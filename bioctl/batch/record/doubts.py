"""Exceptions found by comparing: readings that are missing, and things that do not agree."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from bioctl.audit.sentence import sentence
from bioctl.batch.record.findings import Found, Parts, finding
from bioctl.batch.record.model import Curve, Finding, FormulaValue, Moment, UnitTrends
from bioctl.batch.record.story import Story
from bioctl.clock import utc_text
from bioctl.values import Scalar

GAP_S = 60.0
"""Shorter stretches without readings are counted in the trends and are no exception, s."""


def gaps(story: Story, parts: Parts) -> Found:
    """Every stretch in which a trended tag has no reading that can be trusted."""
    lost = [finding(story, "gap", e, sentence(e)) for e in story.of("history.lost")]
    curves = {unit.unit: _curves(unit) for unit in parts.trends}
    found = [gap for unit, those in curves.items() for gap in _gaps(story, unit, those)]
    return sum(map(len, curves.values())), lost + found


def _curves(unit: UnitTrends) -> list[Curve]:
    return [curve for picture in unit.pictures for curve in picture.curves]


def _gaps(story: Story, unit: str, curves: Sequence[Curve]) -> Iterator[Finding]:
    tags: dict[tuple[float, float, str], list[str]] = {}
    for curve in curves:
        for gap in curve.gaps:
            if gap.end - gap.start >= GAP_S:
                tags.setdefault((gap.start, gap.end, gap.label), []).append(curve.name)
    for (start, end, why), names in tags.items():
        what = "every trended tag" if len(names) == len(curves) else ", ".join(names)
        at, until = about(story, start), about(story, end)
        text = f"{what}: {why}"
        yield Finding("gap", at, text, "historian", until, lasts=True, unit=unit)


def about(story: Story, t: float) -> Moment:
    """Return a moment at process time t since the start, its UTC between those of the entries."""
    known = sorted((story.since(entry.t), entry.utc) for entry in story.all)
    times, utcs = zip(*known, strict=True)
    return Moment(t, utc_text(float(np.interp(t, times, utcs))))


def agreements(story: Story, parts: Parts) -> Found:
    """Hashes, signatures, ranges and counts that contradict each other."""
    texts: list[str] = []
    if story.control.hash() != story.created.data.get("hash"):
        texts.append("the control recipe does not give the hash the batch was pinned to")
    texts += [
        f"the signature of {one.name} on {one.record} does not fit what was shown"
        for one in parts.signatures
        if one.fits is False
    ]
    texts += [f"{one.name} is {one.value} {one.eu}: outside its range" for one in _outside(parts)]
    counts = {result.name: result.value for result in parts.results}
    texts += _miscounted(counts)
    last = story.ended or story.last
    found = [finding(story, "agree", last, text, who="this record") for text in texts]
    counted = sum(name in counts for name in ("vials_processed", "vials_counted"))
    return 1 + len(parts.signatures) + len(parts.formula) + counted, found


def _outside(parts: Parts) -> Iterator[FormulaValue]:
    for one in parts.formula:
        if isinstance(one.value, str) or one.value is None or one.low is None or one.high is None:
            continue
        if not one.low <= one.value <= one.high:
            yield one


def _miscounted(results: Mapping[str, Scalar | None]) -> list[str]:
    """Return where counts of vials do not agree."""
    names = ("processed", "good", "rejected", "counted")
    processed, good, rejected, counted = (_number(results.get(f"vials_{n}")) for n in names)
    texts = []
    if None not in (processed, good, rejected) and processed != (good or 0) + (rejected or 0):
        texts.append(f"{processed:g} vials processed, but {good:g} good and {rejected:g} rejected")
    if None not in (good, counted) and good != counted:
        texts.append(f"the machine counted {good:g} good vials, a person {counted:g}")
    return texts


def _number(value: Scalar | None) -> float | None:
    return None if value is None or isinstance(value, str) else float(value)
