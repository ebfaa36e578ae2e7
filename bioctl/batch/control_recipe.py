"""The control recipe: a master recipe bound to units, frozen and hashed for one batch (ISA-88)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from bioctl.batch.course import Corners
from bioctl.values import Scalar


@dataclass(frozen=True, slots=True)
class BoundStep:
    """One phase of one batch.

    Attributes:
        path: `unit procedure/operation/step`.
        phase: name in the phase library.
        unit: the unit that acts.
        parameters: by name, in the eu of the phase's specification; a unit role became a unit.
        eus: eu of each quantity, for people.
        until: condition text, or None.
        formula: numeric formula values named in `until`, as (value, eu).
        timeout_s: how long it may be RUNNING at a stretch.
        suppress: measurements whose alarms are suppressed by design while it is RUNNING.
        orders: order of outputs asked of a loop, by loop.
        ramps: corners (s RUNNING, value) of parameters that change in time.
    """

    path: str
    phase: str
    unit: str
    parameters: Mapping[str, Scalar]
    eus: Mapping[str, str]
    until: str | None
    formula: Mapping[str, tuple[float, str]]
    timeout_s: float
    suppress: tuple[str, ...] = ()
    orders: Mapping[str, str] = field(default_factory=dict)
    ramps: Mapping[str, Corners] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ControlRecipe:
    """An immutable copy of what will be executed. Editing the master changes no running batch."""

    recipe: str
    version: str
    product: str
    master_hash: str
    units: Mapping[str, str]
    """Unit by equipment role of the recipe."""
    formula: Mapping[str, Mapping[str, Scalar]]
    """Formula as used: name → value, eu, criticality, low, high, and whether it was changed."""
    steps: tuple[BoundStep, ...]

    def step(self, path: str) -> BoundStep:
        """Return the step at this path."""
        return next(step for step in self.steps if step.path == path)

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON."""
        return {
            "recipe": self.recipe,
            "version": self.version,
            "product": self.product,
            "master_hash": self.master_hash,
            "units": dict(self.units),
            "formula": {name: dict(value) for name, value in self.formula.items()},
            "steps": [
                {
                    "path": s.path,
                    "phase": s.phase,
                    "unit": s.unit,
                    "parameters": dict(s.parameters),
                    "eus": dict(s.eus),
                    "until": s.until,
                    "formula": {name: list(value) for name, value in s.formula.items()},
                    "timeout_s": s.timeout_s,
                    **({"suppress": list(s.suppress)} if s.suppress else {}),
                    **({"orders": dict(s.orders)} if s.orders else {}),
                    **({"ramps": _ramps(s)} if s.ramps else {}),
                }
                for s in self.steps
            ],
        }

    def hash(self) -> str:
        """Return the SHA-256 of the canonical JSON: what a batch is pinned to."""
        text = orjson.dumps(self.to_dict(), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(text).hexdigest()


def _ramps(step: BoundStep) -> dict[str, list[list[float]]]:
    return {name: [list(one) for one in corners] for name, corners in step.ramps.items()}


def from_dict(data: Mapping[str, object]) -> ControlRecipe:
    """Return the control recipe of a `batch.created` event."""
    fields = dict(data)
    steps = fields.pop("steps")
    if not isinstance(steps, list):
        raise TypeError("steps of a control recipe are a list")
    bound = tuple(
        BoundStep(
            **{
                **step,
                "formula": {name: (v[0], v[1]) for name, v in step["formula"].items()},
                "suppress": tuple(step.get("suppress", ())),
                "ramps": {
                    name: tuple((t, value) for t, value in corners)
                    for name, corners in step.get("ramps", {}).items()
                },
            }
        )
        for step in steps
    )
    return ControlRecipe(steps=bound, **fields)  # type: ignore[arg-type]
