"""Transfer between two units: one phase coordinates both ends and closes both if one is off."""

import math
from collections.abc import Iterable, Mapping
from typing import ClassVar, NamedTuple

from bioctl.phases.phase import Action, Done, Fail, Go, Phase, Report, View
from bioctl.phases.specs import BIOREACTORS, FILLER, ISOLATION, WASHER, quantity, unit
from bioctl.recipe.capabilities import PhaseSpec


class From(NamedTuple):
    """Names of the sending end."""

    pump: str
    valve: str
    weight: str


SENDS = {
    **dict.fromkeys(BIOREACTORS, From("harvest_pump", "harvest_valve", "weight")),
    WASHER: From("product_pump", "product_valve", "loop_weight"),
    ISOLATION: From("product_pump", "product_valve", "product_weight"),
}
RECEIVES = {
    WASHER: "feed_weight",
    FILLER: "bulk_weight",
    ISOLATION: "feed_weight",
    **dict.fromkeys(BIOREACTORS[1:], "weight"),
}
"""Weight of the receiving end, by class; its valve is always `inlet_valve`."""


class Transfer(Phase):
    """Pump from this unit to unit `to` until it is as good as empty; check the mass balance."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="transfer",
        classes=tuple(SENDS),
        parameters={
            "to": unit(*RECEIVES, about="the receiving unit"),
            "down_to": quantity("kg", 0, 60, 0.02, "liquid that may stay"),
            "rate": quantity("mL/min", 1, 5000, text="pump rate"),
            "loss": quantity("kg", 0.001, 1, 0.05, "largest difference of the two weights"),
        },
        help="pump to another unit, weighing both ends",
        hold="both ends closed",
        restart="weighs again, then pumps on",
        moves=("weight",),
        drives=(
            "agitation",
            "pH",
            "dissolved_oxygen",
            "harvest_pump",
            "harvest_valve",
            "product_pump",
            "product_valve",
            "to.inlet_valve",
        ),
    )

    def outputs(self, v: View) -> Mapping[str, float]:
        """Open both ends, then pump."""
        if v.step == "begin":
            return {}
        end = SENDS[v.class_of("")]
        still = {"agitation": 0.0} if v.class_of("") in BIOREACTORS and v.step == "pump" else {}
        pump = float(v.p["rate"]) if v.step == "pump" else 0.0
        return {**still, end.valve: 1, "to.inlet_valve": 1, end.pump: pump}

    def loops(self, v: View) -> Mapping[str, float | None]:
        """Open pH and DO: the sending vessel runs empty."""
        return {"pH": None, "dissolved_oxygen": None} if v.class_of("") in BIOREACTORS else {}

    def running(self, v: View) -> Iterable[Action]:
        """Note both weights, open, pump, compare."""
        sent, received = _weights(v)
        if math.isnan(sent) or math.isnan(received):
            return () if v.step == "begin" else (Fail("a weight is BAD: both ends are closed"),)
        if v.step == "begin":
            return (Go("open", {"sent0": sent, "received0": received}),)
        if v.step == "open":
            return (Go("pump"),) if v.in_step >= 2.0 else ()
        out, into = _moved(v, sent, received)
        if abs(out - into) > max(float(v.p["loss"]), 0.03 * out):
            return (Fail(f"mass balance: {out:.3f} kg left, {into:.3f} kg arrived"),)
        if sent > float(v.p["down_to"]):
            return ()
        text, total = f"transferred to {v.p['to']}", float(v.memory.get("before", 0.0)) + into
        return (Report("transferred", round(total, 3), "kg", text), Done())

    def restarting(self, v: View) -> Iterable[Action]:
        """Weigh again: what a person did while HELD is no loss of this transfer."""
        sent, received = _weights(v)
        if v.step == "begin":
            return (Done(),)
        if math.isnan(sent) or math.isnan(received):
            return ()
        before = float(v.memory.get("before", 0.0)) + _moved(v, sent, received)[1]
        memory = {"sent0": sent, "received0": received, "before": round(before, 4)}
        return (Go("open", memory), Done())


def _moved(v: View, sent: float, received: float) -> tuple[float, float]:
    """Return kg that left here and kg that arrived there since the weights were noted."""
    return float(v.memory["sent0"]) - sent, received - float(v.memory["received0"])


def _weights(v: View) -> tuple[float, float]:
    sender, receiver = SENDS[v.class_of("")], RECEIVES[v.class_of("to")]
    return v.number(sender.weight), v.number(f"to.{receiver}")
