"""How long a loop was in whose hands in a batch: modes, fallbacks, interlocks, alarms, doubts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bioctl.audit.entry import Entry
from bioctl.batch.record.story import Story, Stretch, who
from bioctl.equipment.unit import UnitConfig


@dataclass(frozen=True, slots=True)
class Held:
    """Something that lasted: what, since when (s since the batch's start) and for how long, s."""

    what: str
    at: float
    seconds: float


def modes(story: Story, entries: list[Entry]) -> dict[str, float]:
    """Return hours by mode; a person's name with what they took: `MAN by Ada Berg (...)`."""
    found: dict[str, float] = {}
    changes = [entry for entry in entries if entry.kind == "loop.set"]
    for at, entry in enumerate(changes):
        end = changes[at + 1].t if at + 1 < len(changes) else _end(story)
        mode = str(entry.data.get("mode"))
        held = entry.data.get("held")
        by = f" by {who(entry.actor) if entry.actor['id'] == held else held}" if held else ""
        found[mode + by] = found.get(mode + by, 0.0) + max(0.0, end - entry.t) / 3600.0
    return found


def fallbacks(story: Story, loop: str, unit: str) -> list[Held]:
    """Return every fallback with its reason."""
    return [
        _held(story, one, str(one.begin.data.get("reason", "")))
        for one in _mine(story, unit, ("loop.fallback", "loop.recovered"), ("loop", loop))
    ]


def forced(story: Story, unit: UnitConfig, outputs: tuple[str, ...]) -> list[Held]:
    """Return every trip of an interlock that forces or limits these outputs, and every bypass."""
    found = []
    for name, config in unit.interlocks.items():
        if not (config.then.keys() | config.at_most.keys()) & set(outputs):
            continue
        trips = _mine(
            story, unit.name, ("interlock.tripped", "interlock.reset"), ("interlock", name)
        )
        past = ("interlock.bypassed", "interlock.restored")
        bypasses = _mine(story, unit.name, past, ("interlock", name))
        found += [_held(story, one, f"interlock {name}") for one in trips]
        found += [
            _held(story, one, f"bypass of {name} by {who(one.begin.actor)}") for one in bypasses
        ]
    return found


def alarms(story: Story, unit: UnitConfig, pv: str) -> list[Held]:
    """Return every alarm on the loop's measurement that was not silent."""
    kinds = ("alarm.raised", "alarm.cleared")
    return [
        _held(story, one, name)
        for name in sorted(name for name, one in unit.alarms.items() if one.tag == pv)
        for one in _mine(story, unit.name, kinds, ("alarm", name))
        if not one.begin.data.get("silent")
    ]


def doubts(story: Story, unit: str, loop: str, pv: str) -> list[Held]:
    """Return every doubt about the loop or the instrument of its measurement."""
    pairs = [
        *_mine(story, unit, ("loop.doubted", "loop.trusted"), ("loop", loop), "doubt"),
        *_mine(
            story, unit, ("instrument.doubted", "instrument.trusted"), ("measurement", pv), "doubt"
        ),
    ]
    return [
        _held(story, one, f"{one.begin.data['doubt']}: {one.begin.data.get('text', '')}")
        for one in pairs
    ]


def total(held: list[Held]) -> float:
    """Return how long all of them lasted together, min."""
    return sum(one.seconds for one in held) / 60.0


def _mine(
    story: Story, unit: str, kinds: tuple[str, str], about: tuple[str, str], more: str = ""
) -> Iterator[Stretch]:
    """Yield what began and ended of this unit and name."""
    key, name = about
    for one in story.stretches(*kinds, lambda e: (e.unit, e.data.get(key), e.data.get(more))):
        if one.begin.unit == unit and one.begin.data.get(key) == name:
            yield one


def _held(story: Story, one: Stretch, what: str) -> Held:
    end = one.end.t if one.end else _end(story)
    return Held(what, story.since(one.begin.t), max(0.0, end - one.begin.t))


def _end(story: Story) -> float:
    return (story.ended or story.last).t


def plain(held: list[Held]) -> list[Mapping[str, float | str]]:
    """Return them as JSON."""
    return [{"what": one.what, "at_s": one.at, "seconds": one.seconds} for one in held]
