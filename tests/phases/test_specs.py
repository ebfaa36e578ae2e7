"""What a phase says of itself is true: recipes are verified against it."""

from collections.abc import Mapping

import pytest

from bioctl.phases.library import PHASES, capabilities
from bioctl.phases.phase import Do
from bioctl.phases.specs import BIOREACTORS
from bioctl.recipe.capabilities import PhaseSpec

from .setting import view
from .test_readings import ALL, CALLS, MEMORY

CLASSES = capabilities().classes
SPECS = capabilities().phases


@pytest.mark.fault("RX-13")
@pytest.mark.parametrize("spec", SPECS.values(), ids=list(SPECS))
def test_every_phase_says_what_a_hold_does_and_where_it_restarts(spec: PhaseSpec) -> None:
    assert spec.hold
    assert spec.restart


@pytest.mark.parametrize(("phase", "step"), ALL)
def test_phase_drives_nothing_it_does_not_declare(phase: str, step: str) -> None:
    v, logic = view(phase, step, memory=MEMORY, calls=CALLS, in_step=1e5), PHASES[phase]
    driven = {*logic.outputs(v), *logic.held_outputs(v), *logic.loops(v)}
    driven |= {one.command for one in logic.running(v) if isinstance(one, Do)}
    assert driven - set(logic.spec.drives) == set()


@pytest.mark.parametrize("spec", SPECS.values(), ids=list(SPECS))
def test_classes_of_a_phase_have_what_it_drives(spec: PhaseSpec) -> None:
    others = {"harvest_pump", "harvest_valve", "product_pump", "product_valve", "agitation", "pH"}
    either = (
        {*others, "dissolved_oxygen", "chamber", "temperature"} if spec.name == "transfer" else {}
    )
    for name in spec.classes:
        has = {*CLASSES[name].outputs, *CLASSES[name].loops, *CLASSES[name].commands}
        wanted = {one for one in spec.drives if not one.startswith("to.")} - set(either)
        if spec.name == "leak_test":  # a class without these loops has nothing to switch off
            wanted -= {"pH", "dissolved_oxygen"}
        assert wanted - has == set(), name


def test_bioreactors_share_the_names_that_phases_use() -> None:
    shared: list[Mapping[str, str]] = [CLASSES[name].loops for name in BIOREACTORS]
    assert all(loops == shared[0] for loops in shared)


@pytest.mark.parametrize("spec", SPECS.values(), ids=list(SPECS))
def test_phase_that_no_engine_runs_says_so(spec: PhaseSpec) -> None:
    assert spec.runs == (spec.name in PHASES)
