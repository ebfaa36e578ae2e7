"""A phase's window on a made-up moment: any step, memory, readings, calls and answers."""

from collections.abc import Mapping
from dataclasses import replace

from bioctl.batch.control_recipe import BoundStep, ControlRecipe
from bioctl.batch.state import BatchState, PhaseState, Prompt
from bioctl.batch.world import PhaseView, World
from bioctl.equipment.commanded import UnitState
from bioctl.equipment.image import make_image
from bioctl.phases.library import PHASES
from bioctl.phases.phase import Action, Ask, CallRecord, Done, Fail, Go
from bioctl.phases.states import State
from bioctl.values import Reading, Scalar

from ..batch.dry_setting import demo_site  # noqa: TID252  tests are no package

SITE = demo_site()
UNITS = {unit.class_name: unit.name for unit in SITE.units.values()}
USUAL: Mapping[str, Scalar] = {
    "question": "?", "result": "r", "unit": "", "show": "", "by": "supervisor",
    "source": "medium", "volume": 100.0, "rate": 60.0, "temperature": 37.0, "pH": 7.2,
    "dissolved_oxygen": 50.0, "agitation": 60.0, "duration": 600.0, "weight": 4.0,
    "rate_limit": 4.0, "enzyme": 500.0, "quench": 100.0, "cryo_medium": 60.0, "vials": 10,
}  # fmt: skip
"""Parameters that have no default."""


def parameters(phase: str, **given: Scalar) -> dict[str, Scalar]:
    """Return what a recipe would give the phase."""
    found: dict[str, Scalar] = {}
    for name, spec in PHASES[phase].spec.parameters.items():
        value = given.get(name, spec.default if spec.default is not None else USUAL.get(name))
        if spec.kind == "unit":
            value = UNITS[spec.choices[0]]
        assert value is not None, (phase, name)
        found[name] = value
    return found


def view(
    phase: str,
    step: str = "begin",
    *,
    memory: Mapping[str, Scalar] | None = None,
    readings: Mapping[str, Reading] | None = None,
    calls: Mapping[str, CallRecord] | None = None,
    answer: tuple[str, Scalar] | None = None,
    state: State = State.RUNNING,
    in_step: float = 0.0,
    now: float = 1e6,
    world: World | None = None,
    **given: Scalar,
) -> PhaseView:
    """Return the view of a phase that entered its step `in_step` s ago.

    `readings` are by tag; what is not given reads BAD. `answer` is a prompt's key and its answer.
    """
    spec, path = PHASES[phase].spec, f"u/o/{phase}"
    unit = UNITS[spec.classes[0]]
    bound = BoundStep(path, phase, unit, parameters(phase, **given), {}, None, {}, 3600.0)
    control = ControlRecipe("r", "1", "p", "", {"u": unit}, {}, (bound,))
    prompts = {}
    if answer:
        prompts["P1"] = Prompt("P1", "B", path, Ask(answer[0], "choice", "?"), answer=answer[1])
    batch = BatchState("B", control, 0.0, prompts=prompts)
    moment = PhaseState(path, state, now - in_step, step, 0.0, 0.0, memory or {}, calls or {})
    if state is not State.RUNNING:
        moment = replace(moment, elapsed_before=in_step)
    world = world or World(SITE.units, {}, now, 1.7e9)
    world.image = make_image(SITE.tags, readings or {})
    world.now = now
    return PhaseView(world, batch, bound, moment, UnitState())


def states(actions: tuple[Action, ...]) -> list[str]:
    """Return what actions do to the step: names of steps, `done`, `fail`."""
    names = {Done: "done", Fail: "fail"}
    return [
        action.step if isinstance(action, Go) else names[type(action)]
        for action in actions
        if isinstance(action, Go | Done | Fail)
    ]
