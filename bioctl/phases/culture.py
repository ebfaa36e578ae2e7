"""Culture phases: inoculate, attach, grow. Life support stays in closed loop also while HELD."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from bioctl.phases.dosing import Dose
from bioctl.phases.equilibrate import LIFE_SUPPORT, in_band, setpoints
from bioctl.phases.phase import Action, Ask, Done, Fail, Go, Phase, Report, View
from bioctl.phases.specs import (
    BIOREACTORS,
    CULTURE,
    DOSE,
    REACTOR,
    STIRRED,
    integer,
    quantity,
    text,
)
from bioctl.recipe.capabilities import PhaseSpec


class Inoculate(Phase):
    """Confirm the identity of the cells, dose them, rinse the line; only while all is in band."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="inoculate",
        classes=BIOREACTORS,
        parameters={
            **LIFE_SUPPORT,
            "volume": quantity("mL", 5, 20000, text="inoculum volume"),
            "rate": quantity("mL/min", 1, 2000, 100.0, "pump rate"),
            "rinse": quantity("mL", 0, 1000, 50.0, "buffer that rinses the line"),
            "identity": text("the inoculum's label matches this batch", "what is confirmed"),
        },
        help="confirm identity, dose the cells, rinse the line",
        hold="pump stopped, delivered volume counted; life support goes on",
        restart="only the rest is delivered; identity is asked again after `no`",
        asks=True,
        drives=(*CULTURE, *DOSE),
        moves=("weight",),
        duration=lambda p: (float(p["volume"]) + float(p["rinse"])) / float(p["rate"]) * 60.0,
    )

    def outputs(self, v: View) -> Mapping[str, float]:
        """Agitate."""
        return {"agitation": float(v.p["agitation"])}

    def loops(self, v: View) -> Mapping[str, float | None]:
        """Close the three loops."""
        return setpoints(v)

    def running(self, v: View) -> Iterable[Action]:
        """Permissive, identity, cells, rinse."""
        cells, rinse = _cells(v), _rinse(v)
        match v.step:
            case "begin":
                ask = Ask("identity", "choice", f"Confirm: {v.p['identity']}", ("yes", "no"))
                return (ask, Go("identity")) if in_band(v) else ()
            case "identity":
                return self._identity(v)
            case "cells":
                return cells.begin(v, "dosing_cells") if in_band(v) else ()
            case "dosing_cells":
                return cells.proceed(v, Go("rinse"))
            case "rinse":
                return rinse.begin(v, "dosing_rinse")
            case "dosing_rinse":
                return rinse.proceed(v, Go("inoculated"))
        delivered = cells.delivered(v)
        return (Report("inoculum", delivered, "mL", "cell suspension delivered"), Done())

    def _identity(self, v: View) -> Iterable[Action]:
        answer = v.answer("identity")
        if answer is None:
            return ()
        return (Go("cells"),) if answer == "yes" else (Fail("identity was not confirmed"),)

    def holding(self, v: View) -> Iterable[Action]:
        """Stop the pump and count what it delivered."""
        return _cells(v).hold(v) if v.step == "dosing_cells" else _rinse(v).hold(v)

    def restarting(self, v: View) -> Iterable[Action]:
        """Ask for the rest of the dose that was stopped; ask for identity again after a no."""
        if v.step == "identity" and v.answer("identity") == "no":
            return (Go("begin"), Done())
        again = {"dosing_cells": "cells", "dosing_rinse": "rinse"}.get(v.step)
        return (Go(again), Done()) if again else (Done(),)


class Attach(Phase):
    """Let cells settle on the carriers: short agitation, long rest, some cycles."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="attach",
        classes=(REACTOR, STIRRED),
        parameters={
            **LIFE_SUPPORT,
            "on_for": quantity("s", 10, 3600, 120.0, "agitated part of a cycle"),
            "off_for": quantity("s", 60, 7200, 1680.0, "resting part of a cycle"),
            "cycles": integer(1, 48, 8, "how many cycles"),
        },
        help="intermittent agitation while cells attach",
        hold="life support goes on, agitation stays as it is",
        restart="goes on where it was",
        drives=CULTURE,
        duration=lambda p: float(p["cycles"]) * (float(p["on_for"]) + float(p["off_for"])),
    )

    def outputs(self, v: View) -> Mapping[str, float]:
        """Agitate only in the `on` step."""
        return {"agitation": float(v.p["agitation"]) if v.step == "on" else 0}

    def loops(self, v: View) -> Mapping[str, float | None]:
        """Close the three loops."""
        return setpoints(v)

    def running(self, v: View) -> Iterable[Action]:
        """Cycle."""
        cycle = int(v.memory.get("cycle", 0))
        if v.step == "begin":
            return (Go("on", {"cycle": 1}),)
        if v.step == "on" and v.in_step >= float(v.p["on_for"]):
            return (Go("off"),)
        if v.step == "off" and v.in_step >= float(v.p["off_for"]):
            if cycle < int(v.p["cycles"]):
                return (Go("on", {"cycle": cycle + 1}),)
            left = v.number("suspended_cells")
            return (Report("unattached", left, "1e6/mL", "cells still in suspension"), Done())
        return ()


class Grow(Phase):
    """Batch growth under life support until the recipe's condition is true."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="grow",
        classes=BIOREACTORS,
        parameters=LIFE_SUPPORT,
        help="batch growth until the recipe's condition is true",
        hold="life support goes on",
        restart="goes on where it was",
        ends="until",
        drives=CULTURE,
    )

    def outputs(self, v: View) -> Mapping[str, float]:
        """Agitate."""
        return {"agitation": float(v.p["agitation"])}

    def loops(self, v: View) -> Mapping[str, float | None]:
        """Close the three loops."""
        return setpoints(v)

    def running(self, v: View) -> Iterable[Action]:
        """Wait for `until`."""
        return finish_culture(v) if v.until() else ()


def finish_culture(v: View) -> Iterable[Action]:
    """Report what the culture looks like, then be done."""
    names = {"glucose": "mmol/L", "lactate": "mmol/L", "capacitance": "pF/cm"}
    reports = [
        Report(name, round(v.number(name), 2), eu, f"{name} at the end")
        for name, eu in names.items()
        if v.reading(name).good
    ]
    return (*reports, Done())


def _cells(v: View) -> Dose:
    return Dose("cells", "inoculum", float(v.p["volume"]), float(v.p["rate"]))


def _rinse(v: View) -> Dose:
    return Dose("rinse", "buffer", float(v.p["rinse"]), float(v.p["rate"]))
