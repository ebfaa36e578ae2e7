"""Sterility hold: watch the medium without base or gas control; growth would show in DO and pH.

One that failed stands in the way of everything after it until QA has decided, by a signature.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from bioctl.phases.phase import Action, Ask, Done, Fail, Go, Phase, Report, View
from bioctl.phases.specs import BIOREACTORS, GAS, quantity
from bioctl.recipe.capabilities import PhaseSpec


class SterilityHold(Phase):
    """Hold the gas mix, dose nothing, and compare DO and pH with the start."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="sterility_hold",
        classes=BIOREACTORS,
        parameters={
            "duration": quantity("s", 600, 172800, text="how long"),
            "settle": quantity("s", 60, 43200, 3600.0, "time to reach the fixed gas mix"),
            "air": quantity("L/min", 0.01, 20, 0.3, "air flow meanwhile"),
            "carbon_dioxide": quantity("L/min", 0, 2, 0.02, "CO2 flow meanwhile"),
            "oxygen_drop": quantity("%", 1, 50, 5.0, "largest fall of DO that passes"),
            "pH_drift": quantity("pH", 0.02, 1, 0.1, "largest change of pH that passes"),
        },
        help="watch the medium without control; growth shows in DO and pH",
        hold="doses nothing; its gas mix stays",
        restart="the comparison begins again; after a failure QA decides",
        drives=(*GAS, "pH", "dissolved_oxygen"),
        duration=lambda p: float(p["settle"]) + float(p["duration"]),
    )

    def outputs(self, v: View) -> Mapping[str, float]:
        """Fix the gas mix; the vessel goes on being stirred as it was."""
        return {
            "air": float(v.p["air"]),
            "carbon_dioxide": float(v.p["carbon_dioxide"]),
            "nitrogen": 0.0,
            "oxygen": 0.0,
        }

    def loops(self, v: View) -> Mapping[str, float | None]:
        """Open the pH and DO loops; base stays off."""
        del v
        return {"pH": None, "dissolved_oxygen": None}

    def running(self, v: View) -> Iterable[Action]:
        """Settle, note the start, watch, judge."""
        if v.step == "failed":
            return _decided(v)
        oxygen, acidity = v.number("dissolved_oxygen"), v.number("pH")
        if oxygen != oxygen or acidity != acidity:  # noqa: PLR0124  judge on GOOD readings only
            return ()
        if v.step == "begin":
            return (Go("settle"),)
        if v.step == "settle":
            start = Go("watch", {"oxygen": oxygen, "pH": acidity})
            return (start,) if v.in_step >= float(v.p["settle"]) else ()
        drop = float(v.memory["oxygen"]) - oxygen
        drift = abs(float(v.memory["pH"]) - acidity)
        if drop > float(v.p["oxygen_drop"]) or drift > float(v.p["pH_drift"]):
            return _failed(drop, drift)
        if v.in_step < float(v.p["duration"]):
            return ()
        return (
            Report("oxygen_drop", round(drop, 2), "%", "fall of DO over the sterility hold"),
            Report("pH_drift", round(drift, 3), "pH", "change of pH over the sterility hold"),
            Done(),
        )

    def restarting(self, v: View) -> Iterable[Action]:
        """Watch again from the start: a break spoils the comparison. After a failure QA decides."""
        return (Done(),) if v.step == "failed" else (Go("begin"), Done())


def _failed(drop: float, drift: float) -> Iterable[Action]:
    what = f"sterility hold failed: DO fell {drop:.1f} %, pH moved {drift:.2f}"
    question = Ask(
        "verdict",
        "signature",
        f"{what}. Medium and vessel are in quarantine. Reviewed: it is watched again. Released: it "
        "goes on as it is. Rejected: it goes no further.",
        ("reviewed", "released", "rejected"),
        role="qa",
        evidence={"oxygen_drop": round(drop, 2), "pH_drift": round(drift, 3)},
    )
    return (
        Report("quarantine", "medium and vessel", text=what),
        question,
        Go("failed"),
        Fail(what),
    )


def _decided(v: View) -> Iterable[Action]:
    match v.answer("verdict"):
        case "reviewed":
            return (Go("begin"),)
        case "released":
            text = "QA released medium and vessel after a failed sterility hold"
            return (Report("sterility_hold", "released", text=text), Done())
        case "rejected":
            return (Fail("sterility hold failed, and QA has rejected it: stop the batch"),)
    return (Fail("sterility hold failed, and QA has not decided yet"),)
