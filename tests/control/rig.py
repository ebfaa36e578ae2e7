"""A loop on outputs that do what they are told."""

from collections.abc import Mapping
from typing import Any

from bioctl.control.loop import Events, scan_loop
from bioctl.control.loop_config import AnyLoop, Mode
from bioctl.control.loop_state import (
    LoopState,
    set_mode,
    set_setpoint,
)
from bioctl.values import Reading

TOTAL = Reading(1000.0)


class Rig:
    """A loop on outputs that do what they are told: scans it and keeps what happened."""

    def __init__(self, config: AnyLoop, actual: Mapping[str, float], dt: float = 10.0) -> None:
        self.config = config
        self.state = LoopState()
        self.actual = dict(actual)
        self.outputs: dict[str, float] = {}
        self.events: Events = ()
        self.kinds: list[str] = []
        self.now = 0.0
        self.dt = dt

    def auto(self, sp: float) -> "Rig":
        state = set_setpoint(self.config, self.state, sp)
        self.state = set_mode(self.config, state, Mode.AUTO)
        return self

    def scan(
        self,
        pv: float | Reading,
        forced: Mapping[str, float] | None = None,
        floors: Mapping[str, float] | None = None,
        total: Reading | None = TOTAL,
        stuck: tuple[str, ...] = (),
        dt: float | None = None,
        **more: Any,
    ) -> dict[str, float]:
        step = self.dt if dt is None else dt
        self.now += step
        reading = pv if isinstance(pv, Reading) else Reading(pv)
        self.state, self.outputs, self.events = scan_loop(
            self.config, self.state, reading, self.actual, self.now, step,
            forced=forced or {}, floors=floors or {}, total=total, **more,
        )  # fmt: skip
        self.kinds += [event.kind for event in self.events]
        moved = {name: value for name, value in self.outputs.items() if name not in stuck}
        self.actual |= moved | dict(forced or {})
        return self.outputs


# --- modes and bumpless transfer ---------------------------------------------------------------
