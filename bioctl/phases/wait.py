"""Waiting phases: until a condition, and while carriers or cells settle."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from bioctl.phases.phase import Action, Done, Go, Phase, View
from bioctl.phases.specs import BIOREACTORS, EVERYWHERE, quantity
from bioctl.recipe.capabilities import PhaseSpec


class Wait(Phase):
    """Do nothing until the recipe's condition is true."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="wait",
        classes=EVERYWHERE,
        help="do nothing until the recipe's condition is true",
        hold="the unit keeps what it has",
        restart="goes on where it was",
        ends="until",
    )

    def running(self, v: View) -> Iterable[Action]:
        """Wait for `until`."""
        return (Done(),) if v.until() else ()


class Settle(Phase):
    """Stop agitation so that carriers or cells settle; pH and oxygen are not controlled then."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="settle",
        classes=BIOREACTORS,
        parameters={"duration": quantity("s", 60, 7200, text="how long")},
        help="let carriers or cells settle, without agitation",
        hold="agitation starts again, gently: settled cells starve of oxygen",
        restart="settles again from the start",
        drives=("agitation", "pH", "dissolved_oxygen"),
        duration=lambda p: float(p["duration"]),
    )

    def outputs(self, v: View) -> Mapping[str, float]:
        """Stand still."""
        del v
        return {"agitation": 0.0}

    def held_outputs(self, v: View) -> Mapping[str, float]:
        """Keep the cells in suspension."""
        del v
        return {"agitation": 30.0}

    def loops(self, v: View) -> Mapping[str, float | None]:
        """Open pH and DO: probes in a settled vessel see the supernatant only."""
        del v
        return {"pH": None, "dissolved_oxygen": None}

    def running(self, v: View) -> Iterable[Action]:
        """Wait."""
        if v.step == "begin":
            return (Go("settle"),)
        return (Done(),) if v.in_step >= float(v.p["duration"]) else ()

    def restarting(self, v: View) -> Iterable[Action]:
        """Begin again: the hold has stirred."""
        del v
        return (Go("begin"), Done())
