"""Charge: deliver a volume from a source into the unit."""

from collections.abc import Iterable
from typing import ClassVar

from bioctl.phases.dosing import Dose
from bioctl.phases.phase import Action, Done, Go, Phase, Report, View
from bioctl.phases.specs import REACTOR, WASHER, choice, quantity
from bioctl.recipe.capabilities import PhaseSpec


class Charge(Phase):
    """Deliver a volume by the dosing pump; after a hold only the rest is delivered."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="charge",
        classes=(REACTOR, WASHER),
        parameters={
            "source": choice(
                "medium", "buffer", "enzyme", "quench", "cryo_medium", text="what is delivered"
            ),
            "volume": quantity("mL", 1, 6000, text="volume to deliver"),
            "rate": quantity("mL/min", 1, 1000, text="pump rate"),
        },
        help="deliver a volume from a source",
    )

    def running(self, v: View) -> Iterable[Action]:
        """Dose, then report what was delivered."""
        dose = _dose(v)
        if v.step == "begin":
            return dose.begin(v, "dosing")
        if v.step == "dosing":
            return dose.proceed(v, Go("delivered"))
        return (Report("delivered", dose.delivered(v), "mL", f"{dose.source} delivered"), Done())

    def holding(self, v: View) -> Iterable[Action]:
        """Stop the pump and count what it delivered."""
        return _dose(v).hold(v)

    def restarting(self, v: View) -> Iterable[Action]:
        """Ask for the rest."""
        del v
        return (Go("begin"), Done())


def _dose(v: View) -> Dose:
    return Dose("dose", str(v.p["source"]), float(v.p["volume"]), float(v.p["rate"]))
