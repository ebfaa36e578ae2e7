"""The course of a batch: its head, formula, steps and results."""

from collections.abc import Mapping, Sequence

from bioctl.audit.entry import Entry
from bioctl.batch.control_recipe import BoundStep
from bioctl.batch.record.model import (
    FormulaValue,
    Head,
    Result,
    Step,
    Value,
)
from bioctl.batch.record.story import Story, who
from bioctl.phases.states import State, final
from bioctl.recipe.ramps import told
from bioctl.values import Scalar


def head(story: Story, site: str, profile: str, classes: Mapping[str, str]) -> Head:
    """Return the head of the record.

    Args:
        story: of the batch.
        site: name of the site.
        profile: of the site file, for a journal that does not tell the profile.
        classes: unit class by unit of the site.
    """
    control, made, states = story.control, story.created, story.of("batch.state")
    started = next((e for e in states if e.data["state"] == State.RUNNING), None)
    cell = next(iter(story.of("cell.started")), None)
    last = states[-1].data if states else {}
    sealed = story.of("batch.sealed")
    return Head(
        batch=story.batch,
        cell=str(made.body.get("cell", "")),
        site=site,
        profile=str(cell.data.get("profile", profile)) if cell else profile,
        software=str(cell.data.get("version", "")) if cell else "",
        product=control.product,
        recipe=control.recipe,
        version=control.version,
        master_hash=control.master_hash,
        control_hash=control.hash(),
        units=story.units,
        classes={unit: classes.get(unit, "") for unit in control.units.values()},
        created=story.moment(made),
        started=story.moment(started) if started else None,
        ended=story.moment(story.ended) if story.ended else None,
        state=str(last.get("state", State.IDLE)),
        cause=str(last.get("cause", "")),
        started_by=who(started.actor if started else made.actor),
        zero=story.zero,
        sealed=sealed[-1].seq if sealed else None,
    )


def formula(story: Story) -> tuple[FormulaValue, ...]:
    """Return the formula as it was used."""
    found = [
        FormulaValue(
            name=name,
            value=entry.get("value"),
            eu=str(entry.get("eu", "")),
            low=_float(entry.get("low")),
            high=_float(entry.get("high")),
            criticality=str(entry.get("criticality", "")),
        )
        for name, entry in story.control.formula.items()
    ]
    return tuple(sorted(found, key=_weight))


def _weight(one: FormulaValue) -> tuple[int, str]:
    """Return what to sort by: critical parameters first."""
    order = ("CPP", "KPP")
    place = order.index(one.criticality) if one.criticality in order else len(order)
    return place, one.name


def steps(story: Story) -> tuple[Step, ...]:
    """Return every phase of the control recipe, in its order."""
    states: dict[str, list[Entry]] = {}
    for entry in story.of("phase.state"):
        states.setdefault(str(entry.path), []).append(entry)
    people: dict[str, dict[str, None]] = {}
    for entry in story.of("prompt.answered"):
        people.setdefault(str(entry.path), {})[who(entry.actor)] = None
    return tuple(
        _step(story, step, states.get(step.path, ()), tuple(people.get(step.path, ())))
        for step in story.control.steps
    )


def _step(story: Story, bound: BoundStep, states: Sequence[Entry], people: tuple[str, ...]) -> Step:
    first, last = (states[0], states[-1]) if states else (None, None)
    over = last if last and final(State(last.data["state"])) else None
    until = (over or story.last).t
    held = _held(states, until)
    return Step(
        path=bound.path,
        unit=bound.unit,
        phase=bound.phase,
        state=str(last.data["state"]) if last else "",
        started=story.moment(first) if first else None,
        ended=story.moment(over) if over else None,
        seconds=round(until - first.t, 3) if first else 0.0,
        holds=len(held),
        held=round(sum(held), 3),
        who=who(first.actor) if first else "",
        people=people,
        parameters=tuple(_value(bound, name, value) for name, value in bound.parameters.items()),
        until=bound.until or "",
        timeout=bound.timeout_s,
    )


def _value(bound: BoundStep, name: str, value: Scalar) -> Value:
    """Return a parameter; one that changes in time in words."""
    eu = bound.eus.get(name, "")
    return (
        Value(name, told(bound.ramps[name], eu)) if name in bound.ramps else Value(name, value, eu)
    )


def _held(states: Sequence[Entry], until: float) -> list[float]:
    """Return how long each hold or pause took, s."""
    found: list[float] = []
    since: float | None = None
    for entry in states:
        state = State(entry.data["state"])
        if state in (State.HOLDING, State.PAUSING) and since is None:
            since = entry.t
        elif since is not None and (state is State.RUNNING or final(state)):
            found.append(entry.t - since)
            since = None
    return found if since is None else [*found, until - since]


def results(story: Story) -> tuple[Result, ...]:
    """Return every result as it was reported."""
    return tuple(
        Result(
            at=story.moment(entry),
            path=entry.path or "",
            name=entry.data["name"],
            value=entry.data.get("value"),
            eu=str(entry.data.get("eu", "")),
            text=str(entry.data.get("text", "")),
        )
        for entry in story.of("result")
    )


def _float(value: Scalar | None) -> float | None:
    return float(value) if isinstance(value, int | float) else None
