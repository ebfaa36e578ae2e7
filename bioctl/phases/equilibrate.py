"""Equilibrate: bring temperature, pH and dissolved oxygen into band and keep them there."""

import math
from collections.abc import Iterable, Mapping
from typing import ClassVar

from bioctl.phases.phase import Action, Done, Go, Phase, Report, View
from bioctl.phases.specs import BIOREACTORS, CULTURE, quantity
from bioctl.recipe.capabilities import ParameterSpec, PhaseSpec

LIFE_SUPPORT: Mapping[str, ParameterSpec] = {
    "temperature": quantity("degC", 4, 40, text="temperature setpoint", ramp=True),
    "pH": quantity("pH", 4.5, 8.5, text="pH setpoint", ramp=True),
    "dissolved_oxygen": quantity("%", 5, 100, text="dissolved oxygen setpoint", ramp=True),
    "agitation": quantity("rpm", 0, 400, text="agitator speed", ramp=True),
}
"""Setpoints every culture phase states; loops keep them also while the unit is HELD."""

BANDS = {"temperature": 0.3, "pH": 0.05, "dissolved_oxygen": 5.0}
"""Half width of "in band", in the loop's eu."""


def setpoints(v: View) -> Mapping[str, float | None]:
    """Return the life-support setpoints of a phase that declares LIFE_SUPPORT."""
    return {loop: float(v.p[loop]) for loop in BANDS}


def in_band(v: View) -> bool:
    """Whether all three measurements are GOOD and in band."""
    return all(abs(v.number(loop) - float(v.p[loop])) <= band for loop, band in BANDS.items())


class Equilibrate(Phase):
    """Set the loops, then wait until all are in band without a break."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="equilibrate",
        classes=BIOREACTORS,
        parameters={
            **LIFE_SUPPORT,
            "stable_for": quantity("s", 60, 86400, 1800.0, "time in band without a break"),
        },
        help="bring temperature, pH and oxygen into band and keep them there",
        hold="temperature, pH, oxygen and agitation go on",
        restart="waits for the band again",
        drives=(*CULTURE, "vent_valve"),
        duration=lambda p: float(p["stable_for"]),
    )

    def outputs(self, v: View) -> Mapping[str, float]:
        """Agitate; vent open."""
        return {"agitation": float(v.p["agitation"]), "vent_valve": 1}

    def loops(self, v: View) -> Mapping[str, float | None]:
        """Close the three loops."""
        return setpoints(v)

    def running(self, v: View) -> Iterable[Action]:
        """Wait for the band."""
        if v.step == "begin":
            return (Go("wait"),)
        if v.held_for("band", true=in_band(v)) < float(v.p["stable_for"]):
            return ()
        results = [
            Report(loop, round(v.number(loop), 3), LIFE_SUPPORT[loop].eu, f"{loop} when stable")
            for loop in BANDS
            if not math.isnan(v.number(loop))
        ]
        return (*results, Done())
