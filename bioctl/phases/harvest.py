"""Harvest phases of the bioreactor: drain liquid to waste, detach the cells from the carriers."""

import math
from collections.abc import Iterable, Mapping
from typing import ClassVar

from bioctl.phases.blind import blind
from bioctl.phases.dosing import Dose
from bioctl.phases.phase import Action, Done, Go, Phase, Report, View
from bioctl.phases.specs import BIOREACTORS, CULTURE, DOSE, REACTOR, STIRRED, integer, quantity
from bioctl.recipe.capabilities import PhaseSpec
from bioctl.values import Scalar

ENZYME_LIMIT_S = 7200.0
"""How long enzyme may be in the vessel where the control recipe is older than the parameter."""

QUENCH_ATTEMPTS = 3
"""How often the hold logic asks for the quench before a person has to look."""


def _detach_s(p: Mapping[str, Scalar]) -> float:
    """Return how long a detachment is expected to take, s: doses, contact, bursts and rests."""
    doses = (float(p["enzyme"]) + float(p["quench"])) / float(p["rate"]) * 60.0
    return doses + float(p["contact"]) + 2.0 * float(p["bursts"]) * float(p["burst"])


class Drain(Phase):
    """Pump liquid to waste until the vessel weighs no more than `down_to`."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="drain",
        classes=BIOREACTORS,
        parameters={
            "down_to": quantity("kg", 0, 60, 0.05, "liquid that may stay"),
            "rate": quantity("mL/min", 1, 5000, 500.0, "pump rate"),
            "agitation": quantity("rpm", 0, 200, 0.0, "agitator speed"),
        },
        help="pump liquid to waste down to a weight",
        hold="pump and valve closed",
        restart="goes on where it was",
        drives=("agitation", "drain_valve", "harvest_pump", "pH", "dissolved_oxygen"),
        moves=("weight",),
    )

    def outputs(self, v: View) -> Mapping[str, float]:
        """Open the drain and pump."""
        agitation = {"agitation": float(v.p["agitation"])}
        if v.step == "begin":
            return agitation
        return {**agitation, "drain_valve": 1, "harvest_pump": float(v.p["rate"])}

    def loops(self, v: View) -> Mapping[str, float | None]:
        """Open pH and DO: a nearly empty vessel has neither to control."""
        del v
        return {"pH": None, "dissolved_oxygen": None}

    def running(self, v: View) -> Iterable[Action]:
        """Pump until it is light enough."""
        if v.step == "begin":
            return (Go("pump", {"before": v.number("weight")}),) if _weighed(v) else ()
        if v.number("weight") > float(v.p["down_to"]) or not _weighed(v):
            return blind(v, "weight")
        drained = float(v.memory["before"]) - v.number("weight")
        return (Report("drained", round(drained, 3), "kg", "liquid drained to waste"), Done())


class Detach(Phase):
    """Enzyme, contact time, agitation bursts, quench. A hold quenches: enzyme must not act on."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="detach",
        classes=(REACTOR, STIRRED),
        parameters={
            "temperature": quantity("degC", 20, 40, 37.0, "temperature of the enzyme"),
            "enzyme": quantity("mL", 50, 60000, text="enzyme solution"),
            "rate": quantity("mL/min", 1, 5000, 500.0, "pump rate"),
            "contact": quantity("s", 60, 5400, 900.0, "contact time before the bursts"),
            "bursts": integer(1, 20, 3, "agitation bursts"),
            "burst": quantity("s", 10, 1200, 180.0, "length of a burst, and of the rest after it"),
            "burst_speed": quantity("rpm", 10, 250, 150.0, "agitator speed of a burst"),
            "quench": quantity("mL", 10, 60000, text="quench solution"),
            "enzyme_limit": quantity(
                "s", 300, 43200, ENZYME_LIMIT_S, "longest time from the enzyme to the quench"
            ),
        },
        help="detach cells by enzyme and agitation, then quench",
        hold="enzyme stops; if any was delivered, quench is dosed; gentle agitation. Enzyme in the "
        "vessel for longer than `enzyme_limit` holds by itself",
        restart="without enzyme it begins again; else it completes the quench",
        drives=(*CULTURE, *DOSE),
        moves=("weight",),
        duration=_detach_s,
    )

    def outputs(self, v: View) -> Mapping[str, float]:
        """Agitate gently, hard in a burst, not at all in a vessel that is not yet full."""
        if v.step in ("begin", "dosing_enzyme"):
            return {"agitation": 0.0}
        burst = v.step == "burst"
        return {"agitation": float(v.p["burst_speed"]) if burst else 20.0}

    def loops(self, v: View) -> Mapping[str, float | None]:
        """Keep temperature; pH and DO are open in buffer and enzyme."""
        return {"temperature": float(v.p["temperature"]), "pH": None, "dissolved_oxygen": None}

    def running(self, v: View) -> Iterable[Action]:
        """Enzyme, contact, bursts, quench."""
        enzyme, quench = _enzyme(v), _quench(v)
        match v.step:
            case "begin":
                since = Go("dosing_enzyme", {"enzyme_at": v.now})
                return (*enzyme.begin(v, "dosing_enzyme"), since)
            case "dosing_enzyme":
                return enzyme.proceed(v, Go("contact"))
            case "contact":
                return (Go("burst", {"burst": 1}),) if v.in_step >= float(v.p["contact"]) else ()
            case "burst":
                return (Go("rest"),) if v.in_step >= float(v.p["burst"]) else ()
            case "rest":
                return _next_burst(v) if v.in_step >= float(v.p["burst"]) else ()
            case "quench":
                return quench.begin(v, "dosing_quench")
            case "dosing_quench":
                return quench.proceed(v, Go("detached"))
        return (*_suspension(v), Done())

    def must_hold(self, v: View) -> str:
        """Force the quench, which the hold logic doses, of enzyme that was in for too long."""
        since = v.memory.get("enzyme_at")
        if since is None or v.step in ("begin", "quench", "dosing_quench", "detached"):
            return ""
        limit = float(v.p.get("enzyme_limit", ENZYME_LIMIT_S))
        if v.now - float(since) <= limit:
            return ""
        return f"enzyme was in the vessel for more than {limit / 60:g} min: it is quenched"

    def held_outputs(self, v: View) -> Mapping[str, float]:
        """Keep cells in suspension."""
        del v
        return {"agitation": 40.0}

    def holding(self, v: View) -> Iterable[Action]:
        """Stop the enzyme if it is being dosed; quench what is in the vessel."""
        enzyme, quench = _enzyme(v), _quench(v)
        if v.step in ("begin", "detached"):
            return (Done(),)
        if v.step == "dosing_enzyme" and enzyme.is_open(v):
            return tuple(action for action in enzyme.hold(v) if not isinstance(action, Done))
        if v.step == "dosing_enzyme" and not enzyme.delivered(v):
            return (Done(),)
        if v.step == "dosing_quench" and quench.is_open(v):
            return quench.proceed(v, Go("dosing_quench"))
        if quench.missing(v) and int(v.memory.get("quench_n", 0)) < QUENCH_ATTEMPTS:
            return quench.begin(v, "dosing_quench")
        return (Done(),)

    def stopping(self, v: View) -> Iterable[Action]:
        """Quench as in a hold."""
        return self.holding(v)

    def restarting(self, v: View) -> Iterable[Action]:
        """Before the enzyme, begin again. After it, see that the quench is whole, then go on."""
        if v.step == "begin" or not _enzyme(v).delivered(v):
            return (Go("begin"), Done())
        return (Done(),) if v.step == "detached" else (Go("quench"), Done())


def _weighed(v: View) -> bool:
    return not math.isnan(v.number("weight"))


def _enzyme(v: View) -> Dose:
    return Dose("enzyme", "enzyme", float(v.p["enzyme"]), float(v.p["rate"]))


def _quench(v: View) -> Dose:
    return Dose("quench", "quench", float(v.p["quench"]), float(v.p["rate"]))


def _next_burst(v: View) -> Iterable[Action]:
    done = int(v.memory["burst"])
    more = done < int(v.p["bursts"])
    return (Go("burst", {"burst": done + 1}),) if more else (Go("quench"),)


def _suspension(v: View) -> Iterable[Action]:
    names = {"suspended_cells": "1e6/mL", "suspended_viability": "%", "weight": "kg"}
    return [
        Report(name, round(v.number(name), 4), eu, f"{name} after detachment")
        for name, eu in names.items()
        if v.reading(name).good
    ]
