"""The accelerator gives the same numbers to the last bit, whatever happens."""

import pytest

from bioctl_sim.faults import effects
from tests.sim.vessel.rig import Rig

CASES = {
    "bed": {},
    "carriers": {
        "kind": "stirred", "preset": "vero", "carriers": "{type: cytodex_1, load: 3 g/L}"
    },
    "suspension": {"kind": "stirred", "preset": "cho", "volume": "2000 L"},
    "rocked T cells": {"kind": "rocking", "preset": "t_cell", "volume": "1 L"},
    "fibres": {"kind": "hollow_fibre", "preset": "t_cell", "volume": "1 L"},
    "plant cells": {"kind": "stirred", "preset": "plant", "volume": "40 L"},
}  # fmt: skip


def lived_through(case: dict[str, str], *, accelerated: bool) -> list[float]:
    rig = Rig(accelerated=accelerated, **case)
    v = rig.vessel.spec.volume
    rig.dose("medium", 700.0 * v)
    rig.set(SC01=60.0, XC01=1.0, XC02=1.0, XC03=1.0, XC05=1.0, TS01=36.5, AS01=7.0, AS02=40.0)
    for source in ("inoculum", "activator", "vector", "antifoam", "enzyme"):
        rig.dose(source, 10.0 * v)
    rig.run(6 * 3600)
    rig.set(XC04=1.0, WS01=0.75 * v, PC03=v)
    broken = list(rig.vessel.effects)
    broken[effects.CONTAMINATION] = 1e-6
    broken[effects.COUPLING] = 0.5
    broken[effects.LEAK] = 1e-10
    rig.vessel.effects = broken
    rig.run(2 * 3600 + 7)
    return [float(value) for value in rig.vessel.state]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_plain_and_accelerated_are_the_same_to_the_last_bit(case: dict[str, str]) -> None:
    assert lived_through(case, accelerated=True) == lived_through(case, accelerated=False)
