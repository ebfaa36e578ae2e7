"""What was verified before a record was told: journal, the batch's own chain, readings.

The texts depend on the journal up to the batch's last entry only, so that the record of a sealed
batch stays the same while the journal goes on.
"""

from collections.abc import Sequence

from bioctl.audit.verify import Verdict, verify_batch
from bioctl.batch.record.model import Check, UnitTrends
from bioctl.batch.record.story import Story
from bioctl.historian.query import GAP_S
from bioctl.historian.verify import HistoryVerdict


def checks(
    story: Story,
    journal: Verdict | None,
    history: HistoryVerdict | None,
    trends: Sequence[UnitTrends],
) -> tuple[Check, ...]:
    """Return what was verified; without a verdict it says so."""
    return (_journal(story, journal), _batch(story), _readings(story, history, trends))


def _journal(story: Story, verdict: Verdict | None) -> Check:
    name, last = "Journal", story.last.seq
    if verdict is None:
        return Check(name, None, "The journal's whole chain was not checked.")
    fits = verdict.ok or (verdict.first_bad is not None and verdict.first_bad > last)
    if not fits:
        where = f"entry {verdict.first_bad}" if verdict.first_bad else "the file as a whole"
        text = f"The journal was altered or is damaged: {where} does not fit."
        return Check(name, ok=False, text=f"{text} Only {verdict.entries} entries before it fit.")
    text = f"Entries 1 to {last} fit their chain, up to hash {story.last.hash[:16]}."
    if not verdict.ok:
        return Check(name, ok=False, text=f"{text} A later one, {verdict.first_bad}, does not.")
    return Check(name, ok=True, text=text)


def _batch(story: Story) -> Check:
    verdict, name = verify_batch(story.own), "Entries of this batch"
    if verdict.first_bad is not None:
        return Check(name, ok=False, text=verdict.message)
    if story.own[-1].kind == "batch.sealed":
        return Check(name, verdict.ok, verdict.message)
    return Check(name, None, verdict.message)


def _readings(story: Story, verdict: HistoryVerdict | None, trends: Sequence[UnitTrends]) -> Check:
    name, chunks = "Readings", story.of("history.chunk")
    if verdict is None:
        return Check(name, None, "There is no history of readings, or it was not checked.")
    if not verdict.ok:
        return Check(name, ok=False, text=verdict.message)
    covered: dict[str, float] = {}
    for entry in chunks:
        covered[str(entry.data["unit"])] = story.since(float(entry.data["to"]))
    later = [one.unit for one in trends if covered.get(one.unit, -1e9) < one.end - GAP_S]
    text = f"{len(chunks)} chunks of readings are as the journal says."
    if later:
        text += f" The newest readings of {', '.join(later)} were not yet hashed into it."
    return Check(name, ok=True, text=text)
