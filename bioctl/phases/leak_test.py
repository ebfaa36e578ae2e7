"""Leak test: pressure decay of the closed, dry vessel, corrected for temperature (ASTM E3336)."""

import math
from collections.abc import Iterable, Mapping
from typing import ClassVar

from bioctl.phases.blind import blind
from bioctl.phases.phase import Action, Done, Fail, Go, Phase, Report, View
from bioctl.phases.specs import BIOREACTORS, ISOLATION, quantity
from bioctl.recipe.capabilities import PhaseSpec

ATMOSPHERE_MBAR = 1013.25
KELVIN = 273.15
EMPTY_KG = 0.05
"""A vessel that weighs no more than this is dry, kg."""


class LeakTest(Phase):
    """Inflate with air, let it settle, measure the loss; vent in any case."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="leak_test",
        classes=(*BIOREACTORS, ISOLATION),
        parameters={
            "pressure": quantity("mbar", 5, 60, 50.0, "test pressure"),
            "air": quantity("L/min", 0.05, 1, 0.5, "air flow while inflating"),
            "stabilise": quantity("s", 60, 3600, 600.0, "time to settle"),
            "test": quantity("s", 60, 7200, 1200.0, "time over which the loss is measured"),
            "limit": quantity("mbar", 0.1, 20, 1.0, "largest loss that passes"),
        },
        help="pressure decay of the closed, empty vessel",
        hold="vents, air off",
        restart="the test begins again",
        moves=("pressure",),
        drives=("vent_valve", "air", "dissolved_oxygen", "pH"),
        duration=lambda p: 120.0 + float(p["stabilise"]) + float(p["test"]),
    )

    def outputs(self, v: View) -> Mapping[str, float]:
        """Vent closed but at the end; air only while inflating."""
        if v.step == "vent":
            return {"vent_valve": 1, "air": 0}
        return {"vent_valve": 0, "air": float(v.p["air"]) if v.step == "inflate" else 0}

    def loops(self, v: View) -> Mapping[str, float | None]:
        """Keep gas loops off: they would change the pressure."""
        del v
        return {"dissolved_oxygen": None, "pH": None}

    def running(self, v: View) -> Iterable[Action]:
        """Inflate, stabilise, test, vent."""
        pressure, kelvin = v.number("pressure"), v.number("temperature") + KELVIN
        if v.step == "begin":
            return _dry(v)
        if v.step == "inflate":
            reached = pressure >= float(v.p["pressure"])
            return (Go("stabilise"),) if reached else blind(v, "pressure")
        if v.step == "stabilise" and v.in_step >= float(v.p["stabilise"]):
            start = Go("test", {"p0": pressure, "T0": kelvin})
            return (start,) if math.isfinite(pressure + kelvin) else ()
        if v.step == "test" and v.in_step >= float(v.p["test"]):
            return _judge(v, pressure, kelvin)
        if v.step == "vent" and pressure < 5.0:
            return _verdict(v)
        return ()

    def restarting(self, v: View) -> Iterable[Action]:
        """Test again from the start: a break spoils the measurement."""
        del v
        return (Go("begin"), Done())

    def held_outputs(self, v: View) -> Mapping[str, float]:
        """Vent."""
        del v
        return {"vent_valve": 1, "air": 0}


def _dry(v: View) -> Iterable[Action]:
    weight = v.number("weight")
    if weight > EMPTY_KG:
        return (Fail("the vessel is not empty: the leak test needs a dry vessel"),)
    return (Go("inflate"),) if weight <= EMPTY_KG else ()  # not GOOD: nobody knows


def _judge(v: View, pressure: float, kelvin: float) -> Iterable[Action]:
    before = (float(v.memory["p0"]) + ATMOSPHERE_MBAR) / float(v.memory["T0"])
    loss = (before - (pressure + ATMOSPHERE_MBAR) / kelvin) * float(v.memory["T0"])
    if math.isnan(loss):  # a BAD reading at the end: measure a little later
        return ()
    text = "pressure loss, corrected for temperature"
    return (Report("leak_test_loss", round(loss, 3), "mbar", text), Go("vent", {"loss": loss}))


def _verdict(v: View) -> Iterable[Action]:
    loss, limit = float(v.memory["loss"]), float(v.p["limit"])
    if loss <= limit:
        return (Done(),)
    return (Fail(f"leak test failed: lost {loss:.2f} mbar, at most {limit:.2f} mbar passes"),)
