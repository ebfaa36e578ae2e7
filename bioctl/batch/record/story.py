"""What the journal tells of one batch: its own entries, and those of its cell that matter."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bioctl.audit.entry import Entry
from bioctl.batch.control_recipe import ControlRecipe, from_dict
from bioctl.batch.record.model import Moment
from bioctl.clock import utc_text
from bioctl.errors import InputError
from bioctl.language.nearest import suggest
from bioctl.phases.states import State, final

EVER = frozenset(
    {"cell.started", "cell.stopped", "link.down", "link.up", "journal.recovered", "login.failed"}
    | {f"people.{what}" for what in ("added", "changed", "deactivated", "locked", "unlocked")}
)
"""Kinds of the cell that matter for every batch in work."""

OF_UNITS = frozenset(
    {f"alarm.{what}" for what in ("raised", "cleared", "acknowledged", "reset", "suppressed")}
    | {"alarm.escalated"}
    | {f"alarm.{what}" for what in ("shelved", "unshelved", "removed", "returned")}
    | {f"interlock.{what}" for what in ("tripped", "reset", "bypassed", "restored")}
    | {"permissive.bypassed", "permissive.restored"}
    | {"loop.doubted", "loop.trusted", "loop.tested"}
    | {"instrument.compared", "instrument.doubted", "instrument.trusted"}
    | {"loop.fallback", "loop.recovered", "plant.local", "history.chunk", "history.lost"}
)
"""Kinds that matter when they are about one of its units."""


COMMANDS = frozenset({"command.intent", "command.outcome"})
"""Kinds that matter when they are about a command on it."""


class Stretch(NamedTuple):
    """Something that began and perhaps ended."""

    begin: Entry
    end: Entry | None


@dataclass(frozen=True, slots=True)
class Story:
    """A batch in its journal.

    Attributes:
        own: entries of the batch.
        cell: entries of the cell that matter.
        all: both, in order.
        control: its control recipe.
        zero: process time of its start, s; of its making if it never started.
    """

    batch: str
    own: tuple[Entry, ...]
    cell: tuple[Entry, ...]
    all: tuple[Entry, ...]
    control: ControlRecipe
    zero: float

    @property
    def units(self) -> dict[str, str]:
        """Unit by role, in the order in which the recipe first works on them."""
        order = [step.unit for step in self.control.steps]
        known = [(role, unit) for role, unit in self.control.units.items() if unit in order]
        rest = [(role, unit) for role, unit in self.control.units.items() if unit not in order]
        return dict([*sorted(known, key=lambda one: order.index(one[1])), *rest])

    @property
    def ended(self) -> Entry | None:
        """The entry that ended the batch; None while it is not over."""
        last = self.of("batch.state")[-1:]
        return last[0] if last and final(State(last[0].data["state"])) else None

    @property
    def created(self) -> Entry:
        """The entry that made the batch."""
        return self.of("batch.created")[0]

    @property
    def last(self) -> Entry:
        """The last thing known of the batch."""
        return self.own[-1]

    def of(self, *kinds: str) -> list[Entry]:
        """Return the entries of these kinds, in order."""
        return [entry for entry in self.all if entry.kind in kinds]

    def moment(self, entry: Entry) -> Moment:
        """Return when it happened."""
        return Moment(self.since(entry.t), utc_text(entry.utc))

    def since(self, t: float) -> float:
        """Return process time since the batch's start, s, to the millisecond."""
        return round(t - self.zero, 3)

    def stretches(self, begin: str, end: str, key: Callable[[Entry], Hashable]) -> list[Stretch]:
        """Pair each entry of kind `begin` with the next of either kind and the same key."""
        found: list[Stretch] = []
        running: dict[Hashable, int] = {}
        for entry in self.of(begin, end):
            at = running.pop(key(entry), None)
            if at is not None:
                found[at] = Stretch(found[at].begin, entry)
            if entry.kind == begin:
                running[key(entry)] = len(found)
                found.append(Stretch(entry, None))
        return found


def read_story(entries: Iterable[Entry], batch: str) -> Story:
    """Return the story of a batch.

    Entries of the cell count from the batch's making to its seal, so that the record of a sealed
    batch never changes.

    Args:
        entries: the whole journal, in order.
        batch: its id.

    Raises:
        InputError: the journal has no such batch.
    """
    own: list[Entry] = []
    candidates: list[Entry] = []
    known: dict[str, None] = {}
    for entry in entries:
        if entry.kind == "batch.created":
            known[str(entry.batch)] = None
        if entry.batch == batch:
            own.append(entry)
        elif entry.batch is None and entry.kind in EVER | OF_UNITS | COMMANDS:
            candidates.append(entry)
    created = next((entry for entry in own if entry.kind == "batch.created"), None)
    if created is None:
        remedy = suggest(batch, known, "batch") if known else "it has none yet"
        raise InputError(f"the journal has no batch {batch!r}", help=remedy)
    control = from_dict(created.data["control_recipe"])
    started = (e.t for e in own if e.kind == "batch.state" and e.data["state"] == State.RUNNING)
    cell = _matters(candidates, own, created, frozenset(control.units.values()))
    both = tuple(sorted((*own, *cell), key=lambda entry: entry.seq))
    return Story(batch, tuple(own), tuple(cell), both, control, next(started, created.t))


def who(actor: Mapping[str, str]) -> str:
    """Return who acted, in words."""
    name = actor.get("name") or actor["id"]
    if actor["type"] == "person":
        known = [actor["id"]] if actor.get("name") else []
        extra = ", ".join([*known, *([actor["role"]] if actor.get("role") else [])])
        return f"{name} ({extra})" if extra else name
    return {"recipe": f"recipe {name}", "rule": f"rule: {name}"}.get(actor["type"], name)


def _matters(
    candidates: list[Entry], own: list[Entry], created: Entry, units: frozenset[str]
) -> list[Entry]:
    batch = str(created.batch)
    sealed = own[-1].seq if own[-1].kind == "batch.sealed" else None
    commands = {entry.data["id"] for entry in own if entry.kind == "command.outcome"}
    commands |= {entry.data["id"] for entry in candidates if _meant(entry, batch)}
    found: list[Entry] = []
    before: Entry | None = None
    for entry in candidates:
        if entry.kind in COMMANDS:
            found += [entry] if entry.data["id"] in commands else []
        elif entry.seq < created.seq:
            before = entry if entry.kind == "cell.started" else before
        elif (sealed is None or entry.seq < sealed) and _about(entry, units, batch):
            found.append(entry)
    return [*([before] if before else []), *found]


def _meant(entry: Entry, batch: str) -> bool:
    args = entry.data.get("args")
    return (
        entry.kind == "command.intent" and isinstance(args, Mapping) and args.get("batch") == batch
    )


def _about(entry: Entry, units: frozenset[str], batch: str) -> bool:
    if entry.kind in EVER:
        return True
    unit = entry.unit or entry.data.get("unit")
    if unit is not None:
        return unit in units
    alarm, tag = str(entry.data.get("alarm", "")), str(entry.data.get("tag", ""))
    named = alarm.removesuffix(".fault") in {batch, *units} or alarm.startswith("cell.")
    return named or tag.partition(".")[0] in units
