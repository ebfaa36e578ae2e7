"""Charge: deliver a volume from a source into the unit."""

from collections.abc import Iterable
from typing import ClassVar

from bioctl.phases.dosing import Dose
from bioctl.phases.phase import Action, Done, Go, Phase, Report, View
from bioctl.phases.specs import BIOREACTORS, DOSE, ISOLATION, WASHER, choice, quantity
from bioctl.recipe.capabilities import PhaseSpec

SOURCES = (
    "medium",
    "buffer",
    "enzyme",
    "quench",
    "cryo_medium",
    "feed",
    "carriers",
    "activator",
    "vector",
    "inoculum",
)
"""Bags and vessels a pump may deliver from; which of them a unit has, its set-up sheet says."""


class Charge(Phase):
    """Deliver a volume by the dosing pump; after a hold only the rest is delivered."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="charge",
        classes=(*BIOREACTORS, WASHER, ISOLATION),
        parameters={
            "source": choice(*SOURCES, text="what is delivered"),
            "volume": quantity("mL", 1, 60000, text="volume to deliver"),
            "rate": quantity("mL/min", 1, 5000, text="pump rate"),
        },
        help="deliver a volume from a source",
        hold="pump stopped, delivered volume counted",
        restart="only the rest is delivered",
        drives=DOSE,
        moves=("weight",),
        duration=lambda p: float(p["volume"]) / float(p["rate"]) * 60.0,
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
