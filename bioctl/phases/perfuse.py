"""Perfuse: feed fresh and remove spent medium at constant volume, faster as cells need it."""

import math
from collections.abc import Iterable, Mapping
from typing import ClassVar

from bioctl.phases.culture import finish_culture
from bioctl.phases.equilibrate import LIFE_SUPPORT, setpoints
from bioctl.phases.phase import Action, Go, Phase, View
from bioctl.phases.specs import CULTURE, REACTOR, ROCKING, STIRRED, quantity
from bioctl.recipe.capabilities import PhaseSpec

TRIM = {"level": 1.0, "low": 0.85, "high": 1.15}
"""Permeate relative to feed, by step: holds the weight without a second loop."""

BAND_KG = 0.04
"""Weight may leave its target by this much before the permeate is trimmed (1 % of 4 kg)."""


class Perfuse(Phase):
    """Raise the rate by a step whenever lactate or glucose asks for it, up to a limit."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="perfuse",
        classes=(REACTOR, STIRRED, ROCKING),
        parameters={
            **LIFE_SUPPORT,
            "weight": quantity("kg", 0.1, 60, text="liquid kept in the vessel"),
            "rate": quantity("mL/min", 0.01, 200, text="feed at the start"),
            "rate_step": quantity("mL/min", 0.01, 50, 0.25, "how much faster at a time"),
            "rate_limit": quantity("mL/min", 0.01, 200, text="fastest feed"),
            "glucose_low": quantity("mmol/L", 0, 30, 5.0, "feed faster below this"),
            "lactate_high": quantity("mmol/L", 1, 50, 18.0, "feed faster above this"),
            "wait": quantity("s", 600, 86400, 7200.0, "shortest time between two steps"),
        },
        help="constant-volume perfusion that follows glucose and lactate",
        hold="feed and permeate stop; life support goes on",
        restart="goes on at the rate it had reached",
        ends="until",
        drives=(*CULTURE, "feed_pump", "permeate_pump"),
        keeps={"weight": "weight"},
    )

    def outputs(self, v: View) -> Mapping[str, float]:
        """Feed at the present rate; permeate trimmed by the weight."""
        rate = float(v.memory.get("rate", v.p["rate"]))
        return {
            "agitation": float(v.p["agitation"]),
            "feed_pump": 0.0 if v.step == "begin" else rate,
            "permeate_pump": 0.0 if v.step == "begin" else round(rate * TRIM[v.step], 4),
        }

    def loops(self, v: View) -> Mapping[str, float | None]:
        """Close the three loops."""
        return setpoints(v)

    def running(self, v: View) -> Iterable[Action]:
        """Finish, trim, or feed faster."""
        if v.step == "begin":
            return (Go("level", {"rate": float(v.p["rate"]), "changed": v.elapsed}),)
        if v.until():
            return finish_culture(v)
        trim = _trim(v)
        if trim != v.step:
            return (Go(trim),)
        return _faster(v)


def _trim(v: View) -> str:
    error = v.number("weight") - float(v.p["weight"])
    if math.isnan(error):
        return "level"
    if error > BAND_KG:
        return "high"
    if error < -BAND_KG:
        return "low"
    crossed = (v.step == "high" and error <= 0) or (v.step == "low" and error >= 0)
    return "level" if crossed else v.step


def _faster(v: View) -> Iterable[Action]:
    rate, limit = float(v.memory["rate"]), float(v.p["rate_limit"])
    hungry = v.number("glucose") < float(v.p["glucose_low"])
    sour = v.number("lactate") > float(v.p["lactate_high"])
    waited = v.elapsed - float(v.memory["changed"]) >= float(v.p["wait"])
    if not waited or rate >= limit or not (hungry or sour):
        return ()
    return (Go(v.step, {"rate": min(rate + float(v.p["rate_step"]), limit), "changed": v.elapsed}),)
