"""Fill vials on a PackML machine that runs its own sequence; bioctl follows the observed state."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from bioctl.phases.phase import Action, Do, Done, Fail, Go, Phase, Report, View
from bioctl.phases.specs import FILLER, integer, quantity
from bioctl.recipe.capabilities import PhaseSpec

STOPPED, STARTING, IDLE, SUSPENDED, EXECUTE, STOPPING = 2, 3, 4, 5, 6, 7
ABORTING, ABORTED, HOLDING, HELD, COMPLETE = 8, 9, 10, 11, 17
"""StateCurrent of OPC 30050 (PackML)."""


QUARANTINE = 10
"""Vials for quarantine where the control recipe is older than the parameter."""

NONE = -1


class FillVials(Phase):
    """Reset, start, wait for Complete; Hold and Unhold are passed on to the machine."""

    spec: ClassVar[PhaseSpec] = PhaseSpec(
        name="fill_vials",
        classes=(FILLER,),
        parameters={
            "vials": integer(1, 10000, text="good vials wanted"),
            "volume": quantity("mL", 0.5, 30, 5.0, "fill volume of a vial"),
            "speed": quantity("1/min", 1, 30, 10.0, "machine speed"),
            "rejects": quantity("%", 0, 100, 50.0, "largest share of rejects that passes"),
            "quarantine": integer(
                0, 1000, QUARANTINE, "vials before an interlock's trip that go to quarantine"
            ),
        },
        help="fill, weigh, stopper and cap vials",
        hold="the filler gets Hold; after an interlock's trip the last vials go to quarantine",
        restart="the filler gets Unhold; a command it never took is given again",
        drives=("PACKML", "fill_volume", "vials_wanted", "speed"),
        duration=lambda p: float(p["vials"]) / float(p["speed"]) * 60.0,
    )

    def outputs(self, v: View) -> Mapping[str, float]:
        """Write the machine's parameters."""
        return {
            "fill_volume": float(v.p["volume"]),
            "vials_wanted": float(v.p["vials"]),
            "speed": float(v.p["speed"]),
        }

    def held_outputs(self, v: View) -> Mapping[str, float]:
        """Keep the machine's parameters: a held job keeps its target."""
        return self.outputs(v)

    def running(self, v: View) -> Iterable[Action]:
        """Follow the machine: Idle, Execute, Complete."""
        state = v.number("state")
        match v.step:
            case "begin":
                return _command(v, "Reset", "ready", STOPPED, COMPLETE)
            case "ready" if state == IDLE:
                return _command(v, "Start", "filling", IDLE)
            case "filling" if state == COMPLETE:
                return (*_counts(v), Done())
            case "filling" if state in (STOPPED, ABORTED):
                return (Fail("the filler stopped by itself; see its panel"),)
        refusal = _refusal(v)
        return (Go("begin"), Fail(refusal)) if refusal else ()

    def holding(self, v: View) -> Iterable[Action]:
        """Hold the machine if it executes, and wait until it stands; note what is suspect."""
        if v.tripped() and v.memory.get("suspect", NONE) == NONE and v.reading("processed").good:
            return (Go(v.step, {"suspect": _suspect(v), "trip": v.tripped()}),)
        if v.number("state") in (EXECUTE, STARTING, SUSPENDED):
            return _once(v, "Hold")
        return (*_quarantine(v), Done()) if v.number("state") in _STANDS else ()

    def restarting(self, v: View) -> Iterable[Action]:
        """Unhold the machine if it is Held; ask again for what it never took."""
        if v.number("state") == HELD:
            return _once(v, "Unhold")
        if v.number("state") not in (*_STANDS, EXECUTE, SUSPENDED):
            return ()
        return (Go("begin"), Done()) if _refusal(v) else (Done(),)

    def stopping(self, v: View) -> Iterable[Action]:
        """Stop the machine."""
        return (Done(),) if v.number("state") in _STANDS - {HELD} else _once(v, "Stop")

    def aborting(self, v: View) -> Iterable[Action]:
        """Abort the machine."""
        return (Done(),) if v.number("state") in (ABORTED, ABORTING) else _once(v, "Abort")


_STANDS = {STOPPED, IDLE, HELD, COMPLETE, ABORTED}


def _suspect(v: View) -> int:
    """Return how many vials were certainly good before an interlock tripped."""
    kept = int(v.p.get("quarantine", QUARANTINE))
    return max(int(v.number("processed")) - kept, 0)


def _quarantine(v: View) -> Iterable[Action]:
    """Report the vials from before the trip to the last one the machine handled."""
    first = int(v.memory.get("suspect", NONE))
    if first == NONE or not v.reading("processed").good:
        return ()
    last = int(v.number("processed"))
    numbers = f"numbers {first + 1} to {last}" if last > first else "none"
    text = f"vials for quarantine, {numbers} as handled: {v.memory['trip']}"
    return (Report("vials_quarantined", last - first, "vials", text), Go(v.step, {"suspect": NONE}))


def _refusal(v: View) -> str:
    """Return what the machine did not take of the present step's command, or ""."""
    key = {"ready": "Reset", "filling": "Start"}.get(v.step, "")
    call = v.call(f"{key}_{v.memory.get(key, 0)}")
    if call is None or call.pending or call.accepted:
        return ""
    return f"the filler did not take {key}: {call.message}"


def _command(v: View, command: str, step: str, *when: int) -> Iterable[Action]:
    if v.number("state") not in when:
        return (Go(step),) if command == "Reset" and v.number("state") == IDLE else ()
    attempt = int(v.memory.get(command, 0)) + 1
    return (
        Do(f"{command}_{attempt}", "PACKML", {"command": command}),
        Go(step, {command: attempt}),
    )


def _once(v: View, command: str) -> Iterable[Action]:
    attempt = int(v.memory.get(command, 0))
    last = v.call(f"{command}_{attempt}") if attempt else None
    if last is not None and (last.pending or (last.accepted and _recent(v, command))):
        return ()
    return (
        Do(f"{command}_{attempt + 1}", "PACKML", {"command": command}),
        Go(v.step, {command: attempt + 1, f"{command}_at": v.now}),
    )


def _recent(v: View, command: str) -> bool:
    """Whether the command was given in this very state of the phase, and not too long ago."""
    at = float(v.memory[f"{command}_at"])
    return at >= v.since and v.now - at < _PATIENCE_S


_PATIENCE_S = 60.0
"""The machine gets this long to follow before it is asked again."""


def _counts(v: View) -> list[Report]:
    texts = {
        "good": ("vials", "vials within their weight limits"),
        "rejected": ("vials", "vials the machine rejected"),
        "processed": ("vials", "vials the machine handled"),
        "mean_weight": ("g", "mean net weight of the good vials"),
    }
    return [
        Report(f"vials_{name}" if eu == "vials" else name, round(v.number(name), 3), eu, text)
        for name, (eu, text) in texts.items()
        if v.reading(name).good
    ]
