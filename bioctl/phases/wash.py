"""Phases of the concentrate-and-wash skid: concentrate, wash, formulate."""

import math
from collections.abc import Iterable, Mapping
from typing import ClassVar

from bioctl.phases.blind import blind
from bioctl.phases.dosing import Dose
from bioctl.phases.phase import Action, Done, Fail, Go, Phase, Report, View
from bioctl.phases.specs import DOSE, WASHER, quantity
from bioctl.recipe.capabilities import PhaseSpec
from bioctl.values import Scalar


def _wash_s(p: Mapping[str, Scalar]) -> float:
    """Return how long a wash is expected to take, s."""
    return float(p["diavolumes"]) * float(p["volume"]) * 1000.0 / float(p["rate"]) * 60.0


class Concentrate(Phase):
    """Draw the feed bag through the loop and remove permeate until the loop holds `volume`."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="concentrate",
        classes=(WASHER,),
        parameters={
            "volume": quantity("kg", 0.02, 20, 0.2, "liquid kept in the loop"),
            "rate": quantity("mL/min", 1, 2000, 150.0, "permeate rate"),
            "cool_to": quantity("degC", 2, 25, 20.0, "product temperature"),
        },
        help="concentrate the feed bag into the loop",
        hold="pumps stop",
        restart="goes on where it was",
        drives=("cooler", "mixer", "feed_pump", "permeate_pump"),
    )

    def outputs(self, v: View) -> Mapping[str, float]:
        """Fill the loop, then feed and permeate together, then permeate alone."""
        rate, cooler = float(v.p["rate"]), {"cooler": float(v.p["cool_to"]), "mixer": 30.0}
        if v.step == "fill":
            return {**cooler, "feed_pump": rate}
        if v.step == "run":
            return {**cooler, "feed_pump": rate, "permeate_pump": rate}
        return {**cooler, "permeate_pump": rate if v.step == "reduce" else 0.0}

    def running(self, v: View) -> Iterable[Action]:
        """Move by the two weights; BAD weights move nothing."""
        loop, feed, volume = v.number("loop_weight"), v.number("feed_weight"), float(v.p["volume"])
        empty = feed <= 0.01
        match v.step:
            case "begin":
                return () if math.isnan(loop + feed) else (Go("fill", {"fed": feed}),)
            case "fill" if empty:
                return (Go("reduce"),)
            case "fill" if loop >= volume:
                return (Go("run"),)
            case "run" if empty:
                return (Go("reduce"),)
            case "reduce" if loop <= volume:
                return (*_loop_results(v), Done())
        return blind(v, "loop_weight", "feed_weight")


class Wash(Phase):
    """Replace the liquid of the loop at constant volume by `diavolumes` of buffer."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="wash",
        classes=(WASHER,),
        parameters={
            "diavolumes": quantity("", 1, 15, 5.0, "buffer relative to the loop's volume"),
            "volume": quantity("kg", 0.02, 20, 0.2, "liquid kept in the loop"),
            "rate": quantity("mL/min", 1, 2000, 100.0, "buffer and permeate rate"),
            "residual": quantity("%", 0.01, 50, 1.0, "largest residual that passes"),
        },
        help="constant-volume diafiltration",
        hold="pumps stop",
        restart="goes on; after a failed residual it washes again",
        drives=("buffer_pump", "permeate_pump"),
        duration=_wash_s,
    )

    def outputs(self, v: View) -> Mapping[str, float]:
        """Buffer in, permeate out, at the same rate."""
        rate = float(v.p["rate"]) if v.step == "run" else 0.0
        return {"buffer_pump": rate, "permeate_pump": rate}

    def running(self, v: View) -> Iterable[Action]:
        """Count buffer by its totaliser, then judge the residual."""
        total = v.number("buffer_total")
        if math.isnan(total):
            return blind(v, "buffer_total") if v.step == "run" else ()
        if v.step == "begin":
            return (Go("run", {"buffer0": total}),)
        wanted = float(v.p["diavolumes"]) * float(v.p["volume"]) * 1000.0
        if v.step == "run":
            done = total - float(v.memory["buffer0"]) >= wanted
            return (Go("judge"),) if done else blind(v, "buffer_total")
        residual = v.number("residual")
        if residual <= float(v.p["residual"]):
            text = "residual of the culture medium"
            return (Report("residual", round(residual, 3), "%", text), *_loop_results(v), Done())
        late = v.in_step > 120.0
        return (Fail(f"residual {residual:.2f} % after the wash"),) if late else ()

    def restarting(self, v: View) -> Iterable[Action]:
        """After a failed residual, wash again; otherwise go on where it stopped."""
        return (Go("begin"), Done()) if v.step == "judge" else (Done(),)


class Formulate(Phase):
    """Cool the product, then add cryo-medium slowly, mixing; the DMSO clock starts here."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="formulate",
        classes=(WASHER,),
        parameters={
            "cool_to": quantity("degC", 2, 15, 4.0, "product temperature"),
            "start_below": quantity("degC", 3, 20, 8.0, "do not add before it is this cold"),
            "cryo_medium": quantity("mL", 5, 20000, text="volume to add"),
            "over": quantity("s", 60, 3600, 480.0, "time over which it is added"),
        },
        help="cool and add cryo-medium slowly",
        hold="cooler and mixer go on, the dose stops",
        restart="cools again, then adds the rest",
        drives=("cooler", "mixer", *DOSE),
        duration=lambda p: float(p["over"]),
    )

    def outputs(self, v: View) -> Mapping[str, float]:
        """Cool and mix; both go on after the phase."""
        return {"cooler": float(v.p["cool_to"]), "mixer": 60.0}

    def held_outputs(self, v: View) -> Mapping[str, float]:
        """Keep the product cold and mixed."""
        return self.outputs(v)

    def running(self, v: View) -> Iterable[Action]:
        """Cool, add, report."""
        dose = _cryo(v)
        match v.step:
            case "begin":
                return (Go("cool"),)
            case "cool":
                cold = v.number("temperature") <= float(v.p["start_below"])
                return dose.begin(v, "adding") if cold else ()
            case "adding":
                return dose.proceed(v, Go("mixed"))
        delivered = Report("cryo_medium", dose.delivered(v), "mL", "cryo-medium added")
        return (delivered, *_loop_results(v), Done())

    def holding(self, v: View) -> Iterable[Action]:
        """Stop the pump and count what it delivered."""
        return _cryo(v).hold(v)

    def restarting(self, v: View) -> Iterable[Action]:
        """Ask for the rest."""
        return (Go("cool"), Done()) if v.step == "adding" else (Done(),)


def _cryo(v: View) -> Dose:
    volume, over = float(v.p["cryo_medium"]), float(v.p["over"])
    return Dose("cryo", "cryo_medium", volume, round(volume / over * 60.0, 3))


def _loop_results(v: View) -> list[Report]:
    names = {"loop_weight": "kg", "cells": "1e6/mL", "viability": "%"}
    return [
        Report(name, round(v.number(name), 3), eu, f"{name} at the end of the phase")
        for name, eu in names.items()
        if v.reading(name).good
    ]
